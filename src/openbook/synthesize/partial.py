"""What a language model answered so far, beside the file that is being made.

``OUT.partial`` has a line an answer: a key and the text. The key hashes all that decides the
answer: the model, the whole prompt with its passage, and how it was asked; so another run with
the same parameters takes them up, and one with others asks again. Lines are on disk after every
batch; a line that a kill cut is asked again. The file goes when OUT is whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openbook.artifacts import Lines
from openbook.types import LM, Completion, Prompt, digest


def partial(out: Path) -> Path:
    """Where answers for a file are kept."""
    return out.with_name(out.name + ".partial")


@dataclass
class Remembering:
    """A language model whose answers are kept in a file; those that it holds are not asked.

    Args:
        run: hash of the run's parameters, part of every key.
        asked: prompts that were put to the model by this process.
    """

    model: LM
    file: Path
    run: str = ""
    asked: int = 0
    _lines: Lines = field(init=False, repr=False)
    _held: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._lines = Lines(self.file)
        self._held = {line["key"]: line["text"] for line in self._lines.held}

    @property
    def name(self) -> str:
        """The model's."""
        return self.model.name

    def complete(
        self,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
    ) -> list[Completion]:
        """The model's completions; those that are held cost nothing."""
        how = (str(max_tokens), str(temperature), str(seed), *stop)
        keys = [self._key(prompt, how) for prompt in prompts]
        missing = {key: p for key, p in zip(keys, prompts, strict=True) if key not in self._held}
        done: dict[str, Completion] = {}
        if missing:
            replies = self.model.complete(
                list(missing.values()), max_tokens=max_tokens, temperature=temperature,
                seed=seed, stop=stop,
            )  # fmt: skip
            done = dict(zip(missing, replies, strict=True))
            self._keep({key: reply.text for key, reply in done.items()})
            self.asked += len(missing)
        return [done.get(key) or Completion(self._held[key]) for key in keys]

    def stream(self, prompt: Prompt, **how: Any) -> Iterator[str]:
        """The whole completion at once."""
        yield self.complete([prompt], **how)[0].text

    def count(self, text: str) -> int:
        """The model's."""
        return self.model.count(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def _key(self, prompt: Prompt, how: Sequence[str]) -> str:
        words = (part for message in prompt for part in (message.role, message.content))
        return digest(self.run, self.model.name, *how, *words, size=12)

    def _keep(self, made: dict[str, str]) -> None:
        self._held |= made
        self._lines.add({"key": key, "text": text} for key, text in made.items())
