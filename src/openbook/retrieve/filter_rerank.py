"""Filter, then rerank: a small model settles what it is sure of, a large one the hard cases.

Source: Ma et al., "Large Language Model Is Not a Good Few-shot Information Extractor, but a
Good Reranker for Hard Samples!", 2023 (arXiv:2303.08559).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from openbook.errors import InputError
from openbook.retrieve.ltr import LearntRank
from openbook.retrieve.rerank import Rerank
from openbook.stage import Runtime, Stage, positive
from openbook.types import Ranking


@dataclass(frozen=True)
class FilterRerank(Stage[Ranking, Ranking]):
    """The small stage's ranking where it is sure, the large stage's where it is not.

    Args:
        small: reranks everything; also decides, by its confidence, what is a hard case.
        large: reranks what the small one is not sure of.
        threshold: probability that the small stage's first hit is right from which it settles
            a question; 0 sends nothing to the large stage, above 1 everything.
        k: hits returned.
    """

    small: Stage[Ranking, Ranking] = field(default_factory=LearntRank)
    large: Stage[Ranking, Ranking] = field(default_factory=Rerank)
    threshold: float = 0.7
    k: int = 5

    def __post_init__(self) -> None:
        positive("filter_rerank", k=self.k)
        if self.threshold < 0:
            raise InputError(f"the threshold is {self.threshold}", fix="Give 0 or more.")

    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Ranking]:
        """One ranking a ranking."""
        found = runtime.run(self.small, batch)
        return [Ranking(r.query, r.hits[: self.k]) for r in found]
