"""An adapter for other programs: merged into its base, or exported as peft and servers read it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openbook.artifacts import MANIFEST, fsync_folder, usual_modes, write_atomic
from openbook.errors import AdapterError, InputError, need
from openbook.models.adapters import NOTE
from openbook.models.local import LocalLM
from openbook.models.settings import ModelSettings
from openbook.models.verbatim import FLAG
from openbook.models.weights import read_config
from openbook.tune.registry import Adapter

WEIGHTS = "adapter_model.safetensors"

UNSERVED = {
    "use_dora": "DoRA",
    "modules_to_save": "whole layers beside it",
    "trainable_token_indices": "tokens of its own",
    "target_parameters": "parameters outside of layers",
    "alora_invocation_tokens": "invocation tokens",
    "rank_pattern": "another rank for some layers",
    "alpha_pattern": "another scale for some layers",
    "lora_bias": "biases",
}
"""Options of LoRA that servers do not load (vLLM's ``PEFTHelper`` refuses or ignores them)."""


def merge(adapter: Adapter, model: ModelSettings, root: Path, out: Path) -> Path:
    """Write the base with the adapter in its weights: a model like any other, without peft.

    Its answers are the adapter's up to rounding. ``manifest.json`` keeps what the adapter was
    made of, and the prompts that it learnt.

    Args:
        adapter: of a generator.
        model: the settings of its base, with the adapter on it.
        root: the project folder.
        out: the folder to make.

    Raises:
        InputError: the folder is there already.
        AdapterError: an adapter that is not part of any weights (a prompt, added layers).
        ModelError: the base cannot be loaded.
    """
    _refuse_role(adapter)
    _refuse_out(out)
    held = LocalLM.open(model, root)
    tuned = held.loaded.model
    if read_config(adapter.folder, NOTE).get("form") != "weights":
        tuned = _merged(adapter, tuned)
    if hasattr(tuned.config, FLAG):
        setattr(tuned.config, FLAG, False)  # a tuned model's short answers are its own
    made = {**adapter.manifest, "merged": {"adapter": adapter.name, "mark": adapter.fingerprint}}
    with _whole(out) as part, _quiet():
        tuned.save_pretrained(str(part))
        held.loaded.tokenizer.save_pretrained(str(part))
        write_atomic(part / MANIFEST, json.dumps(made, indent=1, ensure_ascii=False) + "\n")
    return out


def _merged(adapter: Adapter, tuned: Any) -> Any:
    """The base's own classes, with the adapter in their weights."""
    config = getattr(tuned, "peft_config", {}).get("default")
    if config is None or config.is_prompt_learning or not hasattr(tuned, "merge_and_unload"):
        raise AdapterError(
            f'the adapter "{adapter.name}" cannot be merged: {adapter.kind} adds something to the '
            "base that is not part of its weights",
            where=str(adapter.folder),
            fix="Serve it with openbook, or train one of the kind lora.",
        )
    return tuned.merge_and_unload(safe_merge=True)


def export(adapter: Adapter, out: Path, base: str = "") -> Path:
    """Copy an adapter as peft lays it out and vLLM loads it (``--lora-modules NAME=DIR``):
    ``adapter_config.json`` and ``adapter_model.safetensors``; its manifest comes along.

    Args:
        adapter: of a generator.
        out: the folder to make.
        base: what ``adapter_config.json`` is to name as its base, a folder say; empty: the name
            that it was trained under.

    Raises:
        InputError: the folder is there already.
        AdapterError: a kind that servers cannot load.
    """
    _refuse_role(adapter)
    _refuse_out(out)
    if reason := unserved(adapter):
        raise AdapterError(
            f'the adapter "{adapter.name}" cannot be exported: servers load plain LoRA, and this '
            f"{reason}",
            where=str(adapter.folder),
            fix=f"Merge it into its base: openbook adapters merge {adapter.name} --out DIR.",
        )
    with _whole(out) as part:
        for name in (WEIGHTS, MANIFEST):
            shutil.copyfile(adapter.folder / name, part / name)
        note = dict(read_config(adapter.folder, NOTE))
        if base:
            note["base_model_name_or_path"] = base
        write_atomic(part / NOTE, json.dumps(note, indent=2, ensure_ascii=False) + "\n")
    return out


def unserved(adapter: Adapter) -> str:
    """Why servers cannot load an adapter; empty where they can."""
    note = read_config(adapter.folder, NOTE)
    if note.get("peft_type") != "LORA":
        return f"is of the kind {adapter.kind}"
    if not (adapter.folder / WEIGHTS).is_file():
        return f"has no {WEIGHTS}"
    if note.get("bias", "none") != "none":
        return "has biases"
    return next((f"has {what}" for key, what in UNSERVED.items() if note.get(key)), "")


def rank(adapter: Adapter) -> int:
    """Rank of a LoRA adapter, which servers must allow (``--max-lora-rank``); 0 for others."""
    note: Mapping[str, Any] = read_config(adapter.folder, NOTE)
    return int(note.get("r") or 0)


def _refuse_role(adapter: Adapter) -> None:
    if adapter.role != "generator":
        raise AdapterError(
            f'"{adapter.name}" is a {adapter.role}: a model of its own, not an adapter on one',
            where=str(adapter.folder),
            fix="Copy its folder.",
        )


def _refuse_out(out: Path) -> None:
    if out.exists():
        raise InputError("is there already", where=str(out), fix="Name a folder that is not.")


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """A folder that appears under its name when it is complete."""
    out.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    try:
        yield part
        usual_modes(part)
        part.rename(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    fsync_folder(out.parent)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the bars of transformers."""
    logs = need("transformers.utils.logging", "local")
    shown = logs.is_progress_bar_enabled()
    logs.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logs.enable_progress_bar()
