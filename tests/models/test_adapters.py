"""Adapters on a real tiny Llama: they change what is written, and only fit their base."""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import pytest

from openbook.errors import ModelError, UnknownModelError
from openbook.models.open import open_lm
from openbook.models.settings import ModelSettings, Settings
from openbook.types import Message

PROMPT = (Message("user", "How many days of paid leave?"),)


def opened(root: Path, model: str, adapter: str = "") -> Any:
    entry = ModelSettings(model=model, adapter=adapter, device="cpu")
    return open_lm("tiny", Settings(available={"tiny": entry}), root)


def save_adapter(base: Path, folder: Path, noted: str) -> Path:
    """A LoRA with weights large enough to show."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_pretrained(base)
    config = LoraConfig(r=4, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
    with warnings.catch_warnings():  # peft 0.21 reads a name that transformers 5 deprecates
        warnings.simplefilter("ignore", FutureWarning)
        tuned = get_peft_model(model, config)
    with torch.no_grad():
        for name, weight in tuned.named_parameters():
            if "lora_B" in name:
                weight.normal_(std=1.0)
    tuned.save_pretrained(folder)
    note = json.loads((folder / "adapter_config.json").read_text())
    note["base_model_name_or_path"] = noted
    (folder / "adapter_config.json").write_text(json.dumps(note))
    return folder


@pytest.fixture(scope="module")
def adapter(llama: Path) -> Path:
    return save_adapter(llama, llama.parent / "adapter", "llama")


def test_an_adapter_changes_the_text_and_the_name(llama: Path, adapter: Path) -> None:
    root = llama.parent
    plain, tuned = opened(root, "llama"), opened(root, "llama", "adapter")
    before = plain.complete([PROMPT], max_tokens=16)[0].text
    after = tuned.complete([PROMPT], max_tokens=16)[0].text
    assert before != after
    assert "".join(tuned.stream(PROMPT, max_tokens=16)) == after
    assert tuned.name.startswith(f"{plain.name}+adapter@")


@pytest.mark.parametrize("other", ["more layers", "fewer layers", "other weights", "other kind"])
def test_another_base_is_refused(
    llama: Path, adapter: Path, tmp_path: Path, other: str, make: Any
) -> None:
    shutil.copytree(llama, tmp_path / "llama")
    base = tmp_path / "base"
    if other == "other kind":
        make.t5(base)
    else:
        seed, layers = {"more layers": (0, 3), "fewer layers": (0, 1)}.get(other, (7, 2))
        make.decoder(base, "llama", seed=seed, layers=layers)
    noted = "llama" if other == "other weights" else ""
    copy = tmp_path / "adapter"
    shutil.copytree(adapter, copy)
    note = json.loads((copy / "adapter_config.json").read_text())
    (copy / "adapter_config.json").write_text(
        json.dumps({**note, "base_model_name_or_path": noted})
    )
    with pytest.raises(ModelError, match="does not fit the model"):
        opened(tmp_path, "base", "adapter")


def test_what_is_not_an_adapter_is_refused(llama: Path, adapter: Path) -> None:
    root = llama.parent
    with pytest.raises(ModelError, match=r"is not an adapter"):
        opened(root, "llama", "llama")
    with pytest.raises(UnknownModelError, match="no folder"):
        opened(root, "llama", "nothing-here")
    with pytest.raises(ModelError, match="holds an adapter, not a model"):
        opened(root, "adapter")
