"""All tasks mixed by share, the same rows for the same seed and shard.

``SHARES`` names what a reader of a few million parameters is trained on. A task is read from
the module of its name, so a new one is a file and a line here.
"""

from __future__ import annotations

import importlib
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tasks._passages import EARLY, Shape
from tasks._row import Row

SHARES: Mapping[str, float] = {
    "squad": 21,
    "cloze_en": 10,
    "cloze_ko": 34,
    "definition": 8,
    "lookup": 7,
    "copying": 3,
    "statutes": 4,
    "aligned": 2,
    "wiki2": 2,
    "metaqa": 3,
    "keywords": 2,
    "writing": 2,
    "closed": 1,
    "followups": 1,
}
"""Parts of the mixture by task, the language or languages of a task included."""

SHORT = Shape(most_passages=2, most_characters=280, total_en=420, total_ko=260)
LONG: Mapping[str, float] = {
    **SHARES,
    "squad": 12,
    "cloze_en": 22,
    "definition": 7,
    "statutes": 3,
    "copying": 2,
}
"""The mixture for millions of rows, in which SQuAD's twelve thousand questions would come too
often."""

SHAPES: Mapping[str, Shape] = {"full": Shape(), "early": EARLY, "short": SHORT}


def mixed(
    data: Path,
    seed: int,
    count: int,
    shard: int = 0,
    shards: int = 1,
    shape: Shape | None = None,
    shares: Mapping[str, float] | None = None,
) -> Iterator[Row]:
    """``count`` rows of one shard. Shards differ by their seed; no row is kept in memory.

    Args:
        data: the folder of the public data.
        seed: with ``shard`` decides everything.
        count: rows of this shard.
        shard: which of the shards this is.
        shards: how many there are, part of the seed.
        shape: how many passages, how long, how many refusals.
        shares: parts by task instead of :data:`SHARES`.
    """
    shares = dict(SHARES if shares is None else shares)
    rng = random.Random(f"mixture {seed} {shard} {shards}")
    names = rng.choices(list(shares), list(shares.values()), k=count)
    streams = {
        name: _rows(name, data, seed * 1_000_003 + shard, names.count(name), shape)
        for name in dict.fromkeys(names)
    }
    for name in names:
        row = next(streams[name], None)
        if row is not None:
            yield row


def _rows(name: str, data: Path, seed: int, count: int, shape: Shape | None) -> Iterator[Row]:
    module: Any = importlib.import_module(f"tasks.{name}")
    stream: Iterator[Row] = module.rows(data, seed, count, shape=shape)
    return stream
