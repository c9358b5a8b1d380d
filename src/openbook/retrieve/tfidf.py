"""TF-IDF for those who want it: cosine of log-tf-idf vectors over the field of words.

Source: the ``ltc`` weighting of Salton and Buckley, 1988: (1 + ln tf) * ln(N / df), length
normalised, for passages and questions alike.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from openbook.knowledge.engine import Weighted
from openbook.knowledge.snapshot import Snapshot
from openbook.types import Filter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Postings:
    """Rows and weights by term, and ln(N / df) of each term."""

    rows: dict[str, NDArray[np.int64]]
    weights: dict[str, NDArray[np.float64]]
    idf: dict[str, float]


_BUILT: WeakKeyDictionary[Snapshot, Postings] = WeakKeyDictionary()


def search(
    snapshot: Snapshot,
    terms: str,
    k: int,
    filters: tuple[Filter, ...] = (),
    also: Weighted = (),
) -> dict[int, float]:
    """Cosine by row handle, best first; rows are scored in a pass over the terms' postings.
    ``also`` are terms whose part of the question's vector is multiplied by a weight.
    """
    if snapshot not in _BUILT:
        _BUILT[snapshot] = postings(snapshot)
    built = _BUILT[snapshot]
    asked: dict[str, float] = {}
    for text, weight in ((terms, 1.0), *also):
        for term, n in _count(text):
            part = weight * (1 + math.log(n)) * built.idf.get(term, 0.0)
            asked[term] = asked.get(term, 0.0) + part
    weights = _unit(asked)
    scores: dict[int, float] = {}
    for term, weight in weights.items():
        if weight:
            for row, w in zip(built.rows[term].tolist(), built.weights[term].tolist(), strict=True):
                scores[row] = scores.get(row, 0.0) + weight * w
    if filters:
        every = " ".join((terms, *(text for text, _ in also)))
        allowed = {row for row, _ in snapshot.lexical("words", every, snapshot.size, filters)}
        scores = {row: score for row, score in scores.items() if row in allowed}
    best = sorted(scores, key=lambda row: (-scores[row], row))[:k]
    return {row: min(1.0, scores[row]) for row in best}


def postings(snapshot: Snapshot) -> Postings:
    """Weighted postings of a whole snapshot; built once for each open snapshot."""
    import numpy as np

    counted = [(row, dict(_count(terms))) for row, terms in snapshot.terms("words")]
    df = Counter(term for _, counts in counted for term in counts)
    idf = {term: math.log(len(counted) / n) for term, n in df.items()}
    rows: dict[str, list[int]] = {term: [] for term in df}
    weights: dict[str, list[float]] = {term: [] for term in df}
    for row, counts in counted:
        for term, w in _unit({t: (1 + math.log(n)) * idf[t] for t, n in counts.items()}).items():
            rows[term].append(row)
            weights[term].append(w)
    return Postings(
        {t: np.array(r, np.int64) for t, r in rows.items()},
        {t: np.array(w, np.float64) for t, w in weights.items()},
        idf,
    )


def _count(terms: str) -> list[tuple[str, int]]:
    return list(Counter(terms.split()).items())


def _unit(vector: dict[str, float]) -> dict[str, float]:
    norm = math.sqrt(sum(w * w for w in vector.values()))
    return {t: w / norm for t, w in vector.items()} if norm else dict.fromkeys(vector, 0.0)
