"""Maximal marginal relevance: relevant passages that do not repeat each other.

Source: Carbonell and Goldstein, "The Use of MMR", SIGIR 1998. Each step takes the passage
with the largest ``trade * relevance - (1 - trade) * likeness``, where likeness is the
largest similarity to those taken already. Likeness is the cosine of character trigram
counts, which needs no model and no analyser.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openbook.errors import InputError
from openbook.retrieve.normalise import scaled
from openbook.stage import Runtime, Stage
from openbook.types import Hit, Passage, Ranking

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Diversify(Stage[Ranking, Ranking]):
    """``k`` of the first ``depth`` hits, each unlike those before it.

    Args:
        k: hits returned.
        trade: 1 looks at relevance alone, 0 at difference alone.
        depth: hits chosen from.
    """

    k: int = 5
    trade: float = 0.7
    depth: int = 50

    def __post_init__(self) -> None:
        if not 0.0 <= self.trade <= 1.0:
            raise InputError(f"the trade is {self.trade}", fix="Give one in [0, 1].")

    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Ranking]:
        """One ranking a ranking; scores are marginal relevances, which fall by construction."""
        return [self._one(ranking) for ranking in batch]

    def _one(self, ranking: Ranking) -> Ranking:
        head = ranking.hits[: self.depth]
        if not head:
            return ranking
        relevance = scaled({i: hit.score for i, hit in enumerate(head)}, "minmax")
        like = likeness([text_of(hit) for hit in head])
        order = mmr([relevance[i] for i in range(len(head))], like, self.trade, self.k)
        hits = [
            Hit(head[i].evidence, score, (*head[i].why, ("diversify", score))) for i, score in order
        ]
        return Ranking(ranking.query, tuple(hits))


def text_of(hit: Hit) -> str:
    """A passage's text, or a path's triples as words."""
    if isinstance(hit.evidence, Passage):
        return hit.evidence.text
    return " ".join(f"{t.head} {t.relation} {t.tail}" for t in hit.evidence.triples)


def mmr(
    relevance: Sequence[float], like: NDArray[np.float64], trade: float, k: int
) -> list[tuple[int, float]]:
    """Indices with their marginal relevance, in the order taken; ties to the lower index.

    Args:
        relevance: one number a candidate.
        like: similarities between candidates, shape ``(n, n)``.
        trade: weight of relevance.
        k: how many to take.
    """
    left = list(range(len(relevance)))
    nearest = [0.0] * len(relevance)
    taken: list[tuple[int, float]] = []
    while left and len(taken) < k:
        values = {i: trade * relevance[i] - (1.0 - trade) * nearest[i] for i in left}
        best = max(left, key=lambda i: (values[i], -i))
        taken.append((best, values[best]))
        left.remove(best)
        for i in left:
            nearest[i] = max(nearest[i], float(like[i, best]))
    return taken


def likeness(texts: Sequence[str]) -> NDArray[np.float64]:
    """Cosines between counts of character trigrams, shape ``(n, n)``, in [0, 1]."""
    import numpy as np

    known: dict[str, int] = {}
    rows = []
    for text in texts:
        folded = " ".join(text.lower().split())
        counts = Counter(folded[i : i + 3] for i in range(max(1, len(folded) - 2)))
        rows.append({known.setdefault(gram, len(known)): n for gram, n in counts.items()})
    matrix = np.zeros((len(rows), max(1, len(known))))
    for at, row in enumerate(rows):
        matrix[at, list(row)] = list(row.values())
    matrix /= np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)
    return np.clip(matrix @ matrix.T, 0.0, 1.0)
