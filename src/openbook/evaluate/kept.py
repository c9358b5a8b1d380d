"""Answers of a comparison on disk: a JSON line each, made once, found again after a kill.

DIR/answers/METHOD.jsonl     answers of one method, in the order in which they were made
DIR/answers/METHOD.json      what made them
DIR/seconds.jsonl            seconds of questions asked one at a time
DIR/stages.jsonl             what ran, a line for each chunk of questions
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from openbook.artifacts import Lines, write_atomic
from openbook.errors import InputError
from openbook.types import (
    Answer,
    Hit,
    Passage,
    Query,
    Quote,
    Ranking,
    Sentence,
    Triple,
    Usage,
    digest,
)
from openbook.types import Path as Chain

METHOD_FILE = "method file"
"""What made answers: the text of the user's own method file."""


def encode(answer: Answer) -> dict[str, Any]:
    """An answer as JSON, without its prompt and the texts of its ranking."""
    ranking = answer.ranking
    passages = [(hit.passage, hit.score) for hit in _passage_hits(ranking)]
    return {
        "_id": answer.query.id,
        "kind": answer.kind,
        "text": answer.text,
        "answers": list(answer.answers),
        "quotes": [asdict(quote) for quote in answer.quotes],
        "paths": [[asdict(triple) for triple in path.triples] for path in answer.paths],
        "sentences": [[s.start, s.end, s.supported, list(s.missing)] for s in answer.sentences],
        "confidence": answer.confidence,
        "read": [[p.id, p.document_id, score] for p, score in passages],
        "usage": asdict(answer.usage),
        "trace": [[stage, seconds] for stage, seconds in answer.trace],
    }


def _passage_hits(ranking: Ranking | None) -> list[Hit]:
    hits = ranking.hits if ranking else ()
    return [hit for hit in hits if isinstance(hit.evidence, Passage)]


def decode(line: Mapping[str, Any], query: Query, method: str = "") -> Answer:
    """The answer of :func:`encode`; its passages have ids and no text."""
    hits = (Hit(Passage(name, document, 0, 0, ""), score) for name, document, score in line["read"])
    return Answer(
        kind=line["kind"],
        text=line["text"],
        query=query,
        answers=tuple(line["answers"]),
        quotes=tuple(Quote(**{**q, "heading": tuple(q["heading"])}) for q in line["quotes"]),
        paths=tuple(Chain(tuple(Triple(**triple) for triple in path)) for path in line["paths"]),
        sentences=tuple(
            Sentence(start, end, supported, tuple(missing))
            for start, end, supported, missing in line["sentences"]
        ),
        confidence=line["confidence"],
        ranking=Ranking(query, tuple(hits)),
        usage=Usage(**line["usage"]),
        trace=tuple((stage, seconds) for stage, seconds in line["trace"]),
        method=method,
    )


class Kept:
    """The folder of a comparison.

    Args:
        folder: made if it is not there.
        makes: for each method, everything that decides its answers.
        fresh: forget what an earlier run left.

    Raises:
        InputError: the folder holds answers of other makes, or is not a comparison's.
    """

    def __init__(
        self, folder: Path, makes: Mapping[str, Mapping[str, Any]], *, fresh: bool = False
    ) -> None:
        self.folder = folder
        if fresh:
            _clear(folder)
        outdated = [name for name, made in makes.items() if _outdated(folder, name, made)]
        (folder / "answers").mkdir(parents=True, exist_ok=True)
        for name in outdated:
            _drop(folder, name)
        self.answers: dict[str, dict[str, dict[str, Any]]] = {}
        self._files: dict[str, Lines] = {}
        for name, made in makes.items():
            file = _file(folder, name)
            if not file.with_suffix(".json").exists():
                file.unlink(missing_ok=True)
                write_atomic(file.with_suffix(".json"), _text(made))
            self._files[name] = Lines(file)
            self.answers[name] = {line["_id"]: line for line in self._files[name].held}
        self.seconds = Lines(folder / "seconds.jsonl")
        self.stages = Lines(folder / "stages.jsonl")

    def add(self, name: str, answers: Iterable[Answer]) -> None:
        """Keep answers of a method."""
        lines = [encode(answer) for answer in answers]
        self._files[name].add(lines)
        self.answers[name].update((line["_id"], line) for line in lines)

    def timed(self, name: str) -> dict[str, float]:
        """Seconds by question, of those that were asked one at a time."""
        return {row["_id"]: row["seconds"] for row in self.seconds.held if row["method"] == name}

    def models(self, name: str) -> dict[str, bool]:
        """Language models that a method asked, and whether each is on another machine."""
        rows = [row for row in self.seconds.held if row["method"] == name]
        return {model: away for row in rows for model, away in row["models"].items()}

    @property
    def paid(self) -> float:
        """US dollars that all runs in this folder paid so far."""
        return float(sum(row["cost"] for row in (*self.stages.held, *self.seconds.held)))

    @property
    def calls(self) -> int:
        """Prompts that models answered so far."""
        return int(sum(row["calls"] for row in (*self.stages.held, *self.seconds.held)))


def _file(folder: Path, name: str) -> Path:
    """``naive_rag(k=3)`` is kept in ``naive_rag-<hash>.jsonl``."""
    plain = re.match(r"\w+", name)
    stem = name if plain and plain[0] == name else f"{plain[0] if plain else ''}-{digest(name)}"
    return folder / "answers" / f"{stem}.jsonl"


def _text(made: Mapping[str, Any]) -> str:
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def _outdated(folder: Path, name: str, made: Mapping[str, Any]) -> bool:
    """Whether answers are those of the method before its user edited its file: they are made
    anew. Any other two makes are refused.
    """
    record = _file(folder, name).with_suffix(".json")
    if not record.exists():
        return False
    try:
        before = json.loads(record.read_text("utf-8"))
    except ValueError:
        before = {}
    now = json.loads(_text(made))
    if all(METHOD_FILE in made for made in (before, now)) and _others(before) == _others(now):
        return bool(before != now)
    if before != now:
        other = ", ".join(f"other {key}" for key in made if before.get(key) != made[key])
        raise InputError(
            f"holds answers of {name} from another run ({other or 'with other makes'})",
            where=str(folder),
            fix="Name another folder, or give --fresh to replace them.",
        )
    return False


def _others(made: Mapping[str, Any]) -> dict[str, Any]:
    """What made answers, but for the method's own file and the stages that it builds."""
    return {key: value for key, value in made.items() if key not in (METHOD_FILE, "expression")}


def _drop(folder: Path, name: str) -> None:
    """Forget the answers and seconds of a method. What was paid for them stays counted."""
    for suffix in (".jsonl", ".json"):
        _file(folder, name).with_suffix(suffix).unlink(missing_ok=True)
    seconds = Lines(folder / "seconds.jsonl")
    rows = [{**row, "method": ""} if row["method"] == name else row for row in seconds.held]
    if rows:
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        write_atomic(seconds.file, text)


def _clear(folder: Path) -> None:
    """Remove what a comparison writes, and nothing else."""
    files = [*folder.glob("answers/*.jsonl"), *folder.glob("answers/*.json")]
    files += [folder / name for name in ("seconds.jsonl", "stages.jsonl", "results.json")]
    for file in files:
        file.unlink(missing_ok=True)
