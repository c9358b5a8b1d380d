"""The reader's network, its optimiser, and one training step of them."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _config import Model, Optimiser
from numpy.typing import NDArray
from torch.nn import functional
from transformers import Qwen3Config, Qwen3ForCausalLM

from openbook.tune.run import Step

END, USER, ASSISTANT, PAD = "<|end|>", "<|user|>", "<|assistant|>", "<|pad|>"
SPECIAL = (PAD, END, USER, ASSISTANT)
"""Control tokens, in the order of their ids from 0."""
THETA = 1e9
"""Rotary base: two thirds of a head's coordinates hardly turn over the whole context, and can
compare tokens whatever their distance."""


@dataclass(frozen=True)
class Batch:
    """Token ids, shape ``(rows, length)``, padded at the right, and the weight of predicting
    each token from those before it (0 for what is only read).
    """

    ids: NDArray[np.int64]
    weights: NDArray[np.float32]


def network(model: Model, seed: int) -> Qwen3ForCausalLM:
    """A new network with random weights."""
    torch.manual_seed(seed)
    return Qwen3ForCausalLM(
        Qwen3Config(
            vocab_size=model.vocabulary,
            hidden_size=model.hidden,
            num_hidden_layers=model.layers,
            num_attention_heads=model.heads,
            num_key_value_heads=model.kv_heads,
            head_dim=model.hidden // model.heads,
            intermediate_size=model.feed_forward,
            max_position_embeddings=model.context,
            rope_parameters={"rope_type": "default", "rope_theta": THETA},
            tie_word_embeddings=True,
            initializer_range=0.02,
            pad_token_id=SPECIAL.index(PAD),
            eos_token_id=SPECIAL.index(END),
            bos_token_id=None,
        )
    )


class Learner:
    """A network that learns from batches; the part of a job that all stages share.

    Embeddings learn at a rate of their own: at the layers' rate they forget what they began
    with (:mod:`vectors`) before the layers can use it.
    """

    def __init__(self, net: Qwen3ForCausalLM, settings: Optimiser, steps: int, device: str) -> None:
        self.net = net.to(device).train()
        self.settings, self.steps, self.device = settings, steps, device
        words = [net.model.embed_tokens.weight]
        rest = [weight for name, weight in net.named_parameters() if "embed" not in name]
        self.rates = (settings.rate, settings.embedding_rate)
        self.optimiser = torch.optim.AdamW(
            [{"params": rest, "weight_decay": settings.weight_decay}, {"params": words}],
            lr=settings.rate,
            betas=(0.9, 0.98),
            weight_decay=0.0,
            fused=True,
        )

    def learn(self, batch: Batch, number: int) -> Step:
        """One step: forward, backward, update."""
        for group, rate in zip(self.optimiser.param_groups, self.rates, strict=True):
            group["lr"] = rate * schedule(number, self.steps, self.settings)
        ids = torch.from_numpy(batch.ids).to(self.device)
        weights = torch.from_numpy(batch.weights).to(self.device)
        with torch.autocast(self.device, torch.bfloat16, enabled=self.device != "cpu"):
            loss = self.loss(ids, weights)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), self.settings.clip)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        return Step(float(loss.detach()), int(ids.numel()))

    def loss(self, ids: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """Weighted mean cross-entropy; logits are computed only where the weight is not 0.

        Padding stands at the right, so no token that is read sees it and no mask is needed.
        """
        hidden = self.net.model(input_ids=ids, use_cache=False).last_hidden_state[:, :-1]
        wanted, weight = ids[:, 1:], weights[:, 1:]
        at = weight > 0
        logits = self.net.lm_head(hidden[at])
        losses = functional.cross_entropy(logits.float(), wanted[at], reduction="none")
        return (losses * weight[at]).sum() / weight[at].sum()

    def state(self) -> dict[str, Any]:
        """Weights and the optimiser's memory."""
        return {"net": self.net.state_dict(), "optimiser": self.optimiser.state_dict()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """What :meth:`state` gave."""
        self.net.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])


def schedule(number: int, steps: int, settings: Optimiser) -> float:
    """Share of the full learning rate at a step: linear up, flat, linear down to a twentieth.

    >>> [round(schedule(n, 100, Optimiser(warmup=10, decay=0.5)), 2) for n in (0, 9, 40, 75, 99)]
    [0.1, 1.0, 1.0, 0.52, 0.07]
    """
    up = min(1.0, (number + 1) / max(settings.warmup, 1))
    left = (steps - number) / max(steps * settings.decay, 1.0)
    return min(up, max(0.05, min(1.0, 0.05 + 0.95 * left)))


def padded(rows: Sequence[NDArray[Any]], weights: Sequence[NDArray[Any]]) -> Batch:
    """Rows of different lengths as one batch."""
    longest = max(len(row) for row in rows)
    ids = np.full((len(rows), longest), SPECIAL.index(PAD), np.int64)
    kept = np.zeros((len(rows), longest), np.float32)
    for at, (row, weight) in enumerate(zip(rows, weights, strict=True)):
        ids[at, : len(row)] = row
        kept[at, : len(weight)] = weight
    return Batch(ids, kept)


def weights_of(folder: Path) -> dict[str, torch.Tensor]:
    """The weights in a run's checkpoint."""
    from openbook.tune.checkpoint import load

    held = load(folder)
    if held is None:
        raise SystemExit(f"{folder} holds no checkpoint: run the stage before this one")
    weights: dict[str, torch.Tensor] = held["state"]["net"]
    return weights


def parameters(net: torch.nn.Module) -> int:
    """How many numbers a network has; tied ones count once."""
    return sum(math.prod(p.shape) for p in net.parameters())


def hash_of(path: Path) -> str:
    """A file's content as 16 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
