"""Spreadsheets: a sheet is a page and a heading; numbers and dates as they are shown.

Cells are read one by one from the XML: number formats, merged cells and empty rows between
tables matter, and a data frame loses them (docs/decisions/0003-office-formats.md). Formulas
give the value stored with them. Hidden sheets are left out: nobody sees them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from openbook.corpus.archive import Archive, attribute, child, core_fields, local
from openbook.corpus.assemble import assemble
from openbook.corpus.blocks import Composer, Parsed
from openbook.corpus.decode import clean
from openbook.corpus.numberformat import general, shown
from openbook.corpus.settings import Settings
from openbook.corpus.tables import render
from openbook.errors import DocumentError, LimitError

SUFFIXES = (".xlsx", ".xlsm")
CONTENT = "xlsx"
WORKBOOK = "xl/workbook.xml"
MAX_COLUMN = 16384
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")

Grid = dict[int, dict[int, str]]


def read(name: str, data: bytes, settings: Settings) -> Iterator[Parsed]:
    """One document."""
    archive = Archive(data, name, settings)
    book = archive.xml(WORKBOOK)
    relations = archive.relations(WORKBOOK)
    properties = child(book, "workbookPr")
    epoch = properties is not None and attribute(properties, "date1904") in {"1", "true"}
    reader = _Reader(archive, epoch, settings)
    listing = child(book, "sheets")
    sheets = list(listing) if listing is not None else []
    if len(sheets) > settings.max_pages:
        raise LimitError(
            f"it has {len(sheets):,} sheets, more than the limit of {settings.max_pages:,}",
            where=name,
        )
    composer = Composer()
    for number, sheet in enumerate(sheets, 1):
        link = next((value for key, value in sheet.attrib.items() if key.startswith("{")), "")
        kind, part = relations.get(link, ("", ""))
        if kind != "worksheet" or attribute(sheet, "state") in {"hidden", "veryHidden"}:
            continue
        composer.add("heading", attribute(sheet, "name"), 2, number)
        for table in _tables(reader.grid(part)):
            _table(table, number, composer)
    if all(block.kind == "heading" for block in composer.blocks):
        raise DocumentError("there is no text in its sheets", where=name)
    parsed = assemble(name, composer, core_fields(archive))
    if parsed is not None:
        yield parsed


class _Reader:
    """Shared strings and number formats of a workbook, and the cells of its sheets."""

    def __init__(self, archive: Archive, epoch_1904: bool, settings: Settings) -> None:
        self.archive = archive
        self.epoch_1904 = epoch_1904
        self.settings = settings
        self.cells = 0
        root = archive.optional("xl/sharedStrings.xml")
        self.strings = [_string(item) for item in root] if root is not None else []
        self.formats = _formats(archive.optional("xl/styles.xml"))

    def grid(self, part: str) -> Grid:
        """Texts of the filled cells by row and column; merged cells repeat their text."""
        from lxml import etree

        grid: Grid = {}
        merged: list[str] = []
        row_number = 0
        stream = io.BytesIO(self.archive.read(part))
        events = etree.iterparse(
            stream,
            events=("end",),
            tag=("{*}row", "{*}mergeCell"),
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
        )
        for _, element in events:
            if local(element) == "mergeCell":
                merged.append(attribute(element, "ref"))
                continue
            number = element.get("r", "")
            row_number = int(number) if number.isdecimal() and len(number) < 8 else row_number + 1
            column = 0
            for cell in element:
                found = _REFERENCE.fullmatch(cell.get("r", ""))
                column = _column(found.group(1)) if found else column + 1
                text = self._text(cell)
                if text and column <= MAX_COLUMN:
                    grid.setdefault(row_number, {})[column] = text
                    self._count()
            element.clear()
        for reference in merged:
            self._spread(reference, grid)
        return grid

    def _count(self) -> None:
        self.cells += 1
        if self.cells > self.settings.max_cells:
            raise LimitError(
                f"it has more than {self.settings.max_cells:,} cells", where=self.archive.name
            )

    def _spread(self, reference: str, grid: Grid) -> None:
        """Repeat the text of a merged range in each of its cells (down 1,000, across 100)."""
        corners = [_REFERENCE.fullmatch(corner) for corner in reference.split(":")]
        if len(corners) != 2 or corners[0] is None or corners[1] is None:
            return
        top, left = int(corners[0].group(2)), _column(corners[0].group(1))
        bottom, right = int(corners[1].group(2)), _column(corners[1].group(1))
        text = grid.get(top, {}).get(left, "")
        if not text or bottom - top > 1000 or right - left > 100:
            return
        if top == bottom and len(grid[top]) == 1:
            return  # a title over the table, not a value in it
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                grid.setdefault(row, {})[column] = text
                self._count()

    def _text(self, cell: Any) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = child(cell, "is")
            return _string(inline) if inline is not None else ""
        stored = child(cell, "v")
        value = (stored.text or "").strip() if stored is not None else ""
        if not value or kind == "e":
            return ""
        if kind == "s":
            position = int(value) if value.isdecimal() else -1
            return self.strings[position] if 0 <= position < len(self.strings) else ""
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if kind in {"str", "d"}:
            return _tidy(value)
        return self._number(value, cell.get("s", "0"))

    def _number(self, value: str, style: str) -> str:
        try:
            number = float(value)
        except ValueError:
            return _tidy(value)
        position = int(style) if style.isdecimal() else 0
        if position >= len(self.formats):
            return general(number)
        return shown(number, *self.formats[position], self.epoch_1904)


def _formats(styles: Any | None) -> list[tuple[int, str]]:
    """Number and code of the format of each cell style."""
    if styles is None:
        return []
    codes = {}
    for element in styles.iter("{*}numFmt"):
        number = attribute(element, "numFmtId")
        if number.isdecimal():
            codes[int(number)] = attribute(element, "formatCode")
    listing = child(styles, "cellXfs")
    numbers = [
        int(value) if (value := attribute(style, "numFmtId")).isdecimal() else 0
        for style in (listing if listing is not None else ())
    ]
    return [(number, codes.get(number, "")) for number in numbers]


def _string(item: Any) -> str:
    """Text of a string item: its runs, without phonetic guides."""
    parts = []
    for element in item.iter("{*}t"):
        if local(element.getparent()) != "rPh":
            parts.append(element.text or "")
    return _tidy("".join(parts))


def _tidy(text: str) -> str:
    if "_x" in text:
        text = _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text)
    return " ".join(clean(text).split())


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _tables(grid: Grid) -> Iterator[list[list[str]]]:
    """The tables of a sheet: runs of rows without an empty row between them."""
    run: list[list[str]] = []
    before = 0
    for number in sorted(grid):
        if run and number > before + 1:
            yield run
            run = []
        row = grid[number]
        run.append([row.get(column, "") for column in range(1, max(row) + 1)])
        before = number
    if run:
        yield run


def _table(rows: list[list[str]], page: int, composer: Composer) -> None:
    """A table; rows of a single cell above or below it are its title and its notes."""

    def alone(row: list[str]) -> bool:
        return sum(1 for cell in row if cell) == 1

    several = any(not alone(row) for row in rows)
    first, last = 0, len(rows)
    while several and alone(rows[first]):
        first += 1
    while several and alone(rows[last - 1]) and last - 1 > first and rows[last - 1][0] != "":
        last -= 1
    for row in rows[:first]:
        composer.add("paragraph", " ".join(cell for cell in row if cell), page=page)
    composer.add("table", render(rows[first:last]), page=page)
    for row in rows[last:]:
        composer.add("paragraph", " ".join(cell for cell in row if cell), page=page)
