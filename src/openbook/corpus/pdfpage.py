"""Lines and ruled tables of a PDF page, from PDFium's characters and their boxes."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

SOFT_HYPHEN = "\x02"  # what PDFium gives for a hyphen at the end of a line
THIN = 2.5  # points: a path this thin is a ruling
NEAR = 3.0  # points: rulings this close are one


@dataclass(slots=True)
class Char:
    """A visible character: its box in points, origin at the lower left of the page."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


@dataclass(slots=True)
class Line:
    """A line of text, its box, font size in points, and whether it is bold throughout.

    ``cells`` are its parts where wide gaps divide it. ``rows`` is set on a ruled table.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool
    page: int
    cells: tuple[str, ...] = ()
    rows: list[list[str]] = field(default_factory=list)


def page_lines(page: Any, number: int) -> list[Line]:
    """The lines of a page in reading order; each ruled table stands where it begins."""
    textpage = page.get_textpage()
    try:
        grids = _grids(_rulings(page))
        return _lines(textpage, number, grids)
    finally:
        textpage.close()


@dataclass(slots=True)
class _Grid:
    """Ruled table: column and row borders, texts by cell."""

    xs: list[float]
    ys: list[float]
    texts: dict[tuple[int, int], list[Char]] = field(default_factory=dict)
    last: tuple[int, int] | None = None
    placed: bool = False

    def take(self, char: Char) -> bool:
        """Put a character into its cell; False where it stands outside. A space goes where
        the character before it went, because PDFium makes spaces up, without a box.
        """
        if char.text == " ":
            if self.last is not None:
                self.texts[self.last].append(char)
            return self.last is not None
        self.last = None
        x, y = (char.left + char.right) / 2, (char.bottom + char.top) / 2
        if not (self.xs[0] < x < self.xs[-1] and self.ys[0] < y < self.ys[-1]):
            return False
        column = sum(1 for border in self.xs[1:-1] if border < x)
        row = sum(1 for border in self.ys[1:-1] if border > y)
        self.last = (row, column)
        self.texts.setdefault(self.last, []).append(char)
        return True

    def rows(self) -> list[list[str]]:
        """Texts of the cells, from top to bottom."""
        height, width = len(self.ys) - 1, len(self.xs) - 1
        return [
            [cell_text(self.texts.get((row, column), ())) for column in range(width)]
            for row in range(height)
        ]


def cell_text(chars: Sequence[Char]) -> str:
    """Characters of a cell as text, its lines joined by spaces.

    Two lines of one Latin word each, the second in lower case, are a word that did not fit
    into its cell.
    """
    lines: list[str] = []
    before: Char | None = None
    for char in chars:
        new_line = before is not None and char.text != " " and before.bottom > char.top
        if before is None or new_line:
            lines.append("")
        lines[-1] += char.text
        before = before if char.text == " " and before is not None else char
    lines = [" ".join(line.split()) for line in lines if line.strip()]
    if len(lines) == 2 and all(line.isalpha() and line.isascii() for line in lines):
        first, second = lines
        return first + second if second.islower() and first[-1:].islower() else " ".join(lines)
    return " ".join(lines)


def _rulings(page: Any) -> tuple[list[tuple[float, float, float]], list[tuple[float, ...]]]:
    """Horizontal (y, left, right) and vertical (x, bottom, top) rulings."""
    from pypdfium2 import raw

    across: list[tuple[float, float, float]] = []
    down: list[tuple[float, ...]] = []
    for count, item in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3)):
        if count > 5000:
            return [], []  # a drawing, not a table
        left, bottom, right, top = item.get_bounds()
        if top - bottom <= THIN and right - left > 8:
            across.append(((bottom + top) / 2, left, right))
        elif right - left <= THIN and top - bottom > 4:
            down.append(((left + right) / 2, bottom, top))
        elif right - left > 8 and top - bottom > 4:
            across += [(bottom, left, right), (top, left, right)]
            down += [(left, bottom, top), (right, bottom, top)]
    return across, down


def _grids(
    rulings: tuple[list[tuple[float, float, float]], list[tuple[float, ...]]],
) -> list[_Grid]:
    """Tables: rulings that touch each other, with at least two columns and two rows."""
    across, down = rulings
    if len(across) < 3 or len(down) < 3 or len(across) * len(down) > 250_000:
        return []
    groups: list[tuple[list[tuple[float, float, float]], list[tuple[float, ...]]]] = []
    rest_across, rest_down = list(across), list(down)
    while rest_down:
        verticals = [rest_down.pop()]
        horizontals: list[tuple[float, float, float]] = []
        grown = True
        while grown:
            touched = [h for h in rest_across if any(_touch(h, v) for v in verticals)]
            rest_across = [h for h in rest_across if h not in touched]
            horizontals += touched
            more = [v for v in rest_down if any(_touch(h, v) for h in touched)]
            rest_down = [v for v in rest_down if v not in more]
            verticals += more
            grown = bool(touched or more)
        groups.append((horizontals, verticals))
    grids = []
    for horizontals, verticals in groups:
        xs, ys = _merged([v[0] for v in verticals]), _merged([h[0] for h in horizontals])
        if len(xs) >= 3 and len(ys) >= 3:
            grids.append(_Grid(xs, ys))
    return grids


def _touch(horizontal: tuple[float, float, float], vertical: tuple[float, ...]) -> bool:
    y, left, right = horizontal
    x, bottom, top = vertical
    return left - NEAR <= x <= right + NEAR and bottom - NEAR <= y <= top + NEAR


def _merged(values: list[float]) -> list[float]:
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > NEAR:
            kept.append(value)
    return kept


def _lines(textpage: Any, number: int, grids: list[_Grid]) -> list[Line]:
    from pypdfium2 import raw

    box = [ctypes.c_double() for _ in range(4)]
    left, right, bottom, top = box
    pointers = [ctypes.byref(value) for value in box]
    lines: list[Line] = []
    run: list[Char] = []
    first = 0

    def end_line() -> None:
        if any(not char.text.isspace() for char in run):
            lines.append(_line(run, raw, textpage, first, number))
        run.clear()

    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(textpage, index)
        if code in {10, 13}:
            end_line()
            continue
        if not 0 < code < 0x110000 or 0xD800 <= code < 0xE000 or code in {0xFFFE, 0xFFFF}:
            continue
        raw.FPDFText_GetCharBox(textpage, index, *pointers)
        char = Char(chr(code), left.value, bottom.value, right.value, top.value)
        grid = next((g for g in grids if g.take(char)), None)
        if grid is None:
            if not run:
                first = index
            run.append(char)
            if char.text == SOFT_HYPHEN:  # PDFium runs on over the end of such a line
                end_line()
        elif not grid.placed:
            end_line()
            grid.placed = True
            lines.append(
                Line("", grid.xs[0], grid.xs[-1], grid.ys[0], grid.ys[-1], 0.0, False, number)
            )
    end_line()
    tables = iter([grid for grid in sorted(grids, key=lambda g: -g.ys[-1]) if grid.placed])
    for line in lines:
        if not line.text:
            line.rows = next(tables).rows()
    return lines


def _line(run: list[Char], raw: Any, textpage: Any, first: int, number: int) -> Line:
    visible = [char for char in run if not char.text.isspace()]
    offset = next(i for i, char in enumerate(run) if not char.text.isspace())
    size = float(raw.FPDFText_GetFontSize(textpage, first + offset))
    top, bottom = max(char.top for char in visible), min(char.bottom for char in visible)
    if size <= 1.5:  # the size sits in the text matrix
        size = (top - bottom) * 1.1
    weight = raw.FPDFText_GetFontWeight(textpage, first + offset)
    cells: list[str] = [""]
    before: Char | None = None
    for char in run:
        if char.text.isspace():
            cells[-1] += " "
            continue
        if before is not None and char.left - before.right > 1.8 * size:
            cells.append("")
        cells[-1] += char.text
        before = char
    return Line(
        text="".join(char.text for char in run),
        left=min(char.left for char in visible),
        right=max(char.right for char in visible),
        bottom=bottom,
        top=top,
        size=round(size, 1),
        bold=weight >= 600,
        page=number,
        cells=tuple(cell.strip() for cell in cells if cell.strip()),
    )
