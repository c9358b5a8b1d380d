"""What a comparison costs beside separate runs, on the sample handbook.

    python benchmarks/compare/run.py [--questions N] [--repeats N] [--out FILE]

Three things are shown:

1. each pair of stage and question runs exactly once in a comparison: counted by an observer of
   the runtime, and by the stages' own calls, which are counted here a second time;
2. what the stages around the model cost in a comparison, against the sum of separate runs, one
   method each. A stand-in that replies at once takes the model's place, so that only the rest is
   timed; both ways start with everything loaded, in turns, and processor time is compared;
3. p50 and p95 of each method from a pass with one question at a time, beside the time a question
   takes in a batch, which is not what a person waits.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from openbook.evaluate import stages
from openbook.evaluate.compare import Comparison, drawn, makes_of
from openbook.evaluate.contestants import Contestant, parse_methods
from openbook.evaluate.estimate import Rehearsal
from openbook.evaluate.kept import Kept
from openbook.evaluate.makers import made_by
from openbook.evaluate.questions import read_questions
from openbook.evaluate.spending import Meter
from openbook.knowledge.progress import Silence
from openbook.project import Project
from openbook.project.compare import take_part
from openbook.project.runtime import Runtime
from openbook.project.wire import moment
from openbook.stage import Chain, Stage
from openbook.types import LM, Example

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parents[1] / "examples"

SETS = {
    "settings of one method": (
        "advanced_rag,advanced_rag(strict=true),advanced_rag(tokens=300),advanced_rag(k=3)"
    ),
    "ladder": "extractive,naive_rag,cascade,advanced_rag,modular_rag",
}
"""Methods that are compared: what a user tries who looks for the best settings, and every rung
that reads documents and needs no training.
"""

MODEL = "stand-in"


@contextmanager
def sample(folder: Path) -> Iterator[Project]:
    """A project with the sample handbook."""
    place = folder / "project"
    shutil.copytree(EXAMPLES / "handbook", folder / "handbook")
    project = Project.create(place)
    project.knowledge.sync([folder / "handbook"])
    yield project


def runtime(project: Project) -> Runtime:
    """A runtime whose language model replies at once."""
    opened = project.runtime()
    return replace(opened, providers={**opened.providers, LM: lambda name: Rehearsal(MODEL)})


class Calls:
    """Counts calls of every stage class by patching ``run``: nothing of the runtime takes part."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, int]] = Counter()

    @contextmanager
    def counted(self, contestants: Sequence[Contestant], opened: Runtime) -> Iterator[None]:
        """While this holds, each value that a stage is run on is counted."""
        run_new = opened._run_new

        def counting(stage: Stage[Any, Any], new: Any) -> None:
            if not isinstance(stage, Chain):
                self.seen.update((repr(stage), hash(value)) for value in new.values())
            run_new(stage, new)

        opened._run_new = counting  # type: ignore[method-assign]
        yield
        opened._run_new = run_new  # type: ignore[method-assign]


def answered(
    contestants: Sequence[Contestant], examples: Sequence[Example], opened: Runtime
) -> tuple[float, float, Kept]:
    """Processor seconds and seconds of answering everything, and what was kept."""
    meter = Meter()
    opened.meter = meter
    with tempfile.TemporaryDirectory() as folder:
        makes = {c.name: makes_of(c, examples, opened) for c in contestants}
        kept = Kept(Path(folder) / "out", makes)
        job = Comparison(contestants, examples, opened, kept, meter, Silence())
        start, processor = time.perf_counter(), time.process_time()
        job.run()
        return time.process_time() - processor, time.perf_counter() - start, kept


def cost(
    contestants: Sequence[Contestant], examples: Sequence[Example], opened: Runtime, repeats: int
) -> dict[str, Any]:
    """Processor seconds of a comparison and of separate runs, in turns."""
    answered(contestants, examples[:2], opened)  # loads what there is to load
    together, apart = [], []
    for _ in range(repeats):
        together.append(answered(contestants, examples, opened)[0])
        apart.append(sum(answered([one], examples, opened)[0] for one in contestants))
    shares = [a / b for a, b in zip(together, apart, strict=True)]
    return {
        "processor_seconds_together": [round(value, 3) for value in together],
        "processor_seconds_apart": [round(value, 3) for value in apart],
        "share": round(median(shares), 4),
        "most": 0.6,
    }


def once(
    contestants: Sequence[Contestant], examples: Sequence[Example], opened: Runtime
) -> dict[str, Any]:
    """How often each stage ran on each question, counted twice."""
    calls = Calls()
    with calls.counted(contestants, opened):
        _, _, kept = answered(contestants, examples, opened)
    rows = stages.totals(kept.stages.held)
    runs = sum(row["runs"] for row in rows)
    return {
        "stages": [{k: row[k] for k in ("stage", "queries", "runs")} for row in rows],
        "pairs": sum(row["queries"] for row in rows),
        "runs": runs,
        "runs_counted_again": sum(calls.seen.values()),
        "pairs_that_ran_more_than_once": sum(n > 1 for n in calls.seen.values()),
        "exactly_once": runs == sum(row["queries"] for row in rows) == len(calls.seen),
    }


def latency(
    contestants: Sequence[Contestant], examples: Sequence[Example], opened: Runtime, count: int
) -> dict[str, Any]:
    """Seconds of a question asked alone, and of one in a batch."""
    import numpy as np

    found = {}
    for one in contestants:
        _, batch, _ = answered([one], examples, opened)
        seconds = []
        for example in drawn(examples, count, 0):
            opened.forget()
            start = time.perf_counter()
            opened.ask(one.stage, [example.query], one.name)
            seconds.append(time.perf_counter() - start)
        found[one.name] = {
            "p50_ms": round(float(np.quantile(seconds, 0.5)) * 1000, 2),
            "p95_ms": round(float(np.quantile(seconds, 0.95)) * 1000, 2),
            "asked_alone": len(seconds),
            "batch_ms_a_question": round(batch / len(examples) * 1000, 2),
        }
    return found


def main() -> None:
    """Measure, print, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, default=150)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--alone", type=int, default=50)
    parser.add_argument("--out", type=Path, default=HERE.parent / "results" / "compare.json")
    given = parser.parse_args()
    began, started = time.time(), time.perf_counter()
    examples = drawn(read_questions(EXAMPLES / "questions.jsonl"), given.questions, 0)
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, sample(Path(folder)) as project:
        for label, text in SETS.items():
            opened = runtime(project)
            contestants = take_part(project, parse_methods(text))
            found[label] = {
                "methods": {c.name: repr(c.stage) for c in contestants},
                "around_the_model": cost(contestants, examples, opened, given.repeats),
                "once": once(contestants, examples, opened),
            }
            if label == "ladder":
                found[label]["latency"] = latency(contestants, examples, opened, given.alone)
            shown = {k: v for k, v in found[label].items() if k != "methods"}
            print(label, json.dumps(shown, indent=1), flush=True)
    command = " ".join(["python benchmarks/compare/run.py", *sys.argv[1:]])
    report = {
        "made_by": made_by(command, 0, moment(began), time.perf_counter() - started),
        "collection": "examples/handbook",
        "questions": len(examples),
        "model": "a stand-in that replies at once",
        **found,
    }
    given.out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
