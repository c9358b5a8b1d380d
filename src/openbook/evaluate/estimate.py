"""What a comparison will ask of servers whose prices are known, before it asks them.

A few questions are answered in rehearsal: everything runs but the language models, for which a
stand-in counts what they would be given and replies with a fixed text. Calls that depend on
what a model says (asking again, a cascade) can only be guessed so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openbook.evaluate.compare import Asked, drawn, told
from openbook.evaluate.contestants import Contestant
from openbook.evaluate.spending import Meter
from openbook.models.window import AROUND, estimate, usage
from openbook.types import Completion, Example, Prompt, Query

QUESTIONS = 5
"""Questions answered in rehearsal."""

WRITTEN = 128
"""Tokens that a model is taken to write, where it may write as many."""

REPLY = "It is stated in the passages.\n<ANSWER>: 1"


@dataclass(frozen=True)
class Rehearsal:
    """Stands in for a language model: counts, and says the same to everything."""

    name: str
    prices: tuple[float, float] = (0.0, 0.0)

    def complete(
        self,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
    ) -> list[Completion]:
        """The fixed reply, with the usage that a real one might have."""
        written = min(WRITTEN, max_tokens)
        return [Completion(REPLY, usage(self, self.length(p), written, 0.0)) for p in prompts]

    def stream(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """The fixed reply."""
        yield REPLY

    def count(self, text: str) -> int:
        """Tokens, estimated."""
        return estimate(text)

    def room(self, max_tokens: int) -> int:
        """Any prompt fits."""
        return 0

    def length(self, prompt: Prompt) -> int:
        """Tokens of a prompt, estimated."""
        return sum(estimate(message.content) + AROUND for message in prompt)


@dataclass(frozen=True)
class Estimate:
    """What is still to be asked: calls, tokens, US dollars."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0

    def __str__(self) -> str:
        return (
            f"about {self.calls:,} calls to language models, {self.tokens_in:,} tokens in, "
            f"{self.tokens_out:,} out, {self.cost:.4f} US dollars"
        )


def rehearse(
    contestants: Sequence[Contestant],
    examples: Sequence[Example],
    runtime: Asked,
    meter: Meter,
    *,
    chunk: int,
    alone: int,
) -> Estimate:
    """The calls of a comparison, from those of a few of its questions.

    Args:
        runtime: its language models are stand-ins, counted by ``meter``.
        chunk: questions that still go through all methods together.
        alone: questions that are still asked one at a time.

    Raises:
        MethodError: a method raised.
    """
    sample = drawn(examples, QUESTIONS, runtime.seed)
    queries = [example.query for example in sample]
    runtime.forget()
    for contestant in contestants:
        _ask(contestant, queries, runtime)
    together, calls = meter.spent, meter.calls
    for contestant in contestants:
        runtime.forget()
        _ask(contestant, queries, runtime)
    n = max(1, len(sample))
    shares = (chunk / n, alone / n)

    def scaled(first: float, both: float) -> float:
        return first * shares[0] + (both - first) * shares[1]

    return Estimate(
        round(scaled(calls, meter.calls)),
        round(scaled(together.input_tokens, meter.spent.input_tokens)),
        round(scaled(together.output_tokens, meter.spent.output_tokens)),
        scaled(together.cost, meter.spent.cost),
    )


def _ask(contestant: Contestant, queries: Sequence[Query], runtime: Asked) -> None:
    try:
        runtime.ask(contestant.stage, queries, contestant.name)
    except Exception as error:
        raise told(contestant, queries, error) from error
