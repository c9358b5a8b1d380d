"""The weights of fusion, by language, learnt on the held-out sets of ``held_out.py``.

    python training/encoder/fusion.py --data ../shared/data --out RUN --model FOLDER [--write]

Each set is synced and searched lexically through the real pipeline, once (kept in the run's
folder); dense lists are exact. The weight of a language is the smallest whose mean nDCG@10 over
its sets is within one standard error of the best (Breiman et al., 1984), among those at which no
set loses more than 0.0005 to lexical ranking alone. Documentation pages are shown and not
counted: the encoder has studied their siblings, so they make it look better than it will be on
documents that it has not. All curves are printed; ``--write`` puts the weights into
``config.json``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import held_out
import numpy as np
from numpy.typing import NDArray

from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.snapshot import Snapshot
from openbook.models.static import StaticEncoder
from openbook.project.runtime import Runtime
from openbook.retrieve.lexical import Lexical
from openbook.retrieve.normalise import convex
from openbook.types import Query

DEPTH = 100
MAY_LOSE = 0.0005
GRID = tuple(round(0.05 * n, 2) for n in range(21))

Lists = list[dict[int, float]]
"""A question each: scores by number of the passage."""


def lexical(held: held_out.Held, file: Path) -> Lists:
    """What the pipeline finds without vectors."""
    if not file.is_file():
        with tempfile.TemporaryDirectory() as name:
            source = Path(name) / "corpus.jsonl"
            rows = ({"_id": str(n), "text": text} for n, text in enumerate(held.passages))
            lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            source.write_text("".join(lines), "utf-8")
            base = KnowledgeBase(Path(name) / "kb")
            base.sync([source])
            snapshot = base.snapshot()
            texts = {text: number for number, text in enumerate(held.passages)}
            runtime = Runtime(snapshot.identity, {Snapshot: lambda name: snapshot})
            queries = [Query(text, id=str(n)) for n, text in enumerate(held.questions)]
            found = []
            for ranking in runtime.run(Lexical(DEPTH, DEPTH), queries):
                scores: dict[int, float] = {}
                for hit in ranking.hits:
                    number = _number(hit.passage.document_id, hit.passage.text, texts)
                    scores[number] = max(scores.get(number, 0.0), hit.score)
                found.append(scores)
        file.write_text(json.dumps(found), "utf-8")
    return [{int(n): s for n, s in row.items()} for row in json.loads(file.read_text("utf-8"))]


def _number(document: str, text: str, texts: Mapping[str, int]) -> int:
    """The number of a passage: its line's id, or its text where ids are made otherwise."""
    tail = document.rpartition("#")[2].rpartition("/")[2]
    return int(tail) if tail.isdigit() else texts[text]


def dense(held: held_out.Held, encoder: StaticEncoder) -> Lists:
    """The nearest passages, exactly."""
    cosines = encoder.encode_queries(held.questions) @ encoder.encode_passages(held.passages).T
    found = []
    for row in cosines:
        best = np.argsort(-row, kind="stable")[:DEPTH]
        found.append({int(n): float(row[n]) for n in best})
    return found


def curve(held: held_out.Held, first: Lists, second: Lists) -> NDArray[np.float64]:
    """nDCG@10 by weight of the second lists and question, shape ``(len(GRID), questions)``."""
    out = np.zeros((len(GRID), len(held.questions)))
    for row, weight in enumerate(GRID):
        for at, (one, two) in enumerate(zip(first, second, strict=True)):
            fused = convex([one, two], [1 - weight, weight], ["minmax", "minmax"])
            gold = fused.get(held.gold[at], 0.0)
            place = sum(score > gold for score in fused.values())
            if gold > 0 and place < 10:
                out[row, at] = 1 / np.log2(place + 2)
    return out


def choose(curves: Mapping[str, NDArray[np.float64]]) -> float:
    """The weight for sets of one language, from their :func:`curve`; see the module."""
    counted = [found for name, found in curves.items() if not name.startswith("guide")]
    means = np.mean([found.mean(1) for found in counted], axis=0)
    keeps = [
        all(f[row].mean() >= f[0].mean() - MAY_LOSE for f in counted) for row in range(len(GRID))
    ]
    best = max((row for row in range(len(GRID)) if keeps[row]), key=lambda row: means[row])
    for row in range(best):
        variances = [np.var(f[best] - f[row], ddof=1) / f.shape[1] for f in counted]
        error = float(np.sqrt(sum(variances))) / len(counted)
        if keeps[row] and means[best] - means[row] <= error:
            return GRID[row]
    return GRID[best]


def main() -> None:
    """Learn, print, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, required=True, help="the run's folder")
    parser.add_argument("--model", type=Path, required=True, help="the encoder's folder")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    encoder = StaticEncoder.open(given.model)
    curves: dict[str, dict[str, NDArray[np.float64]]] = {"en": {}, "ko": {}}
    print("weight      " + " ".join(f"{w:5.2f}" for w in GRID))
    for held in held_out.all_sets(given.data):
        lists = lexical(held, given.out / f"lexical-{held.name}.json")
        found = curve(held, lists, dense(held, encoder))
        curves[held.language][held.name] = found
        print(f"{held.name:12}" + " ".join(f"{v:.3f}" for v in found.mean(1)), flush=True)
    fusion = {language: choose(by_set) for language, by_set in curves.items()}
    print(fusion)
    if given.write:
        file = given.model / "config.json"
        config = json.loads(file.read_text("utf-8")) | {"fusion": fusion}
        file.write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
