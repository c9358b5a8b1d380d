"""Plain LoRA adapters side by side on one base, each for its own rows of a batch.

A row's output of a layer is ``W x + s B A x`` with the matrices of the row's adapter (Hu et al.,
arXiv:2106.09685). The matrices of all adapters are stacked layer by layer, filled up with zeros
to the highest rank, and picked by row in two batched products (as S-LoRA's kernels do,
arXiv:2311.03285), so a batch takes the same few operations whatever the number of adapters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from openbook.errors import need

UNDER = "base_model.model."
"""What peft puts before the names of a model's layers."""

PLAIN = ("use_dora", "modules_to_save", "trainable_token_indices", "alora_invocation_tokens",
         "lora_bias", "target_parameters")  # fmt: skip
"""Options with which LoRA is more than two matrices beside a layer."""


@dataclass(eq=False)
class _Layer:
    """The stacked matrices of a layer: place 0 is the base's own, which adds nothing."""

    down: Any
    up: Any


@dataclass(eq=False)
class Mixer:
    """A base model whose layers add to each row what its adapter says.

    Args:
        model: a copy of the base that nobody else puts anything on.
        adapters: peft models with one plain LoRA adapter each, by name.
    """

    model: Any
    adapters: Mapping[str, Any]
    _layers: dict[str, _Layer] = field(default_factory=dict, init=False)
    _rows: Any = field(default=None, init=False)

    def __post_init__(self) -> None:
        held = [_matrices(tuned) for tuned in self.adapters.values()]
        for name in dict.fromkeys(name for one in held for name in one):
            self._layers[name] = _stacked([one.get(name) for one in held])
            self.model.get_submodule(name).register_forward_hook(self._added(name))

    @contextmanager
    def rows(self, names: Sequence[str]) -> Iterator[Any]:
        """The model, for a batch whose rows have these adapters; an empty name is the base."""
        torch = need("torch", "local")
        places = {name: place for place, name in enumerate(self.adapters, 1)}
        self._rows = torch.tensor([places.get(name, 0) for name in names], device=self.model.device)
        try:
            yield self.model
        finally:
            self._rows = None

    def _added(self, name: str) -> Any:
        layer = self._layers[name]

        def hook(module: Any, given: tuple[Any, ...], output: Any) -> Any:
            if self._rows is None:
                return output
            down, up = layer.down[self._rows], layer.up[self._rows]
            read = given[0].to(down.dtype)
            return output + read.matmul(down).matmul(up).to(output.dtype)

        return hook


def mixable(model: Any) -> bool:
    """Whether a model has exactly one adapter, and that is plain LoRA."""
    configs = getattr(model, "peft_config", None)
    if not isinstance(configs, dict) or list(configs) != ["default"]:
        return False
    config = configs["default"]
    if str(getattr(config.peft_type, "value", config.peft_type)) != "LORA":
        return False
    if getattr(config, "bias", "none") != "none" or any(getattr(config, k, None) for k in PLAIN):
        return False
    return not any(len(getattr(part, "lora_embedding_A", ())) for part in model.modules())


def _matrices(tuned: Any) -> dict[str, tuple[Any, Any]]:
    """By layer: what goes down to the rank, ``(in, rank)``, and scaled up, ``(rank, out)``."""
    found = {}
    for name, part in tuned.named_modules():
        if "default" in getattr(part, "lora_A", ()):
            down = part.lora_A["default"].weight.detach().T
            up = part.lora_B["default"].weight.detach().T * part.scaling["default"]
            found[name.removeprefix(UNDER)] = (down, up)
    return found


def _stacked(matrices: Sequence[tuple[Any, Any] | None]) -> _Layer:
    """Matrices of all adapters, zeros where one has none for this layer."""
    held = [pair for pair in matrices if pair is not None]
    rank = max(down.shape[1] for down, _ in held)
    first_down, first_up = held[0]
    down = first_down.new_zeros(len(matrices) + 1, first_down.shape[0], rank)
    up = first_up.new_zeros(len(matrices) + 1, rank, first_up.shape[1])
    for place, pair in enumerate(matrices, 1):
        if pair is not None:
            width = pair[0].shape[1]
            down[place, :, :width], up[place, :width] = pair
    return _Layer(down, up)
