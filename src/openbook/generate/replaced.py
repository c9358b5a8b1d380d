"""A claim that repeats a sentence but for one thing, and what it has put in its place."""

from __future__ import annotations

import re
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Literal

from openbook.generate.names import names, stands
from openbook.generate.quantities import amounts, dates
from openbook.text.topics import noun

SAME = 0.6
"""Share of a claim's words that must stand in the sentence in the same order, for it to be told
what was put in the place of what."""

LONGEST = 5
"""Words that may have been replaced; more is another way of saying it."""

COMPOUND = 4
"""Syllables from which a Korean noun is made of several."""

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?|[%$€£₩]")

Found = tuple[Literal["number", "name"], str]


def replaced(claim: str, sentence: str) -> Found | None:
    """The number or name of a claim (NFKC) that stands where its sentence has another one.

    >>> replaced("He was born in Rome in 1870.", "He was born in Rome in 1867 and left it soon.")
    ('number', '1870')
    >>> replaced("Rome lies south of Paris.", "Rome lies far south of Paris.")
    """
    ours, theirs = list(_TOKEN.finditer(claim)), list(_TOKEN.finditer(sentence))
    left, right = ([match[0].casefold() for match in side] for side in (ours, theirs))
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    same = sum(b - a for tag, a, b, _, _ in blocks if tag == "equal")
    if not ours or same < SAME * len(ours):
        return None
    for tag, a, b, c, d in blocks:
        if tag == "replace" and max(b - a, d - c) <= LONGEST:
            here = ours[a].start(), ours[b - 1].end()
            there = theirs[c].start(), theirs[d - 1].end()
            if found := _exchanged(claim, here, sentence, there):
                return found
    return None


def _exchanged(
    claim: str, here: tuple[int, int], sentence: str, there: tuple[int, int]
) -> Found | None:
    said, stated = _values(claim, here), _values(sentence, there, loose=True)
    if said and stated and said.isdisjoint(stated):
        return "number", claim[slice(*here)]
    mine, other = _named(claim, here), _named(sentence, there)
    if mine and other and not any(stands(name, sentence[slice(*there)]) for name in mine):
        return "name", " ".join(mine)
    ours, theirs = _compound(claim[slice(*here)]), _compound(sentence[slice(*there)])
    if ours and theirs and not stands(ours, sentence):
        return "name", ours
    return None


def _values(text: str, span: tuple[int, int], *, loose: bool = False) -> set[Decimal]:
    """Values of the numbers and dates that reach into a span."""
    found = {a.value for a in amounts(text, loose) if a.start < span[1] and span[0] < a.end}
    for when in dates(text):
        if when.start < span[1] and span[0] < when.end:
            found |= set(map(Decimal, when.numbers))
    return found


def _compound(words: str) -> str:
    """A Korean noun made of several, as offices and bodies are called; empty where none is."""
    runs = (noun(run) for run in re.findall(f"[가-힣]{{{COMPOUND},}}", words))
    return next((run for run in runs if len(run) >= COMPOUND), "")


def _named(text: str, span: tuple[int, int]) -> list[str]:
    """Names of a text that stand in a span of it."""
    part = text[slice(*span)]
    return [name for name in names(text) if name in part]
