"""A process of a peer: run, timed, its memory watched."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HARNESS = Path(__file__).parent / "_harness.py"
WATCH_S = 0.25
LIMIT_S = 400.0
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "TOKENIZERS_PARALLELISM": "false",
}


@dataclass(frozen=True)
class Failed(Exception):
    """A peer's process ended with an error; the last lines of it."""

    words: str


def family(pid: int) -> Iterator[int]:
    """A process and all processes under it, as far as they still run."""
    yield pid
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(c) for task in tasks for c in (task / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield from family(child)


def memory(pid: int) -> float:
    """Megabytes held by a process and those under it; shared pages are counted once."""
    total = 0
    for member in family(pid):
        try:
            rollup = Path(f"/proc/{member}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next((int(x.split()[1]) for x in rollup.splitlines() if x[:4] == "Pss:"), 0)
    return total / 1024


def spent() -> float:
    """Processor seconds of all ended child processes and theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Watch(threading.Thread):
    """Looks at a process's memory until told to stop; ``peak`` in megabytes."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.peak = 0.0
        self.done = threading.Event()

    def run(self) -> None:
        """Look every quarter of a second."""
        while not self.done.wait(WATCH_S):
            self.peak = max(self.peak, memory(self.pid))


def run(
    python: Path, phase: str, peer: str, job: dict[str, Any], work: Path
) -> dict[str, Any] | None:
    """What a phase measured, with wall time and peak memory; None where it is not for it.

    Raises:
        Failed: the process ended with an error, or took longer than the limit.
    """
    out = work / "out.json"
    out.unlink(missing_ok=True)
    asked = work / "job.json"
    asked.write_text(json.dumps({**job, "started": time.time()}), "utf-8")
    command = [str(python), str(HARNESS), phase, peer, str(asked), str(out)]
    with (work / "errors.txt").open("w") as errors:
        start, before = time.perf_counter(), spent()
        environment = {**os.environ, **OFFLINE}
        process = subprocess.Popen(command, stdout=errors, stderr=errors, env=environment)
        watch = Watch(process.pid)
        watch.start()
        try:
            code = process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        wall, processor = time.perf_counter() - start, spent() - before
        watch.done.set()
        watch.join()
    if code:
        raise Failed((work / "errors.txt").read_text(errors="replace")[-600:])
    if not out.exists():
        return None
    measured: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return {**measured, "wall_s": wall, "cpu_s": processor, "peak_mb": watch.peak}
