"""Run the benchmarks, one after another; each writes its JSON to ``benchmarks/results/``.

    python benchmarks/run.py [--data ../shared/data] [--only NAME ...]

Those that need the public data are left out, and named, where its folder is not there.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Benchmark:
    """A script, and how it is told where the data is (nothing: it needs none)."""

    script: str
    data: tuple[str, ...] = ()


BENCHMARKS = {
    "cold": Benchmark("speed/cold.py"),
    "damaged": Benchmark("faults/damaged.py"),
    "kills": Benchmark("faults/kills.py"),
    "answers": Benchmark("answers/run.py", ("--data", "{data}")),
    "compare": Benchmark("compare/run.py"),
    "encoder": Benchmark("encoder/run.py", ("--data", "{data}")),
    "context": Benchmark("context/run.py", ("--data", "{data}")),
    "ranking": Benchmark("ranking/run.py", ("--data", "{data}")),
    "retrieval": Benchmark("retrieval/run.py", ("--data", "{data}")),
    "reader": Benchmark("reader/run.py", ("--data", "{data}")),
    "reader-speed": Benchmark("reader/speed.py"),
    "reader-tuning": Benchmark("reader/tuning.py", ("--data", "{data}")),
    "tuning": Benchmark("tuning/run.py"),
    "sync": Benchmark("speed/sync.py", ("--folder", "{statutes}")),
    "queries": Benchmark("speed/queries.py", ("--folder", "{statutes}")),
}


def main() -> int:
    """Run what was chosen; the exit status is the number that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    parser.add_argument("--only", nargs="*", choices=list(BENCHMARKS), default=list(BENCHMARKS))
    arguments = parser.parse_args()
    failed = 0
    for name in arguments.only:
        benchmark = BENCHMARKS[name]
        if benchmark.data and not arguments.data.is_dir():
            print(f"{name}: left out, there is no folder {arguments.data} (--data)", flush=True)
            continue
        with tempfile.TemporaryDirectory() as folder:
            status = run(name, benchmark, arguments.data, Path(folder))
        failed += status != 0
    return failed


def run(name: str, benchmark: Benchmark, data: Path, folder: Path) -> int:
    """One benchmark; the statutes are unpacked into ``folder`` where it wants them."""
    if "{statutes}" in benchmark.data:
        with tarfile.open(data / "ko_statutes.tar.xz") as archive:
            archive.extractall(folder, filter="data")
    options = [part.format(data=data, statutes=folder) for part in benchmark.data]
    began = time.perf_counter()
    print(f"{name}: {benchmark.script}", flush=True)
    status = subprocess.run([sys.executable, HERE / benchmark.script, *options], check=False)
    print(f"{name}: {time.perf_counter() - began:.0f} s, status {status.returncode}", flush=True)
    return status.returncode


if __name__ == "__main__":
    sys.exit(main())
