"""Related terms from the first passages that a question finds: pseudo-relevance feedback.

Source: RM3, Abdul-Jaleel et al., "UMass at TREC 2004: Novelty and HARD". A relevance model is
the mean of the term distributions of the first passages, weighted by their scores; its likeliest
terms are added to the question's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from openbook.knowledge.snapshot import Snapshot
from openbook.types import Query

PASSAGES = 10
"""Passages that are taken for relevant."""


def feedback(
    snapshot: Snapshot, terms: Sequence[str], queries: Sequence[Query], count: int, weight: float
) -> list[list[tuple[str, float]]]:
    """Terms with weights for each query, heaviest first.

    Args:
        snapshot: where to search.
        terms: analysed words of each query, joined by spaces.
        queries: for their filters.
        count: terms, at most.
        weight: of all terms together, in terms of one word of the question each: a word of the
            question has 1, and the terms share ``weight`` times the number of its words.
    """
    made: list[list[tuple[str, float]]] = []
    for own, query in zip(terms, queries, strict=True):
        found = snapshot.lexical("words", own, PASSAGES, query.filters)
        texts = snapshot.stored([row for row, _ in found], "words")
        model = relevance_model(
            [(text, score) for text, (_, score) in zip(texts, found, strict=True)]
        )
        best = sorted(model.items(), key=lambda pair: (-pair[1], pair[0]))[:count]
        mass = sum(share for _, share in best)
        words = len(own.split())
        made.append([(term, weight * words * share / mass) for term, share in best])
    return made


def relevance_model(texts: Sequence[tuple[str, float]]) -> Mapping[str, float]:
    """Probability of each term: the mean over texts of its share there, weighted by their scores.

    Args:
        texts: terms joined by spaces, and a positive score, for each text.

    >>> relevance_model([("a b", 3.0), ("b", 1.0)])
    {'a': 0.375, 'b': 0.625}
    """
    total = sum(score for _, score in texts)
    model: dict[str, float] = {}
    for text, score in texts:
        counts = Counter(text.split())
        length = counts.total()
        for term, n in counts.items():
            model[term] = model.get(term, 0.0) + score / total * n / length
    return model
