"""How likely a local language model finds a text after another, token by token.

Only models on this machine say so; servers seldom do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openbook.errors import ModelError, need
from openbook.models.local import LocalLM
from openbook.types import LM

AT_ONCE = 4
"""Texts read together: their logits over the whole vocabulary are held in memory."""


@dataclass(frozen=True, eq=False)
class Likelihood:
    """Log probabilities (natural) of a text's tokens, and the character where each begins.

    Tokens that do not fit the model's window are left out.
    """

    starts: NDArray[np.int64]
    values: NDArray[np.float64]

    @property
    def mean(self) -> float:
        """Mean log probability of a token; 0 where none was read."""
        return float(self.values.mean()) if len(self.values) else 0.0


def likelihoods(model: LM, pairs: Sequence[tuple[str, str]]) -> list[Likelihood]:
    """The likelihood of each second text after the first, which may be empty.

    Args:
        model: a decoder-only model on this machine.
        pairs: what is read before, and the text that is judged.

    Raises:
        ModelError: a model that cannot say, or that fails.
    """
    if not isinstance(model, LocalLM) or model.loaded.paired:
        raise ModelError(
            "cannot say how likely a text is: only decoders on this machine can",
            where=model.name,
            fix='Name a local model, for example "openbook-reader".',
        )
    tokens = [_tokens(model, before, text) for before, text in pairs]
    order = sorted(range(len(pairs)), key=lambda n: len(tokens[n][0]))
    found: dict[int, Likelihood] = {}
    for at in range(0, len(order), AT_ONCE):
        rows = order[at : at + AT_ONCE]
        for row, made in zip(rows, _read(model, [tokens[n] for n in rows]), strict=True):
            found[row] = made
    return [found[n] for n in range(len(pairs))]


_Tokens = tuple[list[int], int, list[int]]
"""Ids of both texts, how many are the first's, and where the second's begin."""


def _tokens(model: LocalLM, before: str, text: str) -> _Tokens:
    tokenizer = model.loaded.tokenizer
    first = (
        tokenizer(before, add_special_tokens=False, verbose=False)["input_ids"] if before else []
    )
    begin = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
    first = [0 if begin is None else begin, *first]
    second = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    ids, starts = second["input_ids"], [a for a, _ in second["offset_mapping"]]
    most = model.context_tokens or len(first) + len(ids)
    if len(first) > most // 2 and len(first) + len(ids) > most:
        first = [first[0], *first[-(most // 2 - 1) :]]  # the nearest half is read
    ids = ids[: most - len(first)]
    return [*first, *ids], len(first), starts[: len(ids)]


def _read(model: LocalLM, tokens: Sequence[_Tokens]) -> list[Likelihood]:
    torch = need("torch", "local")
    width = max(len(ids) for ids, _, _ in tokens)
    held = model.loaded.model
    ids = torch.zeros((len(tokens), width), dtype=torch.long)
    mask = torch.zeros((len(tokens), width), dtype=torch.long)
    for row, (one, _, _) in enumerate(tokens):  # padded on the right: what follows is not seen
        ids[row, : len(one)] = torch.tensor(one)
        mask[row, : len(one)] = 1
    try:
        with model.lock, torch.inference_mode():
            out = held(input_ids=ids.to(held.device), attention_mask=mask.to(held.device))
            logits = out.logits[:, -width:]  # learnt positions may stand before the text
            return [_one(logits[row], ids[row], tokens[row], torch) for row in range(len(tokens))]
    except (RuntimeError, ValueError, IndexError) as error:
        raise ModelError(
            f"the model failed while reading ({' '.join(str(error).split())[:200]})",
            where=model.name,
            fix="Try dtype float32, or another device.",
        ) from error


def _one(logits: Any, ids: Any, tokens: _Tokens, torch: Any) -> Likelihood:
    (every, first, starts), last = tokens, len(tokens[0])
    if first >= len(every):
        return Likelihood(np.zeros(0, np.int64), np.zeros(0))
    table = torch.log_softmax(logits[first - 1 : last - 1].float(), dim=-1)
    chosen = ids[first:last].to(table.device)[:, None]
    values = table.gather(1, chosen)[:, 0].double().cpu().numpy()
    return Likelihood(np.array(starts, np.int64), values)
