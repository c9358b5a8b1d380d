"""The answer that is none, without asking anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openbook.models.prompts import refusal
from openbook.stage import Runtime, Stage
from openbook.text.language import detect
from openbook.types import Answer, Query


@dataclass(frozen=True)
class Abstain(Stage[Query, Answer]):
    """Says, in the question's language, that the documents do not answer."""

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[Answer]:
        """One abstention a query."""
        return [Answer("abstained", refusal(detect(query.text)), query) for query in batch]
