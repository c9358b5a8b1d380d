"""Write ``docs/reference.md``: verbs, methods and settings, from the code itself.

Run ``.venv/bin/python docs/make_reference.py`` after changing one of them; a test compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import typer

from openbook.cli import application
from openbook.project.settings import describe, load
from openbook.stage import methods

OUT = Path(__file__).parent / "reference.md"


def reference() -> str:
    """The whole page."""
    return "\n".join(["# Reference", "", "Generated from the code; do not edit.", *verbs()]) + "\n"


def verbs() -> list[str]:
    """Verbs with their options, then methods, then settings."""
    group = typer.main.get_command(application())
    lines = ["", "## Verbs"]
    for name, command in flat(group):
        lines += ["", f"### openbook {name}", "", " ".join((command.help or "").split()), ""]
        for parameter in command.params:
            if "--help" in parameter.opts:
                continue
            shown = ", ".join(f"`{o}`" for o in parameter.opts)
            text = getattr(parameter, "help", "") or ""
            lines.append(f"- {shown}: {' '.join(text.split())}")
    return lines + method_table() + setting_table()


def flat(group: click.Command, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every verb with its name, and the verbs of a verb after it."""
    for name, command in getattr(group, "commands", {}).items():
        yield f"{prefix}{name}", command
        yield from flat(command, f"{prefix}{name} ")


def method_table() -> list[str]:
    """Methods with the sections of their files."""
    lines = ["", "## Methods"]
    for method in methods().values():
        lines += ["", f"### {method.name}", "", f"{method.summary}.", ""]
        lines += [f"- {label}: {text}" for label, text in method.about]
    return lines


def setting_table() -> list[str]:
    """Settings of ``openbook.toml`` by table."""
    lines = ["", "## Settings of openbook.toml"]
    table = ""
    for line in describe(load(None)):
        if line.table != table:
            table = line.table
            lines += ["", f"### [{table}]", "", "| key | default | meaning |", "|---|---|---|"]
        lines.append(f"| `{line.key}` | `{line.default!r}` | {line.doc} |")
    return lines


if __name__ == "__main__":
    OUT.write_text(reference(), "utf-8")
