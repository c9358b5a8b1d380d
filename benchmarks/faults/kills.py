"""Two hundred kills at random moments of a sync: nothing lost, nothing twice, no half version.

    python benchmarks/faults/kills.py [--kills 200] [--seed 0]

A knowledge base of some hundred Korean and English documents stands in a known old state;
its folder is changed (documents added, changed, removed), which makes a known new state. A
process syncs it with two worker processes, and is killed (SIGKILL): half of the kills at a
random moment of the whole run, half at a random moment after it began to write the tables,
for that part is short. Every third kill hits what the kill before it left behind.

After each kill: the knowledge base opens, is exactly in the old state or the new one (all
documents, passages and terms, compared by hash, as the search sees them too), and holds no
passage twice. Then the next sync must lead to the new state, exactly.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from openbook.errors import OpenbookError
from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.settings import Settings

ROOT = Path(__file__).parents[2]
RESULT = ROOT / "benchmarks" / "results" / "faults-kills.json"
SETTINGS = Settings(workers=2, inline_bytes=0, optimise_rows=50)
VICTIM = """
import sys
from pathlib import Path
from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.settings import Settings
class Say:
    def start(self, what, total): print(what, flush=True)
    def advance(self, n=1): pass
    def finish(self): pass
settings = Settings(workers=2, inline_bytes=0, optimise_rows=50)
KnowledgeBase(Path(sys.argv[1]), settings).sync([Path(sys.argv[2])], progress=Say())
print("done", flush=True)
"""
KOREAN = "연차 휴가 환불 규정 보안 신고 비용 정산 출장 계약 해지 요금 갱신 보증 기간 고객 지원 장비"
ENGLISH = "leave refund policy security report expense travel contract renewal fee warranty period"
WORDS = (*KOREAN.split(), *ENGLISH.split())


def document(number: int, edition: int, chance: random.Random) -> str:
    """A document of a few sections whose words depend on its number and edition."""
    parts = [f"# 문서 {number}, edition {edition}\n"]
    for section in range(4):
        parts.append(f"## 제{section + 1}조 section {section + 1}\n")
        for _ in range(3):
            parts.append(" ".join(chance.choices(WORDS, k=30)) + ".\n")
    return "\n".join(parts)


def write(folder: Path, numbers: range, edition: int, chance: random.Random) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / f"{number:04d}.md").write_text(document(number, edition, chance), "utf-8")


def state(base: KnowledgeBase) -> str:
    """Hash of everything a reader of the current version can see, row handles aside."""
    snapshot = base.snapshot()
    hasher = hashlib.sha256()
    passages = sorted(repr(passage) for passage in snapshot.all_passages())
    if len(passages) != len(set(passages)) or len(passages) != snapshot.size:
        raise AssertionError("a passage is there twice, or the count is wrong")
    for line in passages:
        hasher.update(line.encode())
    for found in sorted(snapshot.documents(), key=lambda d: d.id):
        hasher.update(repr(found).encode())
    for field in ("words", "grams"):
        for line in sorted(terms for _, terms in snapshot.terms(field)):
            hasher.update(line.encode())
    for word in ("leav", "환불"):
        rows = [row for row, _ in snapshot.lexical("words", word, 100_000)]
        hasher.update("".join(sorted(p.id for p in snapshot.passages(rows))).encode())
    return hasher.hexdigest()


def killed(folder: Path, docs: Path, moment: float, after: str) -> str:
    """Start a sync, kill it ``moment`` seconds after its start or after it said something.

    Returns:
        The last step it had said.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(folder), str(docs)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    said: list[str] = []
    if after:
        for line in process.stdout:
            said.append(line.strip())
            if line.startswith((after, "done")):
                break
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    said += [line.strip() for line in process.stdout.read().splitlines()]
    process.wait()
    process.stdout.close()
    return said[-1] if said else "starting"


def durations(folder: Path, docs: Path) -> tuple[float, float]:
    """Seconds of a whole sync, and of it those after it began to write."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(folder), str(docs)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    writing = begun
    for line in process.stdout:
        if line.startswith("writing"):
            writing = time.perf_counter()
    process.wait()
    end = time.perf_counter()
    return end - begun, end - writing


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--documents", type=int, default=300)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as name:
        run(Path(name), asked.kills, asked.seed, asked.documents, chance)


def run(work: Path, kills: int, seed: int, count: int, chance: random.Random) -> None:
    docs = work / "docs"
    write(docs, range(count), 1, chance)
    old_base = KnowledgeBase(work / "old", SETTINGS)
    old_base.sync([docs])
    old = state(old_base)
    write(docs, range(0, count, 5), 2, chance)
    write(docs, range(count, count + count // 3), 1, chance)
    for number in range(1, count, 10):
        (docs / f"{number:04d}.md").unlink()
    fresh = KnowledgeBase(work / "fresh", SETTINGS)
    fresh.sync([docs])
    new = state(fresh)
    shutil.copytree(work / "old", work / "timed")
    whole, writing = durations(work / "timed", docs)
    assert state(KnowledgeBase(work / "timed", SETTINGS)) == new
    outcomes: Counter[str] = Counter()
    steps: Counter[str] = Counter()
    wrong: list[str] = []
    interrupted = 0
    begun = time.time()
    base = work / "kb"
    for number in range(kills):
        if number % 3 != 2 or KnowledgeBase(base, SETTINGS).version != 1:
            shutil.rmtree(base, ignore_errors=True)
            shutil.copytree(work / "old", base)
        late = number % 2 == 1
        moment = chance.uniform(0, (writing if late else whole) * 1.02)
        step = killed(base, docs, moment, "writing" if late else "")
        steps[step] += 1
        try:
            found = state(KnowledgeBase(base, SETTINGS))
            outcomes[{old: "old state", new: "new state"}.get(found, "neither")] += 1
            if found not in (old, new):
                wrong.append(f"kill {number} at {moment:.3f} s ({step}): neither old nor new")
            interrupted += KnowledgeBase(base, SETTINGS).status().interrupted > 0
            if number % 3 == 1:
                continue  # the next kill hits what this one left
            after = KnowledgeBase(base, SETTINGS)
            after.sync([docs])
            if state(after) != new:
                wrong.append(f"kill {number} at {moment:.3f} s ({step}): the next sync went wrong")
        except (OpenbookError, AssertionError) as error:
            wrong.append(f"kill {number} at {moment:.3f} s ({step}): {error}")
        if number % 20 == 19:
            print(number + 1, dict(outcomes), dict(steps), wrong, flush=True)
    result = {
        "kills": kills,
        "seed": seed,
        "documents": count,
        "passages": KnowledgeBase(work / "fresh").snapshot().size,
        "sync_seconds": round(whole, 2),
        "of_it_writing_seconds": round(writing, 2),
        "outcomes": dict(outcomes),
        "killed_while": dict(steps),
        "left_prepared_work": interrupted,
        "wrong": wrong,
        "seconds": round(time.time() - begun, 1),
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "commit": subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True,
            check=False,
        ).stdout.strip(),
        "versions": {"python": platform.python_version(), "lancedb": version("lancedb")},
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
    }  # fmt: skip
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(result, indent=1, ensure_ascii=False))
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
