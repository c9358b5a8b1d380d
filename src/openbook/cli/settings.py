"""``openbook settings``."""

from __future__ import annotations

from typing import Annotated

import typer

from openbook.cli._options import AsJson

PANEL = "Settings"


def command(
    table: Annotated[str, typer.Argument(help="Only this table of openbook.toml.")] = "",
    json: AsJson = False,
) -> None:
    """Explain every setting of openbook.toml: its value, type, default and meaning."""
    from openbook.cli._show import emit, say
    from openbook.errors import InputError, ProjectError, nearest
    from openbook.project import Project
    from openbook.project.settings import describe, load, rooms

    if table and table not in rooms():
        raise InputError(f"there is no table [{table}]", fix=nearest(table, rooms()))
    try:
        settings = Project.find().settings
    except ProjectError:
        settings = load(None)
    lines = [line for line in describe(settings) if not table or line.table.split(".")[0] == table]
    if json:
        emit(
            [
                {
                    "table": line.table,
                    "key": line.key,
                    "type": line.type,
                    "default": repr(line.default),
                    "value": repr(line.value),
                    "doc": line.doc,
                }
                for line in lines
            ]
        )
        return
    current = ""
    for line in lines:
        if line.table != current:
            current = line.table
            say(f"\n[{current}]" if line is not lines[0] else f"[{current}]")
        changed = "" if line.value == line.default else f"   (default {line.default!r})"
        say(f"  {line.key} = {line.value!r}{changed}")
        say(f"      {line.doc} ({line.type})")
