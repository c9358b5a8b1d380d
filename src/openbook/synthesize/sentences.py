"""The sentences and rows of passages, as rules read them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from openbook.text.language import detect
from openbook.text.sentences import sentences
from openbook.types import Passage

_CELL = re.compile(r"^[^:;\n]{1,60}: [^;\n]+(?:; [^:;\n]{1,60}: [^;\n]+)+$")


def is_row(line: str) -> bool:
    """Whether a line is a row of a table: at least two ``column: value``."""
    return bool(_CELL.match(line))


def cells(line: str) -> list[tuple[str, str]]:
    """Columns and values of a row, in order; empty where a cell has no column.

    >>> cells("Plan: Team; Price: EUR 9")
    [('Plan', 'Team'), ('Price', 'EUR 9')]
    """
    found = [part.partition(": ") for part in line.split("; ")]
    if not all(separator for _, separator, _ in found):
        return []
    return [(column.strip(), value.strip()) for column, _, value in found]


def prose(passages: Sequence[Passage]) -> Iterator[tuple[Passage, str, str]]:
    """Passage, sentence and language of every sentence that is no row of a table."""
    for passage in passages:
        for start, end in sentences(passage.text):
            sentence = passage.text[start:end]
            if not is_row(sentence) and 10 <= len(sentence) <= 300:
                yield passage, sentence, detect(sentence)


def rows(passages: Sequence[Passage]) -> Iterator[tuple[Passage, str, list[tuple[str, str]]]]:
    """Passage, line and cells of every row of a table."""
    for passage in passages:
        for line in passage.text.splitlines():
            if is_row(line.strip()) and (found := cells(line.strip())):
                yield passage, line.strip(), found


_BARE = re.compile(r"^(?P<said>yes|no|네|예|아니요|아니오)[.,!]\s", re.I)


def opening(passage: Passage, most: int = 220) -> tuple[tuple[str, ...], str]:
    """Answers and quote of what a passage says first, for the question above it: a bare yes or
    no with the sentence after it, or a sentence; nothing where it is a row, too long, or only
    leads in.
    """
    spans = sentences(passage.text)
    text = passage.text.strip()
    said = _BARE.match(text)
    shift = passage.text.index(text) if text else 0
    at = shift + said.end() if said else shift
    start, end = next(((max(a, at), b) for a, b in spans if b > at), (0, 0))
    sentence = passage.text[start:end].strip()
    plain = not is_row(sentence) and not sentence.endswith((":", "：", "?"))
    plain = (
        plain and bool(re.search(r"[.!。)”\"’다요음함]$", sentence)) and sentence[0] not in "[{<|$/"
    )
    if not plain or not 8 <= len(sentence) <= most:
        return (), ""
    if not said:
        return (sentence,), sentence
    quote = passage.text[shift:end].strip()
    return (said["said"], quote), quote
