"""Reranking: a cross-encoder reads the question beside each of the first candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openbook.stage import Runtime, Stage
from openbook.types import CrossEncoder, Hit, Ranking


@dataclass(frozen=True)
class Rerank(Stage[Ranking, Ranking]):
    """The ``k`` best of the first ``depth`` hits by a cross-encoder's scores.

    Args:
        k: hits returned.
        depth: hits read; what ranks lower is dropped.
        model: name of the cross-encoder; empty means the configured one.
    """

    k: int = 5
    depth: int = 50
    model: str = ""

    @property
    def resources(self) -> tuple[tuple[type, str], ...]:
        """The cross-encoder."""
        return ((CrossEncoder, self.model),)

    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Ranking]:
        """One ranking a ranking, scores are the cross-encoder's; all pairs in one batch."""
        heads = [ranking.hits[: self.depth] for ranking in batch]
        pairs = [
            (ranking.query.text, shown(hit))
            for ranking, head in zip(batch, heads, strict=True)
            for hit in head
        ]
        if not pairs:
            return list(batch)
        encoder = runtime.resolve(CrossEncoder, self.model)  # type: ignore[type-abstract]
        scores = iter(encoder.score(pairs).tolist())
        return [
            Ranking.of(
                ranking.query,
                [
                    Hit(hit.evidence, score, (*hit.why, ("rerank", score)))
                    for hit, score in zip(head, scores, strict=False)
                ],
                self.k,
            )
            for ranking, head in zip(batch, heads, strict=True)
        ]


def shown(hit: Hit) -> str:
    """What the cross-encoder reads of a passage: its title and text."""
    passage = hit.passage
    if passage.title and not passage.text.startswith(passage.title):
        return f"{passage.title}\n{passage.text}"
    return passage.text
