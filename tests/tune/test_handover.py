"""Merging and exporting: the same logits, the layout that others load, kinds that cannot."""

from __future__ import annotations

import importlib.util
import json
import re
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from openbook.errors import AdapterError, InputError
from openbook.models.local import LocalLM
from openbook.models.settings import ModelSettings
from openbook.models.weights import fingerprint
from openbook.testing import toy_adapter
from openbook.tune.handover import export, merge, rank
from openbook.tune.registry import Adapter
from openbook.types import Message

PROMPT = (Message("user", "How many days of paid leave?"),)
LAYERS = ["q_proj", "v_proj", "down_proj"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = Path(__file__).parents[1] / "models" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tiny_models", file)
    assert spec and spec.loader
    makers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(makers)
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("handover")
    makers.save_decoder(folder / "tiny", "qwen3")
    return folder


def tuned(root: Path, target: Path, config: Any) -> Adapter:
    """An adapter of the registry with random weights of some kind."""
    from peft import get_peft_model
    from transformers import AutoModelForCausalLM

    made = toy_adapter(target, "raft", "tiny", fingerprint(root / "tiny"), kind="lora")
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = get_peft_model(AutoModelForCausalLM.from_pretrained(root / "tiny"), config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.requires_grad and "lora_A" not in name:
                weight.add_(0.3 * torch.randn_like(weight))
    model.save_pretrained(made, save_embedding_layers=False)
    (made / "README.md").unlink(missing_ok=True)
    return Adapter.read(made)


def config(**more: Any) -> Any:
    from peft import LoraConfig

    return LoraConfig(r=4, target_modules=LAYERS, task_type="CAUSAL_LM", **more)


def logits(model: LocalLM) -> torch.Tensor:
    ids = torch.tensor([[5, 80, 91, 44, 7, 120, 33]])
    with torch.no_grad():
        found: torch.Tensor = model.loaded.model(input_ids=ids).logits
    return found


@pytest.mark.parametrize("more", [{}, {"use_dora": True}, {"use_rslora": True}])
def test_merged_is_the_same_model_without_peft(
    root: Path, tmp_path: Path, more: dict[str, Any]
) -> None:
    adapter = tuned(root, tmp_path / "handbook", config(**more))
    entry = ModelSettings(model="tiny", adapter=str(adapter.folder), device="cpu")
    out = merge(adapter, entry, root, tmp_path / "merged")
    before = LocalLM.open(entry, root)
    after = LocalLM.open(ModelSettings(model=str(out), device="cpu"), root)
    plain = LocalLM.open(ModelSettings(model="tiny", device="cpu"), root)
    torch.testing.assert_close(logits(after), logits(before), atol=1e-4, rtol=1e-4)
    assert (logits(after) - logits(plain)).abs().max() > 0.1
    assert after.complete([PROMPT], max_tokens=12) != plain.complete([PROMPT], max_tokens=12)
    assert not (out / "adapter_config.json").exists()
    assert after.templates == before.templates == adapter.templates
    made = json.loads((out / "manifest.json").read_text())
    assert made["merged"] == {"adapter": "handbook", "mark": adapter.fingerprint}
    assert made["base"]["name"] == "tiny"
    assert [f.name for f in tmp_path.iterdir() if f.name.startswith(".")] == []
    plain_file = tmp_path / "plain"
    plain_file.touch()
    assert {f.stat().st_mode for f in out.iterdir()} == {plain_file.stat().st_mode}


def test_what_is_no_part_of_the_weights_cannot_be_merged(root: Path, tmp_path: Path) -> None:
    from peft import PrefixTuningConfig

    adapter = tuned(
        root, tmp_path / "soft", PrefixTuningConfig(num_virtual_tokens=3, task_type="CAUSAL_LM")
    )
    entry = ModelSettings(model="tiny", adapter=str(adapter.folder), device="cpu")
    with pytest.raises(AdapterError, match="cannot be merged"):
        merge(adapter, entry, root, tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


def test_exported_as_peft_and_vllm_read_it(root: Path, tmp_path: Path) -> None:
    from peft import PeftModel
    from safetensors import safe_open
    from transformers import AutoModelForCausalLM

    adapter = tuned(root, tmp_path / "handbook", config(use_rslora=True))
    out = export(adapter, tmp_path / "out" / "handbook")
    assert sorted(f.name for f in out.iterdir()) == [
        "adapter_config.json", "adapter_model.safetensors", "manifest.json",
    ]  # fmt: skip
    with safe_open(str(out / "adapter_model.safetensors"), "pt") as weights:
        names = list(weights.keys())
    layout = r"base_model\.model\.model\.layers\.\d+\.(self_attn|mlp)\.\w+_proj\.lora_[AB]\.weight"
    assert names and all(re.fullmatch(layout, name) for name in names)
    base = AutoModelForCausalLM.from_pretrained(root / "tiny")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        there = PeftModel.from_pretrained(base, str(out)).eval()
    entry = ModelSettings(model="tiny", adapter=str(adapter.folder), device="cpu")
    ids = torch.tensor([[5, 80, 91, 44, 7, 120, 33]])
    with torch.no_grad():
        torch.testing.assert_close(
            there(input_ids=ids).logits, logits(LocalLM.open(entry, root)), atol=1e-5, rtol=1e-5
        )
    assert rank(adapter) == 4


@pytest.mark.parametrize(
    ("kind", "said"), [("dora", "has DoRA"), ("ia3", "of the kind"), ("bias", "has biases")]
)
def test_kinds_that_servers_do_not_load(root: Path, tmp_path: Path, kind: str, said: str) -> None:
    from peft import IA3Config

    made = {
        "dora": lambda: config(use_dora=True),
        "bias": lambda: config(bias="lora_only"),
        "ia3": lambda: IA3Config(
            target_modules=["k_proj", "down_proj"], feedforward_modules=["down_proj"],
            task_type="CAUSAL_LM",
        ),
    }  # fmt: skip
    adapter = tuned(root, tmp_path / "a", made[kind]())
    with pytest.raises(AdapterError, match=said):
        export(adapter, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_over(root: Path, tmp_path: Path) -> None:
    adapter = tuned(root, tmp_path / "a", config())
    (tmp_path / "out").mkdir()
    entry = ModelSettings(model="tiny", adapter=str(adapter.folder), device="cpu")
    with pytest.raises(InputError, match="is there already"):
        export(adapter, tmp_path / "out")
    with pytest.raises(InputError, match="is there already"):
        merge(adapter, entry, root, tmp_path / "out")


def test_only_generators_are_handed_over(tmp_path: Path) -> None:
    made = Adapter.read(toy_adapter(tmp_path / "enc", "", role="retriever"))
    with pytest.raises(AdapterError, match="is a retriever"):
        export(made, tmp_path / "out")


def test_the_base_is_named_as_it_is_asked_for(root: Path, tmp_path: Path) -> None:
    adapter = tuned(root, tmp_path / "a", config())
    for base, named in (("", "tiny"), (str(root / "tiny"), str(root / "tiny"))):
        out = export(adapter, tmp_path / f"out{len(base)}", base)
        note = json.loads((out / "adapter_config.json").read_text())
        before = json.loads((adapter.folder / "adapter_config.json").read_text())
        assert note == {**before, "base_model_name_or_path": note["base_model_name_or_path"]}
        assert note["base_model_name_or_path"].endswith(named)
