"""Listwise reranking: a language model puts a window of candidates in order, bottom to top.

Source: RankGPT, Sun et al., "Is ChatGPT Good at Search?", 2023 (arXiv:2304.09542).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openbook.stage import Runtime, Stage, positive
from openbook.types import Ranking


@dataclass(frozen=True)
class Listwise(Stage[Ranking, Ranking]):
    """The ``k`` best hits in the order that a language model gives.

    Args:
        k: hits returned.
        window: candidates that the model reads at once.
        step: how far the window moves up between two calls.
        model: name of the language model; empty means the configured one.
        depth: hits ordered; what ranks lower is dropped.
    """

    k: int = 5
    window: int = 10
    step: int = 5
    model: str = ""
    depth: int = 20

    def __post_init__(self) -> None:
        positive("listwise", k=self.k, window=self.window, step=self.step, depth=self.depth)

    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Ranking]:
        """One ranking a ranking."""
        return [Ranking.of(r.query, r.hits[: self.depth], self.k) for r in batch]
