"""What a ranking model knows of each candidate: one row of numbers a hit.

:data:`FEATURES` says of each what it is and its range. Where a candidate is looked at beside
the others, "the list" are all candidates of its question. Features are of no language, and of
no retriever: what a ranking does not say (a retriever that was not asked) is 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from openbook.corpus.split import indexed
from openbook.retrieve.dense import foreign
from openbook.retrieve.ltr_match import FIGURE, Matches, Rows, above, matches
from openbook.text import overlap
from openbook.types import Encoder, Hit, Passage, Query, digest


@dataclass(frozen=True, slots=True)
class Feature:
    """A column: its name, what it says, its range, and whether more of it may lower a
    passage's value (``rises`` is 1 where it may not and -1 where it may not raise it, which
    training keeps to).
    """

    name: str
    what: str
    low: float = 0.0
    high: float = 1.0
    rises: int = 0


_ = Feature
FEATURES: tuple[Feature, ...] = (
    # the ranking that is reranked
    _("score", "fused score over the list's best score", -1, 1, 1),
    _("score_scaled", "fused score between the list's worst (0) and best (1)", rises=1),
    _("gap_below", "how far it lies above the next worse one", rises=1),
    _("rank", "1 / rank in the list", rises=1),
    _("words", "BM25 of words over the list's best; 0 where not found by it", rises=1),
    _("words_rank", "1 / rank by BM25 of words", rises=1),
    _("grams", "BM25 of character n-grams over the list's best", rises=1),
    _("grams_rank", "1 / rank by BM25 of n-grams", rises=1),
    _("dense_rank", "1 / rank by the cosine below", rises=1),
    _("agreement", "share of words, grams and cosine by which it is among the first ten", rises=1),
    # vectors
    _("dense", "cosine of question and passage with its title and headings", -1, 1, 1),
    _("dense_scaled", "that cosine between the list's least (0) and greatest (1)", rises=1),
    _("dense_best", "cosine of question and the passage's best matching sentence", -1, 1, 1),
    _("dense_title", "cosine of question and title with headings; 0 without", -1, 1, 1),
    # words
    _("coverage", "share of the question's terms, weighted by rarity, in the passage", rises=1),
    _("coverage_local", "the same, weighted by rarity in the list too", rises=1),
    _("coverage_all", "coverage_local in passage, title or headings", rises=1),
    _("coverage_head", "coverage_local in title and headings", rises=1),
    _("coverage_best", "coverage_local of the best matching sentence", rises=1),
    _("coverage_both", "coverage_local of that sentence, title and headings", rises=1),
    _("coverage_rank", "1 / rank by coverage_all", rises=1),
    _("window", "coverage_local within the best 160 characters", rises=1),
    _("pairs", "share of neighbouring terms that stand together in order", rises=1),
    _("surface", "share of the question's character n-grams in the passage", rises=1),
    _("rarest", "match of the term rarest in the list, in passage, title or headings", rises=1),
    _("missing", "rarity of the rarest term lacking everywhere in it, of 7.5", rises=-1),
    _("names", "share of the question's names and numbers found; 1 if it has none", rises=1),
    _("last", "match of the last term of the question", rises=1),
    _("named", "share of the title's letters that the question says", rises=1),
    # numbers and dates
    _("figures", "share of the question's numbers in passage, title or headings", rises=1),
    _("figure", "1 where a number is asked for and the best sentence has a new one", rises=1),
    # what kind of passage
    _("length", "ln(1 + characters)", 0, 16),
    _("siblings", "share of the list that comes from the same document", rises=1),
    _("links", "share of its characters that stand in Markdown links", rises=-1),
    _("items", "share of its lines that are list items"),
    # the question and its list
    _("terms", "number of terms of the question, at most 32, over 32"),
    _("korean", "1 where Hangul stands in the question"),
    _("same_script", "1 where both passage and question have Hangul, or neither", rises=1),
    _("spread", "mean of score_scaled in the list"),
    _("candidates", "ln(1 + candidates)", 0, 16),
)
NAMES = tuple(feature.name for feature in FEATURES)
FINGERPRINT = digest(*(f"{f.name} {f.what}" for f in FEATURES))
"""Identifies what the columns are; a model learnt on other columns is refused."""

_HANGUL = re.compile("[가-힣]")
_ASKS_FIGURE = re.compile(
    r"\b(?:how (?:many|much|long|old|often|far|tall|high|big|large|soon)|when|what (?:year|date|"
    r"time|day|number|percent\w*|age)|which (?:year|date|day))\b"
    r"|몇|며칠|얼마|언제|년도|연도|날짜|시기|기간|기한|금액|비율|인구|나이|횟수|[가-힣]+(?:일|해)는?\?$",
    re.IGNORECASE,
)
_LINK = re.compile(r"\[[^\]\n]*\]\([^)\n]*\)")
_ITEM = re.compile(r"[ \t]*(?:[-*+•·]|\d{1,3}[.)])[ \t]+\S")
FIRST = 10


def table(query: Query, hits: Sequence[Hit], encoder: Encoder | None) -> Rows:
    """The features of some hits on passages.

    Args:
        query: the question.
        hits: candidates, best first.
        encoder: makes the cosines; None, or an encoder that does not know the question's
            language, makes them 0.

    Returns:
        Shape ``(len(hits), len(FEATURES))``, columns as :data:`FEATURES`.
    """
    if not hits:
        return np.zeros((0, len(FEATURES)))
    passages = [hit.passage for hit in hits]
    found = matches(query.text, passages)
    columns: dict[str, Rows] = {
        **_ranked(hits),
        **_vectors(query, passages, found, encoder),
        **_words(query, passages, found),
        **_figures(query, found),
        **_form(query, passages, found),
    }
    lists = [columns["words"], columns["grams"], columns["dense"]]
    columns["agreement"] = np.mean([(_place(c) <= FIRST) & (c != 0) for c in lists], axis=0)
    columns["dense_rank"] = np.where(columns["dense"] != 0, 1.0 / _place(columns["dense"]), 0.0)
    columns["spread"] = np.full(len(hits), columns["score_scaled"].mean())
    return np.array([columns[name] for name in NAMES], np.float64).T


def _place(values: Rows) -> Rows:
    """The rank of each value, from 1; ties share the better rank."""
    return np.asarray(1.0 + (values[None, :] > values[:, None]).sum(axis=1), np.float64)


def _scaled(values: Rows) -> Rows:
    low, high = values.min(), values.max()
    return np.asarray((values - low) / (high - low)) if high > low else np.ones_like(values)


def _over_best(values: Rows) -> Rows:
    top = np.abs(values).max()
    return np.asarray(values / top) if top > 0 else np.zeros_like(values)


def _ranked(hits: Sequence[Hit]) -> dict[str, Rows]:
    """What the ranking itself says."""
    score = np.array([hit.score for hit in hits])
    scaled = _scaled(score)
    order = np.argsort(-scaled, kind="stable")
    steps = np.append(-np.diff(scaled[order]), 0.0)
    below = np.zeros(len(hits))
    below[order] = steps
    found = {
        "score": _over_best(score),
        "score_scaled": scaled,
        "gap_below": below,
        "rank": 1.0 / (1 + np.argsort(order, kind="stable")),
    }
    why = [dict(hit.why) for hit in hits]
    for name in ("words", "grams"):
        value = np.array([max(0.0, one.get(name, 0.0)) for one in why])
        found[name] = _over_best(value)
        found[f"{name}_rank"] = np.where(value > 0, 1.0 / _place(value), 0.0)
    return found


def _vectors(
    query: Query, passages: Sequence[Passage], found: Matches, encoder: Encoder | None
) -> dict[str, Rows]:
    """Cosines of question and passage, best sentence, title."""
    none = np.zeros(len(passages))
    if encoder is None or foreign(encoder, query.text):
        return dict.fromkeys(("dense", "dense_scaled", "dense_best", "dense_title"), none)
    asked = encoder.encode_queries([query.text])[0]
    heads = [above(p) for p in passages]
    kept = _VECTORS.of(encoder, [*map(indexed, passages), *heads]) @ asked
    dense, title = kept[: len(passages)].astype(float), kept[len(passages) :].astype(float)
    best = encoder.encode_passages([found.sentence(n) for n in range(len(passages))]) @ asked
    return {
        "dense": np.clip(dense, -1.0, 1.0),
        "dense_scaled": _scaled(dense),
        "dense_best": np.clip(best.astype(float), -1.0, 1.0),
        "dense_title": np.where([bool(h) for h in heads], np.clip(title, -1.0, 1.0), 0.0),
    }


class _Remembered:
    """Vectors of passages, which come again from question to question."""

    MOST = 20_000

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], NDArray[np.float32]] = {}

    def of(self, encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts, shape ``(len(texts), dimension)``."""
        found = {text: self.held.get((encoder.name, text)) for text in dict.fromkeys(texts)}
        new = [text for text, vector in found.items() if vector is None]
        if new:
            made = dict(zip(new, encoder.encode_passages(new), strict=True))
            if len(self.held) > self.MOST:
                self.held.clear()
            self.held.update({(encoder.name, text): vector for text, vector in made.items()})
            found.update(made)
        return np.stack([cast(NDArray[np.float32], found[text]) for text in texts])


_VECTORS = _Remembered()


def _words(query: Query, passages: Sequence[Passage], found: Matches) -> dict[str, Rows]:
    """Shares of the question that stand in a passage."""
    n, none = len(passages), np.zeros(len(passages))
    both = np.maximum(found.text, found.head)
    everywhere = both @ found.local
    named = [i for i, term in enumerate(found.terms) if term.name]
    rare = np.array([overlap.rarity(term.form) for term in found.terms])
    return {
        "coverage": _unit(found.text @ found.rarity),
        "coverage_local": _unit(found.text @ found.local),
        "coverage_all": _unit(everywhere),
        "coverage_head": _unit(found.head @ found.local),
        "coverage_best": _unit(found.cover),
        "coverage_both": _unit(np.minimum(everywhere, found.cover + found.head @ found.local)),
        "coverage_rank": 1.0 / _place(everywhere.round(9)),
        "window": _unit(found.window),
        "pairs": found.pairs,
        "surface": _surface(query.text, found.folded),
        "rarest": both[:, int(np.argmax(found.local))] if len(rare) else none,
        "missing": _unit(((1.0 - both) * rare).max(axis=1, initial=0.0) / overlap.RAREST),
        "names": both[:, named].mean(axis=1) if named else np.ones(n),
        "last": both[:, -1] if len(rare) else none,
        "named": np.array([_named(p.title, query.text) for p in passages]),
    }


def _unit(values: Rows) -> Rows:
    return np.clip(values, 0.0, 1.0)


def _surface(question: str, folded: Sequence[str]) -> Rows:
    grams = sorted(overlap.grams(overlap.glance(question).folded))
    if not grams:
        return np.zeros(len(folded))
    return np.array([sum(gram in text for gram in grams) / len(grams) for text in folded])


@lru_cache(maxsize=1 << 14)
def _named(title: str, question: str) -> float:
    """Share of a title's letters whose words stand in a question."""
    asked = overlap.glance(question).folded
    words = re.findall(r"\w+", overlap.glance(title).folded)
    said = sum(len(word) for word in words if word in asked)
    return said / max(1, sum(map(len, words)))


def _figures(query: Query, found: Matches) -> dict[str, Rows]:
    """Numbers that are asked for, and numbers that are there."""
    both = np.maximum(found.text, found.head)
    count = len(found.folded)
    numbers = [i for i, term in enumerate(found.terms) if term.form[0].isdigit()]
    said = set(FIGURE.findall(query.text))
    new = [bool(set(FIGURE.findall(found.sentence(n))) - said) for n in range(count)]
    return {
        "figures": both[:, numbers].mean(axis=1) if numbers else np.ones(count),
        "figure": np.array(new, float) * asks_figure(query.text),
    }


def asks_figure(question: str) -> bool:
    """Whether a question asks for a number or a date, by its words.

    >>> asks_figure("How many days?"), asks_figure("누가 승인하나요?")
    (True, False)
    """
    return bool(_ASKS_FIGURE.search(question))


def _form(query: Query, passages: Sequence[Passage], found: Matches) -> dict[str, Rows]:
    """Places, lengths, scripts."""
    n = len(passages)
    lengths = np.array([len(p.text) for p in passages], float)
    korean = bool(_HANGUL.search(query.text))
    documents = [p.document_id for p in passages]
    layout = np.array([listing(p.text) for p in passages]).reshape(n, 2)
    return {
        "length": np.log1p(lengths),
        "siblings": np.array([documents.count(d) / n for d in documents]),
        "links": layout[:, 0],
        "items": layout[:, 1],
        "terms": np.full(n, min(32, len(found.terms)) / 32),
        "korean": np.full(n, float(korean)),
        "same_script": np.array([float(bool(_HANGUL.search(p.text)) == korean) for p in passages]),
        "candidates": np.full(n, np.log1p(n)),
    }


@lru_cache(maxsize=4096)
def listing(text: str) -> tuple[float, float]:
    """Share of characters in links, and of lines that are list items: contents and indexes say
    the words of every question about the pages they lead to, and answer none. (Link density
    tells boilerplate: Kohlschütter et al., "Boilerplate Detection using Shallow Text Features",
    WSDM 2010.)

    >>> listing("* [Refunds](refunds.md)\\n* [Leave](leave.md)")
    (0.88, 1.0)
    >>> listing("A refund takes 14 days.")
    (0.0, 0.0)
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return 0.0, 0.0
    linked = sum(len(found[0]) for found in _LINK.finditer(text))
    items = sum(bool(_ITEM.match(line)) for line in lines)
    return round(linked / len(text), 2), items / len(lines)
