"""Bottleneck adapters: two thin layers after each part of the model. See
:mod:`openbook.models.bottleneck`, where their sources stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from openbook.errors import InputError, need
from openbook.models.bottleneck import PLACES, learnable, put
from openbook.models.decoding import Loaded
from openbook.settings import setting
from openbook.tune.kinds import refuse_below
from openbook.tune.kinds._weights import WeightsKind


@dataclass(frozen=True)
class BottleneckKind(WeightsKind):
    """Layers of our own in a frozen model."""

    form = "bottleneck"
    learning_rate: ClassVar[float] = 2e-3
    width: int = setting(32, "Numbers that pass the bottleneck.", least=1)
    places: str = setting(
        "houlsby",
        "houlsby: after attention and after the feed-forward part of each layer; pfeiffer: after "
        "the feed-forward part.",
    )

    def check(self) -> None:
        """A width of at least 1, and known places."""
        refuse_below(self, width=1)
        if self.places not in PLACES:
            raise InputError(
                f'places = "{self.places}" is not known', fix=f"Give {' or '.join(PLACES)}."
            )

    def put(self, loaded: Loaded) -> Any:
        """The base, frozen, with adapters that change nothing yet."""
        need("torch", "local")
        loaded.model.requires_grad_(False)
        put(loaded.model, self.width, self.places)
        for part in learnable(loaded.model):
            part.requires_grad_(True)
        return loaded.model
