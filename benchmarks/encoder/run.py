"""The bundled encoder: what it adds to lexical ranking, across languages, and its speed.

    python benchmarks/encoder/run.py --data ../shared/data

``hybrid`` is ``search --retriever hybrid`` as it comes: the weight of the dense ranking is the
one that the encoder learnt, by language, on questions of none of these sets; ``no vectors`` is
the same where sync made none, so that what lexical retrieval finds is scored. Every collection
goes through the real pipeline. Differences are paired over questions: 95 % bootstrap
intervals, 10,000 resamples, seeded. ``aligned`` are the 1,000 documentation pages that were held
out by the hash of their ids; ``commerce_kb`` is another product's documentation, never trained
on. The issue's ``hit@10 on commerce_kb`` is read as title and opening; titles alone stand beside.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, cast

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "retrieval"), str(HERE.parents[1] / "training" / "encoder")]

import held_out  # noqa: E402
import numpy as np  # noqa: E402
import sets  # noqa: E402
import sources  # noqa: E402
from ours import PASSAGES, opened, search  # noqa: E402

import run as retrieval  # noqa: E402
from openbook.corpus.frontmatter import field_title, front_matter  # noqa: E402
from openbook.models.open import ENCODER, bundled, open_encoder  # noqa: E402
from openbook.models.settings import Settings  # noqa: E402
from openbook.retrieve.dense import Dense  # noqa: E402
from openbook.retrieve.hybrid import LEARNT, retrieve  # noqa: E402
from openbook.retrieve.lexical import Lexical  # noqa: E402
from openbook.types import Encoder  # noqa: E402

OUT = HERE.parent / "results" / "encoder.json"
BARE = "hybrid, no vectors"
FEW = 1_000
"""Questions of a set up to which it is searched without vectors too."""
OPENING = 900
"""Characters of a support page beside its title."""
TIMED = 6_000
"""Passages of each language that the encoder is timed on, at most."""


def hybrid(name: str, data: Path, encoder: Any, most: int) -> dict[str, Any]:
    """One collection: lexical, dense, hybrid, and the paired difference; ``most`` questions of
    it, drawn with a seed, or all where that is 0.
    """
    collection = sets.read(name, data)
    if 0 < most < len(collection.questions):
        names = np.random.default_rng(retrieval.SEED).choice(
            sorted(collection.questions), most, replace=False
        )
        collection = replace(
            collection,
            questions={str(n): collection.questions[n] for n in names},
            relevant={str(n): collection.relevant[n] for n in names},
        )
    stages: dict[str, Any] = {
        "lexical": Lexical(k=PASSAGES, depth=PASSAGES),
        "dense": Dense(k=PASSAGES),
        "hybrid": retrieve(PASSAGES, PASSAGES, dense=LEARNT),
    }
    with opened(collection, encoder) as base:
        runs, milliseconds = search(base, stages, collection)
        synced = base.seconds
    if len(collection.questions) <= FEW:
        with opened(collection) as base:
            cast(dict[type, Any], base.runtime.providers)[Encoder] = lambda name: encoder
            more, spent = search(base, {BARE: stages["hybrid"]}, collection)
            runs, milliseconds = runs | more, milliseconds | spent
    scores = {stage: retrieval.measured(run, collection) for stage, run in runs.items()}
    return {
        "language": collection.language,
        "questions": len(collection.questions),
        "measures": {stage: retrieval.means(value) for stage, value in scores.items()},
        "hybrid_minus_lexical": retrieval.paired(
            scores["hybrid"]["nDCG@10"], scores["lexical"]["nDCG@10"]
        ),
        "without_vectors_minus_lexical": retrieval.paired(
            scores[BARE]["nDCG@10"], scores["lexical"]["nDCG@10"]
        )
        if BARE in scores
        else None,
        "milliseconds_a_question": {k: round(v, 2) for k, v in milliseconds.items()},
        "sync_seconds": round(synced, 2),
    }


def support_pages(data: Path) -> list[sources.Aligned]:
    """Pages of ``commerce_kb`` in both languages, by their place in the folder."""
    found = []
    for path in sorted((data / "commerce_kb" / "en").rglob("*.md")):
        name = str(path.relative_to(data / "commerce_kb" / "en"))
        other = data / "commerce_kb" / "ko" / name
        if other.is_file():
            found.append(sources.Aligned(name, _page(path), _page(other)))
    return found


def _page(path: Path) -> sources.Document:
    fields, text = front_matter(path.read_text("utf-8"))
    body = text.lstrip()
    title = field_title(fields) or body.partition("\n")[0].strip("# ")
    return sources.Document(title, body[:OPENING])


def speed(data: Path, encoder: Any) -> dict[str, Any]:
    """Passages a processor second: words met for the first time, and again."""
    found: dict[str, Any] = {}
    for language in ("en", "ko"):
        documents = islice(sources.documents(data, language), 3_000)
        passages = [p for document in documents for p in held_out.passages_of(document)][:TIMED]
        encoder.pieces.clear()
        rates = []  # by processor time: other work on the machine does not count
        for _ in range(4):
            start = time.process_time()
            for at in range(0, len(passages), 256):
                encoder.encode_passages(passages[at : at + 256])
            rates.append(round(len(passages) / (time.process_time() - start)))
        found[language] = {
            "passages": len(passages),
            "characters": round(float(np.mean([len(p) for p in passages]))),
            "first_time": rates[0],
            "again": max(rates[1:]),
        }
    start = time.process_time()
    open_encoder(ENCODER, Settings(), Path())
    found["open_seconds"] = round(time.process_time() - start, 3)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the collections")
    parser.add_argument("--sets", nargs="*", default=list(sets.SETS), choices=list(sets.SETS))
    parser.add_argument("--questions", type=int, default=0, help="sample so many of each set")
    parser.add_argument("--only-sets", action="store_true", help="keep the rest as it stands")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    encoder: Any = open_encoder(ENCODER, Settings(), Path())
    held = kept(given.out, encoder.name)
    results: dict[str, Any] = {
        **(held if held and given.only_sets else alone(given.data, encoder)),
        "made_by": {**retrieval.made_by(), "encoder": encoder.name, "fusion": encoder.fusion},
        "sets": held.get("sets", {}),
    }
    for name in given.sets:
        found = hybrid(name, given.data, encoder, given.questions)
        results["sets"][name] = found
        shown = "  ".join(f"{s} {m['nDCG@10']:.4f}" for s, m in found["measures"].items())
        print(f"{name:20} {shown}  {found['hybrid_minus_lexical']}", flush=True)
        given.out.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")


def kept(out: Path, encoder: str) -> dict[str, Any]:
    """Results of the same vectors from before, so that a part can be measured anew."""
    held: dict[str, Any] = json.loads(out.read_text("utf-8")) if out.is_file() else {}
    return held if held.get("made_by", {}).get("encoder") == encoder else {}


def alone(data: Path, encoder: Any) -> dict[str, Any]:
    """What is measured without a collection: size, speed, other languages."""
    files = {f.name: f.stat().st_size for f in sorted(bundled(ENCODER).iterdir())}
    pages = {
        "aligned": sources.aligned(data)["reported"],
        "commerce_kb": support_pages(data),
    }
    found = {
        "bytes": {**files, "all": sum(files.values())},
        "speed": speed(data, encoder),
        "across": {
            name: {"pages": len(some), **held_out.across(encoder, some)}
            for name, some in pages.items()
        },
    }
    print(json.dumps(found, indent=1))
    return found


if __name__ == "__main__":
    main()
