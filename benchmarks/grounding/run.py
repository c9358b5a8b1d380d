"""How many wrong claims the check of an answer finds, and how many right ones it accuses.

    python benchmarks/grounding/run.py --data ../shared/data

Right claims are sentences as they stand in a paragraph, statements made by rule of a question
and its answer (so in other words than the paragraph's), and both with a number or a date
respelled. Each is also made wrong in one place: a number, a date, a name or a negation changed,
or what was asked for replaced by the answer to another question of its kind about the same
paragraph. The evidence is the whole paragraph. Precision counts, over a right claim and the same
made wrong, the share of the accused that are wrong. Sources: SQuAD train, KorQuAD train (measured
only), Korean statutes, the sample handbook. The rules were written looking at claims whose
paragraphs fall into the part ``look`` (half of them, by a hash); what is reported is the rest.
Writes benchmarks/results/grounding.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import random
import statistics
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import changes
from claims_of import HERE, Claim, handbook, reading, statutes

from openbook.generate.claims import gaps

RESULT = HERE / "benchmarks/results/grounding.json"
SEED = 0
MOST = 700
"""Claims of a source, at most."""


def collected(data: Path) -> list[Claim]:
    """All right claims, of both parts."""
    rng = random.Random(SEED)
    found = list(islice(reading(data / "squad/train", "en", "squad", rng), 2 * MOST))
    found += islice(reading(data / "korquad/train", "ko", "korquad", rng), 2 * MOST)
    found += islice(statutes(data / "ko_statutes.tar.xz", rng), MOST)
    return list(dict.fromkeys([*found, *handbook(rng)]))


def looked_at(claim: Claim) -> bool:
    """Whether a claim's paragraph is in the half that the rules were written by."""
    return int(hashlib.md5(claim.evidence.encode()).hexdigest(), 16) % 2 == 0


def made_wrong(claims: Sequence[Claim]) -> dict[str, list[tuple[Claim, str]]]:
    """Claims with what a change made of them, by kind; those that a change fits."""
    rng = random.Random(SEED)
    pools = {
        (language, asked): changes.names_of(
            [c for c in claims if c.language == language and bool(c.answer) == asked], language
        )
        for language in ("en", "ko")
        for asked in (False, True)
    }
    kinds: dict[str, Callable[[Claim], str]] = {
        "number": lambda c: changes.number(c, rng),
        "date": lambda c: changes.date(c, rng),
        "name": lambda c: changes.name(c, pools[c.language, bool(c.answer)], rng),
        "negation": lambda c: changes.negation(c, rng),
        "other answer": lambda c: changes.other_answer(c, rng),
        "respelled": lambda c: changes.respelled(c, rng),
    }
    found: dict[str, list[tuple[Claim, str]]] = {}
    for kind, change in kinds.items():
        rows = ((claim, change(claim)) for claim in claims)
        found[kind] = [(claim, text) for claim, text in rows if text and text != claim.text]
    return found


def accused(text: str, claim: Claim) -> bool:
    """Whether the check finds something in a claim that its paragraph does not hold."""
    return bool(gaps(text, [claim.evidence], claim.question))


def measure(claims: Sequence[Claim], show: int = 0) -> dict[str, Any]:
    """Precision and recall by language and kind; right claims accused by source."""
    right = {claim: accused(claim.text, claim) for claim in claims}
    by_source: dict[str, list[bool]] = defaultdict(list)
    for claim, bad in right.items():
        by_source[f"{claim.language} {claim.source}"].append(bad)
    wrong = made_wrong(claims)
    kinds: dict[str, Any] = {}
    for kind, pairs in wrong.items():
        for language in ("en", "ko"):
            own = [(claim, text) for claim, text in pairs if claim.language == language]
            found = [accused(text, claim) for claim, text in own]
            if kind == "respelled":
                by_source[f"{language} respelled"] = found
                _show(f"{language} {kind}, accused", own, found, show)
                continue
            _show(f"{language} {kind}, missed", own, [not f for f in found], show)
            falsely = sum(right[claim] for claim, _ in own)
            kinds[f"{language} {kind}"] = {
                "claims": len(own),
                "recall": _share(sum(found), len(own)),
                "precision": _share(sum(found), sum(found) + falsely),
            }
    _show("right, accused", [(c, c.text) for c in claims], list(right.values()), 3 * show)
    return {
        "wrong": kinds,
        "right_accused": {
            source: {"claims": len(found), "share": _share(sum(found), len(found))}
            for source, found in sorted(by_source.items())
        },
    }


def _show(title: str, rows: Sequence[tuple[Claim, str]], flags: Sequence[bool], count: int) -> None:
    bad = [row for row, flag in zip(rows, flags, strict=True) if flag]
    for claim, text in random.Random(1).sample(bad, min(count, len(bad))):
        print(
            f"[{title}] {text}\n    was: {claim.text}\n    {gaps(text, [claim.evidence], claim.question)}"
        )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def latency(claims: Sequence[Claim]) -> dict[str, float]:
    """Milliseconds of a sentence against a paragraph that is new, and one that was just read."""
    import openbook.generate.claims as module

    fresh, again = [], []
    for claim in claims[:400]:
        module._text.cache_clear()
        start = time.perf_counter()
        accused(claim.text, claim)
        middle = time.perf_counter()
        accused(claim.text, claim)
        fresh.append(1000 * (middle - start))
        again.append(1000 * (time.perf_counter() - middle))
    return {
        "new_median": round(statistics.median(fresh), 3),
        "new_p95": round(sorted(fresh)[int(0.95 * len(fresh))], 3),
        "again_median": round(statistics.median(again), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--look", type=int, default=-1, help="show so many mistakes; write nothing")
    options = parser.parse_args()
    claims = collected(options.data)
    part = [claim for claim in claims if looked_at(claim) == (options.look >= 0)]
    found = measure(part, max(0, options.look))
    for name, row in found["wrong"].items():
        print(f"{name:18} n={row['claims']:4} recall {row['recall']} precision {row['precision']}")
    for name, row in found["right_accused"].items():
        print(f"{name:28} n={row['claims']:4} accused {row['share']}")
    if options.look >= 0:
        return
    found["milliseconds"] = {
        language: latency([c for c in part if c.language == language]) for language in ("en", "ko")
    }
    found["made_by"] = {
        "command": "python benchmarks/grounding/run.py --data ../shared/data",
        "seed": SEED,
        "commit": subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
        ).stdout.strip(),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }
    RESULT.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(found["milliseconds"])


if __name__ == "__main__":
    main()
