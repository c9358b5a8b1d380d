"""How fast a folder goes into the knowledge base, and stays in sync.

    python benchmarks/speed/sync.py --folder FOLDER [--processes 2]

FOLDER holds the Korean statutes (``ko_statutes.tar.xz`` unpacked); it is copied, for a few
files are changed. Measured, each in a process of its own:

- ``tokeniser``: our analyser alone (``analyse``) over the same passages on as many processes,
  texts ready in memory, split between the processes as a sync splits them;
- ``kiwi``: the Korean morpheme tokeniser alone over the same text, whole, on all cores, on a
  sample (it takes minutes), scaled to the whole by characters;
- ``sync``: the whole first sync, cold, from start to a visible version; this and the analyser
  alone take turns and are run twice, the faster counts;
- ``noop`` and ``one_file``: in a running process, and cold, in a new one each time. For one
  file, all times are listed: some syncs build the indexes anew after publishing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
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
RESULT = ROOT / "benchmarks" / "results" / "speed-sync.json"
SAMPLE_CHARACTERS = 6_000_000
ATTEMPTS = 2


def peak_mb() -> dict[str, float]:
    """Largest resident memory of this process, and of the largest of its children."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {"main_mb": round(own / 1024), "largest_worker_mb": round(child / 1024)}


def cpu_seconds() -> float:
    """Processor time of this process and of those it started."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def texts(folder: Path, part: int = 0, parts: int = 1) -> list[list[str]]:
    """What is analysed, task by task; of all tasks every ``parts``-th."""
    from openbook.corpus.read import read
    from openbook.corpus.settings import Settings
    from openbook.corpus.split import indexed, split
    from openbook.corpus.walk import Source
    from openbook.knowledge.plan import Work, compare, tasks

    corpus = Settings()
    plan = compare(folder, {}, "", corpus)
    made: list[list[str]] = []
    for number, task in enumerate(tasks(plan, Work("", corpus, {}, Path()))):
        if number % parts != part:
            continue
        found: list[str] = []
        for file in task.files:
            source = Source(file.id, Path(file.path), file.size)
            for parsed in read(source, source.path.read_bytes(), corpus):
                found += map(indexed, split(parsed, corpus))
        made.append(found)
    return made


def tokeniser(folder: Path, part: int, parts: int) -> dict[str, Any]:
    """Seconds of analysing a share of the passages; starts when all processes are ready."""
    from openbook.text.terms import analyse

    ready = texts(folder, part, parts)
    analyse(["가나다 준비"])
    print("ready", flush=True)
    sys.stdin.readline()
    begun, used = time.perf_counter(), time.process_time()
    for task in ready:
        for start in range(0, len(task), 512):
            analyse(task[start : start + 512])
    return {
        "seconds": time.perf_counter() - begun,
        "cpu_seconds": time.process_time() - used,
        "passages": sum(map(len, ready)),
        "characters": sum(len(text) for task in ready for text in task),
    }


def kiwi(folder: Path) -> dict[str, Any]:
    """Characters a second of Kiwi over whole files, all cores."""
    from kiwipiepy import Kiwi

    files = sorted(folder.rglob("*.md"))
    random.Random(0).shuffle(files)
    sample: list[str] = []
    while sum(map(len, sample)) < SAMPLE_CHARACTERS and files:
        sample += files.pop().read_text("utf-8").split("\n\n")
    model = Kiwi(load_typo_dict=False, load_multi_dict=False)
    list(model.tokenize(["준비 운동"]))
    begun, used = time.perf_counter(), time.process_time()
    for _ in model.tokenize(sample):
        pass
    seconds = time.perf_counter() - begun
    cpu = time.process_time() - used
    return {"seconds": seconds, "cpu_seconds": cpu, "characters": sum(map(len, sample))}


class Steps:
    """Seconds of each step of a sync."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def start(self, what: str, total: int) -> None:
        self._what, self._begun = what, time.perf_counter()

    def advance(self, n: int = 1) -> None:
        pass

    def finish(self) -> None:
        self.seconds[self._what] = round(time.perf_counter() - self._begun, 2)


def first_sync(folder: Path, base: Path, processes: int) -> dict[str, Any]:
    from openbook.knowledge.base import KnowledgeBase
    from openbook.knowledge.settings import Settings

    steps = Steps()
    begun = time.perf_counter()
    knowledge = KnowledgeBase(base, Settings(workers=processes))
    report = knowledge.sync([folder], progress=steps)
    seconds = time.perf_counter() - begun
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds(),
        "documents": len(report.added),
        "passages": report.passages,
        "problems": len(report.problems),
        "steps": steps.seconds,
        **peak_mb(),
        "disk_mb": round(knowledge.status().size / 1e6),
    }


def change(file: Path, number: int) -> None:
    text = file.read_text("utf-8")
    file.write_text(
        f"{text.rstrip()}\n\n제{9000 + number}조 이 문장은 {number}번째로 더해졌다.\n", "utf-8"
    )


def running(folder: Path, base: Path) -> dict[str, Any]:
    """In a process that has synced before: nothing changed, and one file changed."""
    from openbook.knowledge.base import KnowledgeBase

    knowledge = KnowledgeBase(base)
    knowledge.sync()
    noop, one = [], []
    for _ in range(5):
        begun = time.perf_counter()
        assert knowledge.sync().nothing
        noop.append(time.perf_counter() - begun)
    files = random.Random(1).sample(sorted(folder.rglob("*.md")), 20)
    for number, file in enumerate([files[0], *files]):
        change(file, number)
        begun = time.perf_counter()
        report = knowledge.sync()
        took = time.perf_counter() - begun
        assert len(report.changed) == 1
        if number:  # the first one loads the tokeniser
            one.append(took)
    return {
        "noop_s": {"median": statistics.median(noop), "max": max(noop)},
        "one_file_s": {
            "median": statistics.median(one), "max": max(one), "all": [round(s, 3) for s in one],
        },
        **peak_mb(),
    }  # fmt: skip


def cold(folder: Path, base: Path) -> dict[str, float]:
    """A new process each time, from its start to its end."""
    found: dict[str, float] = {}
    files = random.Random(2).sample(sorted(folder.rglob("*.md")), 3)
    for name in ("noop_s", "one_file_s"):
        took = []
        for number, file in enumerate(files):
            if name == "one_file_s":
                change(file, 100 + number)
            begun = time.perf_counter()
            command = [sys.executable, __file__, "--phase", "again"]
            command += ["--folder", str(folder), "--base", str(base)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            took.append(time.perf_counter() - begun)
        found[name] = statistics.median(took)
    return found


def again(base: Path) -> dict[str, Any]:
    from openbook.knowledge.base import KnowledgeBase

    return {"version": KnowledgeBase(base).sync().version}


def apart(phase: str, folder: Path, base: Path, processes: int) -> Any:
    """A phase in a process of its own."""
    ran = subprocess.run(
        [sys.executable, __file__, "--phase", phase, "--folder", str(folder), "--base", str(base),
         "--processes", str(processes)],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    print(phase, ran.stdout.strip().splitlines()[-1], flush=True)
    return json.loads(ran.stdout.strip().splitlines()[-1])


def tokenisers(folder: Path, processes: int) -> dict[str, Any]:
    """All processes of the analyser together: the time of the slowest."""
    started = [
        subprocess.Popen(
            [sys.executable, __file__, "--phase", "tokeniser", "--folder", str(folder),
             "--part", str(part), "--processes", str(processes)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for part in range(processes)
    ]  # fmt: skip
    for process in started:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    found = []
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in started:
        found.append(json.loads(process.communicate()[0].strip().splitlines()[-1]))
    print("tokeniser", found, flush=True)
    return {
        "seconds": max(item["seconds"] for item in found),
        "cpu_seconds": sum(item["cpu_seconds"] for item in found),
        "passages": sum(item["passages"] for item in found),
        "characters": sum(item["characters"] for item in found),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--phase", default="")
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--base", type=Path, default=Path())
    asked = parser.parse_args()
    phases = {
        "tokeniser": lambda: tokeniser(asked.folder, asked.part, asked.processes),
        "kiwi": lambda: kiwi(asked.folder),
        "sync": lambda: first_sync(asked.folder, asked.base, asked.processes),
        "running": lambda: running(asked.folder, asked.base),
        "again": lambda: again(asked.base),
    }
    if asked.phase:
        print(json.dumps(phases[asked.phase]()))
        return
    with tempfile.TemporaryDirectory() as name:
        report(asked.folder, Path(name), asked.processes)


def report(given: Path, work: Path, processes: int) -> None:
    folder, base = work / "statutes", work / "kb"
    shutil.copytree(given, folder)
    whole = apart("kiwi", folder, base, processes)
    alone, synced = [], []
    for attempt in range(ATTEMPTS):
        alone.append(tokenisers(folder, processes))
        synced.append(apart("sync", folder, base.with_name(f"kb{attempt}"), processes))
    base = base.with_name("kb0")
    rate = min(alone, key=_seconds), min(synced, key=_seconds), whole
    write(folder, base, processes, rate)


def _seconds(found: dict[str, Any]) -> float:
    return float(found["seconds"])


def write(folder: Path, base: Path, processes: int, rate: tuple[Any, Any, Any]) -> None:
    """Measure what is left on the first knowledge base, and write all of it down."""
    alone, synced, whole = rate
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    kiwi_s = alone["characters"] / (whole["characters"] / whole["seconds"])
    result = {
        "attempts": ATTEMPTS,
        "corpus": {"files": sum(1 for _ in folder.rglob("*.md")), "mb": round(size / 1e6, 1)},
        "processes": processes,
        "tokeniser_alone": alone,
        "kiwi_alone": {"seconds_scaled": kiwi_s, "sample": whole},
        "first_sync": synced,
        "share_of_tokeniser_alone": alone["seconds"] / synced["seconds"],
        "share_of_tokeniser_alone_by_cpu": alone["cpu_seconds"] / synced["cpu_seconds"],
        "share_of_kiwi_alone": kiwi_s / synced["seconds"],
        "mb_a_second": size / 1e6 / synced["seconds"],
        "running": apart("running", folder, base, processes),
        "cold": cold(folder, base),
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "commit": subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True,
            check=False,
        ).stdout.strip(),
        "versions": {name: version(name) for name in ("lancedb", "kiwipiepy", "pyarrow")}
        | {"python": platform.python_version()},
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
    }  # fmt: skip
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(result, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
