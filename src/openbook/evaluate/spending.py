"""What language models are asked during a comparison: metered, and stopped at a cap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from openbook.errors import CostError
from openbook.models.service import Service
from openbook.models.window import Priced, length, room, usage
from openbook.types import LM, Completion, Prompt, Usage


@dataclass
class Meter:
    """Sums what models are asked.

    Args:
        cap: US dollars that may be spent; None for no limit.
        spent: what was used so far, that of an earlier run included.
        calls: prompts answered.
        models: names of the models that were asked, in the order of their first call, and
            whether each is on another machine.
    """

    cap: float | None = None
    spent: Usage = field(default_factory=Usage)
    calls: int = 0
    models: dict[str, bool] = field(default_factory=dict)

    def allow(self, model: LM, prompts: Sequence[Prompt], max_tokens: int) -> None:
        """Refuse prompts that could lead past the cap, were every answer as long as it may be.

        Raises:
            CostError: they could.
        """
        if self.cap is None:
            return
        read = sum(length(model, prompt) for prompt in prompts)
        worst = usage(model, read, max_tokens * len(prompts), 0.0).cost
        if self.spent.cost + worst > self.cap:
            raise CostError(
                f"{self.spent.cost:.4f} US dollars are spent, and the next {len(prompts)} calls "
                f"could cost {worst:.4f}, which is more than the cap of {self.cap:g} leaves",
                where=model.name,
                fix="What was answered is kept; give a higher --max-cost to go on.",
            )

    def add(self, model: LM, used: Usage, calls: int) -> None:
        """Count calls that were made."""
        self.spent += used
        self.calls += calls
        self.models.setdefault(model.name, _elsewhere(model))


def _elsewhere(model: LM) -> bool:
    """Whether what a model is asked leaves this machine."""
    service = getattr(model, "service", None)
    if not isinstance(service, Service):
        return False
    return urlsplit(service.url).hostname not in ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Metered:
    """A language model whose calls a meter sees; everything else is the model's own."""

    model: LM
    meter: Meter

    @property
    def name(self) -> str:
        """The model's."""
        return self.model.name

    @property
    def prices(self) -> tuple[float, float]:
        """The model's; zero where it has none."""
        return self.model.prices if isinstance(self.model, Priced) else (0.0, 0.0)

    def complete(
        self,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
    ) -> list[Completion]:
        """The model's completions, counted. Raises CostError before a call that is too dear."""
        self.meter.allow(self.model, prompts, max_tokens)
        done = self.model.complete(
            prompts, max_tokens=max_tokens, temperature=temperature, seed=seed, stop=stop
        )
        used = sum((completion.usage for completion in done), Usage())
        self.meter.add(self.model, used, len(done))
        return done

    def stream(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """The model's text as it is written, counted by the model's own counter."""
        self.meter.allow(self.model, [prompt], max_tokens)
        written = ""
        for piece in self.model.stream(
            prompt, max_tokens=max_tokens, temperature=temperature, seed=seed, stop=stop
        ):
            written += piece
            yield piece
        read = length(self.model, prompt)
        self.meter.add(self.model, usage(self.model, read, self.model.count(written), 0.0), 1)

    def count(self, text: str) -> int:
        """The model's."""
        return self.model.count(text)

    def room(self, max_tokens: int) -> int:
        """The model's."""
        return room(self.model, max_tokens)

    def length(self, prompt: Prompt) -> int:
        """The model's."""
        return length(self.model, prompt)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)
