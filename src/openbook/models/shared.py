"""One copy of a base model's weights for everything in the process that uses them.

A base that is asked for again is not loaded again: whoever asks gets modules of their own over
the same tensors (a copy takes some milliseconds and no memory to speak of), so that an adapter
can be put on them, of any kind, without the base or another adapter noticing. Weights live as
long as somebody holds them.

A batch may mix rows of several plain LoRA adapters and of the base itself: for that they are
put side by side on one more copy (:mod:`openbook.models.mixer`). Other kinds (DoRA, prompts,
...) are asked adapter by adapter.
"""

from __future__ import annotations

import copy
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from openbook.models.decoding import Loaded
from openbook.models.mixer import Mixer


@dataclass(eq=False)
class Weights:
    """A loaded base model that others share.

    Args:
        key: folder, fingerprint, number format and device.
        loaded: the model; nobody puts anything on it.
    """

    key: tuple[str, ...]
    loaded: Loaded
    mixer: Mixer | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def own(self) -> Loaded:
        """The base with modules of its own over the shared tensors."""
        return replace(self.loaded, model=twin(self.loaded.model))

    def mixed(self, tuned: Mapping[str, Any]) -> Mixer:
        """The base with some plain LoRA adapters side by side; kept until others are asked for.

        Args:
            tuned: peft models with one adapter each, by the adapter's fingerprint.
        """
        if self.mixer is None or not tuned.keys() <= self.mixer.adapters.keys():
            held = dict(self.mixer.adapters) if self.mixer else {}
            self.mixer = Mixer(self.own().model, {**held, **tuned})
        return self.mixer


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
