"""Make the ranking model: labelled questions, what retrieval finds for them, trees, the gate.

    python training/ranking/make.py --data ../shared/data --out RUN [--publish FOLDER]

Stopped at any moment it goes on where it was. How trees are grown (``--grid`` tries several) is
chosen by nDCG@10 on the questions of validation documents, a fifth of every set; no test set is
read. The gate is fitted on those questions too, so the model learns from the others alone.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import candidates
import gate
import numpy as np
import sets

from openbook.artifacts import write_atomic
from openbook.models.open import ENCODER, bundled
from openbook.models.static import StaticEncoder
from openbook.retrieve.ltr import RankingModel
from openbook.retrieve.ltr_train import Grades, Growth, train

WRITTEN = "squad"
SHARES = tuple(n / 10 for n in range(11))
GRID = [
    Growth(trees=trees, leaves=leaves, rate=rate, ridge=ridge, smallest=smallest)
    for trees, rate in ((300, 0.05), (150, 0.1))
    for leaves, smallest in ((7, 200), (15, 100), (31, 100))
    for ridge in (10.0,)
]


def gain(order: Sequence[int], group: candidates.Brief, k: int = 10) -> float:
    """nDCG@10 over documents' best places; a gold document that was not found counts."""
    seen: dict[str, bool] = {}
    for at in order:
        document = group.documents[at]
        seen.setdefault(document, group.grades[at] > 0)
    found = sum(hit / np.log2(n + 2) for n, hit in enumerate(list(seen.values())[:k]))
    ideal = sum(1 / np.log2(n + 2) for n in range(min(k, len(group.gold))))
    return float(found / ideal)


def exact(order: Sequence[int], group: candidates.Brief) -> float:
    """nDCG@10 of the passage itself."""
    place = next((n for n, at in enumerate(order[:10]) if group.grades[at] == 2), None)
    return 0.0 if place is None else float(1 / np.log2(place + 2))


def scores(
    model: RankingModel, groups: Sequence[candidates.Brief], rows: Sequence[Grades]
) -> dict[str, dict[str, float]]:
    """nDCG@10 of passages by set, before and after."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for group, row in zip(groups, rows, strict=True):
        values = np.array(model.values(row.rows, group.scores))
        order = np.argsort(-values, kind="stable").tolist()
        measure = gain if len(group.gold) > 1 else exact
        before = measure(range(len(group.grades)), group)
        found[group.set].append((before, measure(order, group)))
    table = {name: np.mean(pairs, axis=0).round(4) for name, pairs in found.items()}
    return {name: {"before": float(b), "after": float(a)} for name, (b, a) in table.items()}


def chosen_share(
    model: RankingModel, groups: Sequence[candidates.Brief], rows: Sequence[Grades]
) -> float:
    """How much the trees count: what is best on the only set whose questions people wrote without
    copying; the larger of two that are equally good.
    """
    at = [n for n, group in enumerate(groups) if group.set == WRITTEN]
    some, theirs = [groups[n] for n in at], [rows[n] for n in at]
    curve = {
        share: scores(replace(model, share=share), some, theirs)[WRITTEN]["after"]
        for share in SHARES
    }
    print(curve, flush=True)
    return max(SHARES, key=lambda share: (curve[share], share))


def main() -> None:
    """Collect, choose, learn, publish."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, required=True, help="the run's folder")
    parser.add_argument("--sets", nargs="*", default=list(sets.NAMES), choices=sets.NAMES)
    parser.add_argument("--grid", action="store_true", help="try several ways to grow trees")
    parser.add_argument("--publish", type=Path, help="folder to write")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    encoder = StaticEncoder.open(bundled(ENCODER))
    made = [candidates.collected(name, given.data, encoder, given.out) for name in given.sets]
    groups, rows = [g for one in made for g in one.groups], [r for one in made for r in one.rows]
    print(f"{len(groups)} questions, {time.perf_counter() - start:.0f} s", flush=True)
    learn = [row for group, row in zip(groups, rows, strict=True) if not group.validation]
    held = [n for n, group in enumerate(groups) if group.validation]
    some, theirs = [groups[n] for n in held], [rows[n] for n in held]
    folder = given.publish or given.out / "ranker"
    best, reached = Growth(), -1.0
    for growth in GRID if given.grid else []:
        found = scores(train(learn, folder, encoder, growth=growth), some, theirs)
        mean = float(np.mean([one["after"] for one in found.values()]))
        print(growth, f"{mean:.4f}", json.dumps(found), flush=True)
        if mean > reached:
            best, reached = growth, mean
    model = train(learn, folder, encoder, name=ENCODER, growth=best)
    model = replace(model, share=chosen_share(model, some, theirs))
    ranked = [
        (group, np.array(model.values(row.rows, group.scores)))
        for group, row in zip(some, theirs, strict=True)
    ]
    more = {
        "share": model.share,
        "validation": scores(model, some, theirs),
        "gate": gate.fit(ranked),
        "sets": dict(Counter(group.set for group in groups)),
    }
    write_atomic(
        folder / "ranker.json",
        json.dumps({**model.made, **more}, indent=1, ensure_ascii=False) + "\n",
    )
    print(json.dumps(more, indent=1), (folder / "model.txt").stat().st_size, "bytes")


if __name__ == "__main__":
    main()
