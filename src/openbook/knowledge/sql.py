"""Values as the engine's SQL writes them."""

from __future__ import annotations

from collections.abc import Sequence

from openbook.knowledge.native import valid


def literal(value: str) -> str:
    """A string as the engine's SQL writes it.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + valid(value).replace("'", "''") + "'"


def among(column: str, values: Sequence[str]) -> str:
    """The condition that a column holds one of some strings.

    >>> among("id", ["a", "b"])
    "id IN ('a', 'b')"
    """
    return f"{column} IN ({', '.join(map(literal, values))})"
