"""How often the extractive answerer is right, and how often it answers what is not there.

    python benchmarks/answers/run.py --data ../shared/data

An answer is right when an accepted answer stands in its one or two quoted sentences; an
abstention on an answerable question is a failure, and so is asking back. Three sets: the
sample (its own unanswerable questions), and SQuAD dev and KorQuAD dev, each over its whole
collection, with the gold paragraph removed for one question in five (by a hash of its id).
The threshold comes from examples/calibration.jsonl (other documents than the sample's
test), for both dev sets from questions of SQuAD's training part; nothing is learnt from a
dev set nor from KorQuAD.
Writes benchmarks/results/answers.json.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from setup import HERE, collection, gone, rankings, sample

from openbook.evaluate.answers import stands_in
from openbook.evaluate.calibrate import fit, logit_of, risk_coverage
from openbook.generate.choose import shipped
from openbook.generate.confidence import Calibration
from openbook.generate.extract import Extract
from openbook.testing import ToyRuntime
from openbook.types import Answer, Example, Ranking

RESULT = HERE / "benchmarks/results/answers.json"


def answered(
    rankings_: Sequence[Ranking], stage: Extract, calibration: Calibration
) -> tuple[list[Answer], list[float]]:
    """Answers, and the milliseconds of each."""
    runtime = ToyRuntime({Calibration: calibration})
    answers, spent = [], []
    for ranking in rankings_:
        start = time.perf_counter()
        answers += stage.run([ranking], runtime)
        spent.append(1000 * (time.perf_counter() - start))
    return answers, spent


def right(example: Example, answer: Answer) -> bool:
    """Whether an accepted answer stands in one of at most two quotes."""
    if answer.kind != "answered" or len(answer.quotes) > 2:
        return False
    return stands_in([q.text for q in answer.quotes], example.answers, example.language)


def calibrated_on(folder: Path) -> Calibration:
    """A calibration learnt from questions of a training part that no weight was learnt from."""
    examples, passages = collection(folder)
    examples = examples[1::6]
    ranked = rankings(examples, passages)
    answers, _ = answered(ranked, Extract(asks=False), Calibration.open())
    good = [right(e, a) and not gone(e) for e, a in zip(examples, answers, strict=True)]
    scores = [logit_of(answer.confidence) for answer in answers]
    return fit(scores, good, [not gone(e) for e in examples])


def measure(
    examples: Sequence[Example],
    ranked: Sequence[Ranking],
    present: Sequence[bool],
    calibration: Calibration,
) -> dict[str, Any]:
    """The figures of one set; ``present`` says which questions the documents answer."""
    answered(ranked[:20], Extract(), calibration)
    given, spent = answered(ranked, Extract(), calibration)
    free, _ = answered(ranked, Extract(asks=False), Calibration.open())
    rows = list(zip(examples, given, free, present, strict=True))
    here = [row for row in rows if row[3]]
    absent = [row for row in rows if not row[3]]
    good = [right(example, loose) and there for example, _, loose, there in rows]
    curve = risk_coverage([loose.confidence for _, _, loose, _ in rows], good)
    chance = [loose.confidence for _, _, loose, _ in rows]
    sure = [calibration.probability(logit_of(c)) for c in chance]
    held = [e.answers for e, _, _, _ in here]
    seen = [[p.text for p in a.ranking.passages] if a.ranking else [] for _, _, a, _ in here]
    first = [[a.quotes[0].text] if a.quotes else [] for _, _, a, _ in here]
    tongue = examples[0].language
    return {
        "answerable": len(here),
        "unanswerable": len(absent),
        "right_of_answerable": _share([right(e, a) for e, a, _, _ in here]),
        "answered_of_unanswerable": _share([a.kind == "answered" for _, a, _, _ in absent]),
        "asked_back": sum(a.kind == "asks" for _, a, _, _ in rows),
        "without_abstention": {
            "right_of_answerable": _share([right(e, a) for e, _, a, _ in here]),
            "one_sentence": _share(
                [stands_in(t, h, tongue) for t, h in zip(first, held, strict=True)]
            ),
            "in_the_passages_read": _share(
                [stands_in(t, h, tongue) for t, h in zip(seen, held, strict=True)]
            ),
        },
        "threshold": calibration.threshold,
        "brier": round(statistics.fmean((c - g) ** 2 for c, g in zip(sure, good, strict=True)), 4),
        "risk_coverage": [
            {"coverage": round(c, 3), "risk": round(r, 4), "threshold": round(t, 4)}
            for t, c, r in curve[:: max(1, len(curve) // 20)]
        ],
        "milliseconds_median": round(statistics.median(spent), 2),
        "milliseconds_p95": round(sorted(spent)[int(0.95 * len(spent))], 2),
    }


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / max(1, len(values)), 4)


def ambiguous() -> dict[str, int]:
    """Questions with two readings that are asked back, and clear ones that are too."""
    rows = [
        json.loads(line)
        for line in (HERE / "examples/ambiguous.jsonl").read_text("utf-8").splitlines()
    ]
    _, ranked = sample("ambiguous")
    given, _ = answered(ranked, Extract(), Calibration.default())
    pairs = [(bool(row.get("ambiguous")), a.kind) for row, a in zip(rows, given, strict=True)]
    return {
        "ambiguous": sum(is_so for is_so, _ in pairs),
        "ambiguous_asked_back": sum(is_so and kind == "asks" for is_so, kind in pairs),
        "clear": sum(not is_so for is_so, _ in pairs),
        "clear_asked_back": sum(not is_so and kind == "asks" for is_so, kind in pairs),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    data: Path = parser.parse_args().data
    sets: dict[str, Any] = {}
    default = Calibration.default()
    examples, ranked = sample("questions")
    sets["sample"] = measure(examples, ranked, [bool(e.answerable) for e in examples], default)
    print("sample", json.dumps(_brief(sets["sample"])))
    calibration = calibrated_on(data / "squad/train")
    for name in ("squad/dev", "korquad/dev"):
        examples, passages = collection(data / name)
        ranked = rankings(examples, passages)
        sets[name] = measure(examples, ranked, [not gone(e) for e in examples], calibration)
        print(name, json.dumps(_brief(sets[name])))
    found = {
        "sets": sets,
        "ambiguity": ambiguous(),
        "target": {"sample": {"right_of_answerable": 0.85, "answered_of_unanswerable": 0.15}},
        "made_by": {
            "command": "python benchmarks/answers/run.py --data ../shared/data",
            "method": repr(Extract()),
            "weights": shipped()["made"],
            "calibration": shipped()["calibration"],
            "retrieval": {
                "sample": "retrieve(k=10): knowledge base",
                "dev": "bm25s over words (Korean: and bigrams), whole collection, 10 passages",
            },
            "commit": subprocess.run(
                ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
            ).stdout.strip(),
            "machine": f"{platform.machine()}, Python {platform.python_version()}",
        },
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print("ambiguity", found["ambiguity"])


def _brief(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != "risk_coverage"}


if __name__ == "__main__":
    main()
