"""Objectives: what a generator learns from data. One file an objective.

A file ``NAME.py`` in this folder defines one class that derives from :class:`Objective`; nothing
else is edited. It says which values it takes (their types are the layouts of data files) and
makes rows of them, with the prompt that serving will use.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from openbook.errors import InputError, nearest
from openbook.tune.rows import Row


class Objective:
    """What is learnt."""

    takes: ClassVar[tuple[type, ...]]
    """Types of the values that it makes rows of."""

    @property
    def name(self) -> str:
        """The name of the file."""
        return type(self).__module__.rpartition(".")[2]

    def rows(self, values: Sequence[Any]) -> list[Row]:
        """The rows of values, in order; some teach nothing."""
        raise NotImplementedError


@cache
def objectives() -> Mapping[str, Objective]:
    """All objectives by name."""
    found = {}
    for info in pkgutil.iter_modules(__path__):
        if not info.name.startswith("_"):
            module = importlib.import_module(f"{__name__}.{info.name}")
            (own,) = (
                value
                for _, value in inspect.getmembers(module, inspect.isclass)
                if issubclass(value, Objective) and value.__module__ == module.__name__
            )
            found[info.name] = own()
    return found


def objective(name: str) -> Objective:
    """An objective by name.

    Raises:
        InputError: no such objective.
    """
    known = objectives()
    if name not in known:
        raise InputError(f'there is no objective "{name}"', fix=nearest(name, known))
    return known[name]
