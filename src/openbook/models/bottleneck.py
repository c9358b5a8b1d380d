"""Bottleneck adapters: after a part of a layer, two thin layers with a bend between them::

    y = h + up(relu(down(h)))

where ``h`` is what the part gives, before it is added to the stream of the layer's other
parts. ``houlsby`` puts one after attention and one after the feed-forward part (Houlsby et
al., "Parameter-Efficient Transfer Learning for NLP", ICML 2019, arXiv:1902.00751),
``pfeiffer`` one after the feed-forward part (Pfeiffer et al., "AdapterFusion", EACL 2021,
arXiv:2005.00247). ``up`` begins at zero, so that the model begins as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openbook.errors import InputError, need

ATTENTION = ("self_attn", "attention", "attn", "self_attention")
FORWARD = ("mlp", "feed_forward", "ffn")
PLACES = {"houlsby": (ATTENTION, FORWARD), "pfeiffer": (FORWARD,)}
"""The parts of a layer after which adapters stand, by the names that models give them."""

INSIDE = "bottleneck"
"""Name of the adapter in the part that it follows."""


def layers_of(model: Any) -> Any:
    """A model's layers, in order.

    Raises:
        InputError: a model in which they cannot be found.
    """
    count = model.config.get_text_config().num_hidden_layers
    torch = need("torch", "local")
    for part in model.modules():
        if isinstance(part, torch.nn.ModuleList) and len(part) == count:
            return part
    raise InputError(
        "the model's layers cannot be found",
        where=type(model).__name__,
        fix="Choose another kind of adapter: lora.",
    )


def put(model: Any, width: int, places: str) -> None:
    """Put fresh adapters into a model, drawn from torch's generator.

    Args:
        model: changed in place; its own weights keep their names.
        width: numbers that pass the bottleneck.
        places: one of :data:`PLACES`.

    Raises:
        InputError: a layer without such parts.
    """
    torch = need("torch", "local")
    size = model.config.get_text_config().hidden_size
    for layer in layers_of(model):
        for names in PLACES[places]:
            part = _part(layer, names)
            like = next(model.parameters())
            inside = torch.nn.Sequential(
                torch.nn.Linear(size, width), torch.nn.ReLU(), torch.nn.Linear(width, size)
            ).to(like.device)
            torch.nn.init.normal_(inside[0].weight, std=0.01)
            for zero in (inside[0].bias, inside[2].weight, inside[2].bias):
                torch.nn.init.zeros_(zero)
            part.add_module(INSIDE, inside)
            part.register_forward_hook(_after)


def learnable(model: Any) -> Sequence[Any]:
    """The adapters in a model."""
    return [part for name, part in model.named_modules() if name.endswith(f".{INSIDE}")]


def _part(layer: Any, names: Sequence[str]) -> Any:
    held = dict(layer.named_children())
    for name in names:
        if name in held:
            return held[name]
    raise InputError(
        f"a layer has no part {' or '.join(names)}",
        where=type(layer).__name__,
        fix=f"Its parts are {', '.join(held)}; choose another kind of adapter: lora.",
    )


def _after(part: Any, given: Any, out: Any) -> Any:
    """What a part gives (alone, or first of several), passed through its adapter."""
    if isinstance(out, tuple):
        return (_after(part, given, out[0]), *out[1:])
    inside = getattr(part, INSIDE)
    return out + inside(out.to(inside[0].weight.dtype)).to(out.dtype)
