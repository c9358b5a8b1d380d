"""Passages around a sentence, distractors beside them, and rows that lack the gold passage."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from tasks._corpus import Shelf
from tasks._row import Row

from openbook.text.sentences import sentences


@dataclass(frozen=True, slots=True)
class Shape:
    """How much is shown. The early curriculum has few and short passages."""

    most_passages: int = 6
    most_characters: int = 900  # of one passage
    total_en: int = 3000  # of all passages together
    total_ko: int = 1800  # a Korean character is about twice the tokens
    refusals: float = 0.15

    def number(self, rng: random.Random) -> int:
        """How many passages: one 45 %, two or three 35 %, four to six 20 %."""
        die = rng.random()
        if die < 0.45:
            number = 1
        elif die < 0.8:
            number = rng.randint(2, 3)
        else:
            number = rng.randint(4, 6)
        return min(number, self.most_passages)

    def limit(self, rng: random.Random, language: str, number: int) -> int:
        """Characters a passage may have: short ones are as common as long ones."""
        total = self.total_ko if language == "ko" else self.total_en
        most = min(self.most_characters, total // number)
        return rng.randint(min(160, most), most)


EARLY = Shape(most_passages=3, most_characters=500, total_en=900, total_ko=600)

Distract = Callable[[random.Random, int], str]
"""Draws a passage of at most so many characters; an empty one where there is none."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A question that a sentence of a text answers: ``text[start:end]`` is that sentence."""

    question: str
    answer: str
    text: str
    start: int
    end: int


def around(rng: random.Random, text: str, start: int, end: int, limit: int) -> tuple[int, int]:
    """Whole sentences about ``text[start:end]``, as many as fit, more or fewer on either side."""
    low, high = max(0, start - limit), min(len(text), end + limit)
    spans = [(a + low, b + low) for a, b in sentences(text[low:high])]
    before = [a for a, b in spans if b <= start and (a > low or low == 0)]
    after = [b for a, b in spans if a >= end and (b < high or high == len(text))]
    after.reverse()
    left, right = start, end
    while before or after:
        if before and (not after or rng.random() < 0.5):
            if right - before[-1] > limit:
                before.clear()
                continue
            left = before.pop()
        else:
            if after[-1] - left > limit:
                after.clear()
                continue
            right = after.pop()
    return left, right


def window(rng: random.Random, text: str, limit: int) -> str:
    """Some whole sentences of a text, at most ``limit`` characters."""
    if len(text) <= limit:
        return text.strip()
    at = rng.randrange(len(text) - limit)
    if at:
        stop = re.compile(r"[.!?]\s|\n").search(text, at, min(len(text), at + limit // 2))
        at = stop.end() if stop else text.find(" ", at, at + limit // 2) + 1 or at
    piece = text[at : at + limit]
    cut = max(piece.rfind(". "), piece.rfind(".\n"), piece.rfind("\n"), -1)
    if at + limit < len(text) and cut > limit // 3:
        piece = piece[: cut + 1]
    return piece.strip()


def present(
    rng: random.Random,
    fact: Fact,
    task: str,
    language: str,
    shape: Shape,
    near: Distract,
    far: Distract,
) -> Row | None:
    """A row of a fact: gold among distractors, or distractors alone (a refusal).

    ``near`` draws from the same article, ``far`` from others. Neither may hold the answer.
    """
    number = shape.number(rng)
    limit = shape.limit(rng, language, number)
    if fact.end - fact.start > shape.most_characters:
        return None
    limit = max(limit, fact.end - fact.start)
    left, right = around(rng, fact.text, fact.start, fact.end, limit)
    gold = fact.text[left:right].strip()
    quote = fact.text[fact.start : fact.end]
    refuse = rng.random() < shape.refusals
    passages = []
    if refuse and rng.random() < 0.25:
        rest = (fact.text[left : fact.start].rstrip() + " " + fact.text[fact.end : right]).strip()
        if len(rest) > 60 and fact.answer not in rest:
            passages.append(rest)
    wanted = number if refuse else number - 1
    seen = {gold}
    for _ in range(3 * wanted):
        if len(passages) >= wanted:
            break
        other = (near if rng.random() < 0.5 else far)(rng, limit)
        if len(other) < 60 or other in seen or fact.answer in other or quote in other:
            continue
        if other[:80] in gold or gold[:80] in other:
            continue
        seen.add(other)
        passages.append(other)
    if refuse:
        if not passages:
            return None
        rng.shuffle(passages)
        return Row(task, language, fact.question, tuple(passages), (), "")
    passages.insert(rng.randint(0, len(passages)), gold)
    return Row(task, language, fact.question, tuple(passages), (quote,), fact.answer)


def among(
    rng: random.Random,
    fact: Fact,
    number: int,
    books: Shelf,
    task: str,
    language: str,
    shape: Shape,
) -> Row | None:
    """A fact of the corpora among passages of its own article and of others of its sort."""

    def near(rng: random.Random, limit: int) -> str:
        return window(rng, fact.text, limit)

    def far(rng: random.Random, limit: int) -> str:
        return window(rng, books.other(rng, number, rng.random() < 0.7).text, limit)

    return present(rng, fact, task, language, shape, near, far)
