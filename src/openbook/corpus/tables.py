"""Cells to lines of text, so that each row can be found and quoted alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMERIC = re.compile(r"[\s\d.,:%+\-/~()₩$€£¥원]*\d[\s\d.,:%+\-/~()₩$€£¥원]*")


def render(rows: Sequence[Sequence[str]], header: bool | None = None) -> str:
    """A table as one line a row: ``column: value; column: value``.

    Repeating the column's name in each row costs tokens, and buys that a row means something
    wherever the table is cut, when it is searched and when it is quoted.

    Args:
        rows: cells as text; rows may differ in length. Empty rows and columns are dropped.
        header: whether the first row names the columns; None decides by its looks.
    """
    table = _trimmed(rows)
    if not table:
        return ""
    if header is None:
        header = looks_like_header(table)
    if not header or len(table) == 1:
        return "\n".join(_line(row) for row in table)
    return "\n".join(row_line(table[0], row) for row in table[1:])


def row_line(names: Sequence[str], row: Sequence[str]) -> str:
    """One row under its column names; a lone cell stands alone, empty cells are left out."""
    filled = [(position, cell) for position, cell in enumerate(row) if cell]
    if len(filled) == 1 and len(names) > 1:
        return filled[0][1]
    return "; ".join(
        f"{names[position]}: {cell}" if position < len(names) and names[position] else cell
        for position, cell in filled
    )


def looks_like_header(table: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names columns: at least two different, short, non-numeric names,
    none empty but perhaps the first. Of two columns, the second's name holds no digit, for
    two columns are often labels and values.
    """
    if len(table) < 2:
        return False
    first = table[0]
    names = [name for name in first if name]
    if len(names) < 2 or len(names) < len(first) - 1 or len(set(names)) < len(names):
        return False
    if any(len(name) > 60 or _NUMERIC.fullmatch(name) for name in names):
        return False
    if len(first) == 2:
        return not _pairs(table) and not any(char.isdigit() for char in first[1])
    return True


def _pairs(table: Sequence[Sequence[str]]) -> bool:
    """Two columns that read as ``label, value`` from the first row on."""
    labels = [row[0] for row in table if row and row[0]]
    return all(label.endswith((":", "：")) for label in labels)


def _line(row: Sequence[str]) -> str:
    """A row without column names: two cells are a label and its value."""
    cells = [cell for cell in row if cell]
    if len(cells) == 2 and row and row[0]:
        return f"{cells[0].rstrip(':： ')}: {cells[1]}"
    return " | ".join(cells)


def _trimmed(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Cells on one line, rows of equal length, without empty rows and columns."""
    table = [[" ".join(cell.split()) for cell in row] for row in rows]
    width = max((len(row) for row in table), default=0)
    table = [row + [""] * (width - len(row)) for row in table if any(row)]
    kept = [column for column in range(width) if any(row[column] for row in table)]
    if len(kept) < width:
        table = [[row[column] for column in kept] for row in table]
    return table
