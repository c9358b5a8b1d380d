"""Stage three: the table of vectors, learnt by telling a text's partner from the others.

Loss: InfoNCE (van den Oord et al., 2018) both ways over the batch; where a pair crosses
languages the first texts are negatives of each other too, which keeps languages from parting.
A batch holds pairs of one source, so that negatives are alike; which one is drawn by the
configured shares.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pairs
import torch
import torch.nn.functional as F
from config import Config, plain
from numpy.typing import NDArray

from openbook.tune.run import Step

ACROSS = frozenset(("page", "heading", "mixed", "line", "term", "word", "article"))
"""Sources whose pairs cross languages."""


class EncoderJob:
    """A :class:`openbook.tune.run.Job`."""

    def __init__(self, out: Path, config: Config) -> None:
        self.config, self.learning = config, config.learning
        self.pieces, held = pairs.load(out)
        shares = {name: part for name, part in self.learning.shares.items() if name in held}
        self.names = sorted(shares)
        self.chances = np.array([float(shares[name]) for name in self.names])
        self.chances /= self.chances.sum()
        self.rows = {name: held[name] for name in self.names}
        self.data = _hash(out)
        tokenizer = json.loads((out / "tokenizer.json").read_text("utf-8"))
        size = len(tokenizer["model"]["vocab"])
        self.table = torch.nn.Parameter(torch.from_numpy(self._beginning(size)))
        self.optimiser = torch.optim.Adam(
            [self.table], lr=self.learning.rate, betas=(0.9, 0.99), fused=True
        )

    @property
    def steps(self) -> int:
        """Batches in all."""
        return self.learning.steps

    def spec(self) -> Mapping[str, Any]:
        """The configuration and the hash of pieces and pairs."""
        return {**plain(self.config), "data": self.data}

    def step(self, number: int) -> Step:
        """One batch."""
        random = np.random.default_rng([self.config.seed, number])
        for group in self.optimiser.param_groups:
            group["lr"] = self.learning.rate * _schedule(number, self.steps)
        name = self.names[random.choice(len(self.names), p=self.chances)]
        rows = self.rows[name]
        count = min(self.learning.batch, len(rows))
        batch = rows[random.choice(len(rows), count, replace=False)]
        if random.random() < 0.5 and not batch[:, 5:].any():
            batch = batch[:, [0, 3, 4, 1, 2, 5, 6]]
        spans = np.concatenate([np.pad(batch[:, 1:3], ((0, 0), (0, 2))), batch[:, [5, 6, 3, 4]]])
        vectors, read = self._texts(spans.reshape(-1, 2, 2), random)
        first, second = vectors[:count], vectors[count:]
        groups = torch.from_numpy(batch[:, 0])
        loss = Contrast.apply(first, second, groups, self.learning.scale, name in ACROSS)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        return Step(loss.item(), read)

    def state(self) -> dict[str, Any]:
        """Table and optimiser."""
        return {"table": self.table.detach(), "optimiser": self.optimiser.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up a state."""
        with torch.no_grad():
            self.table.copy_(state["table"])
        self.optimiser.load_state_dict(state["optimiser"])

    def _texts(self, spans: NDArray[np.int32], random: Any) -> tuple[torch.Tensor, int]:
        numbers, bags = gather(self.pieces, spans)
        kept = random.random(len(numbers), dtype=np.float32) >= self.learning.drop
        size = self.table.shape[0]
        keys, counts = np.unique(bags[kept] * size + numbers[kept], return_counts=True)
        offsets = np.searchsorted(keys, np.arange(len(spans), dtype=np.int64) * size)
        summed = F.embedding_bag(
            torch.from_numpy(keys % size),
            self.table,
            torch.from_numpy(offsets),
            mode="sum",
            per_sample_weights=torch.from_numpy(np.sqrt(counts).astype(np.float32)),
        )
        return F.normalize(summed, dim=1), len(numbers)

    def _beginning(self, size: int) -> NDArray[np.float32]:
        """Random directions, rare pieces long: a / (a + p), as Arora et al., 2017."""
        random = np.random.default_rng(self.config.seed)
        table = random.standard_normal((size, self.learning.dimension), np.float32)
        counts = np.bincount(self.pieces, minlength=size)
        smooth = self.learning.smooth
        weights = smooth / (smooth + counts / max(1, counts.sum()))
        made: NDArray[np.float32] = table * weights[:, None].astype(np.float32) * 0.1
        return made


def gather(
    pieces: NDArray[np.uint16], spans: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pieces of texts made of spans, shape ``(texts, parts, 2)``, and whose each is."""
    parts = spans.shape[1]
    starts = spans[:, :, 0].reshape(-1).astype(np.int64)
    lengths = spans[:, :, 1].reshape(-1).astype(np.int64) - starts
    ends = np.cumsum(lengths)
    at = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
    numbers = pieces[at + np.repeat(starts, lengths)].astype(np.int64)
    return numbers, np.repeat(np.arange(len(starts)) // parts, lengths)


class Contrast(torch.autograd.Function):
    """Mean InfoNCE both ways over unit vectors, its gradient worked out by hand.

    With ``E = exp(scale * (cosine - 1))`` the gradient by a cosine is ``scale`` times the mean of
    its shares in row and column, less one on the diagonal. That takes a third of the time and
    memory of the same loss put together from library calls; a test compares them.
    """

    @staticmethod
    def forward(ctx: Any, *given: Any) -> torch.Tensor:
        """First and second vectors, shape ``(n, d)``, groups ``(n,)``, scale, and whether the
        first texts are negatives of each other too.
        """
        first, second, groups, scale, within = given
        count = len(groups)
        between = torch.mm(first, second.T)
        right = between.diagonal().clone()
        between.sub_(1.0).mul_(scale).exp_()
        repeated = len(torch.unique(groups)) < count
        if repeated:
            same = groups[:, None] == groups[None, :]
            between.masked_fill_(same.fill_diagonal_(False), 0.0)
        rows, columns = between.sum(1), between.sum(0)
        beside = None
        if within:
            beside = torch.mm(first, first.T).sub_(1.0).mul_(scale).exp_().fill_diagonal_(0.0)
            if repeated:
                beside.masked_fill_(same, 0.0)
            rows = rows + beside.sum(1)
        loss = (rows.log() + columns.log()).mean() / 2 - scale * (right - 1.0).mean()
        half = 0.5 * scale / count
        gradient = between * (half / rows[:, None])
        gradient.addcmul_(between, (half / columns)[None, :])
        gradient.diagonal().sub_(2 * half)
        to_first, to_second = torch.mm(gradient, second), torch.mm(gradient.T, first)
        if beside is not None:
            beside.mul_(half / rows[:, None])
            to_first += torch.mm(beside, first) + torch.mm(beside.T, first)
        ctx.save_for_backward(to_first, to_second)
        return loss

    @staticmethod
    def backward(ctx: Any, *by: Any) -> Any:
        """Gradients by both vectors."""
        to_first, to_second = ctx.saved_tensors
        return by[0] * to_first, by[0] * to_second, None, None, None


def _schedule(number: int, steps: int) -> float:
    """Warm-up over a twentieth of the steps, then a cosine to a hundredth."""
    warm = max(1, steps // 20)
    if number < warm:
        return (number + 1) / warm
    return 0.01 + 0.99 * (1 + math.cos(math.pi * (number - warm) / max(1, steps - warm))) / 2


def _hash(out: Path) -> str:
    state = blake2b(digest_size=8)
    for name in ("tokenizer.json", "pieces.npy", "pairs.npz"):
        state.update((out / name).read_bytes())
    return state.hexdigest()
