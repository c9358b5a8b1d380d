"""Questions made by rule from Korean encyclopedia sentences, in the style of quiz questions.

A sentence is taken apart into clauses (``_korean``). A date, a number, a place, a title, a
name or another noun phrase of a clause becomes the answer, and the clause a question: with a
question word in its place (존 유는 언제 하버드 대학교를 졸업했는가?) or before a noun for what is
missing (존 유가 하버드 대학교를 졸업한 해는?). Clauses lose words, change order and take
synonyms, so that a question is rarely a copy of its sentence.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from tasks._corpus import Text, shelf, sort_of
from tasks._korean_questions import questions
from tasks._passages import Fact, Shape, among
from tasks._row import Row

from openbook.text.sentences import sentences


@lru_cache(maxsize=2)
def sorts(data: Path, limit: int = 0) -> dict[str, str]:
    """What each article of the Korean corpora is, by the end of its first sentence."""
    return {d.name: sort_of(d) for d in shelf(data, "ko", limit).documents}


def facts(
    document: Text, rng: random.Random, kinds: dict[str, str], most: int = 4
) -> Iterator[Fact]:
    """Questions about some sentences of a document."""
    text = document.text
    spans = [(a, b) for a, b in sentences(text) if 20 <= b - a <= 220 and text[a:b].endswith("다.")]
    for a, b in sorted(rng.sample(spans, min(most, len(spans)))):
        for asked, answer in questions(text[a:b], document.name, rng, 3, kinds):
            yield Fact(asked, answer, text, a, b)


def rows(
    data: Path, seed: int, count: int, shape: Shape | None = None, limit: int = 0
) -> Iterator[Row]:
    """Rows from documents in random order; the questions of one sentence come apart."""
    rng = random.Random(f"cloze_ko {seed}")
    shape = shape or Shape()
    books = shelf(data, "ko", limit)
    kinds = sorts(data, limit)
    order = books.order(rng)
    held: list[tuple[int, Fact]] = []
    for _ in range(count):
        row = None
        while row is None:
            while len(held) < min(count, 2_000):
                number = next(order)
                held += [(number, f) for f in facts(books.documents[number], rng, kinds)]
            at = rng.randrange(len(held))
            held[at], held[-1] = held[-1], held[at]
            number, fact = held.pop()
            row = among(rng, fact, number, books, "cloze_ko", "ko", shape)
        yield row
