"""Stage 2: learning to read. Resumable at any checkpoint.

    python training/reader/instruct.py --data ../shared/data --out RUN --config cpu

Needs RUN/rows, and RUN/pretrain or RUN/begin: the folder of a reader, the one that is shipped
for example, which then learns on. Rows of like length stand in a batch together; short ones
tend to come early and long ones late, because choosing among few sentences is learnt first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _cli import arguments, conclude, show
from _config import Config, Instruct, plain
from _model import Batch, Learner, hash_of, network, padded, parameters, weights_of
from numpy.typing import NDArray
from transformers import Qwen3ForCausalLM

from openbook.models.weights import fingerprint
from openbook.tune.run import RunSettings, Step, run
from openbook.types import digest

BEGIN = "begin"
WINDOW = 2_048
"""Rows among which those of like length are put together."""


@dataclass(frozen=True)
class Rows:
    """All rows: ids and weights one after another, and where each row begins."""

    ids: NDArray[np.uint16]
    weights: NDArray[np.uint8]
    begins: NDArray[np.int64]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each row."""
        return np.diff(self.begins)

    @classmethod
    def read(cls, folder: Path) -> Rows:
        """All shards of a folder, in order."""
        shards = [np.load(path) for path in sorted(folder.glob("[0-9]*[0-9].npz"))]
        if not shards:
            raise SystemExit(f"{folder} holds no rows: run rows.py first")
        lengths = np.concatenate([shard["lengths"] for shard in shards])
        return cls(
            np.concatenate([shard["ids"] for shard in shards]),
            np.concatenate([shard["weights"] for shard in shards]),
            np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]),
        )

    def batch(self, rows: NDArray[np.int64]) -> Batch:
        """Some rows, padded."""
        spans = [(self.begins[row], self.begins[row + 1]) for row in rows]
        return padded(
            [self.ids[a:b] for a, b in spans],
            [self.weights[a:b].astype(np.float32) / 10 for a, b in spans],
        )


def batches(lengths: NDArray[np.int64], stage: Instruct, seed: int) -> list[NDArray[np.int64]]:
    """Which rows each step reads: every row once, about ``batch_tokens`` a step."""
    random = np.random.default_rng(seed)
    rank = np.argsort(np.argsort(lengths, kind="stable")) / max(len(lengths), 1)
    order = np.argsort(random.random(len(lengths)) + rank, kind="stable")
    found: list[NDArray[np.int64]] = []
    for begin in range(0, len(order), WINDOW):
        window = order[begin : begin + WINDOW]
        window = window[np.argsort(lengths[window], kind="stable")]
        cut = np.cumsum(lengths[window]) // stage.batch_tokens
        parts = np.split(window, np.flatnonzero(np.diff(cut)) + 1)
        found += [parts[at] for at in random.permutation(len(parts))]
    return found


class Instructing:
    """Learn to write what the rows want."""

    def __init__(self, out: Path, config: Config) -> None:
        self.config, self.stage = config, config.instruct
        self.rows = Rows.read(out / "rows")
        self.batches = batches(self.rows.lengths, self.stage, config.seed)
        self.made_of = {
            "rows": digest(*(hash_of(path) for path in sorted((out / "rows").glob("*.npz")))),
        }
        net = network(config.model, config.seed)
        if (out / BEGIN).is_dir():
            self.made_of["base"] = fingerprint(out / BEGIN)
            begun = Qwen3ForCausalLM.from_pretrained(out / BEGIN, dtype=torch.float32)
            net.load_state_dict(begun.state_dict())
        else:
            self.made_of["base"] = hash_of(out / "pretrain" / "checkpoint.pt")
            net.load_state_dict(weights_of(out / "pretrain"))
        self.learner = Learner(net, self.stage.optimiser, self.steps, config.device)

    @property
    def steps(self) -> int:
        """One pass, or as configured."""
        return self.stage.steps or len(self.batches)

    def spec(self) -> Mapping[str, Any]:
        """Model, stage, data."""
        model, stage = plain(self.config.model), plain(self.stage)
        return {"seed": self.config.seed, "model": model, "stage": stage, **self.made_of}

    def step(self, number: int) -> Step:
        """One batch of rows."""
        chosen = self.batches[number % len(self.batches)]
        return self.learner.learn(self.rows.batch(chosen), number)

    def state(self) -> dict[str, Any]:
        """Weights and optimisers."""
        return self.learner.state()

    def restore(self, state: dict[str, Any]) -> None:
        """What :meth:`state` gave."""
        self.learner.restore(state)


def main() -> None:
    """Train until the end, or until stopped."""
    given = arguments(__doc__)
    torch.set_num_threads(given.config.threads)
    job = Instructing(given.out, given.config)
    print(f"{parameters(job.learner.net):,} parameters, {len(job.rows.begins) - 1:,} rows")
    settings = RunSettings(stop_after_minutes=given.minutes, checkpoint_minutes=3)
    conclude(run(job, given.out / "instruct", settings, show))


if __name__ == "__main__":
    main()
