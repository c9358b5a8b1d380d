"""Two hundred kills at random moments of a sync: nothing lost, nothing twice, no half version.

    python benchmarks/faults/kills.py [--kills 200] [--seed 0]

A knowledge base of some hundred Korean and English documents stands in a known old state;
its folder is changed (documents added, changed, removed), which makes a known new state. A
process syncs it with two worker processes, and is killed (SIGKILL): half of the kills at a
random moment of the whole run, half at a random moment after it began to write the tables,
for that part is short. Every third kill hits what the kill before it left behind.

A sync that had ended before its kill is not counted as one, but checked like the others.

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
ENGLISH = (
    "the leave of the refund policy and the security report is an expense of this travel contract"
)


def document(number: int, edition: int, chance: random.Random) -> str:
    """A Korean or English document whose words depend on its number and edition."""
    words = (KOREAN if number % 2 else ENGLISH).split()
    parts = [f"# {words[0]} {number}, {edition}\n"]
    for section in range(4):
        parts.append(f"## {words[1]} {section + 1}\n")
        for _ in range(3):
            parts.append(" ".join(chance.choices(words, k=30)) + f" {chance.random()}.\n")
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


class Trial:
    """The two states, the folder between them, and what came of the kills so far."""

    def __init__(self, work: Path, count: int, chance: random.Random) -> None:
        self.work, self.docs, self.chance = work, work / "docs", chance
        write(self.docs, range(count), 1, chance)
        old = KnowledgeBase(work / "old", SETTINGS)
        old.sync([self.docs])
        self.old = state(old)
        write(self.docs, range(0, count, 5), 2, chance)
        write(self.docs, range(count, count + count // 3), 1, chance)
        for number in range(1, count, 10):
            (self.docs / f"{number:04d}.md").unlink()
        fresh = KnowledgeBase(work / "fresh", SETTINGS)
        fresh.sync([self.docs])
        self.new = state(fresh)
        self.passages = fresh.snapshot().size
        shutil.copytree(work / "old", work / "timed")
        self.whole, self.writing = durations(work / "timed", self.docs)
        assert state(KnowledgeBase(work / "timed", SETTINGS)) == self.new
        self.outcomes: Counter[str] = Counter()
        self.steps: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.interrupted = 0

    @property
    def kills(self) -> int:
        """Syncs that were killed before they had ended."""
        return sum(self.steps.values()) - self.steps["done"]

    def kill(self, number: int) -> None:
        """One more sync, killed, and everything checked."""
        base = self.work / "kb"
        if number % 3 != 2 or KnowledgeBase(base, SETTINGS).version != 1:
            shutil.rmtree(base, ignore_errors=True)
            shutil.copytree(self.work / "old", base)
        late = number % 2 == 1
        moment = self.chance.uniform(0, self.writing if late else self.whole)
        step = killed(base, self.docs, moment, "writing" if late else "")
        self.steps[step] += 1
        where = f"kill {number} at {moment:.3f} s ({step})"
        try:
            found = state(KnowledgeBase(base, SETTINGS))
            name = {self.old: "old state", self.new: "new state"}.get(found, "neither")
            self.outcomes[name] += 1
            if name == "neither":
                self.wrong.append(f"{where}: neither the old state nor the new one")
            self.interrupted += KnowledgeBase(base, SETTINGS).status().interrupted > 0
            if number % 3 == 1:
                return  # the next kill hits what this one left
            after = KnowledgeBase(base, SETTINGS)
            after.sync([self.docs])
            if state(after) != self.new:
                self.wrong.append(f"{where}: the next sync went wrong")
        except (OpenbookError, AssertionError) as error:
            self.wrong.append(f"{where}: {error}")


def run(work: Path, kills: int, seed: int, count: int, chance: random.Random) -> None:
    trial = Trial(work, count, chance)
    begun, number = time.time(), 0
    while trial.kills < kills:
        trial.kill(number)
        number += 1
        if number % 20 == 0:
            print(trial.kills, dict(trial.outcomes), dict(trial.steps), trial.wrong, flush=True)
    result = {
        "kills": trial.kills,
        "ended_before_the_kill": trial.steps["done"],
        "seed": seed,
        "documents": count,
        "passages": trial.passages,
        "sync_seconds": round(trial.whole, 2),
        "of_it_writing_seconds": round(trial.writing, 2),
        "outcomes": dict(trial.outcomes),
        "killed_while": {step: n for step, n in trial.steps.items() if step != "done"},
        "left_prepared_work": trial.interrupted,
        "wrong": trial.wrong,
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
    if trial.wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
