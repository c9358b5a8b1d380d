"""Short answers by rules alone: what a trained reader must beat.

``longest run``       the longest run of capitals or digits of all passages (Korean: of words
                      with digits or Latin letters, or in quotation marks, particles off)
``first typed``       the first span of the kind that the question asks for
``overlap sentence``  the sentence that holds most of the question's weight, and in it the
                      span of the asked kind that stands nearest to the question's words
``chosen sentence``   the same in the sentence that the extractive method chooses
``chosen phrase``     there, the nearest noun phrase whatever the kind
``window``            all spans of all sentences by kind, nearness to the question's words and
                      the sentence's share of them: the sliding window of Richardson et al.
                      (MCTest, EMNLP 2013) over candidate answers, as in the SQuAD paper
``chosen window``     the same with the extractive method's value of the sentence

Kinds are the package's own (:mod:`openbook.generate.kinds`): who is a name, when a date, how
many a number; where a kind is a word that leads to the answer (because), what follows it.
The rules were written and compared on the training parts of both sets, never on a dev set.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from cases import Case
from phrases import Span, phrases

from openbook.generate.asking import Asked, asked
from openbook.generate.choose import values
from openbook.generate.features import NAMES, Sheet, sheet
from openbook.generate.kinds import spans
from openbook.text import overlap
from openbook.types import Query

_CAPITALS = re.compile(
    r"(?:[A-Z][\w'’.&-]*|\d[\d.,]*\w*)(?:(?: of| the| de| and)? (?:[A-Z][\w'’.&-]*|\d[\d.,]*\w*))*"
)
_RUN_KO = re.compile(
    r"[“‘\"'《〈「『]([^”’\"'》〉」』]{1,40})[”’\"'》〉」』]|(?:[A-Za-z0-9][\w.,·-]*(?: |$)?)+"
)
_PARTICLE = re.compile(
    r"(?<=[가-힣A-Za-z0-9)》’”])(?:으로부터|에서는|에서의|이라는|이라고|라는|라고|에서|에게|까지|부터|으로|이다|이며|이고|에는"
    r"|은|는|이|가|을|를|에|의|로|와|과|도|만|인)$"
)
_LEADS = {
    "reason": r"\b(?:because of|because|due to|owing to|thanks to|in order to|so that|to avoid|"
    r"to prevent|since|caused by)\s+",
    "manner": r"\b(?:by|through|via|using)\s+",
    "definition": r"\b(?:is|are|was|were|means|refers? to|known as|called|defined as)\s+"
    r"(?:an? |the )?",
}
_CLAUSE = re.compile(r"[,;.:()]|$")
_COVER = NAMES.index("coverage_local")


@dataclass(frozen=True, slots=True)
class Found:
    """A span of a sentence, the place of its kind among the kinds asked (none: last), and
    how near the question's words stand.
    """

    text: str
    order: int
    near: float


@dataclass(frozen=True)
class Read:
    """A case as the rules see it."""

    case: Case
    asked: Asked
    language: str
    sheet: Sheet
    value: np.ndarray

    @classmethod
    def of(cls, case: Case) -> Read:
        question = case.example.text
        count = len(case.passages)
        found = sheet(Query(question), case.passages, [1.0] * count)
        return cls(case, asked(question), case.example.language, found, values(found))

    def sentences(self) -> list[str]:
        return [candidate.unit.text for candidate in self.sheet.candidates]


def longest_run(read: Read) -> str:
    """The longest run of capitals or digits of all passages."""
    pattern = _RUN_KO if read.language == "ko" else _CAPITALS
    best = ""
    for passage in read.case.passages:
        for match in pattern.finditer(passage.text):
            text = (match[1] if match.lastindex else match[0]).strip(" .,·-")
            if len(text) > len(best):
                best = text
    return _bare(best, read.language)


def first_typed(read: Read) -> str:
    """The first span of the likeliest kind asked for that the passages hold."""
    rows = [found for text in read.sentences() for found in _spans(text, read)]
    return min(rows, key=lambda row: row.order).text if rows else ""


def overlap_sentence(read: Read) -> str:
    """The nearest span of the kind asked for, in the sentence with most of the question."""
    return _in_sentence(read, read.sheet.rows[:, _COVER])


def chosen_sentence(read: Read) -> str:
    """The same in the sentence that the extractive method chooses."""
    return _in_sentence(read, read.value)


def chosen_phrase(read: Read) -> str:
    """The phrase nearest to the question's words in that sentence, whatever its kind."""
    if not len(read.value):
        return ""
    text = read.sentences()[int(np.argmax(read.value))]
    rows = [Found(f.text, 0, f.near) for f in _spans(text, read)]
    return max(rows, key=lambda row: row.near).text if rows else _rest(text)


def window(read: Read) -> str:
    """The best span of all sentences by nearness, kind and the sentence's overlap."""
    return _of_all(read, 3.0 * read.sheet.rows[:, _COVER])


def chosen_window(read: Read) -> str:
    """The same by the extractive method's value of the sentence."""
    return _of_all(read, read.value)


BASELINES: dict[str, Callable[[Read], str]] = {
    "longest run": longest_run,
    "first typed": first_typed,
    "overlap sentence": overlap_sentence,
    "chosen sentence": chosen_sentence,
    "chosen phrase": chosen_phrase,
    "window": window,
    "chosen window": chosen_window,
}
CHOSEN = frozenset(name for name in BASELINES if name.startswith("chosen"))
"""Those whose sentence comes from learnt weights; the others are rules alone."""


def _in_sentence(read: Read, worth: np.ndarray) -> str:
    if not len(worth):
        return ""
    text = read.sentences()[int(np.argmax(worth))]
    rows = _spans(text, read)
    return max(rows, key=lambda row: (-row.order, row.near)).text if rows else _rest(text)


def _of_all(read: Read, worth: np.ndarray) -> str:
    best, said = -math.inf, ""
    for text, value in zip(read.sentences(), worth, strict=True):
        for row in _spans(text, read):
            score = float(value) + row.near - 0.5 * row.order
            if score > best:
                best, said = score, row.text
    return said


def _rest(text: str) -> str:
    return text.rstrip(".")


def _spans(text: str, read: Read) -> tuple[Found, ...]:
    return _found(text, read.case.example.text, read.language)


@lru_cache(maxsize=1 << 16)
def _found(text: str, question: str, language: str) -> tuple[Found, ...]:
    """Spans of a sentence that do not stand in the question."""
    wanted = asked(question)
    terms = overlap.terms(question)
    sentence = overlap.read(text)
    places = [(overlap.rarity(t.form), overlap.places(t, sentence)[1]) for t in terms]
    known = question.lower()
    rows: list[Found] = []
    kinds = [kind for kind in wanted.kinds if kind != "role"]
    for order, kind in enumerate(kinds):
        rows += [
            Found(said, order, _near(span, places) + _beside(text, span, wanted))
            for span in _of_kind(text, kind)
            if (said := _short(text[slice(*span)], question, language))
            and said.lower() not in known
        ]
    rows += [
        Found(said, len(kinds), _near(span, places))
        for span in phrases(text, question, language)
        if (said := _bare(text[slice(*span)], language)) and said.lower() not in known
    ]
    return tuple(rows)


def _of_kind(text: str, kind: str) -> list[Span]:
    if kind in _LEADS:
        found = []
        for match in re.finditer(_LEADS[kind], text):
            end = _CLAUSE.search(text, match.end())
            found.append((match.end(), end.start() if end else len(text)))
        return [span for span in found if span[0] < span[1]]
    return list(spans(text, kind))


def _short(said: str, question: str, language: str) -> str:
    """A span as an answer: only the year where a year is asked, a place without its
    preposition, a name without marks and particles.
    """
    if re.search(r"\b(?:what|which) year\b|몇 ?년|(?:어느|무슨) ?해|년도|연도", question, re.I):
        year = re.search(r"\d{3,4}년" if language == "ko" else r"\b1?\d{3}\b|\b20\d\d\b", said)
        said = year.group() if year else said
    said = re.sub(r"^(?:in|at|near|from|to|of|into|on|inside|outside|around) (?:the )?", "", said)
    said = re.sub(r"(?:에서|으로)$", "", said) if language == "ko" else said
    return said.strip(" .,;:“”‘’\"'《》〈〉「」『』")


def _bare(said: str, language: str) -> str:
    said = said.strip(" .,;:“”‘’\"'《》〈〉「」『』")
    return _PARTICLE.sub("", said) if language == "ko" and " " not in said else said


def _near(span: Span, places: Sequence[tuple[float, tuple[int, ...]]]) -> float:
    total = sum(rarity for rarity, _ in places) or 1.0
    near = 0.0
    for rarity, at in places:
        if at:
            gap = min(max(span[0] - p, p - span[1], 0) for p in at)
            near += rarity * math.exp(-gap / 40)
    return near / total


def _beside(text: str, span: Span, wanted: Asked) -> float:
    behind = text[span[0] : span[1] + 24].lower()
    return 0.5 if any(noun in behind for noun in wanted.counted) else 0.0
