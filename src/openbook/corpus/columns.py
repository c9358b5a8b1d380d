"""Tables of plain text whose columns are aligned with spaces."""

from __future__ import annotations

import re
from collections.abc import Sequence

from openbook.corpus.lines import width

_PIECE = re.compile(r"\S+(?: \S+)*")
NEAR = 2  # columns by which a cell may start beside its column's name


def aligned_rows(lines: Sequence[str]) -> list[list[str]]:
    """Cells of an aligned table, its header first; empty where the lines are none.

    At least three lines, cut into pieces by two or more spaces; nearly all pieces start where
    a piece of the first line starts. Columns are counted as a fixed-width font shows them, so
    wide characters take two.

    >>> aligned_rows(["Room   Seats", "Maas   14", "Kade   1"])
    [['Room', 'Seats'], ['Maas', '14'], ['Kade', '1']]
    """
    if len(lines) < 3:
        return []
    pieces = [_pieces(line.expandtabs(8)) for line in lines]
    starts = [start for start, _ in pieces[0]]
    if len(starts) < 2 or sum(len(row) >= 2 for row in pieces) < 0.8 * len(pieces):
        return []
    rows = []
    placed = total = 0
    for row in pieces:
        cells = [""] * len(starts)
        for start, text in row:
            nearest = min(range(len(starts)), key=lambda column: abs(starts[column] - start))
            total += 1
            placed += abs(starts[nearest] - start) <= NEAR
            cells[nearest] = f"{cells[nearest]} {text}".strip()
        rows.append(cells)
    return rows if placed >= 0.9 * total else []


def _pieces(line: str) -> list[tuple[int, str]]:
    """Pieces of a line and the display column each starts at."""
    return [(width(line[: match.start()]), match.group()) for match in _PIECE.finditer(line)]
