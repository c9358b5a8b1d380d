"""A parsed document to passages: along its structure, within a token budget, offsets exact.

Under one heading, neighbouring blocks are put together until the budget is reached; a table
or a list stays whole where it fits; what does not fit is cut between items, rows, sentences,
and inside a sentence only where it alone exceeds the budget. Parts of one section come out
about equally long. A heading belongs to the heading path of the passages under it; headings
with nothing under them are passages themselves, so no word of a document is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from openbook.corpus.blocks import Block, Parsed
from openbook.corpus.settings import Settings
from openbook.corpus.tokens import weight
from openbook.text.sentences import sentences
from openbook.types import Document, Passage, digest

BLANK = 0.25  # tokens of a space or a line break
MAX_HEADING = 200  # characters of one heading in a heading path


class _Unit(NamedTuple):
    """A span that is not cut any more; ``free`` says a passage may end before it."""

    start: int
    end: int
    size: float
    free: bool = True


class _Section(NamedTuple):
    """Blocks under one heading path (and on one page); ``bare`` where they are headings."""

    heading: tuple[str, ...]
    page: int | None
    blocks: list[Block]


def split(parsed: Parsed, settings: Settings) -> list[Passage]:
    """The passages of a document, in order, none overlapping.

    ``document.text[p.start:p.end] == p.text`` holds for each; together they cover every
    visible character except headings, which stand in the heading paths. A passage's id is
    the document's with a digest of its text and how often that text came before, so it does
    not change when other parts of the document do.
    """
    document = parsed.document
    seen: Counter[str] = Counter()
    passages = []
    for section in _sections(document.text, parsed.blocks):
        for start, end in _spans(document, section.blocks, settings):
            text = document.text[start:end]
            nth = seen[text]
            seen[text] += 1
            passages.append(
                Passage(
                    f"{document.id}#{digest(text, str(nth)) if nth else digest(text)}",
                    document.id,
                    start,
                    end,
                    text,
                    section.heading,
                    section.page,
                    document.title,
                    document.source,
                    document.language,
                )
            )
    return passages


def indexed(passage: Passage) -> str:
    """What is searched for a passage: title, heading path and text, nothing said twice.

    >>> indexed(Passage("d#1", "d", 0, 7, "14 days", ("Refunds", "Terms"), title="Refunds"))
    'Refunds\\nTerms\\n14 days'
    """
    lines: list[str] = []
    for line in (passage.title, *passage.heading):
        if line and line not in lines and not passage.text.startswith(line):
            lines.append(line)
    lines.append(passage.text)
    return "\n".join(lines)


def _sections(text: str, blocks: Sequence[Block]) -> Iterator[_Section]:
    """Runs of blocks under the same headings and on the same page."""
    path: list[tuple[int, str]] = []
    waiting: list[Block] = []  # headings with nothing under them yet
    run: list[Block] = []
    for block in blocks:
        if block.kind == "heading":
            if run:
                yield _section(path, run)
                run = []
            if waiting and block.level <= waiting[-1].level:
                # The last heading stays bare; it is told under those above it.
                bare = path[:-1]
                yield _Section(tuple(name for _, name in bare), waiting[-1].page, [waiting[-1]])
            while path and path[-1][0] >= block.level:
                path.pop()
            path.append(
                (block.level, " ".join(text[block.start : block.end].split())[:MAX_HEADING])
            )
            waiting = [block]
            continue
        waiting = []
        if run and block.page != run[-1].page:
            yield _section(path, run)
            run = []
        run.append(block)
    if run:
        yield _section(path, run)
    if waiting:
        yield _Section(tuple(name for _, name in path[:-1]), waiting[-1].page, [waiting[-1]])


def _section(path: list[tuple[int, str]], run: list[Block]) -> _Section:
    return _Section(tuple(name for _, name in path), run[0].page, run)


def _spans(
    document: Document, blocks: list[Block], settings: Settings
) -> Iterator[tuple[int, int]]:
    """Passage spans of a section."""
    text = document.text
    start, end = blocks[0].start, blocks[-1].end
    total = weight(text[start:end])
    if total <= settings.max_tokens or (
        blocks[0].kind == "record" and total <= settings.record_tokens
    ):
        yield start, end
        return
    units = [unit for block in blocks for unit in _units(document, block, settings.max_tokens)]
    yield from _packed(units, settings.max_tokens)


def _packed(units: Sequence[_Unit], budget: int) -> Iterator[tuple[int, int]]:
    """Units put together to passages of about equal size within the budget.

    A passage ends early where its share is reached and the next unit may begin one; a unit
    that is not free (an item under its lead-in) moves with the one before it if it fits.
    """
    gaps = [0.0]  # what stands between a unit and the one before it
    gaps += [(b.start - a.end) * BLANK for a, b in pairwise(units)]
    rest = sum(unit.size for unit in units) + sum(gaps)  # from this passage's first unit on
    share = rest / -(-rest // budget)
    first = 0
    size = 0.0
    for position, unit in enumerate(units):
        taken = unit.size + gaps[position]
        full = size + taken > budget
        enough = unit.free and size + taken / 2 > share
        if size and (full or enough):
            cut = position
            lead_in = units[position - 1].size
            if full and not unit.free and position - 1 > first and lead_in + taken <= budget:
                cut = position - 1
            yield units[first].start, units[cut - 1].end
            moved = lead_in if cut < position else 0.0
            rest -= size - moved
            share = rest / -(-rest // budget)
            first, size = cut, moved
        size += taken
    yield units[first].start, units[-1].end


def _units(document: Document, block: Block, budget: int) -> Iterator[_Unit]:
    """A block whole, or its rows, sentences or, at worst, pieces."""
    text = document.text
    size = weight(text[block.start : block.end])
    if size <= budget:
        yield _Unit(block.start, block.end, size, _free(text, block))
        return
    if block.kind in {"table", "code"}:
        spans = _line_spans(text, block.start, block.end)
    else:
        spans = [
            (block.start + start, block.start + end)
            for start, end in sentences(text[block.start : block.end], document.language)
        ]
    for start, end in spans:
        size = weight(text[start:end])
        if size <= budget:
            yield _Unit(start, end, size)
        else:
            for piece_start, piece_end in _pieces(text, start, end, budget):
                yield _Unit(piece_start, piece_end, weight(text[piece_start:piece_end]))


def _free(text: str, block: Block) -> bool:
    """Whether a passage may begin at a block: not right under a lead-in that ends in a colon,
    and not at an inner list item.
    """
    if block.kind == "item" and block.level > 0:
        return False
    before = text[max(0, block.start - 8) : block.start].rstrip()
    return not before.endswith((":", "：")) or block.kind in {"paragraph", "heading"}


def _line_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Trimmed spans of the lines between two offsets."""
    spans = []
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        line = text[start:stop]
        body = line.strip()
        if body:
            left = start + len(line) - len(line.lstrip())
            spans.append((left, left + len(body)))
        start = stop + 1
    return spans


def _pieces(text: str, start: int, end: int, budget: int) -> Iterator[tuple[int, int]]:
    """Cut what is longer than the budget at spaces, or anywhere where there are none."""
    step = max(1, int((end - start) * budget / weight(text[start:end])))
    while start < end:
        stop = min(end, start + step)
        while weight(text[start:stop]) > budget and stop > start + 1:
            stop = start + max(1, int((stop - start) * 0.8))
        if stop < end:
            space = max(text.rfind(" ", start, stop), text.rfind("\n", start, stop))
            if space > start + (stop - start) // 2:
                stop = space
        piece = text[start:stop]
        body = piece.strip()
        if body:
            left = start + len(piece) - len(piece.lstrip())
            yield left, left + len(body)
        start = stop
