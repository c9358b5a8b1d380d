"""HWPX (Hangul word processor, OWPML): outline headings, paragraphs, tables, notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from openbook.corpus.archive import Archive, attribute, child, local
from openbook.corpus.assemble import assemble
from openbook.corpus.blocks import Composer, Parsed
from openbook.corpus.decode import clean
from openbook.corpus.lines import ITEM
from openbook.corpus.settings import Settings
from openbook.corpus.tables import render
from openbook.errors import DocumentError, LimitError

SUFFIXES = (".hwpx",)
CONTENT = "hwpx"
_SECTION = re.compile(r"Contents/section(\d+)\.xml$")
_OUTLINE = re.compile(r"(?:개요|Outline)\s*(\d+)$", re.I)
_TITLE = re.compile(r"(?:제목|Title)$", re.I)
_SKIPPED = frozenset({"header", "footer", "secPr", "colPr", "ctrl"})


def read(name: str, data: bytes, settings: Settings) -> Iterator[Parsed]:
    """One document."""
    archive = Archive(data, name, settings)
    if "META-INF/manifest.xml" in archive and b"encryption-data" in archive.read(
        "META-INF/manifest.xml"
    ):
        raise DocumentError(
            "it is protected by a password", where=name, fix="Save it without a password."
        )
    found = [match for part in archive.names() if (match := _SECTION.match(part))]
    found.sort(key=lambda match: int(match.group(1)))
    if not found:
        raise DocumentError("it has no sections", where=name, fix="Restore the file.")
    writer = _Writer(Composer(), _levels(archive.optional("Contents/header.xml")), settings)
    for match in found:
        writer.paragraphs(archive.xml(match.group()))
    fields = _fields(archive)
    parsed = assemble(name, writer.composer, fields, writer.composer.first_heading(2))
    if parsed is not None:
        yield parsed


def _fields(archive: Archive) -> dict[str, str]:
    """Title, creator and dates of the package."""
    root = archive.optional("Contents/content.hpf")
    fields: dict[str, str] = {}
    metadata = child(root, "metadata")
    for element in metadata if metadata is not None else ():
        text = " ".join((element.text or "").split())
        key = {"creator": "author", "CreatedDate": "created", "ModifiedDate": "modified"}
        name = attribute(element, "name") or local(element)
        if text and name in {"title", "language", "creator", "CreatedDate", "ModifiedDate"}:
            fields[key.get(name, name)] = text
    return fields


def _levels(header: Any | None) -> dict[str, dict[str, int]]:
    """Heading levels by style id and by paragraph shape id."""
    levels: dict[str, dict[str, int]] = {"style": {}, "shape": {}}
    if header is None:
        return levels
    for shape in header.iter("{*}paraPr"):
        heading = child(shape, "heading")
        if heading is not None and attribute(heading, "type") == "OUTLINE":
            level = attribute(heading, "level")
            levels["shape"][attribute(shape, "id")] = (int(level) if level.isdecimal() else 0) + 2
    for style in header.iter("{*}style"):
        for name in (attribute(style, "name"), attribute(style, "engName")):
            match = _OUTLINE.match(name)
            if match:
                levels["style"][attribute(style, "id")] = int(match.group(1)) + 1
            elif _TITLE.match(name):
                levels["style"][attribute(style, "id")] = 1
    return levels


class _Writer:
    """Writes paragraphs and the tables inside them in order."""

    def __init__(
        self, composer: Composer, levels: dict[str, dict[str, int]], settings: Settings
    ) -> None:
        self.composer = composer
        self.levels = levels
        self.cells_left = settings.max_cells

    def paragraphs(self, parent: Any) -> None:
        """Paragraphs under a section, a cell or a note."""
        for element in parent:
            if local(element) == "p":
                self.paragraph(element)

    def paragraph(self, element: Any) -> None:
        """A paragraph's text, then what is anchored in it: tables, boxes, notes."""
        parts: list[str] = []
        anchored: list[Any] = []
        _gather(element, parts, anchored)
        text = _lines(parts)
        level = self.levels["style"].get(attribute(element, "styleIDRef")) or self.levels[
            "shape"
        ].get(attribute(element, "paraPrIDRef"))
        if level is not None:
            self.composer.add("heading", " ".join(text.split()), level)
        else:
            item = ITEM.match(text)
            if item:
                self.composer.add("item", text[item.end() :])
            else:
                self.composer.add("paragraph", text)
        for anchor in anchored:
            if local(anchor) == "tbl":
                self.table(anchor)
            else:
                self.paragraphs(anchor)

    def table(self, table: Any) -> None:
        """A table; one of a single cell is a frame around its paragraphs."""
        cells = [cell for row in table if local(row) == "tr" for cell in row if local(cell) == "tc"]
        self.cells_left -= len(cells)
        if self.cells_left < 0:
            raise LimitError("its tables have more cells than the limit")
        if len(cells) == 1:
            inner = child(cells[0], "subList")
            self.paragraphs(cells[0] if inner is None else inner)
            return
        grid: dict[tuple[int, int], str] = {}
        for row_number, row in enumerate(r for r in table if local(r) == "tr"):
            for position, cell in enumerate(c for c in row if local(c) == "tc"):
                _place(cell, row_number, position, grid)
        height = max((r for r, _ in grid), default=-1) + 1
        width = max((c for _, c in grid), default=-1) + 1
        rows = [[grid.get((r, c), "") for c in range(width)] for r in range(height)]
        caption = child(table, "caption", "subList")
        if caption is not None:
            self.paragraphs(caption)
        self.composer.add("table", render(rows))


def _place(cell: Any, row: int, column: int, grid: dict[tuple[int, int], str]) -> None:
    """A cell's text at its address, repeated over what it spans."""
    address, span = child(cell, "cellAddr"), child(cell, "cellSpan")
    if address is not None:
        row = _number(attribute(address, "rowAddr"), row)
        column = _number(attribute(address, "colAddr"), column)
    down = _number(attribute(span, "rowSpan"), 1) if span is not None else 1
    across = _number(attribute(span, "colSpan"), 1) if span is not None else 1
    parts: list[str] = []
    for paragraph in cell.iter("{*}p"):
        _gather(paragraph, parts, [])
        parts.append(" ")
    text = " ".join(_lines(parts).split())
    for r in range(row, row + min(down, 1000)):
        for c in range(column, column + min(across, 200)):
            grid[r, c] = text


def _number(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 else default


def _gather(element: Any, parts: list[str], anchored: list[Any]) -> None:
    """Text of a paragraph's runs; tables, text boxes and notes are set aside."""
    for run in element:
        if local(run) != "run":
            continue
        for part in run:
            kind = local(part)
            if kind == "t":
                _text(part, parts)
            elif kind == "tbl":
                anchored.append(part)
            elif kind == "ctrl":
                for note in part.iter("{*}footNote", "{*}endNote"):
                    inner = child(note, "subList")
                    if inner is not None:
                        anchored.append(inner)
            elif kind not in _SKIPPED:
                anchored += [box for box in part.iter("{*}subList") if not _in_table(box, part)]


def _in_table(box: Any, top: Any) -> bool:
    for above in box.iterancestors():
        if above is top:
            return False
        if local(above) in {"tbl", "subList"}:
            return True
    return False


def _text(element: Any, parts: list[str]) -> None:
    parts.append(element.text or "")
    for mark in element:
        kind = local(mark)
        if kind == "lineBreak":
            parts.append("\n")
        elif kind in {"tab", "nbSpace", "fwSpace"}:
            parts.append(" ")
        elif kind == "hyphen":
            parts.append("-")
        parts.append(mark.tail or "")


def _lines(parts: list[str]) -> str:
    lines = (" ".join(line.split()) for line in clean("".join(parts)).split("\n"))
    return "\n".join(line for line in lines if line)
