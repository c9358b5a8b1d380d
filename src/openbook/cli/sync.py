"""``openbook sync``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openbook.cli._options import AsJson

PANEL = "Documents"
UNREAD = 3
"""Exit status when some files could not be read and the rest went in."""


def command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Folders or files; without any, those that were synced before."),
    ] = None,
    json: AsJson = False,
) -> int:
    """Bring the knowledge base up to date with folders of documents.

    Only what changed is read again; what was deleted disappears. Files that cannot be read
    are named, the rest goes in, and the exit status is 3.
    """
    from openbook.cli._show import Progress, emit, note, safe, say
    from openbook.corpus.settings import Settings as CorpusSettings
    from openbook.project import Project

    project = Project.find()
    with Progress() as progress:
        report = project.knowledge.sync(
            [path.absolute() for path in paths or []],
            corpus=project.settings.of(CorpusSettings),
            encoder=project.encoder(),
            progress=progress,
        )
    for problem in report.problems:
        note(safe(f"not read: {problem.source}: {problem.reason}"))
    if json:
        emit(report.as_json())
    else:
        say(report.sentence())
    return UNREAD if report.problems else 0
