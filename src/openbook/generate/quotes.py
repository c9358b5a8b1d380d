"""Quotes: words that stand in a source, found there and given back as the source has them.

A quote is first looked for as it is. If it is not there, both sides are folded: NFKC
(which joins decomposed Hangul), typographic quotation marks and dashes, invisible
characters, Markdown emphasis and table bars, and white space. What is found comes back in
the source's own words with offsets into the document, so a quote is verbatim by
construction. White space counts only where it parts two words of an alphabet or two
numbers: Korean text quoted with other spacing is still the same words.

A quote begins and ends at a word: ``15 days`` does not stand in ``115 days`` nor ``5`` in
``1.5``. Hangul and other scripts that join words are not held to this, because particles
follow their noun without a space. Case counts for a single word (``US`` is not ``us``),
not for a longer quote.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from openbook.models.prompts import BEGIN_QUOTE, END_QUOTE
from openbook.types import Passage, Quote

BEGIN, END = BEGIN_QUOTE, END_QUOTE

_BEGIN = re.compile(r"##\s*begin[_ ]?quote\s*##", re.IGNORECASE)
_ENDS = re.compile(r"##\s*end[_ ]?quote\s*##|##\s*begin[_ ]?quote\s*##|<ANSWER>|\n\s*\n", re.I)
_SINGLE = dict.fromkeys("‘’‚‛′`´ʼ＇", "'")
_DOUBLE = dict.fromkeys("“”„‟″«»「」『』＂〝〞", '"')
_DASH = dict.fromkeys("‐‑‒–—―−﹘﹣－", "-")
_SAME = {**_SINGLE, **_DOUBLE, **_DASH, "·": "·", "・": "·", "ㆍ": "·", "∼": "~", "〜": "~"}
_GAPS = frozenset("*`|")
_JOINED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1100, 0x11FF),  # Hangul Jamo
    (0x3040, 0x30FF),  # kana
    (0x3130, 0x318F),  # Hangul compatibility Jamo
    (0x3400, 0x9FFF),  # Han
    (0xAC00, 0xD7AF),  # Hangul
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


def quote(text: str, passage: Passage) -> Quote | None:
    """The words of ``text`` as they stand in a passage; None if they do not.

    Quotation marks around ``text`` and a full stop that it adds at its end are forgiven.
    """
    span = find(text, passage.text)
    return cut(passage, *span) if span else None


def cut(passage: Passage, start: int, end: int) -> Quote:
    """A quote of ``passage.text[start:end]``.

    Raises:
        ValueError: a span that is empty or leads out of the passage.
    """
    if not 0 <= start < end <= len(passage.text):
        raise ValueError(f"no span {start}:{end} in a passage of {len(passage.text)} characters")
    return Quote(
        text=passage.text[start:end],
        document_id=passage.document_id,
        start=passage.start + start,
        end=passage.start + end,
        source=passage.source,
        title=passage.title,
        heading=passage.heading,
        page=passage.page,
        passage_id=passage.id,
    )


def find(text: str, source: str) -> tuple[int, int] | None:
    """Where the words of ``text`` stand in ``source``: start and end, or None.

    >>> find("“15 days”", "Staff have **15\\ndays** of leave.")
    (13, 20)
    >>> find("5 days", "Staff have 15 days.") is None
    True
    """
    for candidate in _candidates(text):
        start = source.find(candidate)
        while start >= 0:
            end = start + len(candidate)
            if whole(source, start, end):
                return start, end
            start = source.find(candidate, start + 1)
    for candidate in _candidates(text):
        found = _find_folded(candidate, source)
        if found:
            return found
    return None


def whole(source: str, start: int, end: int) -> bool:
    """Whether a span begins and ends at words and numbers, not inside one."""
    return not (_cuts(source, start) or _cuts(source, end))


def marks(text: str) -> list[str]:
    """What stands between quote marks, in order, empty ones left out.

    A mark that is never closed ends at the next opening mark, an empty line, the final
    answer or the end of the text.

    >>> marks("It says ##begin_quote##15 days##end_quote##. ##begin_quote##a year")
    ['15 days', 'a year']
    """
    found = []
    for opening in _BEGIN.finditer(text):
        closing = _ENDS.search(text, opening.end())
        inner = text[opening.end() : closing.start() if closing else len(text)].strip()
        if inner:
            found.append(inner)
    return found


def _candidates(text: str) -> list[str]:
    bare = text.strip()
    inner = bare.strip("\"'“”‘’«»「」『』").strip()
    open_ended = re.sub(r"[.,;:。…]+$", "", inner).rstrip()
    tried = dict.fromkeys((bare, inner, open_ended))
    return [t for t in tried if any(c.isalnum() for c in t)]


def _cuts(source: str, at: int) -> bool:
    if at <= 0 or at >= len(source):
        return False
    before, after = source[at - 1], source[at]
    if unicodedata.combining(after) or 0x1160 <= ord(after) <= 0x11FF:
        return True
    if before.isdigit() and after.isdigit():
        return True
    if before in ".," and after.isdigit():
        return at >= 2 and source[at - 2].isdigit()
    if before.isdigit() and after in ".,":
        return at + 1 < len(source) and source[at + 1].isdigit()
    return before.isalpha() and after.isalpha() and not (_joined(before) or _joined(after))


def _joined(char: str) -> bool:
    return any(low <= ord(char) <= high for low, high in _JOINED)


@dataclass(frozen=True, slots=True)
class _Folded:
    """Folded text, and for each of its characters the span of the original it came from."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def _find_folded(text: str, source: str) -> tuple[int, int] | None:
    needle, hay = _fold(text).text, _fold(source)
    words, inside = needle, hay.text
    if " " in needle or len(needle) >= 12:
        words, inside = _lower(needle), _lower(inside)
    if not words:
        return None
    at = inside.find(words)
    while at >= 0:
        start, end = hay.starts[at], hay.ends[at + len(words) - 1]
        if whole(source, start, end):
            return start, end
        at = inside.find(words, at + 1)
    return None


@lru_cache(maxsize=512)
def _lower(text: str) -> str:
    """Lower case, character by character where that would change the length (``İ``)."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(low if len(low := c.lower()) == 1 else c for c in text)


@lru_cache(maxsize=256)
def _fold(text: str) -> _Folded:
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    gap = False
    for start, end in _clusters(text):
        piece = text[start:end]
        if piece.isspace() or piece in _GAPS:
            gap = True
            continue
        for char in _plain(piece):
            if gap and chars and _parted(chars[-1], char):
                chars.append(" ")
                starts.append(ends[-1])
                ends.append(start)
            gap = False
            chars.append(char)
            starts.append(start)
            ends.append(end)
    return _Folded("".join(chars), tuple(starts), tuple(ends))


def _parted(before: str, after: str) -> bool:
    return before.isalnum() and after.isalnum() and not (_joined(before) or _joined(after))


def _plain(piece: str) -> str:
    """A cluster as it is compared: NFKC except for exponents and fractions (10² is not 102)."""
    if len(piece) == 1:
        if piece in _SAME:
            return _SAME[piece]
        if piece.isascii():
            return piece
        kind = unicodedata.category(piece)
        if kind in ("Cf", "Cc"):
            return ""
        if kind == "No":
            return piece
    folded = unicodedata.normalize("NFKC", piece)
    return "".join(_SAME.get(c, c) for c in folded if not c.isspace())


def _clusters(text: str) -> list[tuple[int, int]]:
    """Spans that normalise by themselves: a character with the marks that join onto it."""
    if text.isascii():
        return [(i, i + 1) for i in range(len(text))]
    bounds = [i for i, char in enumerate(text) if i == 0 or not _joins(char)]
    return list(zip(bounds, [*bounds[1:], len(text)], strict=True))


def _joins(char: str) -> bool:
    code = ord(char)
    return code > 0x2FF and (
        0x1160 <= code <= 0x11FF or code in (0xFF9E, 0xFF9F) or unicodedata.combining(char) != 0
    )
