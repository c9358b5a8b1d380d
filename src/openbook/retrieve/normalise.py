"""Scores of different retrievers brought to one scale, and ways to add them up.

``max``     s / max(s): a score of 0 means nothing in common, as BM25's and TF-IDF's does.
``minmax``  (s - min(s)) / (max(s) - min(s)) over the list.
``cosine``  (s + 1) / (max(s) + 1): the theoretical minimum of a cosine is -1.

The first and last are the theoretical min-max of Bruch, Gai and Ingber, "An Analysis of
Fusion Functions for Hybrid Retrieval", ACM TOIS 2023, section 4. Reciprocal rank fusion is
Cormack, Clarke and Buettcher, SIGIR 2009: the sum of 1 / (60 + rank), ranks from 1.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Literal, TypeVar

Scale = Literal["max", "minmax", "cosine"]
RRF_K = 60
"""The constant of the published formula."""

K = TypeVar("K", bound=Hashable)


def scaled(scores: Mapping[K, float], scale: Scale) -> dict[K, float]:
    """The scores of one list on [0, 1]; an empty list stays empty.

    >>> scaled({"a": 4.0, "b": 1.0}, "max")
    {'a': 1.0, 'b': 0.25}
    """
    if not scores:
        return {}
    top = max(scores.values())
    low = {"max": 0.0, "minmax": min(scores.values()), "cosine": -1.0}[scale]
    if top <= low:
        return dict.fromkeys(scores, 1.0 if scale == "minmax" else 0.0)
    return {key: min(1.0, max(0.0, (s - low) / (top - low))) for key, s in scores.items()}


def convex(
    lists: Sequence[Mapping[K, float]], weights: Sequence[float], scales: Sequence[Scale]
) -> dict[K, float]:
    """Weighted mean of scaled scores; what a list did not find counts 0 there.

    Weights of empty lists go to the others, so a field that a question has no terms for
    does not halve every score. The result lies in [0, 1].
    """
    present = [i for i, scores in enumerate(lists) if scores and weights[i] > 0]
    total = sum(weights[i] for i in present)
    fused: dict[K, float] = {}
    for i in present:
        share = weights[i] / total
        for key, score in scaled(lists[i], scales[i]).items():
            fused[key] = fused.get(key, 0.0) + share * score
    return {key: min(1.0, score) for key, score in fused.items()}


def reciprocal(lists: Sequence[Mapping[K, float]]) -> dict[K, float]:
    """Reciprocal rank fusion with k = 60; mappings are in rank order, best first.

    >>> reciprocal([{"a": 9.0, "b": 8.0}, {"b": 0.4}])["b"] == 1 / 62 + 1 / 61
    True
    """
    fused: dict[K, float] = {}
    for scores in lists:
        for rank, key in enumerate(scores, 1):
            fused[key] = fused.get(key, 0.0) + 1.0 / (RRF_K + rank)
    return fused
