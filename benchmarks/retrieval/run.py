"""Retrieval quality beside bm25s and whitespace BM25 on public collections.

    python benchmarks/retrieval/run.py --data ../shared/data

Every system reads the same text. bm25s is given several tokenisers; the best on a set, by
its nDCG@10 there, is the one to beat. Differences are paired over questions: 95 % bootstrap
intervals, 10,000 resamples, seeded. Fields and weights were chosen on other text, with looks at
these collections that docs/decisions/0001-lexical-fields.md lists.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG
from ours import PASSAGES, opened, search
from peers import TOKENISERS, Run, bm25, whitespace
from sets import SETS, Collection, read

from openbook.evaluate.statistics import interval
from openbook.retrieve.dense import Dense
from openbook.retrieve.hybrid import retrieve
from openbook.retrieve.lexical import Lexical
from openbook.text.terms import ANALYSER

MEASURES = {"nDCG@10": nDCG @ 10, "MRR": RR, "Recall@10": R @ 10, "Recall@100": R @ 100}
RESAMPLES = 10_000
SEED = 20261120
SAMPLED = 500
"""Questions that the dense rows are measured on, at most."""
HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "results" / "retrieval.json"
PACKAGES = ("openbook", "lancedb", "kiwipiepy", "PyStemmer", "bm25s", "ir-measures", "numpy")


def measured(run: Run, collection: Collection) -> dict[str, dict[str, float]]:
    """Each measure by question; a question without results scores 0."""
    found: dict[str, dict[str, float]] = {
        name: dict.fromkeys(collection.questions, 0.0) for name in MEASURES
    }
    names = {measure: name for name, measure in MEASURES.items()}
    for value in ir_measures.iter_calc(list(MEASURES.values()), collection.relevant, run):
        found[names[value.measure]][value.query_id] = value.value
    return found


def means(scores: dict[str, dict[str, float]]) -> dict[str, float]:
    return {name: round(float(np.mean(list(v.values()))), 4) for name, v in scores.items()}


def paired(ours: dict[str, float], theirs: dict[str, float]) -> dict[str, Any]:
    """Mean difference over questions with its 95 % bootstrap interval."""
    difference = np.array([ours[query] - theirs[query] for query in ours])
    low, high = interval(difference, seed=SEED, resamples=RESAMPLES)
    verdict = "better" if low > 0 else "worse" if high < 0 else "no difference shown"
    return {
        "difference": round(float(difference.mean()), 4),
        "interval": [round(float(low), 4), round(float(high), 4)],
        "verdict": verdict,
    }


def sample(collection: Collection) -> Collection:
    """At most :data:`SAMPLED` questions, seeded: encoding is slow on two cores."""
    names = sorted(collection.questions)
    if len(names) > SAMPLED:
        names = [str(name) for name in np.random.default_rng(SEED).choice(names, SAMPLED, False)]
    return replace(
        collection,
        questions={name: collection.questions[name] for name in names},
        relevant={name: collection.relevant[name] for name in names},
    )


def measure(collection: Collection, encoder: Any) -> dict[str, Any]:
    """All systems on one collection."""
    start = time.perf_counter()
    scores: dict[str, dict[str, dict[str, float]]] = {}
    depth = PASSAGES
    stages: dict[str, Any] = {
        "openbook": Lexical(k=depth, depth=depth),
        "openbook words only": Lexical(k=depth, depth=depth, grams=0.0),
        "openbook grams only": Lexical(k=depth, depth=depth, grams=1.0),
        "openbook tfidf": Lexical(k=depth, depth=depth, scheme="tfidf"),
    }
    dense: dict[str, Any] = {
        "openbook, sampled": Lexical(k=depth, depth=depth),
        "dense minilm, sampled": Dense(k=depth),
        "openbook + dense minilm, sampled": retrieve(depth, depth, dense=0.5),
    }
    few = sample(collection)
    with opened(collection, encoder) as base:
        runs, milliseconds = search(base, stages, collection)
        if encoder is not None:
            more, _ = search(base, dense, few)
            scores |= {name: measured(run, few) for name, run in more.items()}
        synced, passages, documents = base.seconds, base.passages, base.documents
    scores |= {name: measured(run, collection) for name, run in runs.items()}
    for name, cut in TOKENISERS[collection.language].items():
        scores[f"bm25s {name}"] = measured(bm25(collection, cut), collection)
    scores["bm25 whitespace"] = measured(bm25(collection, whitespace), collection)
    table = {name: means(value) for name, value in scores.items()}
    peers = [name for name in table if name.startswith("bm25s ")]
    best = max(peers, key=lambda name: table[name]["nDCG@10"])
    rivals = (best, "bm25 whitespace", *(n for n in stages if n != "openbook"))
    return {
        "language": collection.language,
        "documents": documents,
        "passages": passages,
        "questions": len(collection.questions),
        "sampled_questions": len(few.questions) if encoder is not None else 0,
        "measures": table,
        "best_bm25s": best,
        "openbook_minus": {
            rival: paired(scores["openbook"]["nDCG@10"], scores[rival]["nDCG@10"])
            for rival in rivals
        },
        "hybrid_minus_openbook": paired(
            scores["openbook + dense minilm, sampled"]["nDCG@10"],
            scores["openbook, sampled"]["nDCG@10"],
        )
        if encoder is not None
        else None,
        "milliseconds_a_question": {k: round(v, 2) for k, v in milliseconds.items()},
        "sync_seconds": round(synced, 2),
        "seconds": round(time.perf_counter() - start, 1),
    }


def minilm() -> Any:
    """The bundled English encoder, or ``None`` where its package is not installed."""
    from openbook.errors import MissingExtraError
    from openbook.models.open import open_encoder
    from openbook.models.settings import Settings

    try:
        return open_encoder("minilm", Settings(), Path())
    except MissingExtraError as error:
        print(f"without dense rows: {error}")
        return None


def made_by() -> dict[str, Any]:
    """What made these numbers."""
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=HERE, capture_output=True, text=True, check=True
    ).stdout.strip()
    return {
        "commit": commit,
        "analyser": ANALYSER,
        "method": repr(Lexical()),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
        "seed": SEED,
        "resamples": RESAMPLES,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the collections")
    parser.add_argument("--sets", nargs="*", default=list(SETS), choices=list(SETS))
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--no-dense", action="store_true")
    given = parser.parse_args()
    start = time.perf_counter()
    encoder = None if given.no_dense else minilm()
    results: dict[str, Any] = {"made_by": made_by(), "sets": {}}
    for name in given.sets:
        collection = read(name, given.data)
        found = measure(collection, encoder if collection.language == "en" else None)
        results["sets"][name] = found
        best = found["best_bm25s"]
        print(f"{name}: {found['questions']} questions, {found['seconds']} s")
        for system, values in found["measures"].items():
            print(f"    {system:34}" + "".join(f"{k} {v:.4f}  " for k, v in values.items()))
        print(f"    openbook - {best}: {found['openbook_minus'][best]}", flush=True)
        results["seconds"] = round(time.perf_counter() - start, 1)
        given.out.parent.mkdir(exist_ok=True)
        given.out.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
