"""One phase of one peer, in a process of its own: ``python _harness.py PHASE PEER JOB OUT``.

A peer is a module of this folder whose name has no leading underscore. It has

    LABEL: str                                    its name in tables
    PACKAGES: tuple[str, ...]                     distributions whose versions are reported
    SETTINGS: dict[str, str]                      how it was set up, and why, in words
    build(job, lap) -> list[int]                  index a folder; lengths of its chunks
    open_index(job) -> Opened                     open the persisted index
    search(opened, job, text) -> list[Found]      the ``job.k`` best chunks
    update(opened, job, changed) -> Opened        one file has changed: index it, persist it
    LANGUAGES: tuple[str, ...]                    (only where it is not for all) for which it is

and imports its library at the top, so that importing the module is the library's import.
Only the standard library is used here: this file runs under the peer's own interpreter.
"""

from __future__ import annotations

import importlib
import json
import re
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple


class Found(NamedTuple):
    """A chunk that a search returned: the file (relative to the folder) and its words."""

    source: str
    text: str


@dataclass(frozen=True)
class Job:
    """What is to be done, the same for every peer.

    Attributes:
        folder: documents (Markdown and text files, in folders).
        index: an empty folder of the peer's own, where the index is kept.
        language: ``ko`` or ``en``, told to every peer that can use it.
        chunk_chars: the size of a chunk that every splitter is given, in characters.
        chunk_words: the same size in words between spaces, for splitters that count those.
        cores: processes that a peer with an option for it may use.
        k: chunks to return.
        started: wall clock at which the process was asked for, in seconds.
        queries: what to ask (see :mod:`_known_items`).
        limit_s: no further query is asked after this many seconds.
        changed: the file that changed (relative), its new marker word and the old one.
    """

    folder: Path
    index: Path
    language: str
    chunk_chars: int
    chunk_words: int
    cores: int
    k: int
    started: float
    queries: Sequence[Mapping[str, Any]] = ()
    limit_s: float = 60.0
    changed: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path) -> Job:
        """The job in a JSON file."""
        values = json.loads(file.read_text("utf-8"))
        return cls(**{**values, "folder": Path(values["folder"]), "index": Path(values["index"])})

    def files(self) -> list[Path]:
        """All documents, sorted."""
        return sorted(p for p in self.folder.rglob("*") if p.suffix in {".md", ".txt"})

    def relative(self, path: str | Path) -> str:
        """A file's path below the folder, as ``a/b.md``."""
        return Path(path).relative_to(self.folder).as_posix()


class Laps:
    """Seconds of named steps: ``laps("split")`` ends the step that ran until now."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def __call__(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self._last
        self._last = now


def letters(text: str) -> str:
    """Only letters and digits, folded: what no splitter or Markdown reader changes."""
    return re.sub(r"[\W_]+", "", text).casefold()


def build(peer: Any, job: Job) -> dict[str, Any]:
    """Load, split, index and persist the folder."""
    laps = Laps()
    lengths = peer.build(job, laps)
    return {
        "seconds": sum(laps.seconds.values()),
        "steps": laps.seconds,
        "chunks": len(lengths),
        "chunk_chars_mean": statistics.fmean(lengths),
        "chunk_chars_p95": sorted(lengths)[int(0.95 * len(lengths))],
        "chars": sum(lengths),
    }


def query(peer: Any, job: Job) -> dict[str, Any]:
    """Open the index, then ask one question after another.

    The first tenth of the questions warms caches and is not timed; all are judged.
    """
    start = time.perf_counter()
    opened = peer.open_index(job)
    opening = time.perf_counter() - start
    took: list[float] = []
    judged: list[tuple[str, bool, bool]] = []
    begun = time.perf_counter()
    for at, asked in enumerate(job.queries):
        if time.perf_counter() - begun > job.limit_s:
            break
        start = time.perf_counter()
        found = peer.search(opened, job, asked["text"])
        if at >= len(job.queries) // 10:
            took.append(time.perf_counter() - start)
        judged.append((asked["kind"], *judge(found[: job.k], asked)))
    return {
        "open_s": opening,
        "timed": len(took),
        "p50_ms": 1000 * statistics.median(took),
        "p95_ms": 1000 * sorted(took)[int(0.95 * len(took))],
        "recall": recall(judged),
    }


def judge(found: Sequence[Found], asked: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether the right file, and a chunk of it that holds the section sought, is there."""
    right = [letters(hit.text) for hit in found if hit.source == asked["source"]]
    return bool(right), any(probe in text for text in right for probe in asked["probes"])


def recall(judged: Sequence[tuple[str, bool, bool]]) -> dict[str, dict[str, float]]:
    """Shares of questions whose file, and whose section, is among the chunks returned."""
    kinds = sorted({kind for kind, _, _ in judged})
    rows = {kind: [row for row in judged if row[0] == kind] for kind in kinds}
    return {
        kind: {
            "questions": len(rows[kind]),
            "file": statistics.fmean(row[1] for row in rows[kind]),
            "section": statistics.fmean(row[2] for row in rows[kind]),
        }
        for kind in kinds
    }


def cold(peer: Any, job: Job) -> dict[str, Any]:
    """Open the index and answer one question; wall time since the process was asked for."""
    start = time.perf_counter()
    opened = peer.open_index(job)
    opening = time.perf_counter() - start
    found = peer.search(opened, job, job.queries[0]["text"])
    return {
        "open_s": opening,
        "first_query_s": time.perf_counter() - start - opening,
        "since_start_s": time.time() - job.started,
        "found": len(found),
    }


def update(peer: Any, job: Job) -> dict[str, Any]:
    """One file has changed since the index was built; also checks that it took effect."""
    opened = peer.open_index(job)
    peer.search(opened, job, job.queries[0]["text"])
    start = time.perf_counter()
    opened = peer.update(opened, job, job.folder / job.changed["file"])
    seconds = time.perf_counter() - start
    since = time.time() - job.started

    def holds(marker: str) -> bool:
        hits = peer.search(opened, job, marker)
        return any(h.source == job.changed["file"] and marker in h.text for h in hits)

    return {
        "seconds": seconds,
        "since_start_s": since,
        "new_words_found": holds(job.changed["new"]),
        "old_words_gone": not holds(job.changed["old"]),
    }


PHASES: dict[str, Callable[[Any, Job], dict[str, Any]]] = {
    "build": build,
    "query": query,
    "cold": cold,
    "update": update,
}


def main() -> None:
    """Run the phase named on the command line and write what was measured."""
    phase, name, job_file, out = sys.argv[1:]
    job = Job.read(Path(job_file))
    start = time.perf_counter()
    peer = importlib.import_module(name)
    importing = time.perf_counter() - start
    if job.language not in getattr(peer, "LANGUAGES", (job.language,)):
        return
    measured = PHASES[phase](peer, job)
    measured["import_s"] = importing
    measured["label"] = peer.LABEL
    measured["settings"] = peer.SETTINGS
    measured["versions"] = {package: version(package) for package in peer.PACKAGES}
    Path(out).write_text(json.dumps(measured), "utf-8")


if __name__ == "__main__":
    # The peers import this file by its name; run as a script, it would exist twice.
    sys.modules["_harness"] = sys.modules["__main__"]
    main()
