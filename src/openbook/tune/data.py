"""Files that a generator learns from, told apart by the keys of their first row.

raft       question, passages, completion, ...   (openbook synthesize raft)
style      text, answer                          question and an answer in house style
questions  _id, text, answers, ...               the layout of question files
text       text                                  prose, a passage a line
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from openbook.errors import InputError, RowsError
from openbook.synthesize.rows import RaftRow, read_rows
from openbook.tune.objectives import Objective, objective, objectives
from openbook.tune.rows import Row
from openbook.types import Example, Passage, Split

Questions = Callable[[Path], Sequence[Example]]
"""Reads a question file; that room lies below this one."""


@dataclass(frozen=True, slots=True)
class StyleRow:
    """A question and an answer as the house writes it."""

    text: str
    answer: str
    id: str = ""
    document: str = ""
    split: Split = ""


@dataclass(frozen=True, slots=True)
class _TextRow:
    """A line of prose."""

    text: str
    id: str = ""
    document: str = ""


LAYOUTS: dict[str, type] = {
    "raft": RaftRow,
    "style": StyleRow,
    "questions": Example,
    "text": Passage,
}
"""Layouts and the values that their rows become."""

OWN = {"raft": "raft", "style": "style", "questions": "qa", "text": "text"}
"""The objective that general data of a layout is learnt by."""


def layout_of(path: Path) -> str:
    """The layout of a file, by its first row.

    Raises:
        RowsError: the file cannot be read, is empty, or has another layout.
    """
    where, first = next(_objects(path), (str(path), None))
    if first is None:
        raise RowsError("holds no row", where=where, fix="Make some: openbook synthesize.")
    keys = set(first)
    if {"question", "passages", "completion"} <= keys:
        return "raft"
    if {"text", "answer"} <= keys:
        return "style"
    if {"_id", "text"} <= keys and "title" not in keys:
        return "questions"
    if "text" in keys:
        return "text"
    raise RowsError(
        f"has none of the layouts {', '.join(LAYOUTS)} (its keys: {', '.join(sorted(keys))})",
        where=where,
        fix="Make rows with openbook synthesize.",
    )


def read(path: Path, wanted: Objective, questions: Questions) -> list[Row]:
    """The rows that an objective makes of a file.

    Raises:
        RowsError: a file that cannot be read, or of a layout that the objective does not take.
        InputError: no row of it teaches anything.
    """
    layout = layout_of(path)
    if LAYOUTS[layout] not in wanted.takes:
        fits = [name for name, held in LAYOUTS.items() if held in wanted.takes]
        others = [n for n, one in objectives().items() if LAYOUTS[layout] in one.takes]
        raise RowsError(
            f"is of the layout {layout}, and the objective {wanted.name} learns from "
            f"{' or '.join(fits)}",
            where=str(path),
            fix=f"Give such a file, or --objective {' or '.join(others)}.",
        )
    made = wanted.rows(_values(path, layout, questions))
    if not made:
        raise InputError(
            f"holds nothing that the objective {wanted.name} can learn from",
            where=str(path),
            fix="Give rows with answers.",
        )
    return made


def read_any(path: Path, questions: Questions) -> list[Row]:
    """The rows of a file by the objective that its layout is for: general data.

    Raises:
        RowsError, InputError: as :func:`read`.
    """
    return read(path, objective(OWN[layout_of(path)]), questions)


def _values(path: Path, layout: str, questions: Questions) -> Sequence[Any]:
    if layout == "raft":
        return read_rows(path, RaftRow)
    if layout == "questions":
        return questions(path)
    reader: TypeAdapter[Any] = TypeAdapter(StyleRow if layout == "style" else _TextRow)
    values = [_checked(reader, found, layout, where) for where, found in _objects(path)]
    if layout == "style":
        return values
    stem = path.stem
    return [
        Passage(
            one.id or f"{stem}:{number}", one.document or f"{stem}:{number}", 0, len(one.text),
            one.text,
        )
        for number, one in enumerate(values, 1)
    ]  # fmt: skip


def _checked(reader: TypeAdapter[Any], found: Mapping[str, Any], layout: str, where: str) -> Any:
    try:
        made = reader.validate_python({**found, "id": str(found.get("id", found.get("_id", "")))})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise RowsError(
            f"is not a row of the layout {layout} ({place}: {first['msg']})",
            where=where,
            fix="Every row has the same keys.",
        ) from error
    if not made.text.strip():
        raise RowsError("its text is empty", where=where, fix="Remove the line.")
    return made


def _objects(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The lines of a file as objects, each with its place."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise RowsError(
            f"cannot be read ({reason})", where=str(path), fix="Give the path of a file of rows."
        ) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise RowsError("is not a JSON object", where=where, fix="One object a line.")
        yield where, value
