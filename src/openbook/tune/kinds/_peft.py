"""What kinds that peft knows share: its files load in every tool that reads peft's layout."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openbook.errors import InputError, need
from openbook.models.decoding import Loaded
from openbook.tune.kinds import Kind


@dataclass(frozen=True)
class PeftKind(Kind):
    """A kind whose weights peft makes, saves and loads."""

    def config(self, model: Any) -> Any:
        """peft's configuration for a base."""
        raise NotImplementedError

    def put(self, loaded: Loaded) -> Any:
        """The base, frozen, with a fresh adapter."""
        peft = need("peft", "local")
        config = self.config(loaded.model)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # peft reads a deprecated name
            return peft.get_peft_model(loaded.model, config)

    def state(self, model: Any) -> dict[str, Any]:
        """The adapter's tensors by peft's names."""
        held = need("peft", "local").get_peft_model_state_dict(model, save_embedding_layers=False)
        return {name: tensor.detach().clone() for name, tensor in held.items()}

    def restore(self, model: Any, state: Mapping[str, Any]) -> None:
        """What :meth:`state` gave."""
        need("peft", "local").set_peft_model_state_dict(model, dict(state))

    def save(self, model: Any, folder: Path, base: str) -> None:
        """``adapter_config.json`` and ``adapter_model.safetensors``."""
        model.peft_config["default"].base_model_name_or_path = base
        model.save_pretrained(str(folder), save_embedding_layers=False)
        (folder / "README.md").unlink(missing_ok=True)  # peft's blank model card


def linear_names(model: Any) -> list[str]:
    """Last parts of the names of a model's linear layers, without the one that writes words."""
    torch = need("torch", "local")
    head = model.get_output_embeddings()
    return sorted(
        {
            name.rpartition(".")[2]
            for name, part in model.named_modules()
            if part is not head
            and (isinstance(part, torch.nn.Linear) or type(part).__name__ == "Conv1D")
        }
    )


def targets_of(model: Any, wanted: str) -> str | list[str]:
    """Modules to put an adapter on: ``all-linear``, or names with commas between them.

    Raises:
        InputError: a name that no module bears; the names that there are are listed.
    """
    if wanted == "all-linear":
        return wanted
    names = [name for name in re.split(r"[,\s]+", wanted) if name]
    there = {name.rpartition(".")[2] for name, _ in model.named_modules()}
    missing = [name for name in names if name.rpartition(".")[2] not in there]
    if missing or not names:
        raise InputError(
            f'the model has no module "{missing[0]}"' if missing else "no module is named",
            where="targets",
            fix=f"Its linear layers are {', '.join(linear_names(model))}; all-linear means all.",
        )
    return names
