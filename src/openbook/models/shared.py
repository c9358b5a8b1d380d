"""One copy of a base model's weights for everything in the process that uses them.

A base that is asked for again is not loaded again: whoever asks gets modules of their own over
the same tensors (a copy takes some milliseconds and no memory to speak of), so that an adapter
can be put on them, of any kind, without the base or another adapter noticing. Weights live as
long as somebody holds them.

A batch may mix rows of several plain LoRA adapters and of the base itself: for that they are
put side by side on one more copy (S-LoRA, arXiv:2311.03285; here by peft, as
``adapter_names``). What peft cannot mix (DoRA, prompts, ...) is asked adapter by adapter.
"""

from __future__ import annotations

import copy
import threading
import warnings
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from openbook.errors import need
from openbook.models.decoding import Loaded

BASE = "__base__"
"""peft's name for a row that no adapter changes."""


@dataclass(eq=False)
class Weights:
    """A loaded base model that others share.

    Args:
        key: folder, fingerprint, number format and device.
        loaded: the model; nobody puts anything on it.
    """

    key: tuple[str, ...]
    loaded: Loaded
    mixer: Any = None
    names: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def own(self) -> Loaded:
        """The base with modules of its own over the shared tensors."""
        return replace(self.loaded, model=twin(self.loaded.model))

    def mixed(self, tuned: Mapping[str, Any]) -> Any:
        """A model on which plain LoRA adapters stand side by side.

        Args:
            tuned: peft models with one adapter each, by the adapter's fingerprint; one at least.
        """
        with self.lock:
            for name, model in tuned.items():
                if name not in self.names:
                    self._put(name, model)
            return self.mixer

    def _put(self, name: str, tuned: Any) -> None:
        peft = need("peft", "local")
        config = copy.deepcopy(tuned.peft_config["default"])
        config.inference_mode = True
        held = peft.get_peft_model_state_dict(tuned, save_embedding_layers=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # peft reads a deprecated name
            if self.mixer is None:
                self.mixer = peft.PeftModelForCausalLM(self.own().model, config, adapter_name=name)
            else:
                self.mixer.add_adapter(name, config)
        peft.set_peft_model_state_dict(self.mixer, held, adapter_name=name)
        self.mixer.eval()
        self.names.add(name)


_HELD: weakref.WeakValueDictionary[tuple[str, ...], Weights] = weakref.WeakValueDictionary()
_LOCK = threading.Lock()


def weights(key: tuple[str, ...], load: Callable[[], Loaded]) -> Weights:
    """The weights of a key, loaded where nobody holds them yet."""
    with _LOCK:
        found = _HELD.get(key)
        if found is None:
            found = _HELD[key] = Weights(key, load())
        return found


def twin(model: Any) -> Any:
    """A model with modules of its own over the same parameters and buffers."""
    tensors = (*model.parameters(), *model.buffers())
    return copy.deepcopy(model, {id(tensor): tensor for tensor in tensors})


def mixable(model: Any) -> bool:
    """Whether peft can mix a model's adapter with others in a batch: plain LoRA only."""
    configs = getattr(model, "peft_config", None)
    if not isinstance(configs, dict) or list(configs) != ["default"]:
        return False
    config = configs["default"]
    told = ("use_dora", "modules_to_save", "trainable_token_indices", "alora_invocation_tokens")
    return (
        str(getattr(config.peft_type, "value", config.peft_type)) == "LORA"
        and getattr(config, "bias", "none") == "none"
        and not any(getattr(config, name, None) for name in told)
    )
