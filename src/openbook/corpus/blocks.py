"""The structure of a document's text: blocks with offsets, and the composer that writes both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from openbook.types import Document

Kind = Literal["heading", "paragraph", "item", "table", "code", "record"]


class Block(NamedTuple):
    """A span of a document's text.

    ``level`` is the depth of a heading (1 is outermost) or of a list item (0 is outermost);
    ``page`` counts from 1. The lines of a ``table`` are its rows; a ``record`` is a line of
    a JSONL file and stays whole where it can.
    """

    kind: Kind
    start: int
    end: int
    level: int = 0
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document and its blocks, in order, without overlaps; they cover all non-space text."""

    document: Document
    blocks: tuple[Block, ...]


class Composer:
    """Writes a document's text block by block, so that offsets are exact by construction.

    Blocks are parted by an empty line, items of one list by a line break.
    """

    __slots__ = ("_last", "_parts", "blocks", "length")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._last = ""
        self.blocks: list[Block] = []
        self.length = 0

    def add(self, kind: Kind, text: str, level: int = 0, page: int | None = None) -> None:
        """Append a block; text without visible characters is left out."""
        text = text.strip()
        if not text:
            return
        start = self.length
        if self._parts:
            if kind == "item" and self._last == "item":
                self._parts.append("\n")
                start += 1
            else:
                self._parts.append("\n\n")
                start += 2
        self._parts.append(text)
        self._last = kind
        self.length = start + len(text)
        self.blocks.append(Block(kind, start, self.length, level, page))

    @property
    def text(self) -> str:
        """All text written so far."""
        return "".join(self._parts)

    def first_heading(self, level: int = 1) -> str:
        """Text of the first heading, if it is no deeper than ``level``; else empty."""
        for block in self.blocks:
            if block.kind == "heading":
                return self.text[block.start : block.end] if block.level <= level else ""
        return ""
