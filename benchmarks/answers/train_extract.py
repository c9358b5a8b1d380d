"""Learn the weights of the extractive answerer and ship them as extract.json.

    python benchmarks/answers/train_extract.py --data ../shared/data

Reads SQuAD 1.1's training part (CC BY-SA 4.0), every third question, each over the ten best
passages of the whole part by BM25 (bm25s, k1 1.2, b 0.75, the package's own terms), with
the gold paragraph removed for one question in five. Two thirds learn the ranking, the rest
the confidence. The threshold comes from the sample's calibration questions (Apache-2.0,
ours), which are about other documents than its test. No dev set and nothing of KorQuAD is
read.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from setup import collection, gone, rankings, sample

from openbook.evaluate.answers import stands_in
from openbook.evaluate.calibrate import fit
from openbook.generate.choose import SIGNALS, signals
from openbook.generate.features import NAMES, sheet
from openbook.types import Example, Ranking

TARGET = Path(__file__).parents[2] / "src/openbook/generate/extract.json"
L2 = 1e-3
L2_CONFIDENCE = 2e-3
Rows = NDArray[np.float64]
Flags = NDArray[np.bool_]
Table = tuple[Rows, Flags, Flags, list[int]]


def table(example: Example, ranking: Ranking) -> Table:
    """Features, which rows hold an accepted answer, which are of gold documents, owners."""
    read = sheet(ranking.query, ranking.passages, [hit.score for hit in ranking.hits])
    held = [stands_in([c.unit.text], example.answers, example.language) for c in read.candidates]
    gold = [
        bool({c.passage.id, c.passage.document_id} & set(example.gold)) for c in read.candidates
    ]
    return read.rows, np.array(held, bool), np.array(gold, bool), [c.rank for c in read.candidates]


def learn_ranking(tables: list[Table]) -> Rows:
    """Softmax over the sentences of a ranking; those that hold the answer by chance sit out."""
    rows, right, owner = [], [], []
    for features, held, gold, _ in tables:
        if not (held & gold).any():
            continue
        keep = ~(held & ~gold)
        owner += [len(rows)] * int(keep.sum())
        rows.append(features[keep])
        right.append((held & gold)[keep])
    n, groups = len(rows), np.array(owner)
    spread = np.concatenate(rows).std(axis=0) + 1e-6
    scaled, positive = np.concatenate(rows) / spread, np.concatenate(right)

    def loss(weight: Rows) -> tuple[float, Rows]:
        value = scaled @ weight
        top = np.full(n, -np.inf)
        np.maximum.at(top, groups, value)
        power = np.exp(value - top[groups])
        total = np.bincount(groups, power, n)
        good = np.where(positive, power, 0.0)
        hit = np.bincount(groups, good, n)
        slope = scaled.T @ (power / total[groups] - good / hit[groups]) / n
        return float(-np.log(hit / total).mean() + L2 * weight @ weight), slope + 2 * L2 * weight

    found = minimize(loss, np.zeros(len(NAMES)), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / spread)


def judged(tables: list[Table], weight: Rows, removed: list[bool]) -> tuple[Rows, Flags]:
    """Signals of each question, and whether its two best sentences hold the answer."""
    found, right = [], []
    for (rows, held, _, owner), without in zip(tables, removed, strict=True):
        if not len(rows):
            continue
        value = rows @ weight
        found.append(signals(rows, value, owner))
        best = np.argsort(-value, kind="stable")[:2]
        right.append(bool(held[best].any()) and not without)
    return np.array(found), np.array(right)


def learn_confidence(found: Rows, right: Flags, l2: float = L2_CONFIDENCE) -> tuple[Rows, float]:
    """Logistic regression on scaled signals."""
    spread = found.std(axis=0) + 1e-6
    scaled = np.column_stack([found / spread, np.ones(len(found))])
    sign = np.where(right, 1.0, -1.0)

    def loss(guess: Rows) -> tuple[float, Rows]:
        margin = sign * (scaled @ guess)
        pull = np.append(guess[:-1], 0.0)
        slope = -(scaled.T @ (sign / (1 + np.exp(margin)))) / len(sign)
        return float(np.logaddexp(0, -margin).mean() + l2 * pull @ pull), slope + 2 * l2 * pull

    best = minimize(loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B").x
    return np.asarray(best[:-1] / spread), float(best[-1])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    data: Path = parser.parse_args().data
    examples, passages = collection(data / "squad/train")
    examples = examples[::3]
    removed = [gone(example) for example in examples]
    tables = [table(*pair) for pair in zip(examples, rankings(examples, passages), strict=True)]
    part = len(tables) * 2 // 3
    present = [t for t, without in zip(tables[:part], removed[:part], strict=True) if not without]
    ranking = learn_ranking(present)
    found, right = judged(tables[part:], ranking, removed[part:])
    labelled, ranked = sample("calibration")
    seen, good = judged(
        [table(*pair) for pair in zip(labelled, ranked, strict=True)],
        ranking,
        [not example.answerable for example in labelled],
    )
    confidence, bias = learn_confidence(found, right)
    answerable = [bool(example.answerable) for example in labelled]
    calibration = fit((seen @ confidence + bias).tolist(), good.tolist(), answerable)
    made = {
        "ranking": {k: round(float(v), 4) for k, v in zip(NAMES, ranking, strict=True)},
        "confidence": {k: round(float(v), 4) for k, v in zip(SIGNALS, confidence, strict=True)},
        "bias": round(bias, 4),
        "calibration": {
            "scale": calibration.scale,
            "shift": calibration.shift,
            "threshold": calibration.threshold,
            "made": [*calibration.made, ["from", "examples/calibration.jsonl"]],
        },
        "made": {
            "by": "benchmarks/answers/train_extract.py",
            "from": f"SQuAD 1.1 train (CC BY-SA 4.0), {len(examples)} questions",
        },
    }
    TARGET.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(json.dumps(made, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
