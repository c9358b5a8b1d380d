"""Learning to rank: gradient-boosted trees order the candidates by what is known of each.

Source: LambdaMART, Burges, "From RankNet to LambdaRank to LambdaMART: An Overview", 2010, as
LightGBM trains it (``objective = lambdarank``). The trees are walked in numpy, so ranking needs
no extra; training needs ``openbook[rank]``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openbook.stage import Runtime, Stage, positive
from openbook.types import Ranking


@dataclass(frozen=True)
class LearntRank(Stage[Ranking, Ranking]):
    """The ``k`` best of the first ``depth`` hits by a learnt ranking model.

    Args:
        k: hits returned.
        depth: hits scored; what ranks lower is dropped.
        model: name of a ranking model of the project; empty means the one that comes with
            openbook.
    """

    k: int = 10
    depth: int = 50
    model: str = ""

    def __post_init__(self) -> None:
        positive("learnt_rank", k=self.k, depth=self.depth)

    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Ranking]:
        """One ranking a ranking."""
        return [Ranking.of(r.query, r.hits[: self.depth], self.k) for r in batch]
