"""openbook's retrievers through the real pipeline: sync a folder, search the snapshot."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peers import DEPTH, Run
from sets import Collection

from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.snapshot import Snapshot
from openbook.project.runtime import Runtime
from openbook.stage import Stage
from openbook.types import Encoder, Query, Ranking

CHUNK = 128
"""Questions searched at once."""

PASSAGES = 120
"""Passages asked for: a fifth more than documents wanted, because some are cut into several."""


@dataclass(frozen=True)
class Opened:
    """A synced collection. ``stored`` leads from document ids back to the collection's."""

    runtime: Runtime
    passages: int
    documents: int
    seconds: float


@contextmanager
def opened(collection: Collection, encoder: Encoder | None = None) -> Iterator[Opened]:
    """A knowledge base of one ``corpus.jsonl``, for as long as it is measured."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "corpus.jsonl"
        source.write_text("\n".join(collection.lines) + "\n", "utf-8")
        base = KnowledgeBase(folder / "knowledge")
        start = time.perf_counter()
        report = base.sync([source], encoder=encoder)
        seconds = time.perf_counter() - start
        assert not report.problems, report.problems
        snapshot = base.snapshot()
        providers: dict[type, Any] = {Snapshot: lambda name: snapshot}
        if encoder is not None:
            providers[Encoder] = lambda name: encoder
        runtime = Runtime(snapshot.identity, providers)
        yield Opened(runtime, snapshot.size, len(snapshot.document_ids()), seconds)


def search(
    base: Opened, stages: dict[str, Stage[Query, Ranking]], collection: Collection
) -> tuple[dict[str, Run], dict[str, float]]:
    """Each stage's run, and milliseconds a question; a fused stage's time leaves out the parts
    that were run before it, because the runtime remembers them.
    """
    queries = [Query(text, id=query) for query, text in collection.questions.items()]
    runs: dict[str, Run] = {name: {} for name in stages}
    spent = dict.fromkeys(stages, 0.0)
    for stage in stages.values():
        base.runtime.run(stage, queries[:1])
    base.runtime.forget()
    for at in range(0, len(queries), CHUNK):
        for name, stage in stages.items():
            start = time.perf_counter()
            rankings = base.runtime.run(stage, queries[at : at + CHUNK])
            spent[name] += time.perf_counter() - start
            runs[name] |= {ranking.query.id: by_document(ranking) for ranking in rankings}
        base.runtime.forget()
    return runs, {name: 1000 * seconds / len(queries) for name, seconds in spent.items()}


def by_document(ranking: Ranking) -> dict[str, float]:
    """Best score of each document's passages, best first."""
    scores: dict[str, float] = {}
    for hit in ranking.hits:
        document = hit.passage.document_id
        scores[document] = max(scores.get(document, -1.0), hit.score)
    best = sorted(scores, key=lambda d: (-scores[d], d))[:DEPTH]
    return {document: scores[document] for document in best}
