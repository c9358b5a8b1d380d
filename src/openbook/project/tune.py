"""Tuning in a project: its data, where the training stands, and the adapter that comes of it.

A training has the folder ``made/tuning/HASH`` (of its spec), so that the same command goes on
with it; when it has ended it becomes ``made/adapters/NAME`` and the folder goes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from openbook.artifacts import MANIFEST, canonical, write_atomic
from openbook.errors import InputError
from openbook.evaluate.answers import stands_in
from openbook.evaluate.questions import read_questions
from openbook.models.settings import Settings as Models
from openbook.project.folder import Project
from openbook.project.scored import scored
from openbook.tune.adapter import GENERAL, MIX, ROWS, publish, published
from openbook.tune.data import read, read_any
from openbook.tune.generator import GeneratorJob, tunable
from openbook.tune.kinds import Kind
from openbook.tune.material import Divided, GeneratorSettings, Material
from openbook.tune.objectives import objective
from openbook.tune.registry import PREFIX, checked
from openbook.tune.rows import Row, source
from openbook.tune.run import Outcome, Progress, RunSettings, run
from openbook.types import digest


@dataclass(frozen=True)
class Order:
    """What is to be tuned.

    Args:
        name: of the adapter.
        objective: what it learns.
        how: which weights learn.
        base: name of the model; empty means ``models.generator``.
        data: file of rows; None means the knowledge base's passages, for the objective text.
        mix: file of general rows to mix in.
        general: file of general rows to measure forgetting on.
    """

    name: str
    objective: str
    how: Kind
    base: str = ""
    data: Path | None = None
    mix: Path | None = None
    general: Path | None = None
    settings: GeneratorSettings = field(default_factory=GeneratorSettings)


@dataclass(frozen=True)
class Tuned:
    """How a tuning ended.

    Args:
        folder: of the adapter, or of the training where it was stopped.
        outcome: None where the adapter was there already.
        made: the adapter's manifest; empty where it was stopped.
    """

    folder: Path
    outcome: Outcome | None
    made: dict[str, object]


def adapters_of(project: Project) -> Path:
    """The folder of a project's adapters."""
    return project.made / "adapters"


def tune_generator(
    project: Project,
    order: Order,
    settings: RunSettings | None = None,
    begin: Callable[[GeneratorJob, Path], None] | None = None,
    progress: Callable[[Progress], None] | None = None,
    *,
    replace: bool = False,
) -> Tuned:
    """Tune a generator, or go on with it where it was stopped.

    Args:
        project: whose adapter it becomes.
        order: what is to be tuned.
        settings: how often to save, and when to stop.
        begin: told the job and its folder before the first step.
        progress: as :func:`openbook.tune.run.run` has it.
        replace: whether an adapter of that name is replaced when this one is whole.

    Raises:
        InputError: a name that is taken or not allowed; data, kind or settings that do not fit.
        ModelError: a base that cannot be tuned.
        TrainingError: it does not converge, or there is not enough memory or disk.
    """
    target = adapters_of(project) / checked(order.name)
    models = project.settings.of(Models)
    base = order.base or models.generator
    if not replace:
        _free(target, order, base)
    material = _material(project, order)
    Divided.of(material, order.settings)
    tunable(base, models, project.folder)
    job = GeneratorJob.open(
        base, material, order.settings, how=order.how, root=project.folder, models=models
    )
    if not replace and published(job, target):
        return Tuned(target, None, made_of(target))
    folder = project.made / "tuning" / digest(canonical(job.spec()), size=12)
    if begin:
        begin(job, folder)
    outcome = run(job, folder, settings, progress)
    if not outcome.finished:
        return Tuned(folder, outcome, {})
    publish(job, outcome, target, keep=_kept(order), replace=replace)
    shutil.rmtree(folder, ignore_errors=True)
    held = job.divided.held
    del job  # its weights make room for those that answer
    _score(project, target, held, order.settings)
    return Tuned(target, outcome, made_of(target))


def _kept(order: Order) -> dict[str, Path]:
    """The files that the adapter keeps, so that it can be trained again."""
    given = {ROWS: order.data, MIX: order.mix, GENERAL: order.general}
    return {name: file for name, file in given.items() if file}


def _score(
    project: Project, target: Path, held: Sequence[Row], settings: GeneratorSettings
) -> None:
    """Let the adapter answer what was held out, and note in its manifest how well it does."""
    if not any(row.answers for row in held):
        return
    model = project.model(PREFIX + target.name)
    scores = scored(model, held, settings.max_tokens, settings.seed)
    made = {**made_of(target), "scores": scores}
    write_atomic(target / MANIFEST, json.dumps(made, indent=1, ensure_ascii=False) + "\n")


def _free(target: Path, order: Order, base: str) -> None:
    """Refuse a name that another adapter has, as far as that can be said without the model."""
    if not target.exists():
        return
    held = made_of(target)
    of = held.get("base")
    named = of.get("name") if isinstance(of, dict) else ""
    if (held.get("kind"), held.get("objective"), named) != (order.how.name, order.objective, base):
        raise InputError(
            f'there is already an adapter "{target.name}"',
            fix=f"Give another name, or remove it: openbook adapters remove {target.name}.",
        )


def made_of(folder: Path) -> dict[str, object]:
    """The manifest of an adapter's folder; empty where there is none."""
    try:
        held = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def _material(project: Project, order: Order) -> Material:
    general = read_any(order.general, read_questions) if order.general else []
    mix = read_any(order.mix, read_questions) if order.mix else []
    return Material(_rows(project, order), order.objective, mix, general)


def _rows(project: Project, order: Order) -> Sequence[Row]:
    wanted = objective(order.objective)
    if order.data:
        return [_located(project, row) for row in read(order.data, wanted, read_questions)]
    if order.objective != "text":
        raise InputError(
            f"the objective {order.objective} needs rows",
            where="--data",
            fix="Make some: openbook synthesize.",
        )
    snapshot = project.knowledge.snapshot()
    rows = wanted.rows(list(snapshot.all_passages()))
    if not rows:
        raise InputError("the knowledge base is empty", fix="Run: openbook sync FOLDER.")
    return [replace(row, version=snapshot.version) for row in rows]


def _located(project: Project, row: Row) -> Row:
    """A row with the passages behind the ids that a question file gives as gold; what is not in
    the knowledge base is left out.
    """
    if all(one.text for one in row.sources):
        return row
    named = [one.document for one in row.sources]
    if not project.knowledge.version:
        return replace(row, sources=())
    documents = [*named, *(name.rpartition("#")[0] for name in named)]
    held = [
        passage
        for passage in project.knowledge.snapshot().passages_of(sorted(set(documents) - {""}))
        if passage.id in named
        or (passage.document_id in named and stands_in([passage.text], row.answers))
    ]
    return replace(row, sources=tuple(map(source, held)))
