"""Measures, one file a family, found by looking in this folder.

A file lists the measures it defines in ``MEASURES``; one whose names carry a number has a
function ``parse`` that makes the measure of a name, or returns None.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import lru_cache
from types import ModuleType

from openbook.errors import InputError, nearest
from openbook.evaluate.measure import Measure


@lru_cache(maxsize=1)
def _families() -> tuple[ModuleType, ...]:
    names = sorted(info.name for info in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in names)


def known() -> Iterator[Measure]:
    """Every measure by its usual parameters (``nDCG@10``), family by family."""
    for family in _families():
        yield from family.MEASURES


def parse(name: str) -> Measure:
    """The measure of a name.

    Raises:
        InputError: there is none.

    >>> parse("nDCG@5").name, parse("F1").unit
    ('nDCG@5', 'share')
    """
    for family in _families():
        for measure in family.MEASURES:
            if measure.name == name:
                return measure  # type: ignore[no-any-return]
        made = family.parse(name) if hasattr(family, "parse") else None
        if made is not None:
            return made  # type: ignore[no-any-return]
    raise InputError(
        f'there is no measure "{name}"', fix=nearest(name, (measure.name for measure in known()))
    )
