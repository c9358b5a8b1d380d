"""Options that several verbs take, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
AsOf = Annotated[
    int | None,
    typer.Option("--as-of", help="Version of the knowledge base (openbook history lists them)."),
]
Filters = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        "-f",
        help="Only evidence for which this holds; may be repeated. Fields: id, source, language, "
        "heading, date, title, or any front-matter field. Operators: = != < <= > >= ~ (contains, "
        "or a pattern with *). Example: -f 'date>=2024-01-01' -f department=HR",
    ),
]
MethodName = Annotated[
    str,
    typer.Option(
        "--method",
        "-m",
        help="Method that answers (openbook methods lists them); METHOD:ADAPTER for a trained one.",
    ),
]
Parameters = Annotated[
    list[str] | None,
    typer.Option("--set", help="A parameter of the method, e.g. --set k=8; may be repeated."),
]
QuestionFile = Annotated[
    Path | None,
    typer.Option("--questions", help="A file of questions, one JSON object a line (_id, text)."),
]


def parameters(pairs: list[str] | None) -> dict[str, Any]:
    """``["k=8", "model=qwen"]`` as ``{"k": 8, "model": "qwen"}`` (values as in TOML)."""
    import tomllib

    from openbook.errors import InputError

    found: dict[str, Any] = {}
    for pair in pairs or []:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise InputError(f'"{pair}" is not KEY=VALUE', where="--set", fix="Example: --set k=8")
        try:
            found[key.strip()] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            found[key.strip()] = value
    return found


def apart(read: Path, written: Path) -> None:
    """Refuse to write over the file that is read.

    Raises:
        InputError: both are one file.
    """
    from openbook.errors import InputError

    if read.resolve() == written.resolve():
        raise InputError(
            "would be written over while it is read",
            where=str(read),
            fix="Name another file for the results.",
        )
