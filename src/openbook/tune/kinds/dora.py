"""DoRA: LoRA that learns a weight's direction, and its length apart.

Source: Liu et al., "DoRA: Weight-Decomposed Low-Rank Adaptation", ICML 2024
(arXiv:2402.09353). A weight is divided by its length, so a layer with a row of zeros (the
bundled reader has some, from the heads that were set by hand) gets no adapter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from openbook.errors import need
from openbook.tune.kinds.lora import Lora


@dataclass(frozen=True)
class Dora(Lora):
    """Low-rank changes of directions, with learnt lengths."""

    dora: ClassVar[bool] = True

    def config(self, model: Any) -> Any:
        """peft's ``LoraConfig``, without the layers that have a row of length 0."""
        made = super().config(model)
        made.exclude_modules = _without_length(model) or None
        return made


def _without_length(model: Any) -> list[str]:
    """Names of linear layers with a row of zeros."""
    linear = need("torch", "local").nn.Linear
    return [
        name
        for name, layer in model.named_modules()
        if isinstance(layer, linear) and bool((layer.weight.detach().norm(dim=1) == 0).any())
    ]
