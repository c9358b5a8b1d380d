"""``openbook status``."""

from __future__ import annotations

from openbook.cli._options import AsJson

PANEL = "Documents"


def command(json: AsJson = False) -> None:
    """Say what the knowledge base holds, how fresh it is, and what could not be read."""
    from openbook.cli._show import emit, line, safe, say
    from openbook.project import Project
    from openbook.project.wire import moment, status_json

    project = Project.find()
    status = project.knowledge.status()
    if json:
        known = {"project": str(project.folder), "method": project.asking.method}
        emit({**known, **status_json(status)})
        return
    say(f"project     {project.folder}, answers by {project.asking.method}")
    if not status.version:
        say("knowledge   none yet. Run: openbook sync FOLDER")
        return
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
