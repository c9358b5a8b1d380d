"""The order in which a language model reads: what matters most stands at both ends.

Source: Liu et al., "Lost in the Middle: How Language Models Use Long Contexts", 2023
(arXiv:2307.03172): models answer best from what stands first or last in a long prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from openbook.errors import InputError, nearest
from openbook.stage import Runtime, Stage
from openbook.types import Ranking

How = Literal["sides", "best", "rising"]
ORDERS = ("sides", "best", "rising")
T = TypeVar("T")


@dataclass(frozen=True)
class Reorder(Stage[Ranking, Ranking]):
    """The ``k`` best hits in the order in which they are to be read.

    Scores stay, so the order of what comes out is not that of the scores; put it right before
    the generator, and give both the same ``k``. Doing it twice changes nothing.

    Args:
        how: ``sides`` (best first, second best last, the worst in the middle), ``best`` (best
            first) or ``rising`` (best last, next to the question).
        k: hits kept, from the top; 0 keeps all.
    """

    how: How = "sides"
    k: int = 0

    def __post_init__(self) -> None:
        if self.how not in ORDERS:
            raise InputError(
                f'there is no order "{self.how}"', where="reorder", fix=nearest(self.how, ORDERS)
            )
        if self.k < 0:
            raise InputError(f"k = {self.k} is negative", where="reorder", fix="Give 0 for all.")

    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Ranking]:
        """One ranking a ranking, with the same hits."""
        return [self._one(ranking) for ranking in batch]

    def _one(self, ranking: Ranking) -> Ranking:
        hits = Ranking.of(ranking.query, ranking.hits, self.k or None).hits
        if self.how == "sides":
            hits = tuple(sides(hits))
        elif self.how == "rising":
            hits = hits[::-1]
        return Ranking(ranking.query, hits)


def sides(items: Sequence[T]) -> list[T]:
    """Items, best first, laid out from both ends inwards.

    >>> sides([1, 2, 3, 4, 5])
    [1, 3, 5, 4, 2]
    """
    return [*items[::2], *items[1::2][::-1]]
