"""The reader's weights in onnxruntime-genai: converts and times them. Run by ``speed.py``.

    python genai_engine.py FOLDER MODEL     needs onnxruntime_genai, onnx, onnx_ir, transformers
                                            and torch; prints one line of JSON

FOLDER holds task.json, MODEL the reader as transformers has it.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import onnxruntime_genai as og

FORMATS = ("fp32", "int8", "int4")


def converted(model: Path, folder: Path, kind: str) -> Path:
    """An ONNX folder of the model, as the package's own builder makes it, threads set."""
    out = folder / f"onnx-{kind}"
    command = [sys.executable, "-m", "onnxruntime_genai.models.builder", "-m", model, "-o", out]
    command += ["-p", kind, "-e", "cpu", "-c", folder / "cache"]
    subprocess.run(command, check=True, capture_output=True)
    return out


def threads(folder: Path, count: int) -> None:
    """Set the session's threads in genai_config.json."""
    file = folder / "genai_config.json"
    config = json.loads(file.read_text("utf-8"))
    config["model"]["decoder"]["session_options"] |= {"intra_op_num_threads": count}
    file.write_text(json.dumps(config), "utf-8")


def greedy(model: Any, ids: list[int], count: int) -> tuple[list[int], float, float]:
    """Tokens written, seconds to read the prompt, seconds a token to write."""
    params = og.GeneratorParams(model)
    params.set_search_options(
        do_sample=False, max_length=len(ids) + count + 1, min_length=len(ids) + count + 1
    )
    generator = og.Generator(model, params)
    start = time.perf_counter()
    generator.append_tokens(ids)
    generator.generate_next_token()
    first = time.perf_counter() - start
    start = time.perf_counter()
    for _ in range(count):
        generator.generate_next_token()
    each = (time.perf_counter() - start) / max(1, count)
    return [int(token) for token in generator.get_sequence(0)[len(ids) :]], first, each


def measured(folder: Path, task: dict[str, Any]) -> dict[str, Any]:
    """Speed of one conversion, and how many of the checked tokens agree."""
    threads(folder, task["threads"])
    start = time.perf_counter()
    model = og.Model(str(folder))
    loaded = time.perf_counter() - start
    same = []
    for ids, wanted in zip(task["ids"], task["check"], strict=False):
        written = greedy(model, ids, len(wanted) - 1)[0]
        same.append(sum(a == b for a, b in zip(written, wanted, strict=False)) / len(wanted))
    rows = [greedy(model, ids, task["decoded"]) for ids in task["ids"]]
    reads = [len(ids) / first for ids, (_, first, _) in zip(task["ids"], rows, strict=True)]
    each = statistics.median(row[2] for row in rows)
    return {
        "file_mb": round(sum(f.stat().st_size for f in folder.glob("model.onnx*")) / 1e6, 1),
        "load_seconds": round(loaded, 2),
        "prefill_tokens_per_second": round(statistics.median(reads)),
        "decode_tokens_per_second": round(1 / each, 1),
        "prompt_seconds_median": round(statistics.median(row[1] for row in rows), 4),
        "seconds_a_token": round(each, 6),
        "same_tokens_as_transformers": round(statistics.mean(same), 3),
    }


def main() -> None:
    folder, model = Path(sys.argv[1]), Path(sys.argv[2])
    task = json.loads((folder / "task.json").read_text("utf-8"))
    found: dict[str, Any] = {"version": og.__version__}
    for kind in FORMATS:
        found[kind] = measured(converted(model, folder, kind), task)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
