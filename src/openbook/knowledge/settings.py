"""Settings of the knowledge base (the table ``[knowledge]`` of ``openbook.toml``)."""

from __future__ import annotations

from dataclasses import dataclass

from openbook.settings import setting


@dataclass(frozen=True, slots=True)
class Settings:
    """How the knowledge base keeps, locks, prepares and searches."""

    keep_versions: int = setting(20, "How many of the newest versions are kept at least.", least=1)
    keep_hours: float = setting(24.0, "Versions younger than this many hours are kept as well.")
    lock_wait_s: float = setting(
        60.0, "Seconds to wait for another process that is writing before giving up."
    )
    workers: int = setting(
        0, "Processes that read, split and analyse files; 0 means one for each usable core."
    )
    inline_bytes: int = setting(
        400_000, "Up to this many bytes of changed files are prepared without worker processes."
    )
    optimise_rows: int = setting(
        500,
        "Passages outside the indexes (each costs a search some microseconds) above which a "
        "sync builds the indexes anew; a thousandth of all passages where that is more.",
    )
    optimise_every: int = setting(
        32, "After this many versions a sync merges small pieces and removes expired ones."
    )
    exact_below: int = setting(
        50_000, "Up to this many passages, vectors are searched exactly, without an index."
    )
    probes: int = setting(
        0, "Partitions of the vector index that a search reads; 0 chooses by its size."
    )
    index_cache_mb: int = setting(2048, "Megabytes of memory that the indexes may be cached in.")
