"""Kinds of adapter: which weights learn, and how they are kept. One file a kind.

A file ``NAME.py`` in this folder defines one class that derives from :class:`Kind`, a frozen
dataclass whose fields are the kind's settings; nothing else is edited. Names that begin with
``_`` are parts that kinds share. :mod:`openbook.models.adapters` loads what a kind has saved.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal

from openbook.errors import InputError, nearest
from openbook.models.decoding import Loaded
from openbook.stage import fits


@dataclass(frozen=True)
class Kind:
    """How a base model is made to learn."""

    learning_rate: ClassVar[float] = 1e-3
    """Highest learning rate where none is given."""

    dtype: ClassVar[str] = ""
    """Number format that the base is loaded in; empty: as it is served."""

    pads: ClassVar[Literal["left", "right"]] = "left"
    """Where rows are padded. Learnt tokens before the text want the padding after it."""

    @property
    def name(self) -> str:
        """The name of the file."""
        return type(self).__module__.rpartition(".")[2]

    def check(self) -> None:
        """Refuse settings, or a machine, with which nothing can be learnt, before a model is
        loaded.

        Raises:
            InputError: naming the setting.
        """

    def load(self, described: Any, root: Path) -> Loaded | None:
        """The base in a form of the kind's own; None: as it is served."""
        return None

    def put(self, loaded: Loaded) -> Any:
        """The model with fresh weights that learn; all others are frozen.

        Raises:
            InputError: a setting that does not fit the model.
        """
        raise NotImplementedError

    def ahead(self) -> int:
        """Learnt positions that stand before the text among the model's hidden states."""
        return 0

    def state(self, model: Any) -> dict[str, Any]:
        """What has been learnt: tensors by name, copied."""
        raise NotImplementedError

    def restore(self, model: Any, state: Mapping[str, Any]) -> None:
        """Take up what :meth:`state` gave."""
        raise NotImplementedError

    def save(self, model: Any, folder: Path, base: str) -> None:
        """Write the files that :func:`openbook.models.adapters.attach` reads."""
        raise NotImplementedError


def refuse_below(kind: Kind, **least: int) -> None:
    """Refuse settings of a kind that are below what makes sense.

    Raises:
        InputError: naming the first.
    """
    for name, bound in least.items():
        if getattr(kind, name) < bound:
            raise InputError(
                f"{name} = {getattr(kind, name)} is out of range",
                where=f"kind {kind.name}",
                fix=f"Give {bound} or more.",
            )


@cache
def kinds() -> Mapping[str, type[Kind]]:
    """All kinds by name."""
    found = {}
    for info in pkgutil.iter_modules(__path__):
        if not info.name.startswith("_"):
            module = importlib.import_module(f"{__name__}.{info.name}")
            (found[info.name],) = _own(module)
    return found


def _own(module: Any) -> list[type[Kind]]:
    return [
        value
        for _, value in inspect.getmembers(module, inspect.isclass)
        if issubclass(value, Kind) and value.__module__ == module.__name__
    ]


def kind(name: str, **settings: Any) -> Kind:
    """A kind with its settings, checked.

    Raises:
        InputError: no such kind; a setting that it does not have, of the wrong type, or out
            of range.
    """
    known = kinds()
    if name not in known:
        raise InputError(f'there is no kind of adapter "{name}"', fix=nearest(name, known))
    fields = {one.name: one for one in dataclasses.fields(known[name])}
    for key, value in settings.items():
        if key not in fields:
            raise InputError(
                f'the kind {name} has no setting "{key}"',
                fix=nearest(key, fields) if fields else "It has none.",
            )
        wanted = type(fields[key].default)
        if not fits(value, wanted):
            raise InputError(
                f"{key} = {value!r} is not accepted",
                where=f"kind {name}",
                fix=f"It takes a value of the type {wanted.__name__}.",
            )
    made = known[name](**settings)
    made.check()
    return made
