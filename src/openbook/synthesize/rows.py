"""What training data is made of, and its files: one JSON object a line.

A row carries the passages it was made from, whole, so that it can be read and trained on
without the knowledge base; with their ids and the knowledge base's version, so that
``openbook status`` can say later whether they still stand. Three layouts share one reader:

    raft    question, passages, oracle (place of the gold passage, or null), answers, completion
    pairs   question, positive, negatives
    lists   question, passages, grades (0 or more, one a passage)

Files of questions keep the layout of :mod:`openbook.evaluate.questions`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

from openbook.artifacts import write_atomic
from openbook.errors import RowsError
from openbook.types import Passage, Split

Policy = Literal["oracle", "answer", "refuse"]
"""What a RAFT row teaches: to quote the oracle; without it, to answer from memory, or to refuse."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row comes from.

    Args:
        version: of the knowledge base; 0 for rows that were imported.
        made: how: ``rules:heading``, or a language model's name.
        split: by document; empty where it was not split.
    """

    version: int = 0
    made: str = ""
    split: Split = ""


@dataclass(frozen=True, slots=True)
class RaftRow:
    """A question over an oracle and distractors, and what should be written.

    Args:
        oracle: place of the passage with the answer in ``passages``; None where it is left out.
        answers: accepted answers; empty for a refusal.
        completion: the text to learn: reasoning with quotes between marks, then ``<ANSWER>:``.
    """

    id: str
    question: str
    passages: tuple[Passage, ...]
    oracle: int | None
    answers: tuple[str, ...]
    completion: str
    policy: Policy = "oracle"
    language: str = ""
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class PairRow:
    """A question, a passage that answers it, and passages that look like it and do not."""

    id: str
    question: str
    positive: Passage
    negatives: tuple[Passage, ...] = ()
    language: str = ""
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class ListRow:
    """A question and passages with grades: 0 does not answer, more answers better."""

    id: str
    question: str
    passages: tuple[Passage, ...]
    grades: tuple[int, ...]
    language: str = ""
    origin: Origin = Origin()


Row = TypeVar("Row", RaftRow, PairRow, ListRow)
_NAMES = {RaftRow: "raft", PairRow: "pairs", ListRow: "lists"}


def write_rows(path: Path, rows: Iterable[RaftRow | PairRow | ListRow]) -> None:
    """Write rows to a file, whole or not at all."""
    lines = (json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)
    write_atomic(path, "".join(lines))


def read_rows(path: Path, kind: type[Row]) -> list[Row]:
    """The rows of a file, in order. Blank lines are skipped, unknown keys are left alone.

    Raises:
        RowsError: the file cannot be read or holds no row; a line that is not a row of this
            kind, with its number.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise RowsError(
            f"cannot be read ({reason})", where=str(path), fix="Give the path of a file of rows."
        ) from error
    reader: TypeAdapter[Row] = TypeAdapter(kind)
    rows = [
        _row(line, reader, kind, f"{path}, line {number}")
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]
    if not rows:
        raise RowsError("holds no row", where=str(path), fix="Make some: openbook synthesize.")
    return rows


def _row(line: str, reader: TypeAdapter[Row], kind: type[Row], where: str) -> Row:
    try:
        return _fitting(reader.validate_json(line))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        said = f"{place}: {first['msg']}" if place else first["msg"]
    except ValueError as error:
        said = str(error)
    raise RowsError(
        f"is not a row of the layout {_NAMES[kind]} ({said})",
        where=where,
        fix=f"Make such rows with: openbook synthesize {_NAMES[kind]}",
    )


def _fitting(row: Row) -> Row:
    """Refuse what types do not say."""
    if isinstance(row, RaftRow):
        if row.oracle is not None and row.oracle not in range(len(row.passages)):
            raise ValueError(f"oracle {row.oracle} is none of {len(row.passages)} passages")
        if (row.oracle is None) != (row.policy != "oracle"):
            raise ValueError("the policy oracle has an oracle, and no other policy has one")
    if isinstance(row, ListRow) and len(row.grades) != len(row.passages):
        raise ValueError("as many grades as passages are needed")
    return row
