"""Every kind of adapter on tiny models of two architectures: it learns, it is taken up again to
the same bits, and what it saves computes the same when it is loaded.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from openbook.errors import InputError, ModelError
from openbook.models.local import LocalLM
from openbook.models.prompts import template
from openbook.models.settings import ModelSettings
from openbook.tune.adapter import publish
from openbook.tune.generator import GeneratorJob
from openbook.tune.kinds import Kind, kind, kinds
from openbook.tune.material import GeneratorSettings
from openbook.tune.rows import Row
from openbook.tune.run import RunSettings, run

HERE = {
    "lora": {"rank": 4},
    "dora": {"rank": 4},
    "full": {},
    "frozen": {"layers": 1},
    "prompt": {"tokens": 5},
    "prefix": {"tokens": 5},
    "ia3": {},
    "bottleneck": {"width": 8},
}
"""Kinds that a CPU can do, with small settings."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, makers: Any) -> Path:
    folder = tmp_path_factory.mktemp("kinds")
    for name in ("llama", "qwen3"):
        makers.save_decoder(folder / name, name)
    return folder


Open = Callable[..., GeneratorJob]


@pytest.fixture
def opened(root: Path, rows: list[Row], fast: GeneratorSettings) -> Open:
    """Opens a job of a kind on a base."""

    def open_job(base: str, how: Kind, **changed: Any) -> GeneratorJob:
        return GeneratorJob.open(base, rows, replace(fast, **changed), how=how, root=root)

    return open_job


def logits(model: Any, prompt: str, tokenizer: Any) -> torch.Tensor:
    ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
    with torch.no_grad():
        out = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
    kept: torch.Tensor = out[0, -ids.shape[1] :]
    return kept


def test_all_kinds_are_tested() -> None:
    assert set(kinds()) - set(HERE) == {"qlora"}


@pytest.mark.parametrize("base", ["llama", "qwen3"])
@pytest.mark.parametrize("name", HERE)
def test_what_is_saved_computes_the_same_when_loaded(
    root: Path, tmp_path: Path, base: str, name: str, opened: Open
) -> None:
    job = opened(base, kind(name, **HERE[name]))
    first = {n: w.detach().clone() for n, w in job.model.named_parameters()}
    done = run(job, tmp_path / "run")
    moved = {n for n, w in job.model.named_parameters() if not torch.equal(w, first[n])}
    learns = {n for n, w in job.model.named_parameters() if w.requires_grad}
    assert moved and moved <= learns, "only what learns has changed"
    target = publish(job, done, root / f"adapters/{base}-{name}")
    loaded = LocalLM.open(ModelSettings(model=base, adapter=str(target)), root)
    job.model.eval()
    text = "How many days of paid leave? 연차"
    expected = logits(job.model, text, loaded.loaded.tokenizer)
    found = logits(loaded.loaded.model, text, loaded.loaded.tokenizer)
    plain = LocalLM.open(ModelSettings(model=base), root).loaded
    assert torch.equal(found, expected)
    assert not torch.allclose(found, logits(plain.model, text, plain.tokenizer), atol=1e-4)
    assert loaded.templates == (template("rag", "en").id,)
    made = json.loads((target / "manifest.json").read_text())
    assert made["kind"] == name and made["outcome"]["trainable"] == job.learning[0]
    assert 0 < made["outcome"]["trainable_share"] <= 1
    assert made["losses"].keys() == {"seen", "unseen_before", "unseen_after"}
    assert made["losses"]["unseen_after"] <= made["losses"]["unseen_before"]


@pytest.mark.parametrize("name", HERE)
def test_stopped_and_taken_up_ends_at_the_same_bits(
    root: Path, tmp_path: Path, name: str, opened: Open
) -> None:
    how = kind(name, **HERE[name])
    whole = opened("qwen3", how)
    run(whole, tmp_path / "whole")
    assert not run(
        opened("qwen3", how), tmp_path / "part", RunSettings(stop_after_steps=1)
    ).finished
    assert not run(
        opened("qwen3", how), tmp_path / "part", RunSettings(stop_after_steps=2)
    ).finished
    last = opened("qwen3", how)
    assert run(last, tmp_path / "part").finished
    expected, found = whole.state(), last.state()
    assert found["curve"] == expected["curve"]
    for part in ("adapter", "best"):
        assert expected[part].keys() == found[part].keys() and expected[part]
        assert all(torch.equal(w, found[part][n]) for n, w in expected[part].items())


@pytest.mark.parametrize("name", HERE)
def test_loss_is_that_of_each_row_alone(root: Path, name: str, opened: Open) -> None:
    """Padding changes nothing, on whatever side it stands."""
    job = opened("llama", kind(name, **HERE[name]), epochs=1)
    batch = max(job.batches.steps, key=lambda b: len({row.length for row in b}))
    assert len({row.length for row in batch}) > 1
    job.model.eval()
    with torch.no_grad():
        together, count = job._loss(batch)
        alone = [job._loss([row]) for row in batch]
    assert count == sum(n for _, n in alone)
    assert float(together) == pytest.approx(sum(float(x) for x, _ in alone), rel=1e-5)


@pytest.mark.parametrize("name", ["prompt", "prefix", "bottleneck"])
def test_texts_of_other_lengths_beside_it_change_nothing(
    root: Path, name: str, opened: Open, rows: list[Row]
) -> None:
    target = root / f"adapters/llama-{name}"
    if not target.exists():
        job = opened("llama", kind(name, **HERE[name]))
        publish(job, run(job, root / f"run-{name}"), target)
    model = LocalLM.open(ModelSettings(model="llama", adapter=str(target), batch_size=8), root)
    asked = [row.prompt for row in rows] * 2
    together = model.complete(asked, max_tokens=12)
    alone = [model.complete([prompt], max_tokens=12)[0] for prompt in asked]
    assert [one.text for one in together] == [one.text for one in alone]


def test_what_is_written_follows_the_logits(root: Path, tmp_path: Path, opened: Open) -> None:
    """Learnt positions are not lost after the first token."""
    for name in ("prompt", "prefix"):
        job = opened("qwen3", kind(name, tokens=4))
        target = publish(job, run(job, tmp_path / name), tmp_path / f"made-{name}")
        model = LocalLM.open(
            ModelSettings(model="qwen3", adapter=str(target), verbatim=False), root
        )
        held, tokenizer = model.loaded.model, model.loaded.tokenizer
        ids = torch.tensor([tokenizer("How many days", add_special_tokens=False)["input_ids"]])
        out = held.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=8,
            do_sample=False,
            eos_token_id=None,
            pad_token_id=0,
        )
        for _ in range(8):
            with torch.no_grad():
                scores = held(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[0, -1]
            ids = torch.cat([ids, scores.argmax().view(1, 1)], dim=1)
        assert out.tolist() == ids.tolist()


def test_lora_reaches_all_linear_layers_and_only_those_named(root: Path, opened: Open) -> None:
    every = opened("llama", kind("lora", rank=2))
    some = opened("llama", kind("lora", rank=2, targets="q_proj,v_proj"))
    assert len(every.kind.state(every.model)) == 2 * 7 * 2
    assert {n.split(".")[-3] for n in some.kind.state(some.model)} == {"q_proj", "v_proj"}
    scaled = opened("llama", kind("lora", rank=4, rslora=True, alpha=8.0))
    layer = next(m for m in scaled.model.modules() if hasattr(m, "lora_A"))
    assert layer.scaling["default"] == 4.0


def test_frozen_learns_the_last_layers(root: Path, opened: Open) -> None:
    job = opened("llama", kind("frozen", layers=1))
    names = {n for n, w in job.model.named_parameters() if w.requires_grad}
    assert names and all(name.startswith("model.layers.1.") for name in names)
    with pytest.raises(InputError, match="layers = 3, and the model has 2"):
        opened("llama", kind("frozen", layers=3))


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("lorra", {}, 'no kind of adapter "lorra". Did you mean "lora"'),
        ("lora", {"rank": 0}, "rank = 0 is out of range"),
        ("lora", {"rank": 2.5}, "takes a value of the type int"),
        ("prefix", {"rank": 4}, 'the kind prefix has no setting "rank". Known: tokens'),
        ("full", {"rank": 4}, "It has none"),
        ("bottleneck", {"places": "here"}, "houlsby or pfeiffer"),
    ],
)
def test_what_a_kind_refuses(name: str, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        kind(name, **settings)


@pytest.mark.skipif(torch.cuda.is_available(), reason="says what a machine without a GPU lacks")
def test_qlora_says_what_it_needs() -> None:
    with pytest.raises(InputError, match="qlora needs a CUDA GPU"):
        kind("qlora")


def test_a_module_that_is_not_there_is_named(root: Path, opened: Open) -> None:
    with pytest.raises(InputError, match=r'no module "qproj".*down_proj, gate_proj.*all-linear'):
        opened("llama", kind("lora", targets="qproj"))


@pytest.mark.parametrize("name", ["full", "bottleneck", "prompt", "ia3"])
def test_another_base_or_a_missing_file_is_refused(
    root: Path, tmp_path: Path, name: str, opened: Open, makers: Any
) -> None:
    makers.save_decoder(root / "other", "llama", seed=5)
    makers.save_decoder(root / "deeper", "llama", layers=3)
    job = opened("llama", kind(name, **HERE[name]), epochs=1)
    target = publish(job, run(job, tmp_path / "run"), tmp_path / "made")
    for base in ("other", "deeper", "qwen3"):
        with pytest.raises(ModelError, match="does not fit the model"):
            LocalLM.open(ModelSettings(model=base, adapter=str(target)), root)
    (target / "adapter_model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"is incomplete: adapter_model.safetensors is missing"):
        LocalLM.open(ModelSettings(model="llama", adapter=str(target)), root)


@pytest.mark.filterwarnings("ignore::FutureWarning")  # peft reads a deprecated name
def test_dora_leaves_layers_alone_that_have_a_row_of_zeros(root: Path) -> None:
    model = LocalLM.open(ModelSettings(kind="local", model="llama"), root).loaded.model
    with torch.no_grad():
        model.model.layers[0].mlp.up_proj.weight[3] = 0
    config = kind("dora", rank=4).config(model)
    assert config.exclude_modules == ["model.layers.0.mlp.up_proj"]
    import peft

    made = peft.get_peft_model(model, config)
    learning = [name for name, weight in made.named_parameters() if weight.requires_grad]
    assert any("layers.1.mlp.up_proj" in name for name in learning)
    assert not any("layers.0.mlp.up_proj" in name for name in learning)
    assert torch.isfinite(made(input_ids=torch.tensor([[1, 2, 3]])).logits).all()
