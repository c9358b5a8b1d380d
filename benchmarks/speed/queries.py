"""How fast lexical questions are answered at 10 thousand, 100 thousand and 1 million passages.

    python benchmarks/speed/queries.py --folder FOLDER [--sizes 10000 100000 1000000]

FOLDER holds the Korean statutes (``ko_statutes.tar.xz`` unpacked). They are synced with a
small passage size until there are enough passages; every engine in ``engines/`` then gets
the very same two fields of terms, and answers the same 300 questions, fragments of eight
words, over both fields: the 100 best of each. Each engine runs in a process of its own; its
resident memory is read after the last question. Terms of the questions are cut beforehand;
how long that takes is reported apart.

An engine is a file of ``engines/`` with ``build(rows, folder)``, which writes an index of
``(words, grams)``, and ``opened(folder)``, which gives a function from ``(words, grams, k)``
to two lists of ``(row, score)``.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ENGINES = Path(__file__).parent / "engines"
RESULT = ROOT / "benchmarks" / "results" / "speed-queries.json"
TOKENS = 88
QUESTIONS = 300
DEPTH = 100


def resident_mb() -> float:
    """Resident memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


def collect(folder: Path, base: Path, size: int) -> None:
    """Sync files until there are enough passages, at a small passage size."""
    from openbook.corpus.settings import Settings as Corpus
    from openbook.knowledge.base import KnowledgeBase

    files = sorted(folder.rglob("*.md"))
    random.Random(0).shuffle(files)
    some = base.parent / "statutes"
    knowledge = KnowledgeBase(base)
    have, at, copy, added = 0, 0, 0, 0
    while have < size:
        share = 1.02 * (size - have) / have * added if have else size / 40
        upto = min(len(files), at + max(5, int(share)))
        for number, file in enumerate(files[at:upto], at):
            target = some / f"{copy}-{number:05d}.md"
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(file, target)
        added += upto - at
        at = upto
        if at == len(files):
            copy, at = copy + 1, 0
        have = knowledge.sync([some], corpus=Corpus(max_tokens=TOKENS)).passages
        print("passages", have, flush=True)


def export(base: Path, size: int, out: Path) -> dict[str, Any]:
    """Terms of the first ``size`` passages and the questions, for all engines."""
    import pyarrow as pa
    from pyarrow import feather

    from openbook.knowledge.base import KnowledgeBase
    from openbook.text.terms import analyse

    table = KnowledgeBase(base).snapshot()._passages
    columns: list[Any] = []
    for part in table.scan(["text", "words", "grams"]):
        columns.append(part)
    whole = pa.Table.from_batches(columns).slice(0, size)
    feather.write_feather(whole.select(["words", "grams"]), str(out / "terms.feather"))
    texts = whole.column("text")
    chance = random.Random(7)
    asked, took = [], []
    for row in chance.sample(range(len(texts)), QUESTIONS):
        words = texts[row].as_py().split()
        start = chance.randrange(max(1, len(words) - 8))
        question = " ".join(words[start : start + 8])
        begun = time.perf_counter()
        terms = analyse([question], query=True)[0]
        took.append(time.perf_counter() - begun)
        asked.append((terms.words, terms.grams))
    (out / "questions.json").write_text(json.dumps(asked), "utf-8")
    return {"passages": len(texts), "analyse_question_p50_ms": 1000 * statistics.median(took)}


def engine(name: str, work: Path) -> dict[str, Any]:
    """Build and ask one engine, in two processes so that building leaves no memory behind."""
    found: dict[str, Any] = {}
    for phase in ("build", "ask"):
        ran = subprocess.run(
            [sys.executable, __file__, "--folder", str(work), "--phase", phase, "--engine", name],
            check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        found |= json.loads(ran.stdout.strip().splitlines()[-1])
    print(name, found, flush=True)
    return found


def module(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, ENGINES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def build(name: str, work: Path) -> dict[str, Any]:
    from pyarrow import feather

    index = work / name
    shutil.rmtree(index, ignore_errors=True)
    index.mkdir()
    rows = feather.read_table(str(work / "terms.feather"))
    begun = time.perf_counter()
    module(name).build(rows, index)
    took = time.perf_counter() - begun
    size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    return {"build_s": took, "disk_mb": round(size / 1e6, 1)}


def ask(name: str, work: Path) -> dict[str, Any]:
    asked = json.loads((work / "questions.json").read_text("utf-8"))
    before = resident_mb()
    begun = time.perf_counter()
    search = module(name).opened(work / name)
    opening = time.perf_counter() - begun
    for words, grams in asked[:50]:
        search(words, grams, DEPTH)
    took = []
    for words, grams in asked:
        begun = time.perf_counter()
        search(words, grams, DEPTH)
        took.append(1000 * (time.perf_counter() - begun))
    took.sort()
    return {
        "open_s": opening, "p50_ms": statistics.median(took),
        "p95_ms": took[int(0.95 * len(took))], "resident_mb": resident_mb(),
        "resident_before_mb": before,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--engine", default="")
    parser.add_argument("--phase", default="")
    asked = parser.parse_args()
    if asked.phase:
        phase = {"build": build, "ask": ask}[asked.phase]
        print(json.dumps(phase(asked.engine, asked.folder)))
        return
    results: dict[str, Any] = {}
    names = sorted(p.stem for p in ENGINES.glob("*.py") if not p.stem.startswith("_"))
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for size in sorted(asked.sizes):
            collect(asked.folder, work / "kb", size)
            found = export(work / "kb", size, work)
            results[str(size)] = found | {name: engine(name, work) for name in names}
    packages = ("lancedb", "tantivy", "bm25s", "kiwipiepy")
    result = {
        "questions": QUESTIONS, "depth": DEPTH, "passage_tokens": TOKENS, "sizes": results,
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "commit": subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True,
            check=False,
        ).stdout.strip(),
        "versions": {name: version(name) for name in packages}
        | {"python": platform.python_version()},
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
    }  # fmt: skip
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
