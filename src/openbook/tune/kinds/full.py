"""Full fine-tuning: every weight of the model learns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from openbook.models.decoding import Loaded
from openbook.tune.kinds._weights import WeightsKind


@dataclass(frozen=True)
class Full(WeightsKind):
    """All weights; the adapter is as large as the model."""

    learning_rate: ClassVar[float] = 2e-4
    dtype: ClassVar[str] = "float32"

    def put(self, loaded: Loaded) -> Any:
        """The model, all of it to learn."""
        return loaded.model.requires_grad_(True)
