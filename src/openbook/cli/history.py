"""``openbook history``."""

from __future__ import annotations

from openbook.cli._options import AsJson

PANEL = "Versions"


def command(json: AsJson = False) -> None:
    """List the kept versions of the knowledge base, newest first, and what changed in each."""
    from openbook.cli._show import emit, say
    from openbook.project import Project

    versions = Project.find().knowledge.history()
    if json:
        emit([version.as_json() for version in versions])
        return
    for version in versions:
        say(version.sentence())
    if not versions:
        say("No version yet. Run: openbook sync FOLDER")
