"""``openbook methods``."""

from __future__ import annotations

from openbook.cli._options import AsJson

PANEL = "Settings"


def command(json: AsJson = False) -> None:
    """List the methods: what each adds to its parent, its idea, cost, and when it fails."""
    from openbook.cli._show import emit, say
    from openbook.errors import ProjectError
    from openbook.project import Project
    from openbook.stage import methods

    try:
        found = Project.find().methods
    except ProjectError:
        found = methods()
    if json:
        emit(
            [
                {"name": m.name, "parent": m.parent, "summary": m.summary, **dict(m.about)}
                for m in found.values()
            ]
        )
        return
    for item in found.values():
        say(f"{item.name}: {item.summary}")
        for label, text in item.about:
            say(f"    {label + ':':<12}{text}")
