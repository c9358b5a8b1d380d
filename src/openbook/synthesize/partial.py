"""What a language model answered so far, beside the file that is being made.

``OUT.partial`` has a line an answer: a key and the text. The key hashes all that decides the
answer: the model, the whole prompt with its passage, and how it was asked; so another run with
the same parameters takes them up, and one with others asks again. Lines are on disk after every
batch; a line that a kill cut is asked again. The file goes when OUT is whole.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
    _held: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._held = dict(_whole(self.file))

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
        lines = (
            json.dumps({"key": key, "text": text}, ensure_ascii=False) + "\n"
            for key, text in made.items()
        )
        with self.file.open("ab") as file:
            file.write(_ended(self.file))
            file.write("".join(lines).encode())
            file.flush()
            os.fsync(file.fileno())


def _ended(file: Path) -> bytes:
    """The line break that a cut last line lacks."""
    if not file.is_file() or not file.stat().st_size:
        return b""
    with file.open("rb") as lines:
        lines.seek(-1, os.SEEK_END)
        return b"" if lines.read(1) == b"\n" else b"\n"


def _whole(file: Path) -> Iterator[tuple[str, str]]:
    if not file.is_file():
        return
    for line in file.read_text("utf-8", "replace").split("\n"):
        try:
            held = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(held, dict) and isinstance(held.get("text"), str):
            yield str(held.get("key")), held["text"]
