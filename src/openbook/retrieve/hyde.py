"""HyDE: a language model writes a passage that would answer, and that is searched for.

Source: Gao et al., "Precise Zero-Shot Dense Retrieval without Relevance Labels", ACL 2023. What
the model writes may be wrong; it is used to find passages and never shown or quoted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from openbook.errors import InputError
from openbook.stage import Runtime, Stage, positive
from openbook.text.language import detect
from openbook.text.topics import topics
from openbook.types import LM, Query


@dataclass(frozen=True)
class Hyde(Stage[Query, Query]):
    """Adds a hypothetical passage to a question: its terms for lexical retrieval, its text for
    the encoder.

    Args:
        model: name of the language model; empty means the configured one.
        terms: terms taken from the passage, at most, in its order.
        weight: of each term beside a word of the question, in [0, 1].
        max_tokens: tokens written, at most.
    """

    model: str = ""
    terms: int = 20
    weight: float = 0.2
    max_tokens: int = 120

    def __post_init__(self) -> None:
        positive("hyde", terms=self.terms, max_tokens=self.max_tokens)
        if not 0.0 <= self.weight <= 1.0:
            raise InputError(f"weight = {self.weight}", where="hyde", fix="Give one in [0, 1].")

    @property
    def resources(self) -> tuple[tuple[type, str], ...]:
        """The language model."""
        return ((LM, self.model),)

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[Query]:
        """One query a query; where the model writes nothing, it comes back as it was."""
        from openbook.models.prompts import render

        if not batch:
            return []
        lm = runtime.resolve(LM, self.model)  # type: ignore[type-abstract]
        prompts = [render("hypothesis", detect(q.text), question=q.text) for q in batch]
        written = lm.complete(prompts, max_tokens=self.max_tokens, temperature=0)
        return [
            self._with(query, " ".join(completion.text.split()))
            for query, completion in zip(batch, written, strict=True)
        ]

    def _with(self, query: Query, passage: str) -> Query:
        if not passage:
            return query
        have = {name.casefold() for name in topics(query.text)}
        new = [name for name in topics(passage) if name.casefold() not in have][: self.terms]
        return replace(
            query,
            expansions=(*query.expansions, *((name, self.weight) for name in new)),
            hypotheses=(*query.hypotheses, passage),
        )
