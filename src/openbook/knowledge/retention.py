"""Which versions are kept, and how what only the others need is taken off the disk.

The store's own cleanup removes versions of a table by age. Its tags would not help: a
tagged old version makes it fail. So the age is that of the oldest version that a kept
manifest names, by the store's own clock, with a margin.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

from openbook.knowledge.engine import Table
from openbook.knowledge.manifest import Manifest
from openbook.knowledge.settings import Settings

MARGIN_MS = 60_000
"""Kept beside the oldest kept version: the engine reads the clock after we do."""


def expired(
    history: Sequence[Manifest],
    settings: Settings,
    now: float,
    referred: Collection[int] = (),
) -> list[Manifest]:
    """Versions that are neither among the newest, nor young enough, nor referred to; never the
    last.

    Args:
        history: kept versions, oldest first.
        settings: how many and how long.
        now: seconds since 1970.
        referred: versions that something trained was made from.
    """
    count = max(1, settings.keep_versions)
    young = now - settings.keep_hours * 3600
    return [m for m in history[:-count] if m.created < young and m.version not in referred]


def age_to_remove(table: Table, name: str, kept: Sequence[Manifest]) -> int:
    """Age in milliseconds beyond which no kept version needs a version of the table.

    Args:
        table: the table.
        name: its name.
        kept: all manifests that must stay readable.
    """
    made = table.versions()
    needed = {
        version for m in kept for table_name, version in m.tables.values() if table_name == name
    }
    now = time.time() * 1000
    oldest = min((made[version] / 1e6 for version in needed if version in made), default=now)
    return max(0, int(now - oldest)) + MARGIN_MS
