"""Adapters: learnt weights put on a local model, through peft or, where its note says a
``form``, by ourselves: ``weights`` take the place of the base's own (full fine-tuning),
``bottleneck`` adds layers (:mod:`openbook.models.bottleneck`).

An adapter is refused on a base it was not made for. Its shapes must fit, every one of its
weights must find its place, and where its own note (``adapter_config.json``) names a base
that can be looked at, that base must be this one. An adapter trained here also says the
fingerprint of its base's weights, which must be this base's.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openbook.artifacts import MANIFEST, write_atomic
from openbook.errors import InputError, ModelError, need
from openbook.models import bottleneck
from openbook.models.encoders import LOADING
from openbook.models.weights import fingerprint, folder_of, read_config

NOTE = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"


def attach(model: Any, name: str, base: Path, base_name: str, root: Path) -> tuple[Any, str]:
    """Put an adapter on a model.

    Args:
        model: the loaded base model.
        name: folder (relative to ``root``) or hub name of the adapter.
        base: the base model's folder.
        base_name: the base model's name as the settings give it.
        root: the project folder.

    Returns:
        The model with the adapter, and the adapter's fingerprint. The base's tensors are left as
        they are.

    Raises:
        UnknownModelError: no such adapter.
        ModelError: not an adapter, one with missing files, or one made for another base.
        MissingExtraError: peft is not installed.
    """
    folder = folder_of(name, root)
    note = read_config(folder, NOTE)
    if not note:
        raise ModelError(
            f"is not an adapter: it has no {NOTE}", where=name, fix="Name the adapter's folder."
        )
    if not any(folder.glob("adapter_model.*")):
        raise ModelError(
            f"is incomplete: {WEIGHTS} is missing", where=name, fix="Train or fetch it again."
        )
    _same_base(str(note.get("base_model_name_or_path") or ""), name, base, base_name, root)
    _same_weights(read_config(folder, MANIFEST), name, base, base_name)
    place = _ours if "form" in note else _through_peft
    joined = place(model, folder, note, name, base_name)
    joined.eval()
    return joined, fingerprint(folder)


def ahead(model: Any) -> bool:
    """Whether a model's adapter stands before the text, as learnt positions. Texts are then
    not padded, since padding would come between.
    """
    config = getattr(model, "active_peft_config", None)
    return bool(getattr(config, "is_prompt_learning", False))


def _through_peft(
    model: Any, folder: Path, note: Mapping[str, object], name: str, base_name: str
) -> Any:
    peft = need("peft", "local")
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            joined = peft.PeftModel.from_pretrained(model, str(folder), local_files_only=True)
    except LOADING as error:
        raise _misfit(name, base_name, " ".join(str(error).split())[:160]) from error
    missing = [str(w.message) for w in said if "missing adapter keys" in str(w.message)]
    if missing:
        raise _misfit(name, base_name, missing[0][:160])
    if ahead(joined):  # whose places peft counts itself
        warnings.filterwarnings("ignore", "Position ids are not supported")
    left = _unplaced(folder, joined, peft)
    if left:
        raise _misfit(name, base_name, f"{left} of its weights have no place in the model")
    return joined


def _ours(model: Any, folder: Path, note: Mapping[str, object], name: str, base_name: str) -> Any:
    """Weights of the base's names, and layers of ours where the note says so."""
    try:
        stored = need("safetensors.torch", "local").load_file(str(folder / WEIGHTS))
        if note["form"] == "bottleneck":
            bottleneck.put(model, int(str(note["width"])), str(note["places"]))
        elif note["form"] != "weights":
            raise _misfit(name, base_name, f'its form "{note["form"]}" is not known')
    except (*LOADING, InputError, KeyError) as error:
        raise _misfit(name, base_name, " ".join(str(error).split())[:160]) from error
    places = dict(model.named_parameters())
    wrong = [
        key for key, held in stored.items() if key not in places or places[key].shape != held.shape
    ]
    layers = bottleneck.learnable(model)
    if wrong or len(stored) < sum(len(list(layer.parameters())) for layer in layers):
        what = f"the first is {wrong[0]}" if wrong else "some are missing"
        raise _misfit(name, base_name, f"its weights have no place in the model: {what}")
    torch = need("torch", "local")
    for key, held in stored.items():
        owner, _, last = key.rpartition(".")
        like = places[key]
        weight = torch.nn.Parameter(held.to(like.device, like.dtype), requires_grad=False)
        setattr(model.get_submodule(owner), last, weight)
    model.tie_weights()
    return model


def save_weights(folder: Path, weights: Mapping[str, Any], note: Mapping[str, Any]) -> None:
    """Write an adapter of our own forms, which :func:`attach` reads.

    Args:
        folder: there already.
        weights: tensors by the names that they have in the model.
        note: ``form``, ``base`` (its name) and what the form needs.
    """
    kept = {name: weight.detach().cpu().contiguous() for name, weight in weights.items()}
    need("safetensors.torch", "local").save_file(kept, str(folder / WEIGHTS))
    said = {key: value for key, value in note.items() if key != "base"}
    text = json.dumps({**said, "base_model_name_or_path": note["base"]}, indent=1)
    write_atomic(folder / NOTE, text + "\n")


def _same_base(noted: str, name: str, base: Path, base_name: str, root: Path) -> None:
    """Refuse when the note names another base: another hub name, or other weights."""
    if not noted or noted == base_name:
        return
    other = root / Path(noted).expanduser()
    if other.is_dir():
        if fingerprint(other) != fingerprint(base):
            raise _misfit(name, base_name, f"it was made for {noted}")
        return
    hub = r"[\w-][\w.-]*/[\w.-]+"
    named_folder = (root / Path(base_name).expanduser()).is_dir()
    if re.fullmatch(hub, noted) and re.fullmatch(hub, base_name) and not named_folder:
        raise _misfit(name, base_name, f"it was made for {noted}")


def _same_weights(made: dict[str, object], name: str, base: Path, base_name: str) -> None:
    """Refuse when the manifest of an adapter of ours names a base of other weights."""
    noted = made.get("base")
    mark = noted.get("fingerprint") if isinstance(noted, dict) else None
    if mark and mark != fingerprint(base):
        raise _misfit(name, base_name, f"it was made for the weights {mark}")


def _unplaced(folder: Path, model: Any, peft: Any) -> int:
    """Weights of the adapter's file that the model with the adapter does not have."""
    file = folder / WEIGHTS
    if not file.is_file():
        return 0
    with need("safetensors", "local").safe_open(str(file), framework="pt") as weights:
        stored = set(weights.keys())
    # save_embedding_layers: its default asks the hub for the base model's vocabulary.
    placed = set(peft.get_peft_model_state_dict(model, save_embedding_layers=False))
    return sum(not re.search(r"embed_tokens|lm_head", key) for key in stored - placed)


def _misfit(name: str, base_name: str, reason: str) -> ModelError:
    return ModelError(
        f'the adapter does not fit the model "{base_name}" ({reason})',
        where=name,
        fix="Use it on the base model that it was trained on.",
    )
