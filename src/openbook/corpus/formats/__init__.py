"""One file per format, found by looking in this folder.

A format module has

- ``SUFFIXES``: the file name endings it reads, in lower case;
- ``CONTENT``: what :func:`openbook.corpus.sniff.sniff` says of such a file (``text``,
  ``pdf``, ``docx``...);
- ``read(name, data, settings)``: yields :class:`~openbook.corpus.blocks.Parsed`;
- optionally ``ISOLATED = True``: run it in a separate process, because its parser is native
  code that damaged input could bring down.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Protocol, cast

from openbook.corpus.blocks import Parsed
from openbook.corpus.settings import Settings


class Format(Protocol):
    """What a format module offers."""

    SUFFIXES: tuple[str, ...]
    CONTENT: str

    def read(self, name: str, data: bytes, settings: Settings) -> Iterator[Parsed]:
        """The documents of a file; ``name`` is the source's id."""
        ...


@functools.cache
def formats() -> dict[str, Format]:
    """Format modules by suffix."""
    found: dict[str, Format] = {}
    for info in pkgutil.iter_modules(__path__):
        module = cast(Format, importlib.import_module(f"{__name__}.{info.name}"))
        for suffix in module.SUFFIXES:
            found[suffix] = module
    return dict(sorted(found.items()))


@functools.cache
def suffixes() -> tuple[str, ...]:
    """All known suffixes, sorted."""
    return tuple(formats())
