"""``openbook methods``."""

from __future__ import annotations

from openbook.cli._options import AsJson

PANEL = "Settings"


def command(json: AsJson = False) -> None:
    """List the methods: what each adds to its parent, its idea, cost, and when it fails."""
    from openbook.cli._show import console, emit
    from openbook.errors import ProjectError
    from openbook.project import Project
    from openbook.stage import SECTIONS, methods

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
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 1, 0))
    for column in ("method", *SECTIONS):
        table.add_column(column, overflow="fold")
    for item in found.values():
        about = dict(item.about)
        table.add_row(item.name, *(about.get(section, "") for section in SECTIONS))
    console().print(table)
