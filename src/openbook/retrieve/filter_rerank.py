"""Filter, then rerank: a small model settles what it is sure of, a large one the hard cases.

Source: Ma et al., "Large Language Model Is Not a Good Few-shot Information Extractor, but a
Good Reranker for Hard Samples!", 2023 (arXiv:2303.08559). Sure is what the gate says: the
calibrated probability that the small stage's first hit is right (:mod:`openbook.retrieve.gate`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from openbook.errors import InputError, ModelError
from openbook.retrieve import ltr
from openbook.retrieve.gate import probability
from openbook.retrieve.ltr import LearntRank, RankingModel
from openbook.retrieve.rerank import Rerank
from openbook.stage import Runtime, Stage, positive
from openbook.types import Hit, Ranking

ROUTED, SURE = "filter_rerank routed", "filter_rerank sure"
"""Names in ``why``: 1 where the large stage ranked the question and 0 where it did not; the
probability that decided."""


@dataclass(frozen=True)
class FilterRerank(Stage[Ranking, Ranking]):
    """The small stage's ranking where it is sure, the large stage's where it is not.

    Every hit's ``why`` says whether its question was routed to the large stage and how sure the
    small one was; :func:`routed` sums it up for many questions.

    Args:
        small: reranks everything; its scores also decide what is a hard case. ``None`` takes
            the ranking as it comes.
        large: reranks what the small one is not sure of, from the small one's ranking.
        threshold: probability that the first hit is right from which the small stage settles
            a question; 0 sends nothing to the large stage, above 1 everything.
        k: hits returned.
    """

    small: Stage[Ranking, Ranking] | None = field(default_factory=LearntRank)
    large: Stage[Ranking, Ranking] = field(default_factory=Rerank)
    threshold: float = 0.7
    k: int = 5

    def __post_init__(self) -> None:
        positive("filter_rerank", k=self.k)
        if self.threshold < 0:
            raise InputError(
                f"the threshold is {self.threshold}", where="filter_rerank", fix="Give 0 or more."
            )

    @property
    def resources(self) -> tuple[tuple[type, str], ...]:
        """The ranking model that holds the gate."""
        return ((RankingModel, self.small.model if isinstance(self.small, LearntRank) else ""),)

    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Ranking]:
        """One ranking a ranking; all hard cases go to the large stage in one batch.

        Raises:
            ModelError: the ranking model has no gate.
        """
        found = list(batch) if self.small is None else runtime.run(self.small, batch)
        learnt = self._gate(runtime) if any(ranking.hits for ranking in found) else {}
        sure = [
            probability([hit.score for hit in ranking.hits], learnt) if ranking.hits else 1.0
            for ranking in found
        ]
        hard = [n for n, value in enumerate(sure) if value < self.threshold and found[n].hits]
        again = runtime.run(self.large, [found[n] for n in hard]) if hard else []
        large = dict(zip(hard, again, strict=True))
        return [
            self._noted(large.get(n, ranking), n in large, sure[n])
            for n, ranking in enumerate(found)
        ]

    def _gate(self, runtime: Runtime) -> dict[str, Any]:
        """What was learnt about the scores of the small stage."""
        model, kind = ltr.bundled(), "score"
        if isinstance(self.small, LearntRank):
            kind = "learnt"
            if self.small.model:
                model = runtime.resolve(RankingModel, self.small.model)
        gates = model.made.get("gate")
        if not isinstance(gates, dict) or kind not in gates:
            raise ModelError(
                f'the ranking model "{model.name}" has no gate',
                fix="Train it with validation questions, or rerank everything.",
            )
        return dict(gates[kind])

    def _noted(self, ranking: Ranking, routed: bool, sure: float) -> Ranking:
        notes = ((ROUTED, float(routed)), (SURE, sure))
        hits = (Hit(h.evidence, h.score, (*h.why, *notes)) for h in ranking.hits[: self.k])
        return Ranking(ranking.query, tuple(hits))


def routed(rankings: Sequence[Ranking]) -> float:
    """Share of questions that went to the large stage, of those that have hits; what the large
    stage would have cost for the others is saved.
    """
    said = [dict(ranking.hits[0].why).get(ROUTED, 0.0) for ranking in rankings if ranking.hits]
    return sum(said) / len(said) if said else 0.0
