"""``openbook status``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openbook.cli._options import AsJson

if TYPE_CHECKING:
    from openbook.knowledge.base import Status

PANEL = "Documents"

SHOWN = 3
"""Questions of an adapter's stale rows that are printed."""

WHOLE = "openbook adapters show"


def command(json: AsJson = False) -> None:
    """Say what the knowledge base holds, how fresh it is, what could not be read, and which
    adapters learnt from passages that have changed or gone since.
    """
    from openbook.cli._show import emit, line, say
    from openbook.project import Project
    from openbook.project.wire import stale_json, status_json

    project = Project.find()
    status = project.knowledge.status()
    found, broken = project.studied()
    stale = [one for _, one in found]
    if json:
        known = {"project": str(project.folder), "method": project.asking.method}
        held = [{"name": one.adapter, **stale_json(one)} for one in stale]
        emit({**known, **status_json(status), "adapters": held, "broken_adapters": broken})
        return
    say(f"project     {project.folder}, answers by {project.asking.method}")
    if not status.version:
        say("knowledge   none yet. Run: openbook sync FOLDER")
    else:
        _knowledge(status)
    for one in stale:
        say(f"adapter     {one.adapter}: {one}")
        for question in one.questions[:SHOWN]:
            say(f"            affected: {line(question)}")
        if len(one.questions) > SHOWN:
            say(f"            and {len(one.questions) - SHOWN:,} more: {WHOLE} {one.adapter}")
    for reason in broken.values():
        say(f"adapter     {reason}")


def _knowledge(status: Status) -> None:
    from openbook.cli._show import line, safe, say
    from openbook.project.wire import moment

    pinned = ", pinned until the next sync" if status.pinned else ""
    say(f"version     {status.version} of {moment(status.created)}{pinned}; {status.versions} kept")
    say(f"holds       {status.documents:,} documents, {status.passages:,} passages")
    say(f"disk        {status.size / 1e6:,.1f} MB")
    say(f"encoder     {status.encoder or 'none (lexical retrieval only)'}")
    for root in status.roots:
        gone = "  (not there any more)" if root in status.missing_roots else ""
        say(f"synced      {safe(root)}{gone}")
    if status.purged:
        say(f"purged      {status.purged} documents, which syncs leave out")
    if status.interrupted:
        say(f"interrupted {status.interrupted} prepared parts; the next sync goes on with them")
    for source, reason in status.problems:
        say(f"not read    {line(source)}: {line(reason)}")
