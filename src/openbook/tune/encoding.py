"""From rows to batches of ids: what is read, what is learnt, in which order.

A prompt reaches the model exactly as :class:`~openbook.models.local.LocalLM` hands it over (the
same code writes it). Only the completion is learnt. Text without a prompt is packed: pieces
follow each other, each closed by the token that ends a text, and are cut into blocks.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openbook.models.chat import prompt_tokens, reply_tokens
from openbook.models.decoding import Loaded, ends_of
from openbook.tune.rows import Row

UNLEARNT = -100
"""Label of a token that is read and not learnt, as torch's cross-entropy has it."""

ALIKE = 16
"""Batches among which rows of like length are put together."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A row as ids: what is read, then what is learnt."""

    read: list[int]
    learnt: list[int]

    @property
    def length(self) -> int:
        """Tokens of both."""
        return len(self.read) + len(self.learnt)


def encoded(
    rows: Sequence[Row], loaded: Loaded, longest: int, seed: int = 0
) -> tuple[list[Encoded], int]:
    """Rows as ids, and how many were left out because they are longer. Text is packed and never
    left out.

    Args:
        rows: in order.
        loaded: the base with its tokeniser.
        longest: tokens of a row at most.
        seed: decides in which order text is packed.
    """
    tokenizer = loaded.tokenizer
    end = ends_of(loaded.model, tokenizer)[:1]
    asked = [row for row in rows if row.prompt]
    made = [
        Encoded(prompt_tokens(row.prompt, tokenizer), reply_tokens(row.completion, tokenizer) + end)
        for row in asked
    ]
    texts = [row.completion for row in rows if not row.prompt]
    random.Random(f"{seed}/packing").shuffle(texts)
    fitting = [row for row in made if row.length <= longest]
    blocks = packed(texts, tokenizer, end, longest)
    return fitting + blocks, len(made) - len(fitting)


def packed(texts: Sequence[str], tokenizer: Any, end: Sequence[int], longest: int) -> list[Encoded]:
    """Texts one after the other, in blocks of ``longest`` tokens; the first of each is read."""
    begin = tokenizer.bos_token_id
    stream: list[int] = []
    for text in texts:
        stream += [] if begin is None else [begin]
        stream += [*reply_tokens(text, tokenizer), *end]
    blocks = [stream[at : at + longest] for at in range(0, len(stream), longest)]
    return [Encoded(block[:1], block[1:]) for block in blocks if len(block) > 1]


def batches(rows: Sequence[Encoded], size: int, epochs: int, seed: int) -> list[list[Encoded]]:
    """The rows of every step: each epoch in another order, like lengths together."""
    found: list[list[Encoded]] = []
    for epoch in range(epochs):
        draw = random.Random(f"{seed}/{epoch}")
        order = list(rows)
        draw.shuffle(order)
        for at in range(0, len(order), size * ALIKE):
            near = sorted(order[at : at + size * ALIKE], key=lambda row: row.length)
            parts = [near[i : i + size] for i in range(0, len(near), size)]
            draw.shuffle(parts)
            found += parts
    return found


def loss_of(
    model: Any, batch: Sequence[Encoded], pad: int, torch: Any, *, right: bool, ahead: int
) -> tuple[Any, int]:
    """Cross-entropy over the completions of a batch, summed, and how many tokens that are.

    Logits are made only where one of the rows learns the next token: with padding on the
    left, completions end together and few are needed.

    Args:
        model: with its adapter.
        batch: the rows.
        pad: id that fills up.
        torch: the library.
        right: whether rows are filled up on the right.
        ahead: learnt positions before the text among the hidden states.
    """
    width = max(row.length for row in batch)
    ids: list[list[int]] = []
    mask: list[list[int]] = []
    labels: list[list[int]] = []
    for row in batch:
        fill = width - row.length
        known = [UNLEARNT] * len(row.read) + row.learnt
        parts = ((row.read + row.learnt, pad), ([1] * row.length, 0), (known, UNLEARNT))
        for target, (own, void) in zip((ids, mask, labels), parts, strict=True):
            target.append(own + [void] * fill if right else [void] * fill + own)
    device = model.device
    seen, wanted = torch.tensor(mask, device=device), torch.tensor(labels, device=device)
    keep = (wanted != UNLEARNT).any(0).nonzero()[:, 0] - 1
    place = {} if right else {"position_ids": (seen.cumsum(1) - 1).clamp(min=0)}
    logits = model(
        input_ids=torch.tensor(ids, device=device),
        attention_mask=seen,
        logits_to_keep=keep + ahead,
        use_cache=False,
        **place,
    ).logits
    loss = torch.nn.functional.cross_entropy(
        logits.float().flatten(0, 1),
        wanted[:, keep + 1].flatten(),
        ignore_index=UNLEARNT,
        reduction="sum",
    )
    return loss, sum(len(row.learnt) for row in batch)
