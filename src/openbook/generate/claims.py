"""What a sentence claims, held against what was read: numbers, dates, names and negations.

A sentence is supported by a text when

1. every number in it stands, with its unit, in the sentences of the text that it is about, and
   every date and time of day there too: spelling does not matter, value does
   (:mod:`openbook.generate.quantities`);
2. every name in it stands there or in the title (:mod:`openbook.generate.names`);
3. it denies and affirms what the sentence that it is about denies and affirms
   (:mod:`openbook.generate.polarity`);
4. where it repeats a sentence but for a number or a name, it has the number or the name of that
   sentence;
5. at least :data:`~openbook.generate.support.SHARE` of its other content words stand in the text
   or in the question.

The sentences that a claim is about are those that share most words with it, and their
neighbours; for a claim of few words the question's words count as well. Numbers and names of the
question do not: a question may be wrong about them. The rule does not see who did what to whom,
nor other words for the opposite (*rose*, *fell*). How much it finds is measured in
benchmarks/grounding.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from openbook.generate.names import names, stands
from openbook.generate.polarity import polarity
from openbook.generate.quantities import Amount, When, amounts, dates
from openbook.generate.replaced import replaced
from openbook.generate.support import unfamiliar
from openbook.text.sentences import sentences
from openbook.text.terms import analyse

Kind = Literal["number", "date", "name", "negation", "words"]
KINDS: tuple[Kind, ...] = ("number", "date", "name", "negation", "words")

NEAR = 1
"""Sentences before and after a matching one in which its numbers and names may stand."""

CLOSE = 0.75
"""Share of the best match's words from which another sentence is what a claim is about, too."""

FEW = 3
"""Content words of a claim below which the question's words count for what it is about."""


_UNIT = re.compile(r"\s?(?:[^\W\d_]+|%)")
_COUNTERS = frozenset("년 월 일 시 분 원".split())  # noqa: SIM905

REPEATS = 0.8
"""Share of a claim's words from which it repeats a sentence rather than says it in other words."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of a claim that the evidence does not hold: its kind and the words."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Line:
    """A sentence of a text and what is in it."""

    text: str
    words: frozenset[str]

    @cached_property
    def amounts(self) -> tuple[Amount, ...]:
        """Numbers with their units, read generously."""
        return amounts(self.text, loose=True)

    @cached_property
    def dates(self) -> tuple[When, ...]:
        """Dates and times of day."""
        return dates(self.text)


@dataclass(frozen=True)
class Text:
    """An evidence: its sentences, with titles and rows."""

    lines: tuple[Line, ...]

    @cached_property
    def whole(self) -> str:
        """All of it."""
        return "\n".join(line.text for line in self.lines)

    @cached_property
    def bare(self) -> frozenset[str]:
        """Its sentences without punctuation at their ends: what is one of them needs no more."""
        return frozenset(_bare(line.text) for line in self.lines)

    @cached_property
    def dates(self) -> tuple[When, ...]:
        """Dates of all of it."""
        return tuple(when for line in self.lines for when in line.dates)

    @cached_property
    def numbers(self) -> frozenset[int]:
        """Whole numbers of all of it, for the parts of dates."""
        stated = (a.value for line in self.lines for a in line.amounts)
        whole = {int(value) for value in stated if value == int(value) and value < 10**6}
        return frozenset(whole).union(*(when.numbers for when in self.dates))


def supported(sentence: str, evidence: Sequence[str], question: str = "") -> bool:
    """Whether one of the texts supports a sentence, by the rule of the module.

    >>> supported("Staff have 15 days.", ["Full-time staff have fifteen days of leave."])
    True
    >>> supported("Staff do not have 15 days.", ["Full-time staff have 15 days of leave."])
    False
    """
    return not gaps(sentence, evidence, question)


def gaps(sentence: str, evidence: Sequence[str], question: str = "") -> tuple[Gap, ...]:
    """What of a sentence does not stand in the evidence; empty where one text supports it, else
    what is missing from the text that lacks least.

    >>> gaps("직원은 3만원을 받습니다.", ["직원은 30,000원을 받는다."])
    ()
    >>> gaps("Staff have 25 days.", ["Full-time staff have 15 days of leave."])
    (Gap(kind='number', text='25 days'),)
    """
    if not any(char.isalnum() for char in sentence):
        return ()
    if not evidence:
        return (Gap("words", sentence.strip()),)
    claim = unicodedata.normalize("NFKC", sentence)
    best: tuple[Gap, ...] | None = None
    for text in evidence:
        found = _gaps(claim, _text(text), unicodedata.normalize("NFKC", question))
        if not found:
            return ()
        if best is None or _weight(found) < _weight(best):
            best = found
    return best or ()


def _weight(found: Sequence[Gap]) -> int:
    """How much a text lacks: whatever it is about, words weigh more than one fact."""
    return sum(3 if gap.kind == "words" else 1 for gap in found)


@lru_cache(maxsize=512)
def _text(text: str) -> Text:
    plain = unicodedata.normalize("NFKC", text)
    spans = [plain[start:end] for start, end in sentences(plain)]
    return Text(tuple(map(Line, spans, _words(spans))))


def _bare(sentence: str) -> str:
    return re.sub(r"\s+", " ", sentence).strip(" .!?。…\"'“”‘’")


def _words(texts: Sequence[str]) -> list[frozenset[str]]:
    """Index terms of each text, without figures and their units, which are spelt in many ways."""
    return [
        frozenset(w for w in one.words.split() if not w[0].isdigit() and w not in _COUNTERS)
        for one in analyse(texts)
    ]


def _gaps(claim: str, text: Text, question: str) -> tuple[Gap, ...]:
    if _bare(claim) in text.bare:
        return ()
    said, asked = _words((claim, question))
    about = _about(said if len(said) >= FEW else said | asked, text)
    near = [text.lines[at] for at in _window(about, text)]
    found = [*_quantities(claim, near, text)]
    there = "\n".join(dict.fromkeys(line.text for line in (*text.lines[:1], *near)))
    found += [Gap("name", name) for name in names(claim, question) if not stands(name, there)]
    if not found:
        best = [text.lines[at] for at in about[:1]]
        found += _negations(claim, said, best)
        found += _replaced(claim, best)
    if words := unfamiliar(claim, text.whole, question):
        found.append(Gap("words", words))
    return tuple(found)


def _about(said: frozenset[str], text: Text) -> list[int]:
    """The sentences that share most words with a claim, best first."""
    shared = [len(said & line.words) for line in text.lines]
    most = max(shared, default=0)
    if not most:
        return list(range(len(text.lines)))
    order = sorted(range(len(shared)), key=lambda at: (-shared[at], at))
    return [at for at in order if shared[at] >= CLOSE * most]


def _window(about: Sequence[int], text: Text) -> list[int]:
    """What a claim is about with its neighbours; of a table all rows, and every heading."""
    near = {at + step for at in about for step in range(-NEAR, NEAR + 1)}
    rows = any("|" in text.lines[at].text for at in about)
    return [
        at
        for at, line in enumerate(text.lines)
        if at in near or _heading(line.text) or (rows and "|" in line.text)
    ]


def _heading(line: str) -> bool:
    return len(line) <= 60 and not re.search(r"[.!?。다요]\W*$", line)


def _quantities(claim: str, near: Sequence[Line], text: Text) -> Iterable[Gap]:
    stated = [amount for line in near for amount in line.amounts]
    told = [when for line in near for when in line.dates]
    for when in dates(claim):
        if not _told(when, text):
            yield Gap("date", claim[when.start : when.end])
    for amount in amounts(claim):
        if not _stated(amount, stated, told):
            unit = _UNIT.match(claim, amount.end)
            end = unit.end() if unit and amount.unit else amount.end
            yield Gap("number", claim[amount.start : end])


def _told(when: When, text: Text) -> bool:
    """Whether a date stands there: some date agrees, and each part of it is told by one that
    agrees, or is a year that stands elsewhere (in the title)."""
    agreeing = [other for other in text.dates if when.agrees(other)]
    known = frozenset[int]().union(*(other.numbers for other in agreeing))
    return bool(agreeing) and when.numbers - known <= {when.year} & text.numbers


def _stated(claimed: Amount, stated: Sequence[Amount], told: Sequence[When]) -> bool:
    """Whether an amount stands there: in its unit, or bare (in a table, say)."""
    for amount in stated:
        if amount.value == claimed.value and (
            not claimed.unit or not amount.unit or claimed.unit == amount.unit
        ):
            return True
    parts = {"": ("year", "month", "day"), "year": ("year",), "day": ("day",)}
    asked = parts.get(claimed.unit, ())
    return any(claimed.value == (getattr(when, part) or -1) for when in told for part in asked)


def _negations(claim: str, said: frozenset[str], best: Sequence[Line]) -> list[Gap]:
    """A denial that the sentence does not make which a claim is about, or one that it drops."""
    found = [_opposed(claim, said, line) for line in best]
    return [Gap("negation", word) for word in found if word]


def _opposed(claim: str, said: frozenset[str], line: Line) -> str:
    """The word that one denies and the other affirms; empty where there is none. A word that
    comes close to a negation (*unable*, *only*) excuses a claim in other words."""
    ours, theirs = polarity(claim), polarity(line.text)
    repeats = len(said & line.words) >= REPEATS * len(said)
    denied = {w for w in ours.denied if w in line.text or w in line.words} - theirs.denied
    affirmed = {w for w in theirs.denied if w in said and w not in ours.denied}
    if denied and not affirmed and (repeats or not theirs.weak):
        return min(denied)
    if affirmed and not denied and (repeats or not ours.weak):
        return min(affirmed)
    if ours.denied - denied - theirs.denied and not (theirs.negations or theirs.weak):
        return min(ours.denied)
    return ""


def _replaced(claim: str, best: Sequence[Line]) -> list[Gap]:
    """What stands in the place of another number or name of the sentence that is repeated."""
    found = [replaced(claim, line.text) for line in best]
    return [Gap(*one) for one in found if one]
