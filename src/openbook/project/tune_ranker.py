"""Tuning of a ranking model in a project: its rows, what retrieval finds, and the adapter."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from openbook.errors import InputError
from openbook.knowledge.progress import Progress, Silence
from openbook.models.weights import fingerprint
from openbook.project.contrast import ranks
from openbook.project.folder import Project
from openbook.project.tune import Tuned, adapters_of, made_of
from openbook.retrieve.hybrid import LEARNT, retrieve
from openbook.retrieve.ltr import BUNDLED, RankingModel
from openbook.tune.adapter import ROWS, publish, published
from openbook.tune.judged import Judged, read_judged
from openbook.tune.ranker import RankerJob, RankerSettings, asked
from openbook.tune.registry import checked
from openbook.tune.rows import Parts, parts
from openbook.types import Encoder


@dataclass(frozen=True)
class RankerOrder:
    """What is to be tuned.

    Args:
        name: of the adapter.
        data: file of pairs or lists.
        base: ranking model whose trees come first: ``adapter:NAME``; empty for the one that comes
            with openbook.
    """

    name: str
    data: Path
    base: str = ""
    settings: RankerSettings = field(default_factory=RankerSettings)


def tune_ranker(
    project: Project,
    order: RankerOrder,
    progress: Progress | None = None,
    *,
    replace: bool = False,
) -> Tuned:
    """Tune a ranking model; it takes seconds, so it is done whole or not at all.

    Args:
        project: whose adapter it becomes, and whose knowledge base is searched.
        order: what is to be tuned.
        progress: told how many questions were searched.
        replace: whether an adapter of that name is replaced.

    Raises:
        InputError: a name that is taken or not allowed; rows or settings that do not fit.
        ModelError: a base that is no ranking model.
        MissingExtraError: LightGBM is not installed.
    """
    target = adapters_of(project) / checked(order.name)
    order.settings.check()
    progress = progress or Silence()
    divided = parts(read_judged(order.data), order.settings.held_out, order.settings.seed)
    folder = project.ranker_folder(order.base) if order.base else BUNDLED
    begin = RankingModel.open(folder)
    runtime = project.runtime()
    snapshot = project.knowledge.snapshot()
    _there(divided, {p.document_id for p in snapshot.all_passages()}, order.data)
    encoder = begin.checked(runtime.resolve(Encoder, begin.encoder))  # type: ignore[type-abstract]
    depth = order.settings.depth
    stage = retrieve(depth, 2 * depth, LEARNT)
    began = time.monotonic()
    progress.start("searching", len(divided.learnt) + len(divided.held))
    learnt, held = (
        asked(rows, runtime, stage, encoder, progress.advance)
        for rows in (divided.learnt, divided.held)
    )
    progress.finish()
    job = RankerJob(
        base=order.base or BUNDLED.name,
        begin=begin,
        text=(folder / "model.txt").read_text("utf-8"),
        fingerprint=fingerprint(folder),
        settings=order.settings,
        divided=divided,
        groups=learnt,
        encoder=encoder,
        knowledge=snapshot.identity,
        version=snapshot.version,
    )
    if not replace and published(job, target):
        return Tuned(target, None, made_of(target))
    with tempfile.TemporaryDirectory(prefix="openbook-") as part:
        tuned = job.learn(Path(part))
        before, after = ([one.place(model) for one in held] for model in (begin, tuned))
    scores = ranks(before, after, first="MRR@10")
    outcome = job.outcome(time.monotonic() - began)
    publish(job, outcome, target, scores, keep={ROWS: order.data}, replace=replace)
    return Tuned(target, outcome, made_of(target))


def _there(divided: Parts[Judged], documents: set[str], data: Path) -> None:
    """Refuse rows that are of another knowledge base.

    Raises:
        InputError: no row is of a document that is there.
    """
    if not any(row.document in documents for row in divided.learnt):
        raise InputError(
            "its rows are of no document of the knowledge base, in which candidates are looked for",
            where=str(data),
            fix="Sync the documents that they were made of: openbook sync FOLDER.",
        )
