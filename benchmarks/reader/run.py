"""How well the bundled reader reads and refuses, beside short answers found by rules.

    python benchmarks/reader/run.py --data ../shared/data [--sample 300]

SQuAD dev (English) and KorQuAD dev (Korean), which nothing was trained on: the gold paragraph
alone, among 1, 3 and 5 hard distractors, and without it. EM and F1 are the published ones,
over the words behind ``<ANSWER>:`` as the package reads them; a refusal scores 0 where the
gold is there. Differences are paired over questions with 95 % bootstrap intervals: to the best
baseline by rules alone, and to the best one of all, which takes its sentence from the extractive
method, whose linear weights are learnt. Then the sample: ``extractive`` against ``naive_rag`` with
the reader, which decides the default method. What the model wrote is kept in ``--work``, so a run
that was stopped goes on. Writes benchmarks/results/reader.json.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import os
import platform
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from baselines import BASELINES, CHOSEN, Read
from cases import CONDITIONS, SEED, SETS, Asked, Case, cases, load, sampled
from default import compare
from paired import interval, paired
from reading import MOST_TOKENS, Judged, Written, judge, write

from openbook.evaluate.answers import best, exact, f1
from openbook.evaluate.statistics import RESAMPLES
from openbook.models.local import LocalLM
from openbook.models.open import describe
from openbook.models.prompts import template
from openbook.models.settings import Settings
from openbook.types import Example

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "results" / "reader.json"
PACKAGES = ("openbook", "torch", "transformers", "kiwipiepy", "bm25s", "numpy")
TARGETS = {
    "without a GPU": {"f1_above_best_rule": 10.0, "condition": "gold"},
    "with a GPU": {
        "f1_gold": 55.0,
        "f1_gold+3": 45.0,
        "refused_absent_3": 0.70,
        "over_refused_gold+3": 0.15,
    },
}


def rules(chosen: list[Case], file: Path) -> dict[str, list[str]]:
    """What each rule answers, in order; kept in a file named after the rules' code."""
    if file.is_file():
        kept: dict[str, list[str]] = json.loads(file.read_text("utf-8"))
        return kept
    read = [Read.of(case) for case in chosen]
    found = {name: [rule(one) for one in read] for name, rule in BASELINES.items()}
    file.write_text(json.dumps(found, ensure_ascii=False), "utf-8")
    return found


def scored(examples: list[Example], answers: list[str]) -> tuple[list[float], list[float]]:
    """EM and F1 of each answer."""
    pairs = list(zip(examples, answers, strict=True))
    return (
        [best(exact, answer, e.answers, e.language) for e, answer in pairs],
        [best(f1, answer, e.answers, e.language) for e, answer in pairs],
    )


def rules_table(chosen: list[Case], file: Path) -> tuple[dict[str, Any], dict[str, list[float]]]:
    """EM and F1 of every rule in percent, and each rule's F1 by question."""
    examples = [case.example for case in chosen]
    table, rows = {}, {}
    for name, answers in rules(chosen, file).items():
        em, value = scored(examples, answers)
        table[name] = {"em": _percent(em), "f1": _percent(value)}
        rows[name] = value
    return table, rows


def reader_row(chosen: list[Case], written: list[Written]) -> tuple[dict[str, Any], list[float]]:
    """The reader's figures under one condition, and its F1 by question."""
    judged = [judge(case, one) for case, one in zip(chosen, written, strict=True)]
    row = _form(judged, written)
    if chosen[0].gold_at < 0:
        return {"refused": row.pop("refused"), **row}, []
    em, value = scored([case.example for case in chosen], [one.answer for one in judged])
    low, high = interval(value)
    return {
        "em": _percent(em),
        "f1": _percent(value),
        "f1_interval": [round(100 * low, 2), round(100 * high, 2)],
        "over_refused": row.pop("refused"),
        **row,
    }, value


def _form(judged: list[Judged], written: list[Written]) -> dict[str, Any]:
    answered = [one for one in judged if not one.refused]
    quoted = sum(one.quotes for one in answered)
    return {
        "refused": _share([one.refused for one in judged]),
        "malformed": _share([one.malformed for one in judged]),
        "too_long": _share([one.tokens_out >= MOST_TOKENS for one in written]),
        "answers_with_a_quote": _share([one.quotes > 0 for one in answered]),
        "quotes_that_verify": round(sum(one.verified for one in answered) / max(1, quoted), 4),
        "answer_stands_in_its_quote": _share([one.held for one in answered]),
        "tokens_in": round(float(np.mean([one.tokens_in for one in written])), 1),
        "tokens_out": round(float(np.mean([one.tokens_out for one in written])), 1),
        "seconds_a_question": round(float(np.mean([one.seconds for one in written])), 4),
    }


def one_language(
    asked: list[Asked], tongue: str, model: LocalLM | None, given: argparse.Namespace
) -> dict[str, Any]:
    """All conditions of one language."""
    table: dict[str, Any] = {}
    kept = {e.id for e in sampled([one.example for one in asked], given.fewer)}
    few = [one for one in asked if one.example.id in kept]
    for condition in given.conditions:
        start = time.perf_counter()
        chosen = cases(asked if condition == "gold" else few, condition)
        row: dict[str, Any] = {"questions": len(chosen)}
        rows: dict[str, list[float]] = {}
        if chosen[0].gold_at >= 0:
            file = given.work / f"rules-{_code()}-{tongue}-{condition}-{len(chosen)}.json"
            row["rules"], rows = rules_table(chosen, file)
            row["best"] = _best(row["rules"], list(BASELINES))
            row["best_by_rules_alone"] = _best(row["rules"], [*BASELINES.keys() - CHOSEN])
        for prompt in given.prompts if model is not None else ():
            name = f"{_safe(model.name)}-{prompt}-{tongue}-{condition}.jsonl"
            label = f"{tongue} {condition} {prompt}"
            written = write(model, chosen, given.work / name, label, prompt)
            found, value = reader_row(chosen, written)
            for best_of in ("best", "best_by_rules_alone") if rows else ():
                found[f"f1_minus_{best_of}"] = paired(value, rows[row[best_of]])
            row["reader" if prompt == given.prompts[0] else f"reader, {prompt}"] = found
        row["wall_seconds"] = round(time.perf_counter() - start, 1)
        table[condition] = row
        print(f"{tongue} {condition}: {json.dumps(_brief(row))}", flush=True)
    return {
        "set": SETS[tongue],
        "questions": len(asked),
        "distractors_found": sum(len(one.distractors) for one in asked),
        "conditions": table,
    }


def opened(name: str, batch: int, threads: int) -> LocalLM:
    """The model by the ordinary path."""
    import torch

    if threads:
        torch.set_num_threads(threads)
    settings = describe(name, Settings(), Path.cwd(), "generator")
    return LocalLM.open(replace(settings, batch_size=batch), Path.cwd())


def verdict(languages: dict[str, Any]) -> dict[str, Any]:
    """The targets, one by one, where their condition was measured."""
    found: dict[str, Any] = {}
    for tongue, held in languages.items():
        table = held["conditions"]
        if "reader" not in table.get("gold", {}):
            continue
        gold = table["gold"]["reader"]
        gain = 100 * gold["f1_minus_best"]["difference"]
        alone = 100 * gold["f1_minus_best_by_rules_alone"]["difference"]
        found[tongue] = {
            "f1_above_best": round(gain, 2),
            "f1_above_best_by_rules_alone": round(alone, 2),
            "at_least_10_above_best": gain >= 10,
            "at_least_10_above_best_by_rules_alone": alone >= 10,
            "f1_gold_at_least_55": table["gold"]["reader"]["f1"] >= 55,
        }
        if {"gold+3", "absent 3"} <= set(table):
            near, absent = table["gold+3"]["reader"], table["absent 3"]["reader"]
            found[tongue] |= {
                "f1_gold+3_at_least_45": near["f1"] >= 45,
                "refused_at_least_70_percent": absent["refused"] >= 0.70,
                "over_refused_at_most_15_percent": near["over_refused"] <= 0.15,
            }
    return found


def made_by(given: argparse.Namespace, model: LocalLM | None) -> dict[str, Any]:
    """What made these numbers."""
    import torch

    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=HERE, capture_output=True, text=True, check=True
    ).stdout.strip()
    return {
        "command": "python benchmarks/reader/run.py --data ../shared/data"
        + (f" --sample {given.sample}" if given.sample else "")
        + (f" --fewer {given.fewer}" if given.fewer else ""),
        "model": model.name if model else None,
        "context_tokens": model.context_tokens if model else None,
        "prompts": [template(name, "en").id for name in given.prompts]
        + [template(name, "ko").id for name in given.prompts],
        "max_tokens": MOST_TOKENS,
        "batch": given.batch,
        "sample": given.sample or "all",
        "seed": SEED,
        "resamples": RESAMPLES,
        "commit": commit,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
    }


def _best(table: dict[str, Any], names: list[str]) -> str:
    return max(sorted(names), key=lambda name: float(table[name]["f1"]))


def _code() -> str:
    """A short hash of what the rules are made of."""
    files = ("baselines.py", "phrases.py", "cases.py")
    text = "".join((HERE / name).read_text("utf-8") for name in files)
    return hashlib.md5(text.encode()).hexdigest()[:8]


def _safe(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_@+." else "_" for c in name)


def _percent(values: list[float]) -> float:
    return round(100 * float(np.mean(values)), 2)


def _share(values: list[bool]) -> float:
    return round(sum(values) / max(1, len(values)), 4)


def _brief(row: dict[str, Any]) -> dict[str, Any]:
    held = {key: value for key, value in row.items() if key != "rules"}
    if "rules" in row:
        held["rules"] = {name: values["f1"] for name, values in row["rules"].items()}
    return held


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets")
    parser.add_argument("--model", default="openbook-reader", help="name or folder; empty: none")
    parser.add_argument("--sample", type=int, default=0, help="questions a language; 0: all")
    parser.add_argument("--fewer", type=int, default=0, help="of those with distractors; 0: all")
    parser.add_argument("--languages", nargs="*", default=list(SETS), choices=list(SETS))
    parser.add_argument("--conditions", nargs="*", default=list(CONDITIONS), choices=CONDITIONS)
    parser.add_argument("--prompts", nargs="*", default=["rag"], choices=["rag", "brief"])
    parser.add_argument("--batch", type=int, default=32, help="questions written together")
    parser.add_argument("--threads", type=int, default=0, help="of torch; 0: its own choice")
    parser.add_argument("--no-default", action="store_true", help="leave the sample out")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "reader-bench")
    parser.add_argument("--out", type=Path, default=OUT)
    return parser.parse_args()


def main() -> None:
    given = parsed()
    start = time.perf_counter()
    given.work.mkdir(parents=True, exist_ok=True)
    model = opened(given.model, given.batch, given.threads) if given.model else None
    results: dict[str, Any] = {"made_by": made_by(given, model), "targets": TARGETS}
    results["languages"] = {}
    for tongue in given.languages:
        asked = load(given.data / SETS[tongue], given.sample)
        results["languages"][tongue] = one_language(asked, tongue, model, given)
        results["met"] = verdict(results["languages"])
        results["wall_seconds"] = round(time.perf_counter() - start, 1)
        _write(given.out, results)
    if model is not None and not given.no_default:
        results["default"] = compare(given.model)
        print("default:", json.dumps(results["default"]), flush=True)
    results["wall_seconds"] = round(time.perf_counter() - start, 1)
    _write(given.out, results)
    print(f"met: {json.dumps(results['met'])}")
    print(f"{results['wall_seconds']} s")


def _write(out: Path, results: dict[str, Any]) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
