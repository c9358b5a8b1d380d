"""``openbook status``."""

from __future__ import annotations

from openbook.cli._options import AsJson

PANEL = "Documents"


def command(json: AsJson = False) -> None:
    """Say what the knowledge base holds, how fresh it is, and what could not be read."""
    from openbook.cli._show import emit, say
    from openbook.project import Project

    project = Project.find()
    status = project.knowledge.status()
    if json:
        emit({"project": str(project.folder), "method": project.asking.method, **status.as_json()})
        return
    say(f"Project      {project.folder}")
    say(f"Answers by   {project.asking.method}")
    for line in status.lines():
        say(line)
