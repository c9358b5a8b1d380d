"""What each part of query processing adds to lexical retrieval, and what it costs.

    python benchmarks/queries/run.py --data ../shared/data [--part tune]

Settings were chosen on the ``tune`` part of the sets of ``sets.py``; the numbers that are kept
are of the ``report`` part. Differences of nDCG@10 are paired over questions: 95 % bootstrap
intervals, 10,000 resamples, seeded. No test set of the project is read.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
from ir_measures import R, nDCG
from sets import SETS, Queries

from openbook.evaluate.statistics import interval
from openbook.generate.confidence import Calibration
from openbook.generate.extract import Extract
from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.snapshot import Snapshot
from openbook.project.runtime import Runtime
from openbook.retrieve.decompose import Decompose
from openbook.retrieve.expand import Expand
from openbook.retrieve.glossary import Glossary
from openbook.retrieve.iterate import Iterate
from openbook.retrieve.lexical import Lexical
from openbook.stage import Stage
from openbook.types import Query, Ranking

Run = dict[str, dict[str, float]]
Retriever = Stage[Query, Ranking]

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "results" / "queries.json"
MEASURES = {"nDCG@10": nDCG @ 10, "Recall@10": R @ 10}
RESAMPLES, SEED, DEPTH, TIMED = 10_000, 20261121, 30, 20
BASE = Lexical(DEPTH)
NONE = {"glossary": 0.0, "numbers": 0.0, "entities": 0.0, "related": 0.0}


def expanded(**weights: float) -> Retriever:
    return Expand(**{**NONE, **weights}) >> BASE


WEIGHTS = (0.15, 0.3, 0.5)
TUNED: dict[str, dict[str, Callable[[], Retriever]]] = {
    "numbers": {str(w): lambda w=w: expanded(numbers=w) for w in WEIGHTS},  # type: ignore[misc]
    "entities": {str(w): lambda w=w: expanded(entities=w) for w in WEIGHTS},  # type: ignore[misc]
    "related": {str(w): lambda w=w: expanded(related=w) for w in WEIGHTS},  # type: ignore[misc]
    "glossary": {str(w): lambda w=w: expanded(glossary=w) for w in WEIGHTS},  # type: ignore[misc]
    "decompose": {"rules": lambda: Decompose(BASE, k=DEPTH)},
    "iterate": {
        f"{names}x{weight}": lambda n=names, w=weight: Iterate(  # type: ignore[misc]
            BASE, None, k=DEPTH, names=n, weight=w
        )
        for names in (1, 3)
        for weight in (0.5, 1.0)
    },
}
KEPT: dict[str, Callable[[], Retriever]] = {
    "numbers": lambda: expanded(numbers=0.5),
    "entities": lambda: expanded(entities=0.3),
    "related": lambda: expanded(related=0.3),
    "glossary": lambda: expanded(glossary=0.15),
    "decompose": lambda: Decompose(BASE, k=DEPTH),
    "iterate": lambda: Iterate(BASE, None, k=DEPTH),
    "iterate, drafting": lambda: Iterate(BASE, Extract(), k=DEPTH),
    "decompose, iterate": lambda: Decompose(Iterate(BASE, None, k=DEPTH), k=DEPTH),
}
"""What is reported, at the settings that were chosen."""

ONLY = {
    "numbers": ("respelt-ko", "respelt-en", "statutes", "squad"),
    "entities": ("multihop", "statutes", "squad"),
    "related": ("multihop", "statutes", "squad"),
    "glossary": ("support-ko", "crossed"),
    "decompose": ("multihop", "squad"),
    "iterate": ("multihop", "statutes", "squad"),
    "iterate, drafting": ("multihop",),
    "decompose, iterate": ("multihop",),
}
"""Sets that a part is measured on, where not on all."""


@contextmanager
def opened(queries: Queries) -> Iterator[Runtime]:
    """A runtime over a knowledge base of the set's documents."""
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "corpus.jsonl"
        source.write_text("\n".join(queries.lines) + "\n", "utf-8")
        base = KnowledgeBase(Path(name) / "knowledge")
        report = base.sync([source])
        assert not report.problems, report.problems
        snapshot = base.snapshot()
        glossary = Glossary.load(HERE / "glossary.txt")
        providers: dict[type, Any] = {
            Snapshot: lambda name: snapshot,
            Glossary: lambda name: glossary,
            Calibration: lambda name: Calibration(),
        }
        yield Runtime(snapshot.identity, providers)


def by_document(ranking: Ranking) -> dict[str, float]:
    """The ten best documents, by their best passage."""
    found: dict[str, float] = {}
    for rank, passage in enumerate(ranking.passages):
        found.setdefault(passage.document_id, -float(rank))
    return dict(list(found.items())[:10])


def scores(run: Run, queries: Queries) -> dict[str, dict[str, float]]:
    """Each measure by question; without results 0."""
    asked = queries.asked
    relevant = {one.id: dict.fromkeys(one.gold, 1) for one in asked}
    found = {name: {one.id: 0.0 for one in asked} for name in MEASURES}
    names = {measure: name for name, measure in MEASURES.items()}
    for value in ir_measures.iter_calc(list(MEASURES.values()), relevant, run):
        found[names[value.measure]][value.query_id] = value.value
    return found


def paired(new: dict[str, float], old: dict[str, float]) -> dict[str, Any]:
    """Mean difference with its bootstrap interval."""
    values = np.array([new[key] - old[key] for key in old])
    low, high = interval(values, seed=SEED, resamples=RESAMPLES)
    return {
        "difference": round(float(values.mean()), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
        "changed": int((values != 0).sum()),
    }


def measure(
    queries: Queries, stages: dict[str, Callable[[], Retriever]], part: str, most: int
) -> dict[str, Any]:
    """A set: the base, and each stage's difference to it, on its first ``most`` questions."""
    queries = replace(queries, asked=tuple(q for q in queries.asked if q.part == part)[:most])
    asked = [Query(one.text, one.id) for one in queries.asked]
    with opened(queries) as runtime:
        runs: dict[str, Run] = {}
        spent: dict[str, float] = {}
        for name, make in {"base": lambda: BASE, **stages}.items():
            stage = make()
            start = time.perf_counter()
            rankings = runtime.run(stage, asked)
            runs[name] = {r.query.id: by_document(r) for r in rankings}
            spent[name] = latency(runtime, stage, asked) if part == "report" else 0.0
            print(queries.name, name, round(time.perf_counter() - start, 1), "s", flush=True)
    base = scores(runs["base"], queries)
    rows: dict[str, Any] = {
        "questions": len(asked),
        "documents": len(queries.lines),
        "base": {name: mean(values) for name, values in base.items()}
        | {"cpu_ms": round(spent["base"], 2)},
    }
    for name in stages:
        own = scores(runs[name], queries)
        rows[name] = {m: mean(values) for m, values in own.items()} | {
            "paired nDCG@10": paired(own["nDCG@10"], base["nDCG@10"]),
            "cpu_ms": round(spent[name], 2),
        }
        print(f"{queries.name:12} {name:22} {rows[name]}", flush=True)
    print(f"{queries.name:12} base {rows['base']}", flush=True)
    return rows


def latency(runtime: Runtime, stage: Retriever, asked: list[Query]) -> float:
    """Milliseconds of processor time a question, one at a time, nothing remembered. (Processor
    time, over all threads, because other programs may run beside this one.)
    """
    some = asked[:TIMED]
    start = time.process_time()
    for query in some:
        runtime.forget()
        runtime.run(stage, [query])
    runtime.forget()
    return 1000 * (time.process_time() - start) / len(some)


def mean(values: dict[str, float]) -> float:
    return round(float(np.mean(list(values.values()))), 4)


def chosen(name: str, part: str, wanted: list[str]) -> dict[str, Callable[[], Retriever]]:
    """The stages that are measured on a set."""
    found: dict[str, Callable[[], Retriever]] = {}
    for stage, make in KEPT.items():
        if stage not in wanted or name not in ONLY.get(stage, tuple(SETS)):
            continue
        if part == "tune" and stage in TUNED:
            found |= {f"{stage} {value}": one for value, one in TUNED[stage].items()}
        else:
            found[stage] = make
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--most", type=int, default=300, help="questions of a set")
    parser.add_argument("--again", action="store_true", help="measure sets that are there")
    parser.add_argument("--stages", nargs="+", default=list(KEPT))
    parser.add_argument("--part", choices=("tune", "report"), default="report")
    asked = parser.parse_args()
    for name in asked.sets:
        if asked.part == "report" and name in kept() and not asked.again:
            print(name, "is there", flush=True)
            continue
        stages = chosen(name, asked.part, asked.stages)
        start = time.perf_counter()
        found = measure(SETS[name](asked.data), stages, asked.part, asked.most)
        if asked.part == "report":
            found["seconds"] = round(time.perf_counter() - start, 1)
            write({**kept(), name: found})


def kept() -> dict[str, Any]:
    """Sets that are measured already."""
    return dict(json.loads(OUT.read_text("utf-8"))["sets"]) if OUT.exists() else {}


def write(sets: dict[str, Any]) -> None:
    packages = ("openbook", "lancedb", "kiwipiepy", "PyStemmer", "numpy", "ir-measures")
    report = {
        "what": "query processing over lexical retrieval, report part of each set",
        "sets": sets, "resamples": RESAMPLES, "seed": SEED,
        "machine": {"cores": os.cpu_count(), "platform": platform.platform()},
        "versions": {name: version(name) for name in packages},
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "commit": subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True,
            check=True,
        ).stdout.strip(),
    }  # fmt: skip
    OUT.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
