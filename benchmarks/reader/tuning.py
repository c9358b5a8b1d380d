"""The reader can be tuned: LoRA on a new domain's questions, before and after.

    python benchmarks/reader/tuning.py --data ../shared/data

APIBench TorchHub, which the reader has not seen, split by document: the reader learns from
questions with their API card, and answers questions about other cards with the call. Exact:
the call as it stands on the card, white space aside. Right API: its repository and model. Given
are the gold card, the gold among two hard distractors, the three best of BM25 over all cards,
or nothing (closed book). Differences after minus before are paired over the held-out
questions, 95 % bootstrap intervals; they are also resampled by document, because questions
about one card resemble each other. Writes benchmarks/results/reader-tuning.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from calls import CONDITIONS, Domain, exact, load, prompt, right_api, said, training_rows
from paired import SEED, paired

from openbook.evaluate.statistics import RESAMPLES
from openbook.models.local import LocalLM
from openbook.models.open import describe
from openbook.models.settings import Settings
from openbook.tune.adapter import publish
from openbook.tune.generator import GeneratorJob
from openbook.tune.kinds import kind
from openbook.tune.material import GeneratorSettings
from openbook.tune.run import Progress, RunSettings, run

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "results" / "reader-tuning.json"
LONGEST = 96
LIMIT_S = 600.0
LORA = GeneratorSettings(
    learning_rate=2e-3, epochs=1, batch_size=4, max_tokens=1024, held_out=0.0, seed=1
)
KIND = kind("lora", rank=16, alpha=32.0)
Scores = dict[str, dict[str, list[float]]]


def answered(model: LocalLM, domain: Domain) -> Scores:
    """Exact calls and right APIs by condition, one number a held-out question."""
    found: Scores = {}
    everything = set(domain.cards)
    for condition in CONDITIONS:
        asked = [prompt(domain, e, condition, within=everything) for e in domain.held]
        texts = [said(one.text) for one in model.complete(asked, max_tokens=LONGEST)]
        rows = list(zip(texts, domain.held, strict=True))
        found[condition] = {
            "exact": [float(exact(text, e.answers[0])) for text, e in rows],
            "right_api": [float(right_api(text, e.gold[0], domain.calls)) for text, e in rows],
        }
        shares = {name: round(float(np.mean(v)), 4) for name, v in found[condition].items()}
        print(f"  {condition}: {shares}  e.g. {texts[0][:100]!r}", flush=True)
    return found


def by_document(domain: Domain, after: list[float], before: list[float]) -> list[float]:
    """The interval of the mean difference where whole documents are drawn."""
    groups: dict[str, list[float]] = {}
    for example, a, b in zip(domain.held, after, before, strict=True):
        groups.setdefault(example.gold[0], []).append(a - b)
    sums = np.array([[sum(g), len(g)] for g in groups.values()])
    draw = np.random.default_rng(SEED)
    means = []
    for _ in range(RESAMPLES):
        total, count = sums[draw.integers(0, len(sums), len(sums))].sum(axis=0)
        means.append(total / count)
    low, high = np.percentile(means, [2.5, 97.5])
    return [round(float(low), 4), round(float(high), 4)]


def table(domain: Domain, before: Scores, after: Scores) -> dict[str, Any]:
    """Shares before and after, and paired differences."""
    found: dict[str, Any] = {}
    for condition in CONDITIONS:
        found[condition] = {
            measure: {
                "before": round(float(np.mean(before[condition][measure])), 4),
                "after": round(float(np.mean(after[condition][measure])), 4),
                **paired(after[condition][measure], before[condition][measure]),
                "interval_by_document": by_document(
                    domain, after[condition][measure], before[condition][measure]
                ),
            }
            for measure in ("exact", "right_api")
        }
    return found


def tuned(
    name: str, domain: Domain, settings: GeneratorSettings, work: Path
) -> tuple[LocalLM, dict[str, Any]]:
    """Train and publish an adapter, and open the reader with it."""
    cpu, start = time.process_time(), time.perf_counter()
    job = GeneratorJob.open(name, training_rows(domain), settings, how=KIND, root=Path.cwd())
    outcome = run(job, work / "run", RunSettings(log_every=20), progress=_told)
    folder = publish(job, outcome, work / "adapters" / "torchhub")
    spent = {
        "wall_seconds": round(time.perf_counter() - start, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "steps": outcome.step,
        "tokens": outcome.tokens,
        "last_loss": round(outcome.loss, 4),
        "rows": job.spec()["rows"],
        "dropped": job.batches.dropped,
        "adapter_mb": round(sum(file.stat().st_size for file in folder.iterdir()) / 1e6, 2),
    }
    return opened(name, str(folder.resolve())), spent


def _told(at: Progress) -> None:
    print(
        f"  step {at.step}/{at.steps}  loss {at.loss:.3f}  "
        f"{at.tokens_per_second:.0f} tokens/s  {at.seconds_left:.0f} s left",
        flush=True,
    )


def opened(name: str, adapter: str = "") -> LocalLM:
    """The model by the ordinary path, with an adapter or without."""
    settings = describe(name, Settings(), Path.cwd(), "generator")
    return LocalLM.open(replace(settings, adapter=adapter, batch_size=32), Path.cwd())


def made_by(model: LocalLM, settings: GeneratorSettings) -> dict[str, Any]:
    import peft
    import torch

    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=HERE, capture_output=True, text=True, check=True
    ).stdout.strip()
    return {
        "command": "python benchmarks/reader/tuning.py --data ../shared/data",
        "model": model.name,
        "settings": {**asdict(settings), **asdict(KIND)},
        "commit": commit,
        "torch": torch.__version__,
        "peft": peft.__version__,
        "threads": torch.get_num_threads(),
        "cores": os.cpu_count(),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "seed": SEED,
        "resamples": RESAMPLES,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets")
    parser.add_argument("--model", default="openbook-reader", help="name or folder")
    parser.add_argument("--threads", type=int, default=0, help="of torch; 0: its own choice")
    parser.add_argument("--epochs", type=int, default=LORA.epochs)
    parser.add_argument("--rate", type=float, default=LORA.learning_rate)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    import torch

    if given.threads:
        torch.set_num_threads(given.threads)
    settings = replace(LORA, epochs=given.epochs, learning_rate=given.rate)
    domain = load(given.data)
    model = opened(given.model)
    print(f"before ({len(domain.held)} held-out questions)")
    before = answered(model, domain)
    with tempfile.TemporaryDirectory() as name:
        tuned_model, spent = tuned(given.model, domain, settings, Path(name))
    print("after")
    rows = table(domain, before, answered(tuned_model, domain))
    primary = rows["gold"]["exact"]
    results = {
        "made_by": made_by(model, settings),
        "split": {
            "train_documents": len({e.gold[0] for e in domain.train}),
            "held_documents": len({e.gold[0] for e in domain.held}),
            "train_questions": len(domain.train),
            "held_questions": len(domain.held),
        },
        "training": spent,
        "held_out": rows,
        "target": "exact calls given the gold card rise within 10 CPU minutes, the paired 95 % "
        "interval above zero",
        "met": primary["interval"][0] > 0 and spent["cpu_seconds"] <= LIMIT_S,
    }
    given.out.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(json.dumps({"training": spent, "gold exact": primary, "met": results["met"]}))


if __name__ == "__main__":
    main()
