"""A comparison in a project: its methods, knowledge base and settings put together."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openbook.artifacts import write_atomic
from openbook.evaluate import stages
from openbook.evaluate.checked import Checked, check
from openbook.evaluate.compare import ALONE, compare, drawn, makes_of
from openbook.evaluate.contestants import Contestant, Spec, parents, parse_methods
from openbook.evaluate.kept import Kept, decode
from openbook.evaluate.makers import made_by
from openbook.evaluate.measures import known
from openbook.evaluate.outcome import Outcome
from openbook.evaluate.results import Measured
from openbook.evaluate.spending import Meter
from openbook.knowledge.progress import Progress
from openbook.knowledge.snapshot import Snapshot
from openbook.project.folder import Project
from openbook.project.wire import moment
from openbook.types import Example, Usage, digest

RESULTS = "results.json"


@dataclass(frozen=True)
class Order:
    """What is to be compared.

    Args:
        questions: the question file.
        methods: the methods as they were written, parted by commas.
        out: the folder of answers and results.
        seed: seed of samples, resampling, and whatever stages draw.
        sample: how many of the questions, drawn at random; 0 for all.
        alone: questions asked one at a time for their latency.
        fresh: throw away what an earlier run left in ``out``.
        cap: US dollars that may be spent, by this run and those it goes on from; None for any.
        command: what was typed, for the record.
    """

    questions: Path
    methods: str
    out: Path
    seed: int = 0
    sample: int = 0
    alone: int = ALONE
    fresh: bool = False
    cap: float | None = None
    command: str = ""


def run(project: Project, order: Order, progress: Progress | None = None) -> dict[str, Any]:
    """Compare, write ``results.json``, and return what it holds.

    Raises:
        InputError: methods or questions that cannot be used, or a folder of another comparison.
        MethodError: a method raised.
        CostError: the cap was reached.
    """
    began, started = time.time(), time.perf_counter()
    meter = Meter(order.cap)
    runtime = project.runtime(seed=order.seed)
    runtime.meter = meter
    contestants = take_part(project, parse_methods(order.methods))
    snapshot = runtime.resolve(Snapshot)
    checked = check(order.questions, snapshot)
    examples = drawn(checked.examples, order.sample or len(checked.examples), order.seed)
    makes = {c.name: makes_of(c, examples, runtime) for c in contestants}
    kept = Kept(order.out, makes, fresh=order.fresh)
    meter.spent, meter.calls = Usage(cost=kept.paid), kept.calls
    compare(contestants, examples, runtime, kept, meter, alone=order.alone, progress=progress)
    measured = Measured(
        contestants,
        parents(contestants, {name: made.parent for name, made in project.methods.items()}),
        outcomes(contestants, examples, checked, kept),
        tuple(known()),
        order.seed,
        {c.name: kept.models(c.name) for c in contestants},
    )
    found = {
        "made_by": made_by(order.command, order.seed, moment(began), time.perf_counter() - started),
        "knowledge": knowledge(snapshot),
        **measured.results(),
        "stages": stages.totals(kept.stages.held),
        "paid": {"cost": kept.paid, "calls": kept.calls},
    }
    write_atomic(order.out / RESULTS, json.dumps(found, ensure_ascii=False) + "\n")
    return found


def take_part(project: Project, specs: Sequence[Spec]) -> list[Contestant]:
    """The methods that were named, with everything in the project that decides their answers.

    Raises:
        InputError: no such method, or a parameter that it does not have.
    """
    settings = digest(*(f"{name}={table!r}" for name, table in project.settings.tables.items()))
    found = []
    for spec in specs:
        name, stage = project.method(spec.base, **spec.parameters)
        made = project.methods[name]
        makes = {"settings": settings}
        for label, file in (
            ("calibration", project.calibration_file(name)),
            ("method file", project.folder / "methods" / f"{name}.py"),
        ):
            if file.is_file():
                makes[label] = digest(file.read_text("utf-8"))
        found.append(
            Contestant(spec.name, name, stage, made.summary, made.about, tuple(makes.items()))
        )
    return found


def outcomes(
    contestants: Sequence[Contestant], examples: Sequence[Example], checked: Checked, kept: Kept
) -> dict[str, list[Outcome]]:
    """What each method answered, in the order of the questions."""
    found = {}
    for one in contestants:
        held, seconds = kept.answers[one.name], kept.timed(one.name)
        found[one.name] = [
            Outcome(
                example,
                decode(held[example.id], example.query, one.name),
                seconds.get(example.id),
                checked.levels.get(example.id, "document"),
                checked.documents.get(example.id, ()),
            )
            for example in examples
        ]
    return found


def knowledge(snapshot: Snapshot) -> dict[str, Any]:
    """The version that was asked, and what is in it."""
    return {
        "version": snapshot.version,
        "documents": snapshot.manifest.documents,
        "passages": snapshot.size,
        "languages": snapshot.languages(),
    }
