"""The first hits of a ranking.

Stages that cost something cut their rankings at depths that methods have in common, so that a
comparison runs them once; this stage then takes as many hits as a method reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openbook.stage import Runtime, Stage, positive
from openbook.types import Ranking

DEPTHS = (10, 50, 100)
"""Depths at which rankings are cut where fewer hits are asked for."""


@dataclass(frozen=True)
class First(Stage[Ranking, Ranking]):
    """The first ``k`` hits, as they stand.

    Args:
        k: hits returned.
    """

    k: int = 10

    def __post_init__(self) -> None:
        positive("first", k=self.k)

    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Ranking]:
        """One ranking a ranking."""
        return [Ranking(ranking.query, ranking.hits[: self.k]) for ranking in batch]


def common(k: int, most: int) -> int:
    """The first of :data:`DEPTHS` that holds ``k`` hits; ``k`` where that is above ``most``.

    >>> common(5, 100), common(12, 100), common(5, 8)
    (10, 50, 5)
    """
    return next((depth for depth in DEPTHS if k <= depth <= most), k)
