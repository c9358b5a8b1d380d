"""Tuning of a cross-encoder in a project."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from openbook.artifacts import canonical
from openbook.corpus.split import indexed
from openbook.models.open import open_cross_encoder
from openbook.models.settings import Settings as Models
from openbook.project.contrast import ranks
from openbook.project.folder import Project
from openbook.project.tune import Tuned, adapters_of, made_of
from openbook.tune.adapter import ROWS, publish, published
from openbook.tune.cross import CrossJob, CrossSettings, described_reranker
from openbook.tune.judged import Judged, read_judged
from openbook.tune.registry import checked
from openbook.tune.rows import parts
from openbook.tune.run import Progress, RunSettings, run
from openbook.types import CrossEncoder, digest


@dataclass(frozen=True)
class CrossOrder:
    """What is to be tuned.

    Args:
        name: of the adapter.
        data: file of pairs or lists.
        base: name of the cross-encoder; empty means ``models.reranker``.
    """

    name: str
    data: Path
    base: str = ""
    settings: CrossSettings = field(default_factory=CrossSettings)


def tune_cross(
    project: Project,
    order: CrossOrder,
    settings: RunSettings | None = None,
    begin: Callable[[CrossJob], None] | None = None,
    progress: Callable[[Progress], None] | None = None,
    *,
    replace: bool = False,
) -> Tuned:
    """Tune a cross-encoder, or go on with it where it was stopped; arguments and errors as
    :func:`openbook.project.tune_retriever.tune_retriever` has them.

    Its scores are the places of what answers among each held-out row's own passages.
    """
    target = adapters_of(project) / checked(order.name)
    order.settings.check()
    base = order.base or project.settings.of(Models).reranker
    models = project.models(base, "reranker")
    described = described_reranker(base, models, project.folder)
    divided = parts(read_judged(order.data), order.settings.held_out, order.settings.seed)
    job = CrossJob.open(base, described, divided, order.settings, project.folder)
    if not replace and published(job, target):
        return Tuned(target, None, made_of(target))
    folder = project.made / "tuning" / digest(canonical(job.spec()), size=12)
    before = _places(open_cross_encoder(base, models, project.folder), job.divided.held)
    if begin:
        begin(job)
    outcome = run(job, folder, settings, progress)
    if not outcome.finished:
        return Tuned(folder, outcome, {})
    with tempfile.TemporaryDirectory(prefix="openbook-") as part:
        job.save(Path(part))
        after = _places(open_cross_encoder(part, models, project.folder), job.divided.held)
    scores = ranks(before, after, first="MRR@10")
    publish(job, outcome, target, scores, keep={ROWS: order.data}, replace=replace)
    shutil.rmtree(folder, ignore_errors=True)
    return Tuned(target, outcome, made_of(target))


def _places(model: CrossEncoder, rows: Sequence[Judged]) -> list[int]:
    """The rank, from 1, of what answers among the passages of each row."""
    found = []
    for row in rows:
        passages = [*row.positives, *row.negatives]
        scores = model.score([(row.question, indexed(passage)) for passage in passages])
        own = scores[: len(row.positives)].max()
        found.append(int(np.sum(scores > own)) + 1)
    return found
