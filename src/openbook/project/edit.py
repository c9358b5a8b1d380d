"""One value in ``openbook.toml`` is set, and everything else stays as it was written."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from openbook.errors import SettingsError


def edited(file: Path, table: str, key: str, value: str) -> str:
    """The text of a file of settings with one text value set; nothing is written.

    Args:
        file: where it stands.
        table: the table's name.
        key: of the setting.
        value: what it becomes.

    Raises:
        SettingsError: it is written so that this cannot be done safely.
    """
    text = file.read_text("utf-8")
    made = _put(text, table, key, f"{key} = {json.dumps(value, ensure_ascii=False)}")
    try:
        wanted: dict[str, Any] = tomllib.loads(text)
        if isinstance(wanted.setdefault(table, {}), dict):
            wanted[table][key] = value
        if tomllib.loads(made) == wanted:
            return made
    except tomllib.TOMLDecodeError:
        pass
    raise SettingsError(
        f"{key} cannot be set without touching what stands around it",
        where=f"{file.name}, table [{table}]",
        fix=f'Write there: {key} = "{value}".',
    )


def _put(text: str, table: str, key: str, line: str) -> str:
    lines = text.splitlines()
    heads = [at for at, one in enumerate(lines) if re.fullmatch(rf"\s*\[{table}\]\s*(#.*)?", one)]
    if not heads:
        gap = [""] if lines and lines[-1].strip() else []
        return "\n".join([*lines, *gap, f"[{table}]", line, ""])
    at = heads[0] + 1
    for place in range(at, len(lines)):
        if re.match(r"\s*\[", lines[place]):
            break
        if re.match(rf"\s*{key}\s*=", lines[place]):
            return "\n".join([*lines[:place], line, *lines[place + 1 :], ""])
    return "\n".join([*lines[:at], line, *lines[at:], ""])
