"""The ranking model and the gate before a large one, on collections that neither learnt from.

    python benchmarks/ranking/run.py --data ../shared/data [--sets NAME ...] [--no-gate]

``fused`` is hybrid retrieval as it comes, ``learnt`` the same candidates in the order of
``LearntRank``: nDCG@10 over documents, paired over questions (95 % bootstrap intervals, 10,000
resamples, seeded). ``commerce_kb`` asks with a page's title for the page without it; ``handbook``
is the sample project. Large collections are sampled, seeded.

The gate is measured on English sets with a sentence encoder (``minilm``) in place of a large
model, reading every candidate beside the question: with the gate, without it (all questions go
to the large stage, or none), with as many questions drawn at random, and with the gate turned
round. Times are processor seconds of this process, so other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE.parent / "retrieval")]

import numpy as np  # noqa: E402
import sets  # noqa: E402
from ours import opened  # noqa: E402

import run as retrieval  # noqa: E402
from openbook.corpus.frontmatter import field_title, front_matter  # noqa: E402
from openbook.errors import MissingExtraError  # noqa: E402
from openbook.knowledge.base import KnowledgeBase  # noqa: E402
from openbook.knowledge.snapshot import Snapshot  # noqa: E402
from openbook.models.open import ENCODER, open_encoder  # noqa: E402
from openbook.models.settings import Settings  # noqa: E402
from openbook.project.runtime import Runtime  # noqa: E402
from openbook.retrieve import ltr  # noqa: E402
from openbook.retrieve.filter_rerank import FilterRerank, routed  # noqa: E402
from openbook.retrieve.hybrid import LEARNT, retrieve  # noqa: E402
from openbook.retrieve.ltr import LearntRank  # noqa: E402
from openbook.retrieve.rerank import Rerank  # noqa: E402
from openbook.types import CrossEncoder, Encoder, Query, Ranking  # noqa: E402

OUT = HERE.parent / "results" / "ranking.json"
DEPTH = 50
MOST = 1_000
"""Questions of a set, at most."""
READ = 20
"""Candidates that the large stage reads."""
THRESHOLDS = (0.5, 0.7, 0.8, 0.9)
PUBLIC = ("squad", "korquad", "pubmedqa", "cranfield", "cisi")
OWN = ("commerce_kb-en", "commerce_kb-ko", "handbook")
GATED = ("squad", "pubmedqa", "cranfield", "cisi")


def collection(name: str, data: Path, most: int) -> sets.Collection:
    """A public set, sampled, or one of :data:`OWN`."""
    if name in PUBLIC:
        made = sets.read(name, data)
        chosen = sorted(made.questions)
        if len(chosen) > most:
            draw = np.random.default_rng(retrieval.SEED).choice(chosen, most, replace=False)
            chosen = [str(one) for one in draw]
        return replace(
            made,
            questions={n: made.questions[n] for n in chosen},
            relevant={n: made.relevant[n] for n in chosen},
        )
    return handbook() if name == "handbook" else support(name.rpartition("-")[2], data)


def support(language: str, data: Path) -> sets.Collection:
    """Support pages without their titles, asked for by title; titles that repeat are not asked."""
    folder = data / "commerce_kb" / language
    lines, questions, ids, texts = [], {}, [], []
    for path in sorted(folder.rglob("*.md")):
        fields, text = front_matter(path.read_text("utf-8"))
        body = text.lstrip()
        first = body.partition("\n")[0].strip("# ").strip()
        title = field_title(fields) or first
        if first == title:
            body = body.partition("\n")[2]
        name = str(path.relative_to(folder))
        if len(body) > 80:
            lines.append(json.dumps({"_id": name, "text": body}, ensure_ascii=False))
            ids.append(name)
            texts.append(body)
            questions[name] = title
    asked = list(questions.values())
    questions = {n: q for n, q in questions.items() if asked.count(q) == 1}
    return sets.Collection(
        f"commerce_kb-{language}", language, tuple(lines), tuple(ids), tuple(texts), questions,
        {n: {n: 1} for n in questions},
    )  # fmt: skip


def handbook() -> sets.Collection:
    """The sample project's questions; its documents are synced as files."""
    rows = [
        json.loads(line)
        for line in (ROOT / "examples" / "questions.jsonl").read_text("utf-8").splitlines()
    ]
    rows = [row for row in rows if row["answerable"] and row["gold"]]
    return sets.Collection(
        "handbook", "both", (), (), (), {r["_id"]: r["text"] for r in rows},
        {r["_id"]: dict.fromkeys(r["gold"], 1) for r in rows},
    )  # fmt: skip


@contextmanager
def runtime(made: sets.Collection, encoder: Any) -> Iterator[Runtime]:
    """A synced collection."""
    if made.lines:
        with opened(made, encoder) as base:
            yield base.runtime
        return
    with tempfile.TemporaryDirectory() as name:
        base_ = KnowledgeBase(Path(name) / "kb")
        base_.sync([ROOT / "examples" / "handbook"], encoder=encoder)
        snapshot = base_.snapshot()
        yield Runtime(
            snapshot.identity, {Snapshot: lambda name: snapshot, Encoder: lambda name: encoder}
        )


def scores(made: sets.Collection, rankings: Sequence[Ranking]) -> dict[str, float]:
    """nDCG@10 by question, over documents in the order of their best passages."""
    found = {}
    for ranking in rankings:
        name = ranking.query.id
        order = list(dict.fromkeys(passage.document_id for passage in ranking.passages))
        gain = [made.relevant[name].get(document, 0) for document in order[:10]]
        ideal = sorted(made.relevant[name].values(), reverse=True)[:10]
        found[name] = _dcg(gain) / _dcg(ideal)
    return found


def _dcg(gains: Sequence[int]) -> float:
    return float(sum(gain / np.log2(rank + 2) for rank, gain in enumerate(gains)))


def measure(made: sets.Collection, encoder: Any) -> tuple[dict[str, Any], list[Ranking]]:
    """One collection, and its candidates."""
    queries = [Query(text, id=name) for name, text in made.questions.items()]
    fused: list[Ranking] = []
    learnt: list[Ranking] = []
    spent = 0.0
    with runtime(made, encoder) as run:
        for at in range(0, len(queries), 128):
            some = run.run(retrieve(DEPTH, dense=LEARNT), queries[at : at + 128])
            start = time.process_time()
            learnt += run.run(LearntRank(DEPTH, DEPTH), some)
            spent += time.process_time() - start
            fused += some
            run.forget()
    before, after = scores(made, fused), scores(made, learnt)
    return {
        "language": made.language,
        "questions": len(queries),
        "fused": round(float(np.mean(list(before.values()))), 4),
        "learnt": round(float(np.mean(list(after.values()))), 4),
        "learnt_minus_fused": retrieval.paired(after, before),
        "milliseconds_a_question": round(1000 * spent / len(queries), 2),
    }, fused


class Reads:
    """A sentence encoder as the large stage; passages that come again are not read again, and
    the pairs asked for are counted.
    """

    def __init__(self, encoder: Any) -> None:
        self.encoder, self.pairs = encoder, 0
        self.name = encoder.name
        self.held: dict[str, Any] = {}

    def score(self, pairs: Sequence[tuple[str, str]]) -> Any:
        """Cosines."""
        self.pairs += len(pairs)
        texts = [text for pair in pairs for text in pair]
        new = [text for text in dict.fromkeys(texts) if text not in self.held]
        for at in range(0, len(new), 64):
            some = new[at : at + 64]
            self.held |= dict(zip(some, self.encoder.encode_passages(some), strict=True))
        return np.array([self.held[a] @ self.held[b] for a, b in pairs], np.float32)


def gated(
    made: sets.Collection, fused: Sequence[Ranking], encoder: Any, large: Reads
) -> dict[str, Any]:
    """The gate against all, none, chance and itself turned round."""
    providers: dict[type, Any] = {
        Encoder: lambda name: encoder,
        CrossEncoder: lambda name: large,
    }
    run = Runtime("gate", providers)
    small, big = LearntRank(READ, DEPTH), Rerank(READ, READ)

    def with_gate(threshold: float) -> tuple[list[Ranking], int]:
        before = large.pairs
        found = FilterRerank(small, big, threshold, READ).run(fused, run)
        return found, large.pairs - before

    every, cost = with_gate(2.0)
    none, _ = with_gate(0.0)
    all_large, all_small = scores(made, every), scores(made, none)
    names = [ranking.query.id for ranking in fused]
    sure = np.array([_why(ranking) for ranking in none])
    table: dict[str, Any] = {
        "questions": len(fused),
        "none_to_large": _mean(all_small),
        "all_to_large": _mean(all_large),
        "calibration": calibration(made, none, sure),
        "gates": {},
    }
    random = np.random.default_rng(retrieval.SEED)
    for threshold in THRESHOLDS:
        run.forget()
        found, read = with_gate(threshold)
        share = routed(found)
        count = round(share * len(names))
        chance = np.mean(
            [_mixed(names, all_small, all_large, random.permutation(len(names))[:count])
             for _ in range(200)]
        )  # fmt: skip
        turned = _mixed(names, all_small, all_large, np.argsort(-sure, kind="stable")[:count])
        got = scores(made, found)
        table["gates"][str(threshold)] = {
            "routed": round(share, 4),
            "pairs_saved": round(1 - read / max(1, cost), 4),
            "nDCG@10": _mean(got),
            "random_gate": round(float(chance), 4),
            "inverted_gate": round(turned, 4),
            "minus_all_to_large": retrieval.paired(got, all_large),
            "minus_none": retrieval.paired(got, all_small),
        }
    return table


def _why(ranking: Ranking) -> float:
    return dict(ranking.hits[0].why)["filter_rerank sure"] if ranking.hits else 1.0


def _mean(values: Mapping[str, float]) -> float:
    return round(float(np.mean(list(values.values()))), 4)


def _mixed(
    names: Sequence[str], small: Mapping[str, float], large: Mapping[str, float], at: Any
) -> float:
    chosen = {names[n] for n in at}
    return float(np.mean([large[n] if n in chosen else small[n] for n in names]))


def calibration(
    made: sets.Collection, ranked: Sequence[Ranking], sure: Any
) -> list[dict[str, float]]:
    """How often the first hit is right by how sure the gate is, in fifths."""
    right = np.array(
        [
            bool(r.hits) and r.hits[0].passage.document_id in made.relevant[r.query.id]
            for r in ranked
        ]
    )
    found = []
    for low in np.arange(0, 1, 0.2):
        here = (sure >= low) & (sure < low + 0.2 + 1e-9 * (low > 0.7))
        if here.any():
            found.append(
                {
                    "from": round(float(low), 1),
                    "questions": int(here.sum()),
                    "said": round(float(sure[here].mean()), 3),
                    "right": round(float(right[here].mean()), 3),
                }
            )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the collections")
    parser.add_argument("--sets", nargs="*", default=[*PUBLIC, *OWN], choices=[*PUBLIC, *OWN])
    parser.add_argument("--questions", type=int, default=MOST, help="of a set, at most")
    parser.add_argument("--no-gate", action="store_true")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    encoder: Any = open_encoder(ENCODER, Settings(), Path())
    data_hash = str(ltr.bundled().made["data"])
    results = json.loads(given.out.read_text("utf-8")) if given.out.is_file() else {}
    if results.get("made_by", {}).get("ranker") != data_hash:
        results = {"sets": {}, "gate": {}}
    results["made_by"] = {**retrieval.made_by(), "encoder": encoder.name, "ranker": data_hash}
    results["made_by"]["method"] = repr(retrieve(DEPTH, dense=LEARNT) >> LearntRank(DEPTH, DEPTH))
    large = None if given.no_gate else _large()
    for name in given.sets:
        made = collection(name, given.data, given.questions)
        results["sets"][name], fused = measure(made, encoder)
        print(name, results["sets"][name], flush=True)
        if large is not None and name in GATED:
            results["gate"][name] = gated(made, fused, encoder, large)
            print(json.dumps(results["gate"][name]), flush=True)
        given.out.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _large() -> Reads | None:
    try:
        return Reads(open_encoder("minilm", Settings(), Path()))
    except MissingExtraError as error:
        print(f"without the gate: {error}")
        return None


if __name__ == "__main__":
    main()
