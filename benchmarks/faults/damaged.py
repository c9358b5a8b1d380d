"""Two thousand damaged files: no crash, no hang, every failure named.

    python benchmarks/faults/damaged.py [--files 2000] [--seed 0]

Files of the sample handbook, of every format, are cut, have bits flipped, blocks overwritten
or zeroed, parts swapped, or are given another format's name. Each is read and split. Counted
are: read (with exact offsets), named (a DocumentError with the file's name and a reason), and
anything else, which must not happen. A crash of this process would end the run without a
result, which is the point.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import time
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from openbook.corpus.formats import formats
from openbook.corpus.read import read
from openbook.corpus.settings import Settings
from openbook.corpus.split import split
from openbook.corpus.walk import Source, find
from openbook.errors import DocumentError

ROOT = Path(__file__).parents[2]
HANDBOOK = ROOT / "examples" / "handbook"
RESULT = ROOT / "benchmarks" / "results" / "faults-damaged.json"


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def flip(data: bytes, chance: random.Random) -> bytes:
    broken = bytearray(data)
    for _ in range(chance.choice((1, 2, 5, 20, 100))):
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
    return bytes(broken)


def overwrite(data: bytes, chance: random.Random) -> bytes:
    size = chance.randrange(1, max(2, len(data) // 4))
    start = chance.randrange(len(data))
    filler = chance.randbytes(size) if chance.random() < 0.5 else bytes(size)
    return (data[:start] + filler + data[start + size :])[: len(data)]


def swap(data: bytes, chance: random.Random) -> bytes:
    first, second = sorted(chance.randrange(len(data)) for _ in range(2))
    return data[second:] + data[first:second] + data[:first]


def rename(data: bytes, chance: random.Random) -> bytes:
    return data


DAMAGE = {
    "cut": cut,
    "bit-flipped": flip,
    "overwritten": overwrite,
    "swapped": swap,
    "wrong extension": rename,
}


def outcome(source: Source, data: bytes, settings: Settings) -> tuple[str, str]:
    """``read``, ``named`` or ``wrong``, and the reason."""
    try:
        for parsed in read(source, data, settings):
            for passage in split(parsed, settings):
                if parsed.document.text[passage.start : passage.end] != passage.text:
                    return "wrong", "offsets are not exact"
    except DocumentError as error:
        if not error.what or source.id not in error.where:
            return "wrong", f"not named: {error}"
        return "named", error.what
    except BaseException as error:  # noqa: BLE001 (any other exception is what is looked for)
        return "wrong", f"{type(error).__name__}: {error}"
    return "read", ""


def run(files: int, seed: int) -> dict[str, object]:
    settings = Settings(max_seconds=20.0)
    sources, problems = find([HANDBOOK], settings)
    assert sources and not problems, problems
    originals = {source.id: source.path.read_bytes() for source in sources}
    by_format: dict[str, list[Source]] = {}
    for source in sources:
        by_format.setdefault(source.path.suffix, []).append(source)
    chance = random.Random(seed)
    counts: dict[str, Counter[str]] = {}
    wrong: list[dict[str, object]] = []
    reasons: Counter[str] = Counter()
    slowest = (0.0, "")
    for number in range(files):
        suffix = sorted(by_format)[number % len(by_format)]
        source = chance.choice(by_format[suffix])
        kind = list(DAMAGE)[number // len(by_format) % len(DAMAGE)]
        data = DAMAGE[kind](originals[source.id], chance)
        path = source.path
        if kind == "wrong extension":
            path = path.with_suffix(chance.choice([s for s in formats() if s != suffix]))
        start = time.perf_counter()
        result, reason = outcome(Source(source.id, path, len(data)), data, settings)
        slowest = max(slowest, (time.perf_counter() - start, f"{source.id}, {kind}"))
        counts.setdefault(f"{suffix} {kind}", Counter())[result] += 1
        if result == "wrong":
            wrong.append({"file": source.id, "damage": kind, "number": number, "what": reason})
        elif reason:
            reasons[reason.split(":")[0].split("(")[0].strip()[:60]] += 1
    total: Counter[str] = Counter()
    for counter in counts.values():
        total.update(counter)
    return {
        "files": files,
        "seed": seed,
        "outcomes": dict(total),
        "wrong": wrong,
        "slowest_seconds": round(slowest[0], 3),
        "slowest_file": slowest[1],
        "by_format_and_damage": {key: dict(value) for key, value in sorted(counts.items())},
        "commonest_reasons": dict(reasons.most_common(25)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    start = time.perf_counter()
    result = run(arguments.files, arguments.seed)
    git = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    result |= {
        "seconds": round(time.perf_counter() - start, 1),
        "command": "python benchmarks/faults/damaged.py",
        "commit": subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip(),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("openbook", "lxml", "pypdfium2", "PyYAML")},
        },
        "machine": {"cores": os.cpu_count(), "system": platform.system()},
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({k: result[k] for k in ("outcomes", "wrong", "slowest_seconds")}, indent=1))
    print(f"written to {RESULT.relative_to(ROOT)}")
    raise SystemExit(bool(result["wrong"]))


if __name__ == "__main__":
    main()
