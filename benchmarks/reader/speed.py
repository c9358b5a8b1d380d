"""How fast the bundled reader reads and writes on this machine's cores.

    python benchmarks/reader/speed.py [--llama-python VENV/bin/python] [--genai-python ...]

Prefill and decode tokens a second, and a whole grounded answer over about 1,500 tokens of
passages, by transformers through the ordinary path; the time until a fresh process has loaded
the model; and beside them the same weights in llama.cpp and onnxruntime-genai, each in an
environment of its own (``llama-cpp-python`` and ``gguf``; ``onnxruntime-genai``, ``onnx``,
``onnx-ir``, ``onnxscript``, torch and transformers). Each figure is the median of several runs.
Rule: an engine that is more than 1.5 times as fast and installs as a wheel becomes the
default on a CPU. Writes benchmarks/results/reader-speed.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from openbook.evaluate.questions import read_questions
from openbook.models.local import LocalLM
from openbook.models.open import describe
from openbook.models.prompts import numbered, render
from openbook.models.settings import Settings
from openbook.models.weights import folder_of
from openbook.types import Message, Prompt

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUT = HERE.parent / "results" / "reader-speed.json"
PASSAGE_TOKENS = 1_500
DECODED = 64
RUNS = 5
TARGET_S = 3.0
GAIN = 1.5
ENGINES = {
    "llama.cpp": ("llama_python", "llama_engine.py", False),
    "onnxruntime-genai": ("genai_python", "genai_engine.py", True),
}
"""Option with its environment, script, and whether the registry has a wheel of it."""
LOAD = """
import time; start = time.perf_counter()
from pathlib import Path
from openbook.models.open import open_lm
from openbook.models.settings import Settings
from openbook.types import Message
model = open_lm({name!r}, Settings(), Path.cwd())
loaded = time.perf_counter() - start
model.complete([(Message("user", "Why?"),)], max_tokens=1)
print(loaded, time.perf_counter() - start)
"""


def pages(language: str) -> list[str]:
    """Paragraphs of the sample's handbook in one language."""
    files = sorted((ROOT / "examples/handbook" / language).rglob("*.md"))
    texts = [part.strip() for file in files for part in file.read_text("utf-8").split("\n\n")]
    return [text for text in texts if len(text) > 80]


def grounded(model: LocalLM, language: str, question: str, begin: int) -> Prompt:
    """A question with five passages of about 1,500 tokens together."""
    texts = pages(language)
    shown: list[str] = []
    for number in range(5):
        parts: list[str] = []
        while sum(model.count(part) for part in parts) < PASSAGE_TOKENS / 5:
            begin += 1
            parts.append(texts[begin % len(texts)])
        cut = "\n\n".join(parts)
        share = PASSAGE_TOKENS / 5 / max(1, model.count(cut))
        shown.append(cut[: int(len(cut) * min(1.0, share))])
        begin += number
    return render("rag", language, passages=numbered(shown), question=question)


def prompts(model: LocalLM) -> list[Prompt]:
    """Questions of the sample over pages of the handbook, Korean and English in turn."""
    asked = read_questions(ROOT / "examples/questions.jsonl")
    found = []
    for at in range(RUNS):
        for language in ("ko", "en"):
            one = [e for e in asked if e.language == language][at]
            found.append(grounded(model, language, one.text, 7 * at))
    return found


def raw(model: LocalLM, ids: list[int]) -> tuple[float, float]:
    """Seconds to read a prompt, and seconds a token to write after it, ends unheeded."""
    import torch

    rows = torch.tensor([ids])
    shared: dict[str, Any] = {
        "attention_mask": torch.ones_like(rows),
        "do_sample": False,
        "pad_token_id": 0,
    }
    with torch.inference_mode():
        start = time.perf_counter()
        model.loaded.model.generate(rows, max_new_tokens=1, min_new_tokens=1, **shared)
        first = time.perf_counter() - start
        start = time.perf_counter()
        model.loaded.model.generate(
            rows, max_new_tokens=1 + DECODED, min_new_tokens=1 + DECODED, **shared
        )
        whole = time.perf_counter() - start
    return first, max(whole - first, 1e-9) / DECODED


def cold(name: str) -> dict[str, float]:
    """Seconds until a fresh process has loaded the model, and has written a token."""
    rows = [
        subprocess.run(
            [sys.executable, "-c", LOAD.format(name=name)],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path.cwd(),
        ).stdout.split()
        for _ in range(3)
    ]
    return {
        "load_seconds": round(statistics.median(float(row[-2]) for row in rows), 2),
        "first_token_seconds": round(statistics.median(float(row[-1]) for row in rows), 2),
    }


def transformers_rows(model: LocalLM, asked: list[Prompt]) -> dict[str, Any]:
    """Prefill, decode and whole answers by transformers."""
    model.complete(asked[:1], max_tokens=8)
    reads, writes, answers, out, ids_in = [], [], [], [], []
    for prompt in asked:
        ids = model._tokens(prompt)
        first, each = raw(model, ids)
        reads.append(len(ids) / first)
        writes.append(1 / each)
        start = time.perf_counter()
        reply = model.complete([prompt], max_tokens=192)[0]
        answers.append(time.perf_counter() - start)
        out.append(reply.usage.output_tokens)
        ids_in.append(len(ids))
    return {
        "prompt_tokens": round(statistics.mean(ids_in)),
        "prefill_tokens_per_second": round(statistics.median(reads)),
        "decode_tokens_per_second": round(statistics.median(writes), 1),
        "grounded_answer_seconds_median": round(statistics.median(answers), 3),
        "grounded_answer_seconds_worst": round(max(answers), 3),
        "answer_tokens_median": statistics.median(out),
    }


def engine_rows(
    python: str, script: str, model: LocalLM, asked: list[Prompt], given: argparse.Namespace
) -> dict[str, Any]:
    """The same prompts, as token ids, in another engine, which runs in its own environment."""
    import torch

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        export(model, folder)
        ids = [model._tokens(prompt) for prompt in asked]
        with torch.inference_mode():
            wanted = [_greedy(model, row, 24) for row in ids[:4]]
        texts = [prompt[-1].content for prompt in asked]
        task = {"ids": ids, "decoded": DECODED, "threads": given.threads, "check": wanted}
        task["texts"] = [[text, _cut(model, text)] for text in texts]
        (folder / "task.json").write_text(json.dumps(task), "utf-8")
        described = describe(given.model, Settings(), Path.cwd(), "generator")
        where = folder_of(described.model, Path.cwd())
        done = subprocess.run(
            [python, HERE / script, folder, where], capture_output=True, text=True, check=False
        )
        if done.returncode:
            return {"failed": done.stderr.strip()[-400:]}
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


def _cut(model: LocalLM, text: str) -> list[int]:
    return list(model.loaded.tokenizer(text, add_special_tokens=False)["input_ids"])


def _greedy(model: LocalLM, ids: list[int], count: int) -> list[int]:
    import torch

    rows = torch.tensor([ids])
    out = model.loaded.model.generate(
        rows,
        attention_mask=torch.ones_like(rows),
        max_new_tokens=count,
        min_new_tokens=count,
        do_sample=False,
        pad_token_id=0,
    )
    return [int(token) for token in out[0, len(ids) :]]


def export(model: LocalLM, folder: Path) -> None:
    """Weights as float32 arrays and the sizes, for an environment without torch."""
    import numpy as np

    state = model.loaded.model.state_dict()
    arrays = {name: tensor.float().numpy() for name, tensor in state.items()}
    np.savez(folder / "weights.npz", **arrays)
    config = model.loaded.model.config.to_dict()
    (folder / "config.json").write_text(json.dumps(config, default=str), "utf-8")
    core = json.loads(model.loaded.tokenizer.backend_tokenizer.to_str())["model"]
    merges = [m if isinstance(m, str) else " ".join(m) for m in core["merges"]]
    (folder / "merges.json").write_text(json.dumps(merges), "utf-8")
    control = sorted(model.loaded.tokenizer.all_special_ids)
    (folder / "control.json").write_text(json.dumps(control), "utf-8")
    words = model.loaded.tokenizer.convert_ids_to_tokens(range(config["vocab_size"]))
    tokens = [word or f"[unused {at}]" for at, word in enumerate(words)]
    (folder / "tokens.json").write_text(json.dumps(tokens), "utf-8")


def compared(ours: dict[str, Any], theirs: dict[str, Any], wheel: bool) -> dict[str, Any]:
    """Which engine is faster by how much, and what the rule says."""
    best = max(
        (name for name in theirs if isinstance(theirs[name], dict)),
        key=lambda name: (
            -theirs[name]["prompt_seconds_median"]
            - ours["answer_tokens_median"] * theirs[name]["seconds_a_token"]
        ),
    )
    held = theirs[best]
    tokens = ours["answer_tokens_median"]
    spent = held["prompt_seconds_median"] + tokens * held["seconds_a_token"]
    gain = ours["grounded_answer_seconds_median"] / spent
    return {
        "fastest_format": best,
        "prefill_gain": _ratio(held, ours, "prefill_tokens_per_second"),
        "decode_gain": _ratio(held, ours, "decode_tokens_per_second"),
        "grounded_answer_seconds": round(spent, 3),
        "grounded_answer_gain": round(gain, 2),
        "installs_as_a_wheel": wheel,
        "qualifies": wheel and gain > GAIN,
    }


def chosen(compared_: dict[str, Any]) -> str:
    """The engine that the rule makes the default on a CPU."""
    fit = [name for name, row in compared_.items() if row["qualifies"]]
    best = max(fit, key=lambda name: float(compared_[name]["grounded_answer_gain"]), default="")
    return best or "transformers"


def _ratio(held: dict[str, Any], ours: dict[str, Any], key: str) -> float:
    return round(held[key] / ours[key], 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="openbook-reader", help="name or folder")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--llama-python", default="", help="python that has llama_cpp and gguf")
    parser.add_argument("--genai-python", default="", help="python that has onnxruntime_genai")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    import torch
    import transformers

    torch.set_num_threads(given.threads)
    settings = describe(given.model, Settings(), Path.cwd(), "generator")
    model = LocalLM.open(replace(settings), Path.cwd())
    model.complete([(Message("user", "?"),)], max_tokens=1)
    asked = prompts(model)
    ours = transformers_rows(model, asked)
    print("transformers:", json.dumps(ours), flush=True)
    results: dict[str, Any] = {
        "made_by": {
            "command": "python benchmarks/reader/speed.py",
            "model": model.name,
            "parameters": sum(p.numel() for p in model.loaded.model.parameters()),
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "threads": given.threads,
            "cores": os.cpu_count(),
            "machine": f"{platform.machine()}, Python {platform.python_version()}",
            "load_average": os.getloadavg()[0],
        },
        "target": {"grounded_answer_seconds": TARGET_S, "passage_tokens": PASSAGE_TOKENS},
        "transformers": {**ours, "cold": cold(given.model)},
        "met": ours["grounded_answer_seconds_median"] <= TARGET_S,
    }
    for name, (option, script, wheel) in ENGINES.items():
        python = getattr(given, option)
        if not python:
            continue
        theirs = engine_rows(python, script, model, asked, given)
        results[name] = theirs
        print(f"{name}:", json.dumps(theirs), flush=True)
        if "failed" not in theirs:
            results.setdefault("compared", {})[name] = compared(ours, theirs, wheel)
    if "compared" in results:
        results["cpu_default"] = chosen(results["compared"])
    given.out.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(json.dumps({k: results.get(k) for k in ("met", "compared", "cpu_default")}))


if __name__ == "__main__":
    main()
