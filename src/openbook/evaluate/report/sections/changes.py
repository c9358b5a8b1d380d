"""Knowledge update and house style, where the comparison measured them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openbook.evaluate.report.markup import Content, Markup, tag
from openbook.evaluate.report.tables import Cell, name_cell, table
from openbook.evaluate.report.view import View


def section(view: View) -> Markup | None:
    """Two tables, each only where there is something in it."""
    say = view.say
    parts: list[Content] = []
    for key, found in (("update", view.record.update), ("style", view.record.style)):
        rows = per_method(view, found)
        if rows:
            parts.append(tag("h3", say(key)))
            parts.append(tag("p", say(f"{key}_intro")))
            parts.append(_table(view, key, rows))
    if not parts:
        return None
    return tag(
        "section",
        tag("h2", say("changes"), id="changes-title"),
        parts,
        id="changes",
        aria_labelledby="changes-title",
    )


def per_method(view: View, found: Mapping[str, Any] | None) -> dict[str, dict[str, float]]:
    """Numbers by method; whatever is no number of a method is left out."""
    made: dict[str, dict[str, float]] = {}
    for name in view.names:
        row = (found or {}).get(name)
        if isinstance(row, dict):
            made[name] = {
                key: float(value)
                for key, value in row.items()
                if isinstance(value, int | float) and not isinstance(value, bool)
            }
    return {name: row for name, row in made.items() if row}


def _table(view: View, key: str, rows: Mapping[str, Mapping[str, float]]) -> Markup:
    say = view.say
    keys = list(dict.fromkeys(name for row in rows.values() for name in row))
    heads: list[Content] = [say("method")]
    heads += [
        say(f"part_{name}") if say.has(f"part_{name}") else name.replace("_", " ") for name in keys
    ]
    made = [
        [name_cell(view, method), *(_value(view, name, row.get(name)) for name in keys)]
        for method, row in rows.items()
    ]
    return table(say(f"{key}_caption"), heads, made, numbers=range(1, len(heads)))


def _value(view: View, name: str, value: float | None) -> Cell:
    if value is None:
        return Cell("–", number=True)
    if "seconds" in name:
        text = view.say.seconds(value)
    elif "cost" in name:
        text = f"${view.say.dollars(value)}"
    elif value == int(value) and abs(value) > 1:
        text = f"{value:,.0f}"
    else:
        text = view.say.number(value)
    return Cell(text, sort=value, number=True)
