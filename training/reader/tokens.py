"""Stage 1a: the corpora as token ids, documents parted by the end token.

    python training/reader/tokens.py --data ../shared/data --out RUN --config cpu

Writes RUN/tokens.npy (uint16) once; a later start leaves it alone.
"""

from __future__ import annotations

import itertools
from array import array
from pathlib import Path

import numpy as np
from _cli import arguments
from _model import END, SPECIAL
from corpora import mixed
from numpy.typing import NDArray
from tokenizers import Tokenizer

from openbook.artifacts import fsync_folder

FILE = "tokens.npy"
TOGETHER = 256
"""Documents that are cut into tokens side by side."""


def encoded(data: Path, tokenizer: Tokenizer, megabytes: float) -> NDArray[np.uint16]:
    """All documents one after another, shape ``(tokens,)``."""
    ids, end = array("H"), SPECIAL.index(END)
    documents = mixed(data, megabytes)
    while texts := list(itertools.islice(documents, TOGETHER)):
        for encoding in tokenizer.encode_batch_fast(texts):
            ids.extend(encoding.ids)
            ids.append(end)
    return np.frombuffer(ids, np.uint16)


def main() -> None:
    """Encode, save, print."""
    given = arguments(__doc__)
    target = given.out / FILE
    if target.is_file():
        print(f"{target} is there")
        return
    tokenizer = Tokenizer.from_file(str(given.out / "tokenizer" / "tokenizer.json"))
    found = encoded(given.data, tokenizer, given.config.pretrain_mb)
    part = target.with_suffix(".part.npy")
    np.save(part, found)
    part.replace(target)
    fsync_folder(given.out)
    print(f"{len(found):,} tokens")


if __name__ == "__main__":
    main()
