"""A small answerer first, a large one where the small one is not sure.

Source: the cascade of language models of Chen et al., "FrugalGPT", 2023 (arXiv:2305.05176).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from openbook.errors import InputError
from openbook.stage import Recall, Runtime, Stage
from openbook.types import Answer, Ranking


@dataclass(frozen=True)
class Cascade(Stage[Ranking, Answer]):
    """The small stage's answer where its confidence is high enough, else the large stage's.

    An abstention of the small stage is not sure; its question back is, for it found two readings
    in the documents. What an answer used counts both stages.

    Args:
        small: answers everything.
        large: answers what the small one is not sure of.
        sure: confidence in [0, 1] from which the small stage's answer is given.
    """

    small: Stage[Ranking, Answer]
    large: Stage[Ranking, Answer]
    sure: float = 0.5

    def __post_init__(self) -> None:
        if not 0.0 <= self.sure <= 1.0:
            raise InputError(f"sure = {self.sure} is not accepted", fix="Give one in [0, 1].")

    def settled(self, answer: Answer) -> bool:
        """Whether an answer of the small stage is given."""
        answered = answer.kind == "answered" and answer.confidence >= self.sure
        return answered or answer.kind == "asks"

    def within(self, value: Ranking, recall: Recall) -> Iterator[tuple[Stage[Any, Any], Any]]:
        """The small stage, and the large one where it was asked too."""
        yield self.small, value
        first = recall(self.small, value)
        if first is not None and not self.settled(first):
            yield self.large, value

    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Answer]:
        """One answer a ranking, in order; all that is left goes to the large stage together."""
        first = runtime.run(self.small, batch)
        left = [at for at, answer in enumerate(first) if not self.settled(answer)]
        again = runtime.run(self.large, [batch[at] for at in left]) if left else []
        better = {
            at: replace(answer, usage=first[at].usage + answer.usage)
            for at, answer in zip(left, again, strict=True)
        }
        return [better.get(at, answer) for at, answer in enumerate(first)]

    def stream(self, value: Ranking, runtime: Runtime) -> Iterator[str | Answer]:
        """Streams the large stage, where it is asked; the small one's answer comes at once."""
        (first,) = runtime.run(self.small, [value])
        if self.settled(first):
            yield first
            return
        for piece in self.large.stream(value, runtime):
            if isinstance(piece, Answer):
                yield replace(piece, usage=first.usage + piece.usage)
            else:
                yield piece
