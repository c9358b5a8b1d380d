"""``openbook sync``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openbook.cli._options import AsJson

if TYPE_CHECKING:
    from openbook.knowledge.base import SyncReport

PANEL = "Documents"
UNREAD = 3
"""Exit status when some files could not be read and the rest went in."""

NAMED = 20
"""Unread files named after a sync; `openbook status` names all."""


def command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Folders or files; without any, those that were synced before."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Bring the knowledge base up to date with folders of documents.

    Only what changed is read again; what was deleted disappears. Files that cannot be read
    are named, the rest goes in, and the exit status is 3.
    """
    from openbook.cli._show import Progress, emit, line, note, say
    from openbook.corpus.settings import Settings as CorpusSettings
    from openbook.project import Project
    from openbook.project.wire import report_json

    project = Project.find()
    with Progress() as progress:
        report = project.knowledge.sync(
            [path.absolute() for path in paths or []],
            corpus=project.settings.of(CorpusSettings),
            encoder=project.encoder(),
            progress=progress,
        )
    for source, reason in report.problems[:NAMED]:
        note(f"not read: {line(source)}: {line(reason)}")
    if len(report.problems) > NAMED:
        more = len(report.problems) - NAMED
        note(f"not read: {more:,} more; openbook status names them all")
    if json:
        emit(report_json(report))
    else:
        say(_sentence(report))
    if report.problems:
        raise typer.Exit(UNREAD)


def _sentence(report: SyncReport) -> str:
    """What changed, the version it led to, and how long it took."""
    counts = [
        (len(report.added), "added"),
        (len(report.changed), "changed"),
        (len(report.removed), "removed"),
        (report.unchanged, "unchanged"),
        (len(report.problems), "not read"),
    ]
    told = ", ".join(f"{count:,} {word}" for count, word in counts if count) or "no documents"
    held = f"version {report.version}, {report.passages:,} passages, {report.seconds:.1f} s"
    return f"{told} ({held})"
