"""What the reader writes, in the middle of its training, on rows that it has not seen.

    python training/reader/look.py --data ../shared/data --out RUN --config cpu

Prints a few rows of every task with what was wanted and what was written, and F1 by task and
language. The rows come from the training sources with another seed: it shows whether the
reader learns, not how good it is (``benchmarks/reader`` measures that).
"""

from __future__ import annotations

from collections import defaultdict
from random import Random

import torch
from _cli import arguments
from _model import END, PAD, SPECIAL, network, weights_of
from layout import lay_out
from tasks.mixture import mixed
from tokenizers import Tokenizer

from openbook.evaluate.answers import f1
from openbook.models.prompts import ANSWER

ROWS, SHOWN, TOGETHER, LONGEST = 400, 2, 16, 120


def write(net: torch.nn.Module, prompts: list[list[int]]) -> list[list[int]]:
    """Greedy continuations, prompts padded at the left."""
    longest = max(map(len, prompts))
    pad = SPECIAL.index(PAD)
    ids = torch.tensor([[pad] * (longest - len(p)) + p for p in prompts])
    out = net.generate(  # type: ignore[operator]
        input_ids=ids, attention_mask=(ids != pad).long(), max_new_tokens=LONGEST, do_sample=False
    )
    end = SPECIAL.index(END)
    rows = [row[longest:].tolist() for row in out]
    return [row[: row.index(end)] if end in row else row for row in rows]


def main() -> None:
    """Generate, compare, print."""
    given = arguments(__doc__)
    torch.set_num_threads(1)
    config = given.config
    net = network(config.model, config.seed)
    net.load_state_dict(weights_of(given.out / "instruct"))
    net.eval()
    tokenizer = Tokenizer.from_file(str(given.out / "tokenizer" / "tokenizer.json"))
    random = Random(5)
    rows = list(mixed(given.data, config.seed + 999, ROWS, shard=0, shards=1))
    texts = [lay_out(row, random) for row in rows]
    order = sorted(range(len(rows)), key=lambda at: len(texts[at].seen))
    scores: dict[str, list[float]] = defaultdict(list)
    with torch.inference_mode():
        for begin in range(0, len(order), TOGETHER):
            part = order[begin : begin + TOGETHER]
            written = write(net, [tokenizer.encode(texts[at].seen).ids for at in part])
            for at, ids in zip(part, written, strict=True):
                row, text = rows[at], tokenizer.decode(ids)
                wanted = "".join(part for part, _ in texts[at].wanted)
                name = f"{row.task} {row.language}{'' if row.answer else ' refuse'}"
                last = text.rsplit(ANSWER, 1)[-1].strip()
                scores[name].append(f1(last, wanted.rsplit(ANSWER, 1)[-1].strip(), row.language))
                if len(scores[name]) <= SHOWN:
                    print(f"--- {name}\n{row.question}\n  wanted  {wanted}\n  written {text}")
    for name, found in sorted(scores.items()):
        print(f"{sum(found) / len(found):.2f}  {len(found):4d}  {name}")


if __name__ == "__main__":
    main()
