"""Transfer learning: the last layers learn, the layers below them stay as they are.

Source: Yosinski et al., "How transferable are features in deep neural networks?", NIPS 2014
(arXiv:1411.1792).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from openbook.errors import InputError
from openbook.models.bottleneck import layers_of
from openbook.models.decoding import Loaded
from openbook.settings import setting
from openbook.tune.kinds import refuse_below
from openbook.tune.kinds._weights import WeightsKind


@dataclass(frozen=True)
class Frozen(WeightsKind):
    """The weights of the last layers."""

    learning_rate: ClassVar[float] = 3e-4
    dtype: ClassVar[str] = "float32"
    layers: int = setting(2, "How many of the last layers learn.", least=1)

    def check(self) -> None:
        """At least one layer."""
        refuse_below(self, layers=1)

    def put(self, loaded: Loaded) -> Any:
        """The model, frozen below its last layers."""
        there = layers_of(loaded.model)
        if self.layers > len(there):
            raise InputError(
                f"layers = {self.layers}, and the model has {len(there)}",
                where="kind frozen",
                fix=f"Give {len(there)} or fewer.",
            )
        loaded.model.requires_grad_(False)
        for layer in there[-self.layers :]:
            layer.requires_grad_(True)
        return loaded.model
