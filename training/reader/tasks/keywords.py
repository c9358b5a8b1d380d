"""From a question to the words one would search for: what it asks with is left out."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

from tasks import cloze_ko, squad
from tasks._corpus import shelf
from tasks._korean import kiwi
from tasks._passages import Shape
from tasks._row import Row

_DROP = frozenset(
    """what which who whom whose when where why how many much did does do is are was were be been being has have
had can could will would should may might the a an of in on at to for from by with and or as that this these
those it its his her their there they he she we you i what's who's if than then so such not no kind type name
called about into over under between during after before out up down all any some most more other was were
through kind many percentage percent year date person people""".split()
)
_NOUNS = frozenset("NNG NNP SL SN SH XR NR XPN".split())
_ASKING = frozenset(
    "언제 어디 누구 무엇 이름 것 때 곳 해 사람 인물 날 날짜 장소 연도 몇 얼마 뜻 시기 때문".split()
)


def english(question: str) -> str:
    """The words of a question that carry its matter, in order."""
    words = re.findall(r"[\w][\w'’.-]*[\w]|\w", question)
    return " ".join(dict.fromkeys(w for w in words if w.lower() not in _DROP))


def korean(question: str) -> str:
    """Its nouns, compounds as they are written."""
    kept: list[str] = []
    end = -1
    for token in kiwi().tokenize(question):
        tag = token.tag.split("-")[0]
        if tag in _NOUNS or (tag in ("XSN", "NNB") and token.start == end and kept):
            if token.start == end and kept:
                kept[-1] += token.form
            else:
                kept.append(token.form)
            end = token.start + token.len
        else:
            end = -1
    return " ".join(dict.fromkeys(w for w in kept if w not in _ASKING))


def rows(
    data: Path, seed: int, count: int, shape: Shape | None = None, limit: int = 0
) -> Iterator[Row]:
    """SQuAD's questions and Korean ones made by rule."""
    rng = random.Random(f"keywords {seed}")
    facts, _ = squad.load(data)
    books, kinds = shelf(data, "ko", limit), cloze_ko.sorts(data, limit)
    order = books.order(rng)
    made = 0
    while made < count:
        if rng.random() < 0.5:
            question = rng.choice(facts)[0].question
            found = [("en", question, english(question))]
        else:
            document = books.documents[next(order)]
            found = [
                ("ko", fact.question, korean(fact.question))
                for fact in cloze_ko.facts(document, rng, kinds, 1)
            ]
        for language, question, words in found:
            if words and len(words.split()) > 1 and made < count:
                made += 1
                yield Row("keywords", language, question, (), (), words, "keywords")
