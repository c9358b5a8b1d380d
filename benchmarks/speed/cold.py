"""What a person waits for: help, a cold question, and our own share of a warm one.

    python benchmarks/speed/cold.py [--runs 7]

A project with the sample handbook is made in a temporary folder. ``help`` and the cold
questions are whole processes, from start to exit. ``overhead`` is what `ask` takes in a
running process beyond its stages (retrieval, reading): the wall time of ``Runtime.ask`` less
the time of the stages it ran, median over the sample's questions, one at a time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from openbook.evaluate.questions import read_questions
from openbook.project import Project

ROOT = Path(__file__).parents[2]
RESULT = ROOT / "benchmarks" / "results" / "speed-cold.json"
TARGETS = {"help": 0.3, "ask_en": 2.5, "ask_ko": 4.0, "overhead_ms": 2.0}
LINES = {
    "help": ["--help"],
    "ask_en": ["ask", "How many days may be carried over?"],
    "ask_ko": ["ask", "연차는 며칠까지 이월할 수 있나요?"],
}


def main() -> None:
    """Measure and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        project = Project.create(Path(folder) / "project")
        project.knowledge.sync([ROOT / "examples" / "handbook"])
        found = {name: _cold(project.folder, line, runs) for name, line in LINES.items()}
        overhead = _overhead(project)
    result = {
        "seconds": found,
        "overhead_ms": overhead,
        "targets": TARGETS,
        "runs": runs,
        "load_average": round(os.getloadavg()[0], 2),
        "made_by": {
            "commit": subprocess.run(
                ["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=ROOT, check=True
            ).stdout.strip(),
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "openbook": version("openbook"),
            "lancedb": version("lancedb"),
            "kiwipiepy": version("kiwipiepy"),
        },
    }
    RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps({**found, "overhead_ms": overhead}, indent=1))


def _cold(folder: Path, line: list[str], runs: int) -> dict[str, float]:
    """Seconds of whole processes: the fastest, the median, the slowest."""
    took = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "openbook", *line], cwd=folder, capture_output=True, check=True
        )
        took.append(time.perf_counter() - began)
    took = sorted(took[1:])  # the first fills the disk's cache
    return {
        "min": round(took[0], 3),
        "median": round(statistics.median(took), 3),
        "max": round(took[-1], 3),
    }


def _overhead(project: Project) -> dict[str, float]:
    """Milliseconds of ``ask`` beyond its stages, and the stages' own, medians."""
    queries = [e.query for e in read_questions(ROOT / "examples" / "questions.jsonl")]
    name, method = project.method("extractive")
    runtime = project.runtime()
    runtime.ask(method, queries[:5], name)
    ours, stages = [], []
    for query in queries:
        runtime.forget()
        began = time.perf_counter()
        (answer,) = runtime.ask(method, [query], name)
        whole = time.perf_counter() - began
        inner = sum(seconds for stage, seconds in answer.trace if "/" not in stage)
        ours.append(1000 * (whole - inner))
        stages.append(1000 * inner)
    return {
        "median": round(statistics.median(ours), 3),
        "p95": round(sorted(ours)[int(0.95 * len(ours))], 3),
        "stages_median": round(statistics.median(stages), 3),
    }


if __name__ == "__main__":
    main()
