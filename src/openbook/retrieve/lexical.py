"""Lexical retrieval: BM25 on two fields, fused convexly, over a snapshot.

Source: BM25, Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from openbook.errors import InputError
from openbook.knowledge.engine import Match, Weighted
from openbook.knowledge.snapshot import Snapshot
from openbook.retrieve.normalise import convex
from openbook.stage import Runtime, Stage, positive
from openbook.text.terms import FIELDS, Terms, analyse
from openbook.types import Hit, Query, Ranking

Scored = dict[int, float]
"""Scores by row handle, best first."""

HANGUL = 0.5
"""Weight of character bigrams in Korean; how it was chosen stands in
docs/decisions/0001-lexical-fields.md."""

OTHER = 0.3
"""Weight of character 4-grams and pairs of neighbours; chosen likewise."""

_HANGUL = re.compile("[\uac00-\ud7a3]")

ABREAST = 4
"""Queries searched side by side, two fields each."""

EXPANSIONS = 64
"""Expansions of a question that are searched; the weightiest."""

NO_MORE: tuple[Weighted, Weighted] = ((), ())
"""Expansions of a question without any, by field."""


@dataclass(frozen=True)
class Lexical(Stage[Query, Ranking]):
    """The ``k`` best passages by their terms, and by those of a question's expansions, whose
    scores are multiplied by their weights and added.

    Args:
        k: passages returned.
        depth: passages that each field proposes before fusing.
        grams: weight of the second field, in [0, 1]; ``None`` takes :data:`HANGUL` for
            questions with Hangul in them and :data:`OTHER` for the rest.
        scheme: ``bm25``, or ``tfidf`` (cosine of log-tf-idf vectors, words only).
    """

    k: int = 10
    depth: int = 100
    grams: float | None = None
    scheme: Literal["bm25", "tfidf"] = "bm25"

    def __post_init__(self) -> None:
        positive("lexical", k=self.k, depth=self.depth)
        if self.grams is not None and not 0.0 <= self.grams <= 1.0:
            raise InputError(f"the weight grams is {self.grams}", fix="Give one in [0, 1].")

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[Ranking]:
        """A ranking a query; a query without any known term has no hits."""
        snapshot = runtime.resolve(Snapshot)
        terms = analyse([query.text for query in batch], query=True)
        also = [weighted(query) for query in batch]
        if self.scheme == "tfidf":
            from openbook.retrieve.tfidf import search

            found = [
                [search(snapshot, t.words, max(self.depth, self.k), q.filters, more[0]), {}]
                for q, t, more in zip(batch, terms, also, strict=True)
            ]
        else:
            found = self._search(snapshot, batch, terms, also)
        return [
            self._ranking(snapshot, query, lists) for query, lists in zip(batch, found, strict=True)
        ]

    def _search(
        self,
        snapshot: Snapshot,
        batch: Sequence[Query],
        terms: Sequence[Terms],
        also: Sequence[tuple[Weighted, Weighted]],
    ) -> list[list[Scored]]:
        """Both fields of a few queries side by side; a field of no weight is not asked."""
        depth = max(self.depth, self.k)
        found: dict[int, list[Scored]] = {}
        for filters in dict.fromkeys(query.filters for query in batch):
            same = [at for at, query in enumerate(batch) if query.filters == filters]
            for start in range(0, len(same), ABREAST):
                chunk = same[start : start + ABREAST]
                requests: list[Match] = [
                    (name, getattr(terms[at], name), depth, more) if weight else (name, "", depth)
                    for at in chunk
                    for name, weight, more in zip(
                        FIELDS, self._weights(batch[at]), also[at], strict=True
                    )
                ]
                lists = iter(map(dict, snapshot.lexical_many(requests, filters)))
                found |= {at: [next(lists) for _ in FIELDS] for at in chunk}
        return [found[at] for at in range(len(batch))]

    def _ranking(self, snapshot: Snapshot, query: Query, lists: Sequence[Scored]) -> Ranking:
        fused = convex(lists, self._weights(query), ("max", "max"))
        best = sorted(fused, key=lambda row: -fused[row])
        # Passages that tie at the cut are read too, so that their ids decide.
        cut = fused[best[self.k - 1]] if len(best) > self.k else 0.0
        rows = [row for row in best if fused[row] >= cut]
        hits = [
            Hit(passage, fused[row], self._why(row, lists))
            for row, passage in zip(rows, snapshot.passages(rows), strict=True)
        ]
        return Ranking.of(query, hits, self.k)

    def _weights(self, query: Query) -> tuple[float, float]:
        """Weights of the two fields for a question."""
        if self.scheme == "tfidf":
            return 1.0, 0.0
        grams = self.grams
        if grams is None:
            grams = HANGUL if _HANGUL.search(query.text) else OTHER
        return 1.0 - grams, grams

    def _why(self, row: int, lists: Sequence[Scored]) -> tuple[tuple[str, float], ...]:
        if self.scheme == "tfidf":
            return (("tfidf", lists[0][row]),)
        return tuple(
            (name, scores[row]) for name, scores in zip(FIELDS, lists, strict=True) if row in scores
        )


def weighted(query: Query) -> tuple[Weighted, Weighted]:
    """Terms of a question's expansions with their weights, for each of the two fields."""
    if not query.expansions:
        return NO_MORE
    heaviest = sorted(query.expansions, key=lambda pair: -pair[1])[:EXPANSIONS]
    cut = analyse([text for text, _ in heaviest], query=True)
    fields: tuple[dict[float, list[str]], ...] = ({}, {})
    for (_, weight), terms in zip(heaviest, cut, strict=True):
        for together, name in zip(fields, FIELDS, strict=True):
            if found := getattr(terms, name):
                together.setdefault(weight, []).append(found)
    words, grams = (tuple((" ".join(t), w) for w, t in field.items()) for field in fields)
    return words, grams
