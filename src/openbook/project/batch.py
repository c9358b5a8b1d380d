"""Questions in a file, answers in a file: streamed, resumable, in the order of the questions.

Beside ``answers.jsonl`` stands ``answers.jsonl.run.json``: what made it. Running again with
the same makes only the answers that are missing; with anything else it is refused, so that
one file never mixes two runs. A line cut by a kill is dropped and made again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from openbook.artifacts import write_atomic
from openbook.errors import InputError
from openbook.project.runtime import Runtime
from openbook.project.wire import answer_json
from openbook.stage import Stage
from openbook.types import Answer, Example, Query

CHUNK = 16
"""Questions answered at once: what a kill can cost at most."""


def answer_file(
    runtime: Runtime,
    method: Stage[Query, Answer],
    name: str,
    examples: Sequence[Example],
    out: Path,
    *,
    fresh: bool = False,
    advance: Callable[[int], None] = lambda n: None,
) -> int:
    """Answer every example into ``out``, a JSON object a line.

    Args:
        fresh: throw away an existing file instead of going on with it.
        advance: told how many questions are done, those of an earlier run included.

    Returns:
        How many questions were answered now.

    Raises:
        InputError: ``out`` was made by another method, version, or questions.
    """
    made_by = {
        "method": name,
        "expression": repr(method),
        "snapshot": runtime.snapshot,
        "seed": runtime.seed,
        "questions": _fingerprint(examples),
    }
    done = _resume(out, made_by, fresh)
    advance(len(done))
    missing = [example for example in examples if example.id not in done]
    with out.open("a", encoding="utf-8") as file:
        for start in range(0, len(missing), CHUNK):
            chunk = [example.query for example in missing[start : start + CHUNK]]
            for answer in runtime.ask(method, chunk, name):
                file.write(json.dumps(answer_json(answer), ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
            runtime.forget()
            advance(len(chunk))
    return len(missing)


def _fingerprint(examples: Sequence[Example]) -> str:
    state = hashlib.blake2b(digest_size=8)
    for example in examples:
        state.update(repr((example.id, example.text, example.history)).encode())
    return state.hexdigest()


def _resume(out: Path, made_by: dict[str, Any], fresh: bool) -> set[str]:
    """Ids that ``out`` already answers; prepares ``out`` for appending."""
    record = out.with_name(out.name + ".run.json")
    if fresh or not out.exists():
        out.unlink(missing_ok=True)
        write_atomic(record, json.dumps(made_by, ensure_ascii=False, indent=1) + "\n")
        return set()
    before = _record(record)
    if before != made_by:
        raise InputError(
            "holds answers of another run"
            + (f" ({_difference(before, made_by)})" if before else " that left no record"),
            where=str(out),
            fix="Write to another file, or give --fresh to replace it.",
        )
    good = dict(_whole_lines(out))
    if sum(len(line.encode()) for line in good.values()) != out.stat().st_size:
        write_atomic(out, "".join(good.values()))
    return set(good)


def _record(file: Path) -> dict[str, Any]:
    """What made a file of answers; empty where that cannot be told."""
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _difference(before: dict[str, Any], now: dict[str, Any]) -> str:
    return ", ".join(f"other {key}" for key in now if before.get(key) != now[key])


def _whole_lines(file: Path) -> Iterator[tuple[str, str]]:
    """Ids and lines up to the first that is cut or is no answer."""
    with file.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                answer = json.loads(line)
            except json.JSONDecodeError:
                return
            if not line.endswith("\n") or not isinstance(answer, dict) or "_id" not in answer:
                return
            yield str(answer["_id"]), line
