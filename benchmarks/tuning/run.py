"""Kinds of adapter on one small base: what learns, how large, how fast, how good.

    python benchmarks/tuning/run.py [--rows R.jsonl] [--kinds lora4 prompt] [--steps 40]

Each kind learns the same RAFT rows with the same seed, batches and number of steps, at the rate
that suits it, and answers the same held-out questions. Without ``--rows`` they are made of
``examples/handbook`` by `openbook synthesize`. Told of each: share of the weights that learn,
bytes of the adapter, tokens a second (evaluations apart), peak memory of a process of its own,
loss on held-out documents before and after, and token F1 of the short answers. Speeds are also
given by processor seconds, which other work on the machine changes less. Beside LoRA of rank 16
stands the same work as a plain script: trl's ``SFTTrainer`` where it is installed, else a loop of
transformers and peft that pads on the right and makes all logits. Writes
benchmarks/results/tuning.json.

Published: LoRA trains 0.1 % of the weights at the quality of full tuning (arXiv:2106.09685).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from plain import plain

from openbook.evaluate.answers import f1
from openbook.generate.reading import read as read_reply
from openbook.models.local import LocalLM
from openbook.models.open import describe
from openbook.models.settings import Settings
from openbook.synthesize.rows import RaftRow, read_rows
from openbook.text.language import detect
from openbook.tune.adapter import publish
from openbook.tune.generator import GeneratorJob
from openbook.tune.kinds import kind
from openbook.tune.material import GeneratorSettings, Material
from openbook.tune.memory import peak
from openbook.tune.objectives import objective
from openbook.tune.rows import parts
from openbook.tune.run import run

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "results" / "tuning.json"
HANDBOOK = HERE.parents[1] / "examples" / "handbook"
BASE = "openbook-reader"
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "full": ("full", {}),
    **{f"lora{rank}": ("lora", {"rank": rank, "alpha": 2.0 * rank}) for rank in (1, 4, 16, 64)},
    "dora16": ("dora", {"rank": 16, "alpha": 32.0}),
    "prompt": ("prompt", {}),
    "prefix": ("prefix", {}),
    "bottleneck": ("bottleneck", {}),
    "ia3": ("ia3", {}),
}
PLAIN = "plain"
ANCHORS = {"lora_trainable_share": 0.001, "lora_operations_of_full": 2 / 3}


def material(file: Path) -> list[Any]:
    return objective("raft").rows(read_rows(file, RaftRow))


def settings(steps: int, rows: int, batch: int) -> GeneratorSettings:
    """So many epochs that there are at least so many steps; nothing stops early."""
    epochs = max(1, -(-steps * batch // rows))
    return GeneratorSettings(
        epochs=epochs, batch_size=batch, max_tokens=900, patience=0, evaluate=10**6, most=24, seed=1
    )


def quality(adapter: Path | None, held: list[RaftRow]) -> float:
    """Mean token F1 of short answers to held-out questions."""
    entry = describe(BASE, Settings(), Path.cwd(), "generator")
    model = LocalLM.open(replace(entry, adapter=str(adapter or "")), Path.cwd())
    rows = objective("raft").rows(held)
    texts = model.complete([row.prompt for row in rows], max_tokens=96)
    scores = []
    for row, text in zip(held, texts, strict=True):
        said = read_reply(text.text, detect(row.question))
        if not row.answers:
            scores.append(float(said.refused))
        else:
            answer = "" if said.refused else "; ".join(said.answers)
            scores.append(max(f1(answer, one) for one in row.answers))
    return sum(scores) / len(scores)


def trained(name: str, file: Path, given: argparse.Namespace) -> dict[str, Any]:
    """One kind, in this process."""
    rows = material(file)
    divided = parts(rows, 0.1, 1)
    wanted = settings(given.steps, len(divided.learnt), given.batch)
    ids = {row.id for row in divided.held}
    held = [row for row in read_rows(file, RaftRow) if row.id in ids][: given.questions]
    if name == PLAIN:
        return plain(BASE, divided.learnt, wanted, rank=16, alpha=32.0)
    which, options = KINDS[name]
    with tempfile.TemporaryDirectory() as folder:
        job = GeneratorJob.open(BASE, Material(rows, "raft"), wanted, how=kind(which, **options))
        spent, began = timed(job), time.process_time()
        outcome = run(job, Path(folder) / "run")
        seconds = outcome.seconds - sum(wall for wall, _ in spent)
        cpu = time.process_time() - began - sum(own for _, own in spent)
        memory = peak(job.model.device)
        target = publish(job, outcome, Path(folder) / name)
        made = json.loads((target / "manifest.json").read_text("utf-8"))
        return {
            "trainable_share": made["outcome"]["trainable_share"],
            "adapter_bytes": sum(f.stat().st_size for f in target.glob("adapter_*")),
            "tokens_per_second": round(outcome.tokens / seconds, 1),
            "tokens_per_cpu_second": round(outcome.tokens / cpu, 1),
            "seconds": round(seconds, 1),
            "steps": outcome.step,
            "tokens": outcome.tokens,
            "peak_memory_mb": round(memory, 1),
            "losses": made["losses"],
            "f1": round(quality(target, held), 4),
            "questions": len(held),
        }


def timed(job: GeneratorJob) -> list[tuple[float, float]]:
    """Seconds, and processor seconds, that each of a job's evaluations will have taken."""
    spent: list[tuple[float, float]] = []
    inner = job._evaluate

    def evaluate(step: int) -> None:
        wall, own = time.perf_counter(), time.process_time()
        inner(step)
        spent.append((time.perf_counter() - wall, time.process_time() - own))

    job._evaluate = evaluate  # type: ignore[method-assign]
    return spent


def handbook(folder: Path) -> Path:
    """RAFT rows of the sample handbook, by rules."""
    openbook = [sys.executable, "-m", "openbook"]
    questions, rows = folder / "Q.jsonl", folder / "R.jsonl"
    for line in (
        ["init", str(folder / "project")],
        ["sync", str(HANDBOOK)],
        ["synthesize", "questions", "--n", "200", "--seed", "1", "--out", str(questions)],
        ["synthesize", "raft", "--questions", str(questions), "--distractors", "2", "--seed", "1",
         "--out", str(rows)],
    ):  # fmt: skip
        place = folder if line[0] == "init" else folder / "project"
        subprocess.run([*openbook, *line], cwd=place, check=True, stdout=subprocess.DEVNULL)
    return rows


def apart(name: str, file: Path, given: argparse.Namespace) -> dict[str, Any]:
    """One kind in a process of its own, so that its peak memory is its own."""
    options = ["--steps", given.steps, "--batch", given.batch, "--questions", given.questions]
    done = subprocess.run(
        [sys.executable, __file__, "--one", name, "--rows", file, *map(str, options)],
        check=True,
        capture_output=True,
        text=True,
    )
    made: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(name, json.dumps(made), flush=True)
    return made


def made_by(given: argparse.Namespace, file: Path) -> dict[str, Any]:
    import peft
    import torch
    import transformers

    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=HERE, capture_output=True, text=True, check=True
    ).stdout.strip()
    return {
        "command": "python benchmarks/tuning/run.py",
        "commit": commit,
        "rows": "examples/handbook" if given.rows is None else file.name,
        "torch": torch.__version__,
        "peft": peft.__version__,
        "transformers": transformers.__version__,
        "trl": bool(importlib.util.find_spec("trl")),
        "threads": torch.get_num_threads(),
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 1),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=Path, help="RAFT rows; made of the handbook without it")
    parser.add_argument("--kinds", nargs="*", default=[*KINDS, PLAIN], choices=[*KINDS, PLAIN])
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--questions", type=int, default=24, help="held-out ones, at most")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(trained(given.one, given.rows, given)))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = given.rows or handbook(Path(folder))
        begun = made_by(given, file)
        found = {name: apart(name, file.resolve(), given) for name in given.kinds}
        base = quality_of_base(file, given)
    results: dict[str, Any] = {"made_by": begun, "base_f1": base, "kinds": found}
    if PLAIN in found and "lora16" in found:
        for speed in ("tokens_per_second", "tokens_per_cpu_second"):
            ours, theirs = found["lora16"][speed], found[PLAIN][speed]
            results[f"{speed}_beside_plain"] = round(ours / theirs, 3)
    results["published"] = ANCHORS
    given.out.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")


def quality_of_base(file: Path, given: argparse.Namespace) -> float:
    ids = {row.id for row in parts(material(file), 0.1, 1).held}
    held = [row for row in read_rows(file, RaftRow) if row.id in ids][: given.questions]
    return round(quality(None, held), 4)


if __name__ == "__main__":
    main()
