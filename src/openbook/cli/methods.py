"""``openbook methods``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from openbook.cli._options import AsJson

if TYPE_CHECKING:
    from openbook.stage import Method

PANEL = "Settings"
WIDTH = 110
"""Columns of the table where there is no terminal."""

COLUMNS = ("Adds to", "Idea", "Cost", "Fails when")


def command(json: AsJson = False) -> None:
    """List the methods: what each adds to its parent, its idea, cost, and when it fails."""
    import sys

    from rich.console import Console
    from rich.table import Table

    from openbook.cli._show import emit
    from openbook.errors import ProjectError
    from openbook.project import Project
    from openbook.stage import methods

    try:
        found = Project.find().methods
    except ProjectError:
        found = methods()
    ordered = sorted(found.values(), key=lambda method: lineage(method, found))
    if json:
        emit(
            [
                {
                    "name": m.name,
                    "parent": m.parent,
                    "summary": m.summary,
                    **dict(m.about),
                }
                for m in ordered
            ]
        )
        return
    table = Table(show_lines=True)
    table.add_column("Method", no_wrap=True)
    for name in COLUMNS:
        table.add_column(name, ratio=1)
    for item in ordered:
        about = dict(item.about)
        table.add_row(item.name, *(about.get(name, "") for name in COLUMNS))
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDTH).print(table)


def lineage(method: Method, found: Mapping[str, Method]) -> tuple[str, ...]:
    """Its ancestors, the baseline first, and itself: children stand under their parents."""
    line = [method.name]
    while method.parent in found and method.parent not in line:
        method = found[method.parent]
        line.append(method.name)
    return tuple(reversed(line))
