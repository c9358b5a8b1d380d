"""Bottleneck adapters against numbers worked out by hand, and where they stand in a layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from openbook.errors import InputError
from openbook.models.bottleneck import INSIDE, layers_of, learnable, put


class Part(torch.nn.Module):
    """Gives what it gets, as attention does: first of a tuple, where it is told to."""

    def __init__(self, several: bool) -> None:
        super().__init__()
        self.several = several

    def forward(self, x: torch.Tensor) -> Any:
        return (x, None) if self.several else x


class Layer(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.self_attn, self.mlp = Part(several=True), Part(several=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.self_attn(x)[0]
        out: torch.Tensor = x + self.mlp(x)
        return out


class Tiny(torch.nn.Module):
    """One layer two numbers wide."""

    def __init__(self, layer: type[torch.nn.Module] = Layer) -> None:
        super().__init__()
        self.layers = torch.nn.ModuleList([layer()])
        self.scale = torch.nn.Parameter(torch.ones(1))
        self.config = self

    num_hidden_layers, hidden_size = 1, 2

    def get_text_config(self) -> Any:
        return self


def set_weights(inside: Any) -> None:
    """down = [1, -2] x + 0.5, up = [[3], [-1]] z + [0.1, 0.2]."""
    with torch.no_grad():
        inside[0].weight.copy_(torch.tensor([[1.0, -2.0]]))
        inside[0].bias.copy_(torch.tensor([0.5]))
        inside[2].weight.copy_(torch.tensor([[3.0], [-1.0]]))
        inside[2].bias.copy_(torch.tensor([0.1, 0.2]))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        # z = relu(2 - 2*0.5 + 0.5) = 1.5; h + [3*1.5 + 0.1, -1.5 + 0.2] = [2+4.6, 0.5-1.3]
        ([2.0, 0.5], [6.6, -0.8]),
        # z = relu(0 - 2 + 0.5) = 0; only the bias is added
        ([0.0, 1.0], [0.1, 1.2]),
    ],
)
def test_one_adapter_by_hand(given: list[float], expected: list[float]) -> None:
    model = Tiny()
    put(model, 1, "pfeiffer")
    (inside,) = learnable(model)
    set_weights(inside)
    assert model.layers[0].mlp(torch.tensor(given)).tolist() == pytest.approx(expected)


def test_a_layer_with_both_by_hand() -> None:
    model = Tiny()
    put(model, 1, "houlsby")
    for inside in learnable(model):
        set_weights(inside)
    # attention gives [2, 0.5] -> [6.6, -0.8]; the stream is [8.6, -0.3]; the feed-forward part
    # gives the same, z = relu(8.6 + 0.6 + 0.5) = 9.7 -> [8.6 + 29.2, -0.3 - 9.5]; sum [46.4, -10.1]
    out = model.layers[0](torch.tensor([2.0, 0.5]))
    assert out.tolist() == pytest.approx([46.4, -10.1], rel=1e-5)


@pytest.mark.parametrize(("places", "count"), [("houlsby", 4), ("pfeiffer", 2)])
def test_a_fresh_one_changes_nothing(llama: Path, places: str, count: int) -> None:
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(llama).eval()
    ids = torch.arange(5, 25)[None]
    with torch.no_grad():
        before = model(input_ids=ids).logits
        names = set(dict(model.named_parameters()))
        put(model, 8, places)
        after = model(input_ids=ids).logits
    assert torch.equal(before, after)
    assert len(learnable(model)) == count and len(layers_of(model)) == 2
    added = set(dict(model.named_parameters())) - names
    assert len(added) == 4 * count and all(f".{INSIDE}." in name for name in added)


def test_a_layer_without_known_parts_is_refused() -> None:
    class Odd(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.mixer = torch.nn.Linear(2, 2)

    with pytest.raises(InputError, match=r"no part mlp .*Its parts are mixer"):
        put(Tiny(Odd), 1, "pfeiffer")
