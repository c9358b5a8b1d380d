"""A comparison in a project: its methods, knowledge base and settings put together."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from openbook.artifacts import Lines, write_atomic
from openbook.corpus.settings import Settings as CorpusSettings
from openbook.errors import InputError, need
from openbook.evaluate import stages
from openbook.evaluate.checked import Checked, check
from openbook.evaluate.compare import ALONE, compare, drawn, makes_of
from openbook.evaluate.contestants import Contestant, Spec, parents, parse_methods
from openbook.evaluate.estimate import Estimate, Rehearsal, rehearse
from openbook.evaluate.judge import judge
from openbook.evaluate.kept import METHOD_FILE, Kept, decode
from openbook.evaluate.makers import made_by
from openbook.evaluate.measure import Measure
from openbook.evaluate.measures import known
from openbook.evaluate.measures.house_style import Agreement, agreement
from openbook.evaluate.outcome import Outcome
from openbook.evaluate.results import Measured
from openbook.evaluate.spending import Meter, Metered
from openbook.evaluate.style import Style
from openbook.evaluate.update import Update
from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.progress import Progress, Silence
from openbook.knowledge.snapshot import Snapshot
from openbook.models.open import describe
from openbook.models.settings import Settings as ModelSettings
from openbook.project.folder import Project
from openbook.project.makes import deciding
from openbook.project.runtime import Runtime
from openbook.project.tuned import studied
from openbook.project.wire import moment
from openbook.tune.registry import parted
from openbook.types import LM, Example, Usage, digest

RESULTS = "results.json"

LIBRARIES = ("ir_measures", "rouge_score", "sacrebleu")
"""What the measures need: asked for before anything is answered."""


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
        update: a folder of changed documents and questions about them.
        style: a file that shows the house style.
        judge: a language model that judges answers.
        command: what was typed, for the record.
        volume: questions that training is spread over; 0 where not said.
    """

    questions: Path
    methods: str
    out: Path
    seed: int = 0
    sample: int = 0
    alone: int = ALONE
    fresh: bool = False
    cap: float | None = None
    update: Path | None = None
    style: Path | None = None
    judge: str = ""
    command: str = ""
    volume: int = 0


@dataclass(frozen=True)
class Comparing:
    """An order in a project. Making one checks everything that can be checked beforehand.

    Args:
        project: the project.
        order: what is to be compared.
        progress: told how far it is.
        told: told the estimate of what servers will be asked.
    """

    project: Project
    order: Order
    progress: Progress
    told: Callable[[Estimate], None] = lambda estimate: None

    def run(self) -> dict[str, Any]:
        """Compare, write ``results.json``, and return what it holds.

        Raises:
            InputError: methods or questions that cannot be used, or another comparison's folder.
            MethodError: a method raised.
            CostError: the cap was reached.
        """
        began, started = time.time(), time.perf_counter()
        for module in LIBRARIES:
            need(module, "compare")
        order = self.order
        refuse_file(order.out)
        style = self._style
        if order.judge:
            models = self.project.models(order.judge)
            describe(order.judge, models, self.project.folder, "generator")
        if self.update is not None:
            self.update.check()
        makes = {c.name: makes_of(c, self.examples, self.runtime) for c in self.contestants}
        kept = Kept(order.out, makes, fresh=order.fresh)
        self.meter.spent, self.meter.calls = Usage(cost=kept.paid), kept.calls
        self._announce(kept)
        compare(
            self.contestants, self.examples, self.runtime, kept, self.meter,
            alone=order.alone, progress=self.progress,
        )  # fmt: skip
        outcomes = self._outcomes(kept)
        judged, about = self._judged(outcomes)
        measures = [*(m for m in known() if m.name != style.name), style, *judged]
        if style.style is not None:
            about["style"] = {
                name: style.style.aspects([o.answer.text for o in rows if o.answered])
                for name, rows in outcomes.items()
            }
        if self.update is not None:
            about["update"] = self.update.measure(self.meter, order.seed)
        measured = Measured(
            self.contestants, self._parents(), outcomes, measures, order.seed,
            {c.name: kept.models(c.name) for c in self.contestants}, about,
        )  # fmt: skip
        found = {
            "made_by": {},
            "knowledge": self._knowledge(),
            **measured.results(),
            "stages": stages.totals(kept.stages.held),
            "paid": {"cost": self.meter.spent.cost, "calls": self.meter.calls},
            "volume": order.volume,
        }
        for method in found["methods"]:
            method["makes"] = dict(makes[method["name"]])
            method["spent"]["disk_mb"] = self._disk_mb if method["knowledge"] else 0.0
            studied(method, [self.project.adapters.get(name) for name in method["adapters"]])
        spent = time.perf_counter() - started
        found["made_by"] = made_by(order.command, order.seed, moment(began), spent)
        write_atomic(order.out / RESULTS, json.dumps(found, ensure_ascii=False) + "\n")
        return found

    # --- what takes part

    @cached_property
    def meter(self) -> Meter:
        """Counts what models are asked."""
        return Meter(self.order.cap)

    @cached_property
    def runtime(self) -> Runtime:
        """The newest version of the knowledge base, with metered models."""
        return self._over(self.project.knowledge, self.meter)

    def _over(self, base: KnowledgeBase, meter: Meter) -> Runtime:
        runtime = self.project.runtime(seed=self.order.seed, knowledge=base)
        runtime.meter = meter
        return runtime

    @cached_property
    def contestants(self) -> list[Contestant]:
        """The methods, with everything in the project that decides their answers."""
        return take_part(self.project, parse_methods(self.order.methods))

    @cached_property
    def checked(self) -> Checked:
        """The questions, held against the knowledge base."""
        return check(self.order.questions, self.runtime.resolve(Snapshot))

    @cached_property
    def examples(self) -> list[Example]:
        """The questions that are asked."""
        every = self.checked.examples
        return drawn(every, self.order.sample or len(every), self.order.seed)

    @cached_property
    def update(self) -> Update | None:
        """The update to be measured, if any."""
        if self.order.update is None:
            return None
        return Update(
            self.order.update,
            self.project.knowledge,
            self._over,
            self.contestants,
            replace(self.checked, examples=tuple(self.examples)),
            self.order.out / "update",
            self.project.settings.of(CorpusSettings),
            self.project.encoder(),
            self.progress,
            self.order.fresh,
        )

    @cached_property
    def _style(self) -> Agreement:
        return agreement(Style.read(self.order.style) if self.order.style else None)

    # --- before

    def _announce(self, kept: Kept) -> None:
        """Tell what servers with known prices will be asked, where any is configured."""
        models = self.project.settings.of(ModelSettings)
        priced = [m for m in models.available.values() if m.price_in or m.price_out]
        missing = max(
            sum(e.id not in kept.answers[c.name] for e in self.examples) for c in self.contestants
        )
        if not priced or not missing:
            return
        runtime = self.project.runtime(seed=self.order.seed)
        providers = {**runtime.providers, LM: self._stand_in}
        meter = Meter()
        rehearsal = Runtime(runtime.snapshot, providers, self.order.seed, meter=meter)
        alone = min(self.order.alone, len(self.examples)) + 1 if self.order.alone else 0
        made = rehearse(
            self.contestants, self.examples, rehearsal, meter, chunk=missing, alone=alone
        )
        if made.cost:
            self.told(made)

    def _stand_in(self, name: str) -> Rehearsal:
        models = self.project.models(name)
        model = describe(name, models, self.project.folder, "generator")
        return Rehearsal(model.model, (model.price_in, model.price_out))

    # --- after

    def _outcomes(self, kept: Kept) -> dict[str, list[Outcome]]:
        """What each method answered, in the order of the questions."""
        found = {}
        for one in self.contestants:
            held, seconds = kept.answers[one.name], kept.timed(one.name)
            found[one.name] = [
                Outcome(
                    example,
                    decode(held[example.id], example.query, one.name),
                    seconds.get(example.id),
                    self.checked.levels.get(example.id, "document"),
                    self.checked.documents.get(example.id, ()),
                )
                for example in self.examples
            ]
        return found

    def _judged(self, outcomes: dict[str, list[Outcome]]) -> tuple[list[Measure], dict[str, Any]]:
        if not self.order.judge:
            return [], {}
        model = Metered(self.project.model(self.order.judge), self.meter)
        self.progress.start("judging", 0)
        measure, said = judge(outcomes, model, Lines(self.order.out / "judge.jsonl"))
        self.progress.finish()
        return [measure], {"judge": said}

    def _parents(self) -> dict[str, str]:
        made = self.project.methods
        return parents(self.contestants, {name: method.parent for name, method in made.items()})

    @property
    def _disk_mb(self) -> float:
        """Size of the knowledge base, all kept versions, in MB."""
        files = self.project.knowledge.folder.rglob("*")
        return round(sum(file.stat().st_size for file in files if file.is_file()) / 1e6, 1)

    def _knowledge(self) -> dict[str, Any]:
        """The version that was asked, and what is in it."""
        snapshot = self.runtime.resolve(Snapshot)
        return {
            "version": snapshot.version,
            "documents": snapshot.manifest.documents,
            "passages": snapshot.size,
            "languages": snapshot.languages(),
        }


def run(
    project: Project,
    order: Order,
    progress: Progress | None = None,
    told: Callable[[Estimate], None] = lambda estimate: None,
) -> dict[str, Any]:
    """Compare, write ``results.json``, and return what it holds; see :class:`Comparing`."""
    return Comparing(project, order, progress or Silence(), told).run()


def refuse_file(out: Path) -> None:
    """Refuse a place where no folder can be, before anything runs.

    Raises:
        InputError: it is a file, or lies below one, or may not be written to.
    """
    there = next(path for path in (out, *out.absolute().parents) if path.exists())
    if there.is_dir() and os.access(there, os.W_OK):
        return
    what = "may not be written to" if there.is_dir() else "is a file, not a folder"
    raise InputError(what, where=str(there), fix="Name another folder with --out.")


def take_part(project: Project, specs: Sequence[Spec]) -> list[Contestant]:
    """The methods that were named, with everything in the project that decides their answers.

    Raises:
        InputError: no such method, or a parameter that it does not have.
        ModelError: a model that a method asks for is not there.
    """
    found = []
    for spec in specs:
        name, stage = project.method(spec.base, **spec.parameters)
        base, adapter = parted(name)
        made, file = project.methods[base], project.folder / "methods" / f"{base}.py"
        decides = deciding(project, stage)
        if file.is_file():
            decides[METHOD_FILE] = digest(file.read_text("utf-8", "replace"))
        about = made.summary, made.about, tuple(decides.items())
        found.append(Contestant(spec.name, base, stage, *about, adapter=adapter))
    return found
