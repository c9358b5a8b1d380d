"""Stage 3: the folder that is shipped: bf16 safetensors in small files, tokeniser, template.

    python training/reader/export.py --data ../shared/data --out RUN --config cpu

Writes RUN/openbook-reader from the newest checkpoint of RUN/instruct, finished or not.
"""

from __future__ import annotations

import shutil

import torch
from _cli import arguments
from _model import network, weights_of
from transformers import AutoTokenizer

from openbook.models.verbatim import FLAG


def main() -> None:
    """Convert, save, print sizes."""
    given = arguments(__doc__)
    net = network(given.config.model, given.config.seed)
    net.load_state_dict(weights_of(given.out / "instruct"))
    part, target = given.out / ".openbook-reader", given.out / "openbook-reader"
    shutil.rmtree(part, ignore_errors=True)
    net.generation_config.do_sample = False
    setattr(net.config, FLAG, True)
    net.to(torch.bfloat16).save_pretrained(part, max_shard_size="15MB")
    AutoTokenizer.from_pretrained(given.out / "tokenizer").save_pretrained(part)
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)
    for path in sorted(target.iterdir()):
        print(f"{path.stat().st_size / 1e6:7.2f} MB  {path.name}")


if __name__ == "__main__":
    main()
