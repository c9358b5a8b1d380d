"""openbook's own: both fields of LanceDB, asked side by side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from openbook.knowledge.engine import FTS, Store

Hits = list[tuple[int, float]]


def build(rows: Any, folder: Path) -> None:
    table = Store(folder).create("passages", rows.schema)
    table.add(rows)
    for field in ("words", "grams"):
        table.index(field, FTS())


def opened(folder: Path) -> Callable[[str, str, int], list[Hits]]:
    table = Store(folder).open("passages", None)

    def search(words: str, grams: str, k: int) -> list[Hits]:
        return table.match([("words", words, k), ("grams", grams, k)])

    return search
