"""Asking back: when the question fits two places that answer it differently.

Two sentences must both answer well, stand under different headings or in different
documents, and hold different things of the expected kind. What tells the places apart must
not be named in the question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openbook.generate.features import NAMES, Candidate, Sheet
from openbook.generate.kinds import spans
from openbook.text import overlap
from openbook.types import Passage

NEAR = 0.8
"""How far apart the values of two readings may be."""

ALIKE = 0.15
"""How far apart the shares of the question that the two places cover may be."""

_COVERED = NAMES.index("coverage_near")
_PLAIN = ("reason", "manner", "definition", "negation")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to take the question: the sentence, its short answer, and where it holds."""

    candidate: Candidate
    answer: str
    where: str


def readings(read: Sheet, value: NDArray[np.float64]) -> tuple[Reading, ...]:
    """The two readings of a question, or nothing where it is clear enough."""
    kinds = [kind for kind in read.asked.kinds[:2] if kind not in _PLAIN]
    if not kinds or len(read.candidates) < 2:
        return ()
    order = [int(i) for i in np.argsort(-value, kind="stable")]
    best = order[0]
    first = _answers(read, best, kinds)
    if not first:
        return ()
    for other in order[1:6]:
        if value[best] - value[other] > NEAR:
            return ()
        if _rival(read, best, other) and _conflict(first, _answers(read, other, kinds)):
            return _told_apart(read, best, other, kinds)
    return ()


def _rival(read: Sheet, best: int, other: int) -> bool:
    """Whether the second covers as much of the question, from another place."""
    a, b = read.candidates[best].passage, read.candidates[other].passage
    alike = abs(read.rows[best, _COVERED] - read.rows[other, _COVERED]) <= ALIKE
    return alike and (a.document_id, a.heading) != (b.document_id, b.heading)


def _answers(read: Sheet, index: int, kinds: Sequence[str]) -> tuple[str, ...]:
    text, known = read.candidates[index].unit.text, read.asked.text.lower()
    for kind in kinds:
        new = [text[a:b] for a, b in spans(text, kind) if text[a:b].lower() not in known]
        if new:
            return tuple(new)
    return ()


def _conflict(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    plain = [{re.sub(r"\W+", "", text).lower() for text in side} for side in (ours, theirs)]
    return bool(plain[0]) and bool(plain[1]) and not plain[0] & plain[1]


def _told_apart(read: Sheet, best: int, other: int, kinds: Sequence[str]) -> tuple[Reading, ...]:
    """The two readings, each with the heading or title that the other lacks; nothing where
    the question already names one of them.
    """
    pair = [read.candidates[i] for i in (best, other)]
    own = [_trail(c.passage) for c in pair]
    asked = overlap.read(read.asked.text)
    found = []
    for i in (0, 1):
        distinct = [part for part in own[i] if part not in own[1 - i]]
        if not distinct:
            return ()
        shared = overlap.read("\n".join(own[1 - i])).stems
        words = [w for w in overlap.read("\n".join(distinct)).stems if w not in shared]
        if any(word in asked.stems and not word.isdigit() for word in words):
            return ()
        if _named_in_korean(distinct, own[1 - i], asked.folded):
            return ()
        text = _answers(read, (best, other)[i], kinds)
        found.append(Reading(pair[i], text[0], _label(distinct)))
    return tuple(found) if found[0].where != found[1].where else ()


def _named_in_korean(distinct: Sequence[str], others: Sequence[str], asked: str) -> bool:
    """Whether the question holds a Korean word that only one of the places bears."""
    rest = " ".join(others)
    words = {w for part in distinct for w in re.findall("[가-힣]{2,}", part)}
    return any(word in asked and word not in rest for word in words)


def _trail(passage: Passage) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in (passage.title, *passage.heading) if part))


def _label(distinct: Sequence[str]) -> str:
    return re.sub(r"^\d+(?:\.\d+)*[.)]?\s+", "", distinct[0])


def question_back(doubt: Sequence[Reading], language: str) -> str:
    """A question that names both readings and what each would be answered.

    >>> from openbook.types import Passage
    """
    a, b = doubt[0], doubt[1]
    if language == "ko":
        return (
            f"어느 쪽을 물으시나요? ‘{a.where}’(이)라면 {a.answer}, ‘{b.where}’(이)라면 {b.answer}"
            "이라고 되어 있습니다."
        )
    return f"Which do you mean: “{a.where}” ({a.answer}) or “{b.where}” ({b.answer})?"
