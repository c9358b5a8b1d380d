"""What is known of each sentence of a ranking as a possible answer: one row of numbers each.

Most features are of no language: shares of the question's terms, weighted by how rare they
are, that stand in the sentence, around it and above it. The rest say whether something of
the expected kind stands there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openbook.generate.asking import STRICT, Asked, asked
from openbook.generate.kinds import spans
from openbook.generate.ranges import within
from openbook.generate.units import Unit, units
from openbook.text import overlap
from openbook.types import Passage, Query

NAMES = (
    "coverage",  # share of term weight in the sentence
    "coverage_local",  # the same, weight by rarity among the sentences of this ranking
    "coverage_context",  # sentence, its lead, headings and title
    "coverage_near",  # also the sentences before and after
    "coverage_passage",  # whole passage and title
    "context_only",  # weight that only headings and title supply
    "near_only",  # weight that only the neighbours supply
    "grams",  # coverage_local, a term also matching by the share of its character n-grams
    "surface",  # share of the question's character n-grams, question words included
    "pairs",  # neighbouring terms that stand together, in order
    "rarest",  # match of the rarest term in the sentence
    "rarest_context",  # match of the term rarest by itself, in the sentence or above it
    "rarest_passage",  # the same, anywhere in the passage
    "missing",  # rarity of the rarest term that the whole passage lacks, 0 to 1
    "missing_names",  # share of the question's names that the whole passage lacks
    "numbers",  # share of the question's numbers that stand there or above
    "in_range",  # share of the question's amounts that lie in a range that the sentence states
    "last",  # match of the last content term of the question
    "first",  # match of the first content term
    "dense",  # matched weight within the best window of 80 characters
    "score",  # the passage's score over the best score
    "rank",  # 1 / (1 + rank of the passage)
    "top",  # it is the first passage
    "length",  # log of the sentence's characters
    "opening",  # first sentence of its passage
    "asks",  # the sentence is a question itself
    "kind",  # something of the likeliest expected kind, not from the question
    "any_kind",  # of any expected kind
    "kind_near",  # closeness of such a thing to the matched terms
    "counted",  # a number beside the noun that is counted
    "no_kind",  # a kind is expected and none is there
    "strict_kind",  # as kind, for the types of question whose answers have a form
    "strict_none",  # as no_kind, for these
)
Rows = NDArray[np.float64]
_INDEX = {name: i for i, name in enumerate(NAMES)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that could be quoted, and where it stands."""

    passage: Passage
    rank: int
    unit: Unit

    @property
    def context(self) -> str:
        """Words above it: title, headings, the line that leads in."""
        passage, unit = self.passage, self.unit
        lead = passage.text[unit.lead[0] : unit.lead[1]]
        return "\n".join((passage.title, *passage.heading, unit.above, lead))


@dataclass(frozen=True, slots=True)
class Sheet:
    """All candidates of a ranking with their features: ``rows`` has one row a candidate."""

    asked: Asked
    candidates: tuple[Candidate, ...]
    rows: Rows


def candidates(passages: Sequence[Passage]) -> tuple[Candidate, ...]:
    """Every quotable sentence of some passages, in order."""
    return tuple(
        Candidate(passage, rank, unit)
        for rank, passage in enumerate(passages)
        for unit in units(passage.text, (passage.title, *passage.heading))
    )


def sheet(query: Query, passages: Sequence[Passage], scores: Sequence[float]) -> Sheet:
    """The features of all sentences of ranked passages.

    Args:
        scores: the passages' scores, best first.
    """
    question = asked(query.text)
    found = candidates(passages)
    rows = np.zeros((len(found), len(NAMES)))
    if not found:
        return Sheet(question, found, rows)
    wanted = overlap.terms(query.text)
    if wanted:
        _lexical(rows, query.text, wanted, found)
    top = max(scores) if scores else 0.0
    figures = any(c.isdigit() for c in query.text)
    for i, candidate in enumerate(found):
        share = scores[candidate.rank] / top if top > 0 else 0.0
        _placed(rows[i], candidate, share, query.text, figures)
        _kinds(rows[i], candidate, question, wanted)
    return Sheet(question, found, rows)


def _lexical(
    rows: Rows,
    question: str,
    wanted: Sequence[overlap.Term],
    found: Sequence[Candidate],
) -> None:
    """Fill in what depends on the question's words: columns of all candidates at once."""
    sentences = [overlap.read(c.unit.text) for c in found]
    match = _Match.of(wanted, sentences, found)
    rarity = np.array([overlap.rarity(term.form) for term in wanted])
    spread = np.asarray((match.inside > 0).sum(axis=0))
    local = rarity * np.log(1 + len(found) / (1.0 + spread))
    weight, near_weight = rarity / rarity.sum(), local / local.sum()
    _coverage(rows, match, weight, near_weight)
    _single(rows, match, wanted, rarity, int(np.argmax(near_weight)))
    pieces = [overlap.grams(term.form) for term in wanted]
    shares = [[len(p & s.grams) / len(p) if p else 0.0 for p in pieces] for s in sentences]
    rows[:, _INDEX["grams"]] = np.maximum(match.inside, np.array(shares)) @ near_weight
    whole = overlap.grams(overlap.read(question).folded)
    rows[:, _INDEX["surface"]] = [len(whole & s.grams) / max(len(whole), 1) for s in sentences]
    together = [_together(wanted, near_weight, s) for s in sentences]
    rows[:, [_INDEX["pairs"], _INDEX["dense"]]] = together


@dataclass(frozen=True, slots=True)
class _Match:
    """How well each term (columns) matches each candidate (rows): in the sentence, in it or
    above it, above it alone, in the sentences beside it, anywhere in its passage.
    """

    inside: Rows
    context: Rows
    above: Rows
    around: Rows
    passage: Rows

    @classmethod
    def of(
        cls,
        wanted: Sequence[overlap.Term],
        sentences: Sequence[overlap.Read],
        found: Sequence[Candidate],
    ) -> _Match:
        inside = _matches(wanted, sentences)
        contexts = {c.context: overlap.read(c.context) for c in found}
        rows = dict(zip(contexts, _matches(wanted, list(contexts.values())), strict=True))
        above = np.array([rows[c.context] for c in found])
        owner = np.array([c.rank for c in found])
        context = np.maximum(inside, above)
        passage = np.zeros_like(inside)
        for rank in set(owner.tolist()):
            own = owner == rank
            passage[own] = context[own].max(axis=0)
        return cls(inside, context, above, _around(inside, owner), passage)


def _coverage(rows: Rows, match: _Match, weight: Rows, near_weight: Rows) -> None:
    """Shares of the question's weight that stand in the sentence and around it."""
    rows[:, _INDEX["coverage"]] = match.inside @ weight
    rows[:, _INDEX["coverage_local"]] = match.inside @ near_weight
    rows[:, _INDEX["coverage_context"]] = match.context @ near_weight
    near = np.maximum(match.context, 0.7 * match.around)
    rows[:, _INDEX["coverage_near"]] = near @ near_weight
    rows[:, _INDEX["coverage_passage"]] = match.passage @ weight
    rows[:, _INDEX["context_only"]] = np.maximum(match.above - match.inside, 0) @ near_weight
    rows[:, _INDEX["near_only"]] = np.maximum(match.around - match.context, 0) @ near_weight


def _single(
    rows: Rows, match: _Match, wanted: Sequence[overlap.Term], rarity: Rows, best: int
) -> None:
    """Matches of single terms: the rarest, the first and last, names and numbers."""
    lone = int(np.argmax(rarity))
    rows[:, _INDEX["rarest"]] = match.inside[:, best]
    rows[:, _INDEX["rarest_context"]] = match.context[:, lone]
    rows[:, _INDEX["rarest_passage"]] = match.passage[:, lone]
    rows[:, _INDEX["missing"]] = ((1 - match.passage) * rarity).max(axis=1) / overlap.RAREST
    names = [i for i, term in enumerate(wanted) if term.name]
    if names:
        rows[:, _INDEX["missing_names"]] = 1 - match.passage[:, names].mean(axis=1)
    figures = [i for i, term in enumerate(wanted) if term.form[0].isdigit()]
    rows[:, _INDEX["numbers"]] = match.context[:, figures].mean(axis=1) if figures else 1.0
    rows[:, _INDEX["last"]] = match.context[:, -1]
    rows[:, _INDEX["first"]] = match.context[:, 0]


def _matches(wanted: Sequence[overlap.Term], texts: Sequence[overlap.Read]) -> Rows:
    table = [[overlap.places(term, text)[0] for term in wanted] for text in texts]
    return np.array(table).reshape(len(texts), len(wanted))


def _around(inside: Rows, owner: NDArray[np.int_]) -> Rows:
    """For each sentence the best match of each term in the sentences beside it."""
    around = np.zeros_like(inside)
    if len(owner) > 1:
        same = (owner[1:] == owner[:-1])[:, None]
        around[1:] = np.maximum(around[1:], inside[:-1] * same)
        around[:-1] = np.maximum(around[:-1], inside[1:] * same)
    return around


def _together(
    wanted: Sequence[overlap.Term], weight: Rows, sentence: overlap.Read
) -> tuple[float, float]:
    """Share of neighbouring term pairs that stand together in order; weight in a window."""
    at = [overlap.places(term, sentence)[1] for term in wanted]
    pairs = sum(
        any(0 < right - left <= 24 for left in at[i] for right in at[i + 1])
        for i in range(len(at) - 1)
    )
    spots = sorted((place, i) for i, where in enumerate(at) for place in where)
    best = 0.0
    for j, (begin, _) in enumerate(spots):
        seen = {i for place, i in spots[j:] if place - begin <= 80}
        best = max(best, float(sum(weight[i] for i in seen)))
    return pairs / max(len(wanted) - 1, 1), best


def _counts(text: str, start: int, end: int, nouns: Sequence[str]) -> bool:
    """Whether one of the counted nouns stands in a span or right behind it."""
    beside = text[start : end + 24].lower()
    return any(noun in beside for noun in nouns)


def _placed(row: Rows, candidate: Candidate, score: float, question: str, figures: bool) -> None:
    text = candidate.unit.text
    row[_INDEX["score"]] = score
    row[_INDEX["rank"]] = 1.0 / (1 + candidate.rank)
    row[_INDEX["top"]] = float(candidate.rank == 0)
    row[_INDEX["length"]] = math.log1p(len(text)) - 4.0
    row[_INDEX["in_range"]] = within(question, text) if figures else 0.0
    row[_INDEX["opening"]] = float(candidate.unit.start == 0)
    row[_INDEX["asks"]] = float(text.rstrip("\"'”’)").endswith(("?", "？")))


def _kinds(
    row: Rows,
    candidate: Candidate,
    question: Asked,
    wanted: Sequence[overlap.Term],
) -> None:
    text = candidate.unit.text
    known = question.text.lower()
    near = 0.0
    matched: list[int] | None = None
    for kind in question.kinds:
        new = [s for s in spans(text, kind) if text[s[0] : s[1]].lower() not in known]
        if not new:
            continue
        row[_INDEX["any_kind"]] = 1.0
        row[_INDEX["kind"]] = max(row[_INDEX["kind"]], float(kind == question.kinds[0]))
        if matched is None:
            read = overlap.read(text)
            matched = [p for term in wanted for p in overlap.places(term, read)[1][:2]]
        for start, end in new:
            close = sum(math.exp(-min(abs(start - p), abs(end - p)) / 40) for p in matched)
            near = max(near, close / (len(wanted) or 1))
        if any(_counts(text, start, end, question.counted) for start, end in new):
            row[_INDEX["counted"]] = 1.0
    row[_INDEX["kind_near"]] = near
    none = float(bool(question.kinds) and row[_INDEX["any_kind"]] == 0)
    row[_INDEX["no_kind"]] = none
    if question.type in STRICT:
        row[_INDEX["strict_kind"]] = row[_INDEX["kind"]]
        row[_INDEX["strict_none"]] = none
