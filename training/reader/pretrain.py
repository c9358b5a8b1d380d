"""Stage 1: language modelling on both corpora. Resumable at any checkpoint.

    python training/reader/pretrain.py --data ../shared/data --out RUN --config cpu

Needs RUN/tokenizer and RUN/tokens.npy; begins with RUN/vectors.npy where it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _cli import arguments, conclude, show
from _config import Config, plain
from _model import USER, Batch, Learner, hash_of, network, parameters
from circuits import Flag, install
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokens import FILE
from transformers import Qwen3ForCausalLM

from openbook.models.prompts import ANSWER, BEGIN_QUOTE
from openbook.tune.run import RunSettings, Step, run


class Pretraining:
    """Predict the next token of random stretches of the corpora."""

    def __init__(self, out: Path, config: Config) -> None:
        self.config, self.stage = config, config.pretrain
        self.ids = np.load(out / FILE, mmap_mode="r")
        vectors = out / "vectors.npy"
        self.made_of = {"tokens": hash_of(out / FILE)}
        net = network(config.model, config.seed)
        if vectors.is_file():
            self.made_of["vectors"] = hash_of(vectors)
            with torch.no_grad():
                net.model.embed_tokens.weight.copy_(torch.from_numpy(np.load(vectors)))
        begin(net, Tokenizer.from_file(str(out / "tokenizer" / "tokenizer.json")), self.ids, config)
        self.learner = Learner(net, self.stage.optimiser, self.steps, config.device)

    @property
    def steps(self) -> int:
        """As configured."""
        return self.stage.steps

    def spec(self) -> Mapping[str, Any]:
        """Model, stage, data."""
        model, stage = plain(self.config.model), plain(self.stage)
        return {"seed": self.config.seed, "model": model, "stage": stage, **self.made_of}

    def step(self, number: int) -> Step:
        """One batch of stretches that begin anywhere."""
        random = np.random.default_rng([self.config.seed, number])
        stage = self.stage
        ids = np.stack([self._stretch(random, stage.length) for _ in range(stage.rows)])
        weights = (random.random(ids.shape) < stage.loss_share).astype(np.float32)
        for row in range(round(stage.copies * stage.rows)):
            ids[row], weights[row] = copied(ids[row], random)
        return self.learner.learn(Batch(ids, weights), number)

    def _stretch(self, random: np.random.Generator, length: int) -> NDArray[np.int64]:
        at = random.integers(0, len(self.ids) - length)
        return np.asarray(self.ids[at : at + length], np.int64)

    def state(self) -> dict[str, Any]:
        """Weights and optimisers."""
        return self.learner.state()

    def restore(self, state: dict[str, Any]) -> None:
        """What :meth:`state` gave."""
        self.learner.restore(state)


def begin(
    net: Qwen3ForCausalLM, tokenizer: Tokenizer, ids: NDArray[np.uint16], config: Config
) -> None:
    """Set what the network begins with (:mod:`circuits`)."""
    size = config.model.vocabulary
    marks = {
        Flag.START: USER,
        Flag.PASSAGE: "<passage id=",
        Flag.QUOTE: BEGIN_QUOTE,
        Flag.ANSWER: ANSWER,
    }
    install(
        net,
        config.seed,
        [tokenizer.decode([number], skip_special_tokens=False) for number in range(size)],
        np.bincount(ids, minlength=size),
        {flag: tokenizer.token_to_id(mark) for flag, mark in marks.items()},
    )


def copied(
    ids: NDArray[np.int64], random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """A row whose last half is stretches of its first half, and weights on all of a stretch but
    its first token, which nothing tells.
    """
    half = len(ids) // 2
    parts, weights = [ids[:half]], [np.zeros(half, np.float32)]
    while (left := len(ids) - sum(map(len, parts))) > 0:
        length = min(int(random.integers(8, 41)), left, half)
        at = random.integers(0, half - length + 1)
        parts.append(ids[at : at + length])
        weights.append(np.ones(length, np.float32))
        weights[-1][0] = 0
    return np.concatenate(parts), np.concatenate(weights)


def main() -> None:
    """Train until the end, or until stopped."""
    given = arguments(__doc__)
    torch.set_num_threads(given.config.threads)
    job = Pretraining(given.out, given.config)
    print(f"{parameters(job.learner.net):,} parameters, {len(job.ids):,} tokens")
    settings = RunSettings(stop_after_minutes=given.minutes, checkpoint_minutes=3)
    conclude(run(job, given.out / "pretrain", settings, show))


if __name__ == "__main__":
    main()
