"""``openbook history``."""

from __future__ import annotations

from openbook.cli._options import AsJson

PANEL = "Versions"


def command(json: AsJson = False) -> None:
    """List the kept versions of the knowledge base, newest first, and what changed in each."""
    from openbook.cli._show import emit, say
    from openbook.project import Project
    from openbook.project.wire import moment, version_json

    versions = Project.find().knowledge.history()[::-1]
    if json:
        emit([version_json(version) for version in versions])
        return
    for version in versions:
        pinned = " (pinned)" if version.pinned else ""
        say(
            f"{version.version:5}  {moment(version.created)}  {version.what}{pinned}: "
            f"{version.changes}; {version.documents:,} documents, {version.passages:,} passages"
        )
    if not versions:
        say("No version yet. Run: openbook sync FOLDER")
