"""Last stage: the learnt table as int8, with its vocabulary and card, in one folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from config import Config, plain
from numpy.typing import NDArray

from openbook.models.open import STATIC
from openbook.models.static import quantised, write_tensors


def publish(
    table: NDArray[np.float32], tokenizer: Path, folder: Path, config: Config,
    fusion: Mapping[str, float],
) -> None:  # fmt: skip
    """Write ``config.json``, ``tokenizer.json`` and ``model.safetensors``."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces = json.loads(tokenizer.read_text("utf-8"))["model"]["vocab"]
    write_tensors(folder / "model.safetensors", quantised(table[: len(pieces)]))
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    described: dict[str, Any] = {
        "kind": STATIC,
        "dimension": int(table.shape[1]),
        "languages": ["en", "ko"],
        "pooling": "sum of piece * sqrt(count), unit length",
        "fusion": dict(fusion),
        "trained": plain(config),
    }
    (folder / "config.json").write_text(
        json.dumps(described, indent=1, ensure_ascii=False) + "\n", "utf-8"
    )
