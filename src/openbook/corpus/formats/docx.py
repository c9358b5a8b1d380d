"""Word documents: headings by style, numbering written out, lists, tables, footnotes.

The XML is read directly: styles, numbers and merged cells are needed as they are, and a
detour over HTML loses them (docs/decisions/0003-office-formats.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openbook.corpus.archive import Archive, attribute, child, children, core_fields, local
from openbook.corpus.assemble import assemble
from openbook.corpus.blocks import Composer, Parsed
from openbook.corpus.decode import clean
from openbook.corpus.numbering import Numbering
from openbook.corpus.settings import Settings
from openbook.corpus.tables import render
from openbook.errors import LimitError

SUFFIXES = (".docx",)
CONTENT = "docx"
BODY = "word/document.xml"


def read(name: str, data: bytes, settings: Settings) -> Iterator[Parsed]:
    """One document."""
    archive = Archive(data, name, settings)
    root = archive.xml(BODY)
    writer = _Writer(
        Composer(),
        _outline_levels(archive.optional("word/styles.xml")),
        Numbering(archive.optional("word/numbering.xml")),
        settings,
    )
    body = child(root, "body")
    writer.blocks(root if body is None else body)
    notes = archive.optional("word/footnotes.xml")
    for note in notes if notes is not None else ():
        if attribute(note, "type") == "":
            writer.blocks(note)
    fields = core_fields(archive)
    parsed = assemble(name, writer.composer, fields, writer.composer.first_heading(2))
    if parsed is not None:
        yield parsed


def _outline_levels(styles: Any | None) -> dict[str, int]:
    """Heading level by style id, from the outline level, the name, or the style it builds on."""
    if styles is None:
        return {}
    own: dict[str, int] = {}
    based: dict[str, str] = {}
    for style in children(styles, "style"):
        key = attribute(style, "styleId")
        name_element = child(style, "name")
        name = attribute(name_element, "val").lower() if name_element is not None else ""
        base = child(style, "basedOn")
        based[key] = attribute(base, "val") if base is not None else ""
        outline = child(style, "pPr", "outlineLvl")
        level = attribute(outline, "val") if outline is not None else ""
        if name in {"title", "제목"}:
            own[key] = 1
        elif level.isdecimal() and int(level) < 9:
            own[key] = int(level) + 2
        elif name.startswith(("heading ", "제목 ")) and name.split()[-1].isdecimal():
            own[key] = int(name.split()[-1]) + 1
    levels = {}
    for key in based:
        above, steps = key, 0
        while above and above not in own and steps < 20:
            above, steps = based.get(above, ""), steps + 1
        if above in own:
            levels[key] = own[above]
    return levels


class _Writer:
    """Writes paragraphs and tables in order."""

    def __init__(
        self,
        composer: Composer,
        levels: dict[str, int],
        numbering: Numbering,
        settings: Settings,
    ) -> None:
        self.composer = composer
        self.levels = levels
        self.numbering = numbering
        self.cells_left = settings.max_cells

    def blocks(self, parent: Any) -> None:
        """Everything under a body, a cell or a content control."""
        for element in parent:
            kind = local(element)
            if kind == "p":
                self.paragraph(element)
            elif kind == "tbl":
                self.table(element)
            elif kind in {"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"}:
                self.blocks(element)

    def paragraph(self, element: Any) -> None:
        """One paragraph: heading, list item or plain."""
        text = _text(element)
        properties = child(element, "pPr")
        style_element = child(properties, "pStyle")
        style = attribute(style_element, "val") if style_element is not None else ""
        outline = child(properties, "outlineLvl")
        value = attribute(outline, "val") if outline is not None else ""
        level = int(value) + 2 if value.isdecimal() and int(value) < 9 else self.levels.get(style)
        marker, depth = self.numbering.marker(child(properties, "numPr"), style)
        if not text:
            return
        text = f"{marker} {text}" if marker else text
        if level is not None:
            self.composer.add("heading", " ".join(text.split()), level)
        elif depth is not None:
            self.composer.add("item", text, depth)
        else:
            self.composer.add("paragraph", text)
        for box in element.iter("{*}txbxContent"):
            if not any(local(above) == "Fallback" for above in box.iterancestors()):
                self.blocks(box)

    def table(self, element: Any) -> None:
        """A table; one of a single cell is a frame around its blocks."""
        rows = list(children(element, "tr"))
        cells = [list(children(row, "tc")) for row in rows]
        self.cells_left -= sum(len(row) for row in cells)
        if self.cells_left < 0:
            raise LimitError("its tables have more cells than the limit")
        if len(rows) == 1 and len(cells[0]) == 1:
            self.blocks(cells[0][0])
            return
        header = any(True for _ in element.iter("{*}tblHeader")) or None
        self.composer.add("table", render(_grid(cells), header))


def _grid(cells: list[list[Any]]) -> list[list[str]]:
    """Texts of cells; what spans columns or rows is repeated in each."""
    grid: list[list[str]] = []
    for row in cells:
        texts: list[str] = []
        for cell in row:
            text = " ".join(part for part in (_text(p) for p in cell.iter("{*}p")) if part)
            properties = child(cell, "tcPr")
            merge = child(properties, "vMerge")
            if merge is not None and attribute(merge, "val") != "restart" and grid:
                above = grid[-1]
                text = above[len(texts)] if len(texts) < len(above) else text
            span = child(properties, "gridSpan")
            value = attribute(span, "val") if span is not None else ""
            texts += [text] * (min(int(value), 100) if value.isdecimal() else 1)
        grid.append(texts)
    return grid


def _text(paragraph: Any) -> str:
    """Visible text of a paragraph, without text boxes (they come after it) and deletions."""
    parts: list[str] = []
    _gather(paragraph, parts)
    lines = (" ".join(line.split()) for line in clean("".join(parts)).split("\n"))
    return "\n".join(line for line in lines if line)


_SILENT = frozenset({"del", "moveFrom", "instrText", "delText", "pPr", "rPr", "txbxContent"})


def _gather(element: Any, parts: list[str]) -> None:
    for part in element:
        kind = local(part)
        if kind == "t":
            parts.append(part.text or "")
        elif kind in {"br", "cr"}:
            parts.append("\n")
        elif kind in {"tab", "ptab"}:
            parts.append(" ")
        elif kind == "noBreakHyphen":
            parts.append("-")
        elif kind not in _SILENT and len(part):
            _gather(part, parts)
