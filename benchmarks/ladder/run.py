"""Every rung of the ladder on the same questions, by `openbook compare` itself.

    python benchmarks/ladder/run.py --data ../shared/data --work DIR [--sets NAME ...] [--part PART] [--most N]

Two parts a set. ``retrieval``: which passages are found, ten deep, without a language model:
`extractive` (the retrieval of `naive_rag`) against `advanced_rag` and `modular_rag` that quote
sentences as it does; over 500 questions. ``answers``: every rung, written by the bundled
reader, over 500 questions. Differences are paired with each method's parent, 95 % bootstrap
intervals. Sets: SQuAD dev, KorQuAD dev, PubMedQA, the sample handbook. Two defaults of the methods
(the tokens of advanced_rag's context, and that modular_rag reranks every question) were changed after
figures on the handbook were seen, so it is a development set; nothing was chosen by the others.
Goes on where it stopped: answers are kept in the working folder. Writes
benchmarks/results/ladder.json after each part.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

from openbook.cli._show import Progress
from openbook.project import Project
from openbook.project.compare import Order, run

HERE = Path(__file__).resolve().parents[2]
RESULT = HERE / "benchmarks/results/ladder.json"
SEED = 0
SETS = {
    "squad": "squad/dev",
    "korquad": "korquad/dev",
    "pubmedqa": "pubmedqa",
    "handbook": "",
}
PARTS = {
    "retrieval": ("extractive,advanced_rag(writer=extract),modular_rag(writer=extract)", 500),
    "answers": (
        "extractive,standard,few_shot,chain_of_thought,naive_rag,advanced_rag,modular_rag,cascade",
        500,
    ),
}
MEASURES = {
    "retrieval": ("nDCG@10", "MRR@10", "Recall@5", "correct", "contains"),
    "answers": (
        "nDCG@10",
        "Recall@5",
        "EM",
        "F1",
        "contains",
        "correct",
        "abstained",
        "answered unanswerable",
        "abstention precision",
        "abstention recall",
        "unsupported answers",
        "supported share",
        "quote precision",
        "quote recall",
        "latency",
    ),
}


def project_of(name: str, work: Path, data: Path) -> tuple[Project, Path]:
    """A project over one set's documents, made and synced once, and its questions."""
    folder = work / name
    part = SETS[name]
    source = data / part / "corpus.jsonl" if part else HERE / "examples/handbook"
    questions = data / part / "queries.jsonl" if part else HERE / "examples/questions.jsonl"
    if (folder / "openbook.toml").is_file():
        return Project.open(folder), questions
    made = Project.create(folder)
    if not part:
        (folder / "handbook").symlink_to(source)
        source = folder / "handbook"
    report = made.knowledge.sync([source])
    assert not report.problems, report.problems
    return made, questions


def measured(name: str, part: str, work: Path, data: Path, most: int = 0) -> dict[str, Any]:
    """One part of one set; over ``most`` questions, if it is not 0."""
    project, questions = project_of(name, work, data)
    methods, usual = PARTS[part]
    asked = most or usual
    order = Order(questions, methods, work / name / f"{part}-{asked}", SEED, asked, alone=20)
    before = _cpu()
    with Progress() as progress:
        found = run(project, order, progress)
    keep = set(MEASURES[part])
    return {
        "questions": len(found["questions"]),
        "methods": {m["name"]: m["expression"] for m in found["methods"]},
        "totals": {
            method: {k: v for k, v in totals.items() if k in keep}
            for method, totals in found["totals"].items()
        },
        "pairs": [p for p in found["pairs"] if p["measure"] in keep],
        "latency": found["latency"],
        "cpu_seconds_of_this_run": round(_cpu() - before, 1),
    }


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def show(name: str, part: str, found: dict[str, Any]) -> None:
    """The measures as a table."""
    columns = ("nDCG@10", "Recall@5", "EM", "F1", "contains", "correct")
    print(f"\n{name}, {part}: {found['questions']} questions")
    for method, totals in found["totals"].items():
        cells = [
            f"{c} {totals[c]['value']:.3f}"
            for c in columns
            if totals.get(c, {}).get("value") is not None
        ]
        print(f"  {method:32} {'  '.join(cells)}")
    for pair in found["pairs"]:
        if pair["measure"] in columns and pair["shown"] != "none":
            print(
                f"  {pair['method']} - {pair['parent']}: {pair['measure']} {pair['difference']:+.3f} "
                f"[{pair['low']:+.3f}, {pair['high']:+.3f}]"
            )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="kept between runs")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--part", choices=PARTS, nargs="+", default=list(PARTS))
    parser.add_argument("--most", type=int, default=0, help="questions of a set, at most")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    for name in options.sets:
        for part in options.part:
            result = measured(
                name, part, options.work.resolve(), options.data.resolve(), options.most
            )
            show(name, part, result)
            found = json.loads(RESULT.read_text("utf-8")) if RESULT.is_file() else {"sets": {}}
            found["sets"].setdefault(name, {})[part] = result
            found["made_by"] = made_by()
            RESULT.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")


def made_by() -> dict[str, Any]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        capture_output=True,
        text=True,
        check=True,
        cwd=HERE,
    ).stdout.strip()
    return {
        "command": "python benchmarks/ladder/run.py --data ../shared/data --work DIR",
        "seed": SEED,
        "commit": commit,
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }


if __name__ == "__main__":
    main()
