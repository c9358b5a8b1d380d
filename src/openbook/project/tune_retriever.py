"""Tuning of an encoder in a project: its rows, how well it finds before and after, and the
knowledge base with its vectors.
"""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from openbook.artifacts import MANIFEST, canonical, write_atomic
from openbook.corpus.settings import Settings as Corpus
from openbook.corpus.split import indexed
from openbook.errors import InputError
from openbook.knowledge.progress import Progress as Shown
from openbook.models.open import ENCODER, open_encoder
from openbook.models.settings import Settings as Models
from openbook.project.contrast import ranks
from openbook.project.edit import edited
from openbook.project.folder import Project
from openbook.project.settings import FILE
from openbook.project.tune import Tuned, adapters_of, made_of
from openbook.tune.adapter import ROWS, publish, published
from openbook.tune.judged import Judged, key, read_judged
from openbook.tune.learner import described_encoder
from openbook.tune.registry import PREFIX, checked
from openbook.tune.retriever import RetrieverJob, RetrieverSettings
from openbook.tune.rows import parts
from openbook.tune.run import Progress, RunSettings, run
from openbook.types import Encoder, Passage, digest

MOST = 20_000
"""Passages among which the held-out questions' own are looked for, at most."""


@dataclass(frozen=True)
class RetrieverOrder:
    """What is to be tuned.

    Args:
        name: of the adapter.
        data: file of pairs or lists.
        base: name of the encoder; empty means ``models.encoder``, and where there is none the
            one that comes with openbook.
    """

    name: str
    data: Path
    base: str = ""
    settings: RetrieverSettings = field(default_factory=RetrieverSettings)


def tune_retriever(
    project: Project,
    order: RetrieverOrder,
    settings: RunSettings | None = None,
    begin: Callable[[RetrieverJob], None] | None = None,
    progress: Callable[[Progress], None] | None = None,
    *,
    replace: bool = False,
) -> Tuned:
    """Tune an encoder, or go on with it where it was stopped.

    Args:
        project: whose adapter it becomes.
        order: what is to be tuned.
        settings: how often to save, and when to stop.
        begin: told the job before the first step.
        progress: as :func:`openbook.tune.run.run` has it.
        replace: whether an adapter of that name is replaced when this one is whole.

    Raises:
        InputError: a name that is taken or not allowed; rows or settings that do not fit.
        ModelError: a base that cannot be tuned.
        TrainingError: it does not converge, or there is not enough memory or disk.
    """
    target = adapters_of(project) / checked(order.name)
    order.settings.check()
    base = order.base or project.settings.of(Models).encoder or ENCODER
    if base == PREFIX + order.name and not replace:
        raise InputError(
            f'the adapter "{order.name}" would learn from itself',
            where="--base",
            fix=f"Give another --name, or train it again: openbook tune --refresh {order.name}.",
        )
    models = project.models(base, "encoder")
    described = described_encoder(base, models, project.folder)
    divided = parts(read_judged(order.data), order.settings.held_out, order.settings.seed)
    job = RetrieverJob.open(base, described, divided, order.settings, project.folder)
    if not replace and published(job, target):
        return Tuned(target, None, made_of(target))
    folder = project.made / "tuning" / digest(canonical(job.spec()), size=12)
    if begin:
        begin(job)
    outcome = run(job, folder, settings, progress)
    if not outcome.finished:
        return Tuned(folder, outcome, {})
    scores = _scores(project, job, base, models)
    publish(job, outcome, target, scores, keep={ROWS: order.data}, replace=replace)
    shutil.rmtree(folder, ignore_errors=True)
    return Tuned(target, outcome, made_of(target))


def use(project: Project, name: str, progress: Shown | None = None) -> int:
    """Make the vectors of the knowledge base with a tuned encoder, and set it in the project.

    Args:
        project: whose settings and vectors change.
        name: of the adapter; its manifest then says the version with its vectors.
        progress: told how far it is.

    Returns:
        The version of the knowledge base with these vectors.

    Raises:
        SettingsError: ``openbook.toml`` is written so that it must be changed by hand.
        KnowledgeError: nothing was ever synced, or another process is writing.
    """
    file = project.folder / FILE
    text = edited(file, "models", "encoder", PREFIX + name)
    models = project.models(PREFIX + name, "encoder")
    encoder = open_encoder(PREFIX + name, models, project.folder)
    corpus = project.settings.of(Corpus)
    done = project.knowledge.sync([], corpus=corpus, encoder=encoder, progress=progress)
    write_atomic(file, text)
    target = project.adapters.folder / name
    made = made_of(target)
    held = made.get("knowledge")
    before = held if isinstance(held, dict) else {}
    made["knowledge"] = {**before, "vectors": done.version}
    write_atomic(target / MANIFEST, json.dumps(made, indent=1, ensure_ascii=False) + "\n")
    return done.version


def _scores(project: Project, job: RetrieverJob, base: str, models: Models) -> dict[str, float]:
    """How well the held-out questions' passages are found before and after."""
    held = job.divided.held
    if not held:
        return {}
    pool = _pool(project, job)
    with tempfile.TemporaryDirectory(prefix="openbook-") as part:
        job.save(Path(part))
        before, after = (
            places(open_encoder(name, models, project.folder), held, pool) for name in (base, part)
        )
    return ranks(before, after, first="recall@5")


def _pool(project: Project, job: RetrieverJob) -> list[Passage]:
    """The passages that are searched: all of the knowledge base, and those of the rows."""
    rows = [*job.divided.held, *job.divided.learnt]
    found = {key(p): p for row in rows for p in row.passages}
    if project.knowledge.version:
        others = [p for p in project.knowledge.snapshot().all_passages() if key(p) not in found]
        room = max(0, MOST - len(found))
        if len(others) > room:
            others = random.Random(f"{job.settings.seed}/pool").sample(others, room)
        found |= {key(p): p for p in others}
    return list(found.values())


def places(encoder: Encoder, rows: Sequence[Judged], pool: Sequence[Passage]) -> list[int]:
    """The rank, from 1, of the first passage that answers each question, by cosine alone."""
    keys = {key(passage): at for at, passage in enumerate(pool)}
    vectors = encoder.encode_passages([indexed(passage) for passage in pool])
    asked = encoder.encode_queries([row.question for row in rows])
    found = []
    for row, query in zip(rows, asked, strict=True):
        scores = vectors @ query
        own = max(scores[keys[key(p)]] for p in row.positives)
        found.append(int(np.sum(scores > own)) + 1)
    return found
