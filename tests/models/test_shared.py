"""Several adapters on one loaded base: loaded once, mixed in a batch, each as if alone."""

from __future__ import annotations

import gc
import time
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from openbook.errors import TemplateMismatchError
from openbook.models import local
from openbook.models.mixed import together
from openbook.models.open import open_lm
from openbook.models.prompts import template
from openbook.models.settings import ModelSettings, Settings
from openbook.models.shared import twin
from openbook.models.templates import check_learnt
from openbook.types import Message

PROMPTS = [(Message("user", f"How many days of paid leave in year {n}?"),) for n in range(12)]


def save(base: Path, folder: Path, config: Any, seed: int) -> Path:
    """An adapter of any kind that peft knows, with weights large enough to show."""
    from peft import get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_pretrained(base)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tuned = get_peft_model(model, config)
    with torch.no_grad():
        for name, weight in tuned.named_parameters():
            if weight.requires_grad and "lora_A" not in name:
                weight.add_(torch.randn_like(weight))
    tuned.save_pretrained(folder, save_embedding_layers=False)
    return folder


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, make: Any) -> Path:
    from peft import IA3Config, LoraConfig

    folder = tmp_path_factory.mktemp("shared")
    base = make.decoder(folder / "base", "llama")
    layers = ["q_proj", "v_proj"]
    for n, rank in enumerate((2, 4, 8)):
        config = LoraConfig(r=rank, target_modules=layers[: 1 + n % 2], task_type="CAUSAL_LM")
        save(base, folder / f"lora{n}", config, n)
    dora = LoraConfig(r=4, target_modules=layers, use_dora=True, task_type="CAUSAL_LM")
    save(base, folder / "dora", dora, 5)
    ia3 = IA3Config(
        target_modules=["k_proj", "down_proj"], feedforward_modules=["down_proj"],
        task_type="CAUSAL_LM",
    )  # fmt: skip
    save(base, folder / "ia3", ia3, 6)
    return folder


KINDS = ("", "lora0", "lora1", "lora2", "dora", "ia3")


def opened(root: Path, adapter: str) -> Any:
    entry = ModelSettings(model="base", adapter=adapter, device="cpu")
    return open_lm("it", Settings(available={"it": entry}), root)


def tensors(lm: Any) -> dict[int, int]:
    """Bytes by address of everything that a model holds."""
    return {p.data_ptr(): p.numel() * p.element_size() for p in lm.loaded.model.parameters()}


def test_the_base_is_loaded_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[str] = []
    load = local._load
    monkeypatch.setattr(local, "_load", lambda s, f: (loads.append(s.model), load(s, f))[1])
    gc.collect()
    base, *tuned = (opened(root, adapter) for adapter in KINDS)
    assert loads == ["base"]
    own, held = tensors(base), dict[int, int]()
    for one in tuned:
        held |= tensors(one)
        assert own.keys() <= tensors(one).keys()
    extra = sum(size for address, size in held.items() if address not in own)
    assert extra < 0.6 * sum(own.values())  # five adapters of a model of 32 dimensions
    del base, tuned, one
    gc.collect()
    opened(root, "lora0")
    assert loads == ["base", "base"]  # nobody held it, so it was let go


def test_each_adapter_answers_as_if_it_had_the_base_alone(root: Path) -> None:
    together_ = {adapter: opened(root, adapter) for adapter in KINDS}
    for adapter in KINDS:
        entry = ModelSettings(model="base", adapter=adapter, device="cpu")
        alone = local.LocalLM.open(entry, root)
        expected = [c.text for c in alone.complete(PROMPTS[:3], max_tokens=12)]
        assert [c.text for c in together_[adapter].complete(PROMPTS[:3], max_tokens=12)] == expected
    plain = together_[""]
    assert not any("lora" in name for name, _ in plain.loaded.model.named_parameters())


def test_switching_costs_milliseconds(root: Path) -> None:
    one, other = opened(root, "lora0"), opened(root, "lora1")
    for model in (one, other):
        model.complete(PROMPTS[:1], max_tokens=1)

    def seconds(*models: Any) -> float:
        best = 9.0
        for _ in range(5):
            start = time.perf_counter()
            for model in models:
                model.complete(PROMPTS[:1], max_tokens=1)
            best = min(best, time.perf_counter() - start)
        return best

    switched, same = seconds(*(one, other) * 5), seconds(*(one, one) * 5)
    assert (switched - same) / 10 < 0.05
    start = time.perf_counter()
    opened(root, "lora2")
    assert time.perf_counter() - start < 1.0


@pytest.mark.parametrize("names", [("lora0", "lora1", "", "lora2"), KINDS])
def test_a_mixed_batch_is_each_alone(root: Path, names: tuple[str, ...]) -> None:
    models = {name: opened(root, name) for name in names}
    asked = [names[n % len(names)] for n in range(len(PROMPTS))]
    alone = [
        models[name].complete([prompt], max_tokens=16)[0]
        for name, prompt in zip(asked, PROMPTS, strict=True)
    ]
    mixed = together([models[name] for name in asked], PROMPTS, max_tokens=16)
    assert [c.text for c in mixed] == [c.text for c in alone]
    assert len({c.text for c in mixed}) > len(names)
    for one, other in zip(mixed, alone, strict=True):
        assert one.usage.input_tokens == other.usage.input_tokens
        assert one.usage.output_tokens == other.usage.output_tokens


def test_logits_of_a_mixed_batch(root: Path) -> None:
    names = ["lora0", "lora1", "lora2"]
    models = [opened(root, name) for name in names]
    mixer = models[0].weights.mixed({m.adapter: m.loaded.model for m in models})
    ids = torch.randint(5, 400, (4, 9), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        with mixer.rows([*(m.adapter for m in models), ""]) as model:
            mixed = model(input_ids=ids).logits
        for row, model in enumerate([*models, opened(root, "")]):
            alone = model.loaded.model(input_ids=ids[row : row + 1]).logits[0]
            torch.testing.assert_close(mixed[row], alone, atol=1e-4, rtol=1e-4)


def test_one_mixed_batch_is_one_call(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from openbook.models import mixed

    calls: list[int] = []
    real = mixed.generate

    def counted(*args: Any, **more: Any) -> Any:
        calls.append(len(args[1]))
        return real(*args, **more)

    monkeypatch.setattr(mixed, "generate", counted)
    models = [opened(root, name) for name in ("lora0", "lora1", "lora2", "")]
    together(models * 2, PROMPTS[:8], max_tokens=4)
    assert calls == [8]


def test_published_formula_by_hand() -> None:
    """One layer, two adapters of other ranks and scales: ``W x + s B A x``, row by row."""
    from peft import LoraConfig, get_peft_model

    from openbook.models.mixer import Mixer

    class One(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer, self.device = torch.nn.Linear(5, 3), torch.device("cpu")

        def forward(self, x: Any) -> Any:
            return self.layer(x)

    torch.manual_seed(0)
    base, tuned = One(), {}
    for name, rank, alpha in (("a", 2, 4.0), ("b", 3, 1.0)):
        config = LoraConfig(r=rank, lora_alpha=alpha, target_modules=["layer"])
        tuned[name] = get_peft_model(twin(base), config)
        torch.nn.init.normal_(tuned[name].base_model.model.layer.lora_B["default"].weight)
    x = torch.randn(3, 4, 5)
    with torch.no_grad(), Mixer(twin(base), tuned).rows(["b", "", "a"]) as model:
        found = model(x)
        for row, name, scale in ((0, "b", 1 / 3), (2, "a", 2.0)):
            layer = tuned[name].base_model.model.layer
            down, up = layer.lora_A["default"].weight, layer.lora_B["default"].weight
            by_hand = base(x[row]) + scale * (x[row] @ down.T) @ up.T
            torch.testing.assert_close(found[row], by_hand)
        torch.testing.assert_close(found[1], base(x[1]))


def test_what_cannot_be_mixed_is_known(root: Path) -> None:
    assert [bool(opened(root, name).adapter) for name in KINDS] == [
        False, True, True, True, False, False,
    ]  # fmt: skip


def test_prompts_that_were_not_learnt() -> None:
    rag, closed = template("rag", "en").id, template("closed", "ko").id
    check_learnt((), "rag", "a")
    check_learnt((rag,), "rag", "a")
    check_learnt((rag, closed), "closed", "a")
    with pytest.raises(TemplateMismatchError, match='did not learn the prompt "closed", but rag'):
        check_learnt((rag,), "closed", "a")
    with pytest.raises(TemplateMismatchError, match="whose words have changed"):
        check_learnt(("rag/en@00000000",), "rag", "a")


def test_weights_of_its_own_never_reach_the_base(root: Path) -> None:
    """An adapter that takes the place of the base's weights shares nothing with it."""
    from openbook.models.adapters import save_weights

    base = opened(root, "")
    before = {n: p.detach().clone() for n, p in base.loaded.model.named_parameters()}
    name = next(n for n in before if n.endswith("q_proj.weight"))
    (root / "full").mkdir()
    save_weights(root / "full", {name: before[name] + 1.0}, {"form": "weights", "base": "base"})
    full = opened(root, "full")
    assert torch.equal(dict(full.loaded.model.named_parameters())[name], before[name] + 1.0)
    now = dict(base.loaded.model.named_parameters())
    assert all(torch.equal(now[key], before[key]) for key in before)
    assert full.weights is None
    assert full.complete(PROMPTS[:1], max_tokens=12) != base.complete(PROMPTS[:1], max_tokens=12)
