"""``openbook methods``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from openbook.cli._options import AsJson

if TYPE_CHECKING:
    from rich.console import Console

    from openbook.stage import Method
    from openbook.tune.registry import Registry

PANEL = "Settings"
WIDTH = 160
"""Columns of the table where there is no terminal."""

NARROW = 120
"""Columns of a terminal below which what is said of a method stands below its name."""

COLUMNS = ("Adds to", "Idea", "Cost", "Fails when")


def command(json: AsJson = False) -> None:
    """List the methods: what each adds to its parent, its idea, cost, and when it fails. A
    trained one is asked for as METHOD:ADAPTER.
    """
    import sys

    from rich.console import Console

    from openbook.cli._show import emit
    from openbook.errors import ProjectError
    from openbook.project import Project
    from openbook.stage import methods

    registry: Registry | None = None
    try:
        project = Project.find()
        found, registry = project.methods, project.adapters
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
                    "needs": list(m.objectives),
                    "adapters": _fitting(m, registry),
                    **dict(m.about),
                }
                for m in ordered
            ]
        )
        return
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDTH)
    if console.width < NARROW:
        _stack(console, ordered, registry)
    else:
        _table(console, ordered, registry)


def _table(console: Console, ordered: Sequence[Method], registry: Registry | None) -> None:
    """A row for each method; long texts go on in the next line of their column."""
    from rich.table import Table
    from rich.text import Text

    table = Table(show_lines=True)
    widest = max(len(line) for m in ordered for line in _name(m, []).split("\n"))
    table.add_column("Method", overflow="fold", width=widest)
    borders = 3 * (len(COLUMNS) + 1) + 1
    for name in COLUMNS:
        each = (console.width - widest - borders) // len(COLUMNS)
        table.add_column(name, overflow="fold", width=each)
    for item in ordered:
        about = dict(item.about)
        cells = (about.get(name, "") for name in COLUMNS)
        table.add_row(*map(Text, (_name(item, _fitting(item, registry)), *cells)))
    console.print(table)


def _stack(console: Console, ordered: Sequence[Method], registry: Registry | None) -> None:
    """Each method's name, and below it a paragraph for each column."""
    from rich.padding import Padding
    from rich.text import Text

    for item in ordered:
        name, *needs = _name(item, _fitting(item, registry)).split("\n")
        about = dict(item.about)
        said = [" ".join(needs), *(f"{c}: {about[c]}" for c in COLUMNS if about.get(c))]
        console.print(Text(name, "bold", overflow="fold"))
        for text in filter(None, said):
            console.print(Padding(Text(text, overflow="fold"), (0, 0, 0, 2)))
        console.print()


def _fitting(method: Method, registry: Registry | None) -> list[str]:
    """Adapters of this project that a method takes."""
    if registry is None or not method.objectives:
        return []
    return registry.fitting("generator", method.objectives)


def _name(method: Method, adapters: list[str]) -> str:
    """How it is asked for, and with what, where it needs an adapter."""
    if not method.objectives:
        return method.name
    held = f"there: {', '.join(adapters)}" if adapters else "none yet"
    return f"{method.name}:ADAPTER\nneeds {' or '.join(method.objectives)}\n({held})"


def lineage(method: Method, found: Mapping[str, Method]) -> tuple[str, ...]:
    """Its ancestors, the baseline first, and itself: children stand under their parents."""
    line = [method.name]
    while method.parent in found and method.parent not in line:
        method = found[method.parent]
        line.append(method.name)
    return tuple(reversed(line))
