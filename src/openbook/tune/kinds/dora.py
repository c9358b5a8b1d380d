"""DoRA: LoRA that learns a weight's direction, and its length apart.

Source: Liu et al., "DoRA: Weight-Decomposed Low-Rank Adaptation", ICML 2024
(arXiv:2402.09353).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from openbook.tune.kinds.lora import Lora


@dataclass(frozen=True)
class Dora(Lora):
    """Low-rank changes of directions, with learnt lengths."""

    dora: ClassVar[bool] = True
