"""Questions given further search terms: other spellings, synonyms, names, related terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openbook.stage import Runtime, Stage
from openbook.types import Query


@dataclass(frozen=True)
class Expand(Stage[Query, Query]):
    """Adds search terms to a question; its text stays as it is.

    Args:
        glossary: synonyms from the project's glossary.
        numbers: other spellings of numbers, dates and amounts.
        entities: names that the knowledge base knows, once more.
        related: terms of the first passages found (RM3), at most; 0 for none.
    """

    glossary: bool = True
    numbers: bool = True
    entities: bool = True
    related: int = 0

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[Query]:
        """One query a query."""
        return list(batch)
