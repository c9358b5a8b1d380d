"""What a model writes, piece by piece: shown without marks, and at last whole."""

from __future__ import annotations

import time
from collections.abc import Iterator

from openbook.generate.reading import visible
from openbook.models.window import length, usage
from openbook.types import LM, Completion, Prompt


def streamed(model: LM, prompt: Prompt, max_tokens: int, seed: int) -> Iterator[str | Completion]:
    """Provisional text without marks as it is written, then what was written and what it took.

    Tokens are counted by the model's own counter; cost by its prices where it has them.
    """
    written, shown = "", 0
    start = time.perf_counter()
    for piece in model.stream(prompt, max_tokens=max_tokens, seed=seed):
        written += piece
        text = visible(written)
        if len(text) > shown:
            yield text[shown:]
            shown = len(text)
    seconds = time.perf_counter() - start
    used = usage(model, length(model, prompt), model.count(written), seconds)
    yield Completion(written, used)
