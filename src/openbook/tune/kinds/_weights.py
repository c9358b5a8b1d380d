"""What kinds that peft lacks share: the weights that learn, by their names in the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from openbook.models.adapters import save_weights
from openbook.tune.kinds import Kind


@dataclass(frozen=True)
class WeightsKind(Kind):
    """A kind whose learnt weights are the model's own, or stand beside them in it."""

    form = "weights"
    """How :func:`openbook.models.adapters.attach` puts them on the base."""

    def state(self, model: Any) -> dict[str, Any]:
        """The weights that learn."""
        return {name: weight.detach().clone() for name, weight in learning(model).items()}

    def restore(self, model: Any, state: Mapping[str, Any]) -> None:
        """What :meth:`state` gave."""
        model.load_state_dict(dict(state), strict=False)

    def save(self, model: Any, folder: Path, base: str) -> None:
        """The weights, with a note that says how they are put on the base."""
        save_weights(folder, learning(model), {"form": self.form, "base": base, **asdict(self)})


def learning(model: Any) -> dict[str, Any]:
    """A model's weights that learn, by name; one that is used twice once."""
    return {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
