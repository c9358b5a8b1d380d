"""One call of transformers' ``generate``: a left-padded batch in, new tokens out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from openbook.errors import ModelError, need

_TAIL = 24
"""Tokens at the end of a text in which stop strings are looked for at each step."""

_TIMES, _LOOP, _PERIOD = 4, 40, 24
"""A text ends that goes round in circles: that repeats the same tokens, at most 24, at least four
times and for at least 40 tokens, with a letter among them; without one, for twice as many.
"""


@dataclass(frozen=True)
class Wanted:
    """How a text is to be written."""

    max_tokens: int
    temperature: float
    seed: int
    stop: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Loaded:
    """A model in evaluation mode, its tokeniser, and whether it is an encoder-decoder."""

    model: Any
    tokenizer: Any
    paired: bool


def generate(
    loaded: Loaded,
    tokens: Sequence[Sequence[int]],
    wanted: Wanted,
    most: int,
    *,
    rule: Callable[[Any, Any], Any] | None = None,
    streamer: Any = None,
    stopped: threading.Event | None = None,
) -> list[list[int]]:
    """What a model writes after each prompt, in order, without padding and end.

    Args:
        loaded: what writes.
        tokens: prompts as token ids.
        wanted: temperature, seed, stop strings.
        most: how many tokens at most.
        rule: from the ids and scores of a step to the scores that count
            (:class:`openbook.models.verbatim.Verbatim`).
        streamer: gets the tokens as they are written.
        stopped: set from outside to end early.

    Raises:
        ModelError: the model failed (out of memory, damaged weights).
    """
    torch, library = need("torch", "local"), need("transformers", "local")
    model, tokenizer = loaded.model, loaded.tokenizer
    ids, mask = _padded(tokens, tokenizer.pad_token_id or 0, torch, model.device)
    ends = ends_of(model, tokenizer)
    criteria = library.StoppingCriteriaList([_Enough(tokenizer, wanted.stop, stopped, torch)])
    devices = [model.device] if model.device.type == "cuda" else []
    try:
        with torch.random.fork_rng(devices=devices), torch.inference_mode():
            torch.manual_seed(wanted.seed)
            out = model.generate(
                input_ids=ids,
                attention_mask=mask,
                generation_config=_how(library, tokenizer, wanted, most, ends),
                logits_processor=library.LogitsProcessorList([rule] if rule else []),
                stopping_criteria=criteria,
                streamer=streamer,
            )
    except (RuntimeError, ValueError, IndexError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ModelError(
            f"the model failed while writing ({reason})",
            where=str(getattr(model.config, "_name_or_path", "")),
            fix="Try dtype float32, a smaller batch_size, or another device.",
        ) from error
    begin = 1 if loaded.paired else ids.shape[1]
    return [_without_end(row[begin:].tolist(), ends, tokenizer.pad_token_id) for row in out]


def _how(library: Any, tokenizer: Any, wanted: Wanted, most: int, ends: list[int]) -> Any:
    """Greedy at temperature 0; else plain sampling. The model's own defaults for top_p and
    top_k do not count, its repetition penalty does.
    """
    sampled = wanted.temperature > 0
    return library.GenerationConfig(
        max_new_tokens=most,
        do_sample=sampled,
        temperature=wanted.temperature if sampled else 1.0,
        top_p=1.0,
        top_k=50 if not sampled else 0,
        num_beams=1,
        pad_token_id=tokenizer.pad_token_id or 0,
        eos_token_id=ends or None,
    )


def _padded(tokens: Sequence[Sequence[int]], pad: int, torch: Any, device: Any) -> tuple[Any, Any]:
    """Ids and mask, shape ``(prompts, longest)``, padded on the left."""
    width = max(len(row) for row in tokens)
    ids = [[pad] * (width - len(row)) + list(row) for row in tokens]
    mask = [[0] * (width - len(row)) + [1] * len(row) for row in tokens]
    return torch.tensor(ids, device=device), torch.tensor(mask, device=device)


def ends_of(model: Any, tokenizer: Any) -> list[int]:
    """Ids of the tokens that end a text."""
    stated = getattr(model.generation_config, "eos_token_id", None)
    listed = [stated] if isinstance(stated, int) else list(stated or ())
    own = tokenizer.eos_token_id
    return listed or ([own] if own is not None else [])


def _without_end(ids: list[int], ends: list[int], pad: int | None) -> list[int]:
    cut = next((i for i, token in enumerate(ids) if token in ends), len(ids))
    ids = ids[:cut]
    while ids and pad is not None and ids[-1] == pad:
        ids.pop()
    return ids


class _Enough:
    """Ends a row at a stop string or in a loop, and all rows when told to stop from outside."""

    def __init__(
        self, tokenizer: Any, stop: Sequence[str], stopped: threading.Event | None, torch: Any
    ) -> None:
        self.tokenizer, self.stop, self.stopped, self.torch = tokenizer, stop, stopped, torch
        self.width = 0

    def __call__(self, input_ids: Any, scores: Any, **kwargs: Any) -> Any:
        """A flag a row, shape ``(rows,)``."""
        self.width = self.width or input_ids.shape[1] - 1
        if self.stopped is not None and self.stopped.is_set():
            flags = [True] * len(input_ids)
        else:
            longest = max(2 * _LOOP, _TIMES * _PERIOD)
            new = input_ids[:, max(self.width, input_ids.shape[1] - longest) :].tolist()
            flags = [self._ended(row[-_TAIL:]) or self._loops(row) for row in new]
        return self.torch.tensor(flags, device=input_ids.device, dtype=self.torch.bool)

    def _ended(self, row: list[int]) -> bool:
        if not self.stop:
            return False
        text = self.tokenizer.decode(row, skip_special_tokens=True)
        return any(word in text for word in self.stop)

    def _loops(self, row: list[int]) -> bool:
        for period in range(1, min(_PERIOD, len(row) // _TIMES) + 1):
            span = max(_LOOP, _TIMES * period)
            if len(row) >= span and row[period - span :] == row[-span:-period]:
                block = self.tokenizer.decode(row[-period:], skip_special_tokens=True)
                lettered = any(sign.isalpha() for sign in block)
                twice = 2 * _LOOP
                if lettered or (len(row) >= twice and row[period - twice :] == row[-twice:-period]):
                    return True
        return False
