"""Stage 2a: instruction data as token ids, in shards, side by side.

    python training/reader/rows.py --data ../shared/data --out RUN --config cpu

Writes RUN/rows/NNNN.npz; shards that are there are left alone, so it goes on where it was
stopped. A shard holds the ids of all its rows one after another, the weight of each token
(in tenths) and each row's length.
"""

from __future__ import annotations

from array import array
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from random import Random

import numpy as np
from _cli import arguments
from _config import Config
from _model import END
from layout import SURE, Written, lay_out
from tasks.mixture import SHAPES, mixed
from tokenizers import Tokenizer

EACH = 5_000
"""Rows of a shard."""


def encode(
    written: Written, tokenizer: Tokenizer, quote_weight: float
) -> tuple[list[int], list[int]]:
    """Token ids of what is seen and what must be written, and their weights in tenths."""
    ids = tokenizer.encode(written.seen).ids
    weights = [0] * len(ids)
    for text, full in written.wanted:
        part = tokenizer.encode(text).ids
        ids = ids + part
        later = len(part) if full else SURE + 1  # the mark before a quote, and its first words
        weights += [10] * min(later, len(part))
        weights += [round(10 * quote_weight)] * max(0, len(part) - later)
    return [*ids, tokenizer.token_to_id(END)], [*weights, 10]


def make(shard: int, data: Path, out: Path, config: Config, shards: int) -> str:
    """One shard."""
    target = out / "rows" / f"{shard:04d}.npz"
    if target.is_file():
        return f"{target.name} is there"
    tokenizer = Tokenizer.from_file(str(out / "tokenizer" / "tokenizer.json"))
    stage, random = config.instruct, Random(config.seed * 100_003 + shard)
    count = min(EACH, stage.rows - shard * EACH)
    ids, weights, lengths, left = array("H"), array("B"), array("i"), 0
    share = (shard + 0.5) / shards
    early = "short" if share < stage.short else "early"
    shape = SHAPES[early if share < stage.short + stage.early else "full"]
    rows = mixed(data, config.seed, count, shard=shard, shards=shards, shape=shape)
    for row in rows:
        some, weight = encode(lay_out(row, random), tokenizer, stage.quote_weight)
        if len(some) > stage.longest:
            left += 1
            continue
        ids.extend(some)
        weights.extend(weight)
        lengths.append(len(some))
    part = target.with_suffix(".part.npz")
    np.savez(
        part,
        ids=np.frombuffer(ids, np.uint16),
        weights=np.frombuffer(weights, np.uint8),
        lengths=np.frombuffer(lengths, np.int32),
    )
    part.replace(target)
    return f"{target.name}: {len(lengths):,} rows, {len(ids):,} tokens, {left} too long"


def main() -> None:
    """All shards."""
    given = arguments(__doc__)
    (given.out / "rows").mkdir(exist_ok=True)
    shards = -(-given.config.instruct.rows // EACH)
    work = partial(make, data=given.data, out=given.out, config=given.config, shards=shards)
    with ProcessPoolExecutor(given.config.workers) as pool:
        for done in as_completed([pool.submit(work, shard) for shard in range(shards)]):
            print(done.result(), flush=True)


if __name__ == "__main__":
    main()
