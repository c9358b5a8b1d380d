"""Presentations: a slide is a page, its title a heading; text, tables and notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openbook.corpus.archive import Archive, attribute, child, children, core_fields, local
from openbook.corpus.assemble import assemble
from openbook.corpus.blocks import Composer, Parsed
from openbook.corpus.decode import clean
from openbook.corpus.settings import Settings
from openbook.corpus.tables import render
from openbook.errors import LimitError

SUFFIXES = (".pptx",)
CONTENT = "pptx"
PRESENTATION = "ppt/presentation.xml"
_TITLES = frozenset({"title", "ctrTitle"})
_FURNITURE = frozenset({"dt", "ftr", "sldNum", "hdr", "sldImg"})


def read(name: str, data: bytes, settings: Settings) -> Iterator[Parsed]:
    """One document."""
    archive = Archive(data, name, settings)
    slides = _slides(archive)
    if len(slides) > settings.max_pages:
        raise LimitError(
            f"it has {len(slides):,} slides, more than the limit of {settings.max_pages:,}",
            where=name,
        )
    composer = Composer()
    for number, part in enumerate(slides, 1):
        _slide(archive, part, number, composer)
    fields = core_fields(archive)
    parsed = assemble(name, composer, fields, composer.first_heading(2))
    if parsed is not None:
        yield parsed


def _slides(archive: Archive) -> list[str]:
    """Slide parts in the order they are shown."""
    root = archive.xml(PRESENTATION)
    relations = archive.relations(PRESENTATION)
    parts = []
    listing = child(root, "sldIdLst")
    for slide in listing if listing is not None else ():
        link = next((value for key, value in slide.attrib.items() if key.startswith("{")), "")
        if link in relations:
            parts.append(relations[link][1])
    return parts


def _slide(archive: Archive, part: str, number: int, composer: Composer) -> None:
    """Title first, then the shapes from top to bottom, then the notes."""
    root = archive.xml(part)
    shapes = [s for s in root.iter("{*}sp", "{*}graphicFrame") if not _fallback(s)]
    shapes.sort(key=lambda shape: _placeholder(shape) not in _TITLES)
    for shape in shapes:
        kind = _placeholder(shape)
        if kind in _FURNITURE:
            continue
        if local(shape) == "graphicFrame":
            for table in shape.iter("{*}tbl"):
                composer.add("table", render(_grid(table)), page=number)
        elif kind in _TITLES:
            title = " ".join(text for text, _, _ in _paragraphs(shape))
            composer.add("heading", " ".join(title.split()), 2, number)
        else:
            for text, level, bullet in _paragraphs(shape):
                listed = bullet or (kind is not None and kind != "subTitle")
                composer.add("item" if listed else "paragraph", text, level, number)
    for _, target in sorted(archive.relations(part).values()):
        if target.startswith("ppt/notesSlides/") and target in archive:
            for shape in archive.xml(target).iter("{*}sp"):
                if _placeholder(shape) == "body":
                    for text, _, _ in _paragraphs(shape):
                        composer.add("paragraph", text, page=number)


def _fallback(shape: Any) -> bool:
    return any(local(above) == "Fallback" for above in shape.iterancestors())


def _placeholder(shape: Any) -> str | None:
    """Type of a placeholder (``body`` where none is said), None for other shapes."""
    for properties in shape.iter("{*}nvPr"):
        holder = child(properties, "ph")
        if holder is not None:
            return attribute(holder, "type") or "body"
    return None


def _paragraphs(shape: Any) -> Iterator[tuple[str, int, bool]]:
    """Text, level and whether a bullet is set, for each paragraph of a shape."""
    body = child(shape, "txBody")
    for paragraph in children(body, "p") if body is not None else ():
        text = _text(paragraph)
        properties = child(paragraph, "pPr")
        level = attribute(properties, "lvl") if properties is not None else ""
        marks = {local(p) for p in properties} if properties is not None else set()
        if text:
            bullet = bool(marks & {"buChar", "buAutoNum"})
            yield text, int(level) if level.isdecimal() and len(level) < 3 else 0, bullet


def _text(paragraph: Any) -> str:
    parts = []
    for element in paragraph.iter():
        kind = local(element)
        if kind == "t":
            parts.append(element.text or "")
        elif kind == "br":
            parts.append("\n")
        elif kind == "tab":
            parts.append(" ")
    lines = (" ".join(line.split()) for line in clean("".join(parts)).split("\n"))
    return "\n".join(line for line in lines if line)


def _grid(table: Any) -> list[list[str]]:
    """Texts of cells; merged cells repeat what they show."""
    grid: list[list[str]] = []
    for row in children(table, "tr"):
        texts: list[str] = []
        for cell in children(row, "tc"):
            text = " ".join(part for part in (_text(p) for p in cell.iter("{*}p")) if part)
            if attribute(cell, "hMerge") in {"1", "true"} and texts:
                text = texts[-1]
            elif attribute(cell, "vMerge") in {"1", "true"} and grid:
                text = grid[-1][len(texts)] if len(texts) < len(grid[-1]) else text
            texts.append(text)
        grid.append(texts)
    return grid
