"""How a room declares its settings.

A room that has settings has a file ``settings.py`` with one frozen dataclass named
``Settings``, whose fields are made by :func:`setting`. The table of ``openbook.toml``
bears the room's name. (A room whose tables have other names maps them to such dataclasses in
``TABLES``.) Nothing else is edited: :mod:`openbook.project` looks in the rooms.
"""

from __future__ import annotations

import math
from dataclasses import field
from typing import Any


def setting(default: Any, doc: str, least: float = 0, most: float = math.inf) -> Any:
    """A field of a room's ``Settings``: its default and one sentence with the unit.

    A number may not be below ``least`` or above ``most``. A default that is a type (``dict``,
    ``list``) is called anew for each instance.

    >>> from dataclasses import dataclass, fields
    >>> @dataclass(frozen=True)
    ... class Settings:
    ...     k: int = setting(10, "How many passages to return.")
    >>> fields(Settings)[0].metadata["doc"]
    'How many passages to return.'
    """
    told = {"doc": doc, "least": least, "most": most}
    if isinstance(default, type):
        return field(default_factory=default, metadata=told)
    return field(default=default, metadata=told)
