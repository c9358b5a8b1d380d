"""Question files: one JSON object a line, the same layout for every verb.

``_id`` and ``text`` are needed; where known, ``answers`` (accepted strings), ``gold``
(document or passage ids), ``answerable``, ``language``, ``topic``, ``path``, ``split``,
``history``. A sibling ``qrels.tsv`` in BEIR's layout supplies ``gold`` for lines that have
none. Other keys are left alone, unless they look like a misspelt one.
"""

from __future__ import annotations

import csv
import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from openbook.errors import InputError, QuestionsError
from openbook.text.question import question
from openbook.types import Example, Split, Turn

KEYS = (
    "_id",
    "text",
    "answers",
    "gold",
    "answerable",
    "language",
    "topic",
    "path",
    "split",
    "source",
    "history",
)
"""Keys that are read."""

ALSO = frozenset(
    {
        "answer_start", "output", "long_answer", "type", "kind", "title", "metadata",
        "version", "passage", "quote",
    }
)  # fmt: skip
"""Keys that public sets carry, or ``openbook synthesize`` writes, and nothing here reads."""

RENAMED = {"id": "_id", "qid": "_id", "question": "text", "query": "text", "answer": "answers"}
"""Names that other layouts use, and ours."""

SHOWN = 5
"""Wrong lines that a message names."""

SPLITS = ("train", "dev", "test", "")


def read_questions(path: Path) -> list[Example]:
    """All questions of a file, in order. Blank lines are skipped.

    Raises:
        QuestionsError: the file cannot be read or holds no question; a line that is not a
            JSON object, lacks ``_id`` or ``text``, has a misspelt key or a value of the
            wrong type, or repeats an id. The message names the line, and the next few that
            are wrong too.
    """
    return list(read_numbered(path).values())


def read_numbered(path: Path) -> dict[int, Example]:
    """As :func:`read_questions`, by line number."""
    examples: dict[int, Example] = {}
    wrong: list[QuestionsError] = []
    seen: dict[str, int] = {}
    judged: Mapping[str, tuple[str, ...]] | None = None
    for number, line in _lines(path):
        where = f"{path}, line {number}"
        try:
            example = _example(_object(line, where), where)
            if example.id in seen:
                raise QuestionsError(
                    f'the id "{example.id}" stands in line {seen[example.id]} already',
                    where=where,
                    fix="Give each question its own _id.",
                )
        except QuestionsError as error:
            wrong.append(error)
            if len(wrong) > SHOWN:
                break
            continue
        seen[example.id] = number
        if not example.gold:
            judged = read_qrels(path.with_name("qrels.tsv")) if judged is None else judged
            example = _with_gold(example, judged.get(example.id, ()))
        examples[number] = example
    if wrong:
        raise _together(wrong)
    if not examples:
        raise QuestionsError("holds no question", where=str(path), fix="One JSON object a line.")
    return examples


def _together(wrong: Sequence[QuestionsError]) -> QuestionsError:
    """One error that names the first lines that are wrong."""
    first, *others = wrong
    if not others:
        return first
    lines = (f"{error.where.rpartition(', ')[2]}: {error.what}" for error in others[: SHOWN - 1])
    more = "; and more" if len(wrong) > SHOWN else ""
    fix = f"{first.fix} Also {'; '.join(lines)}{more}."
    return QuestionsError(first.what, where=first.where, fix=fix)


def read_qrels(path: Path) -> dict[str, tuple[str, ...]]:
    """Relevant document ids by question id, of a BEIR ``qrels.tsv``; empty without a file.

    A first line of names is skipped; a score of 0 or less is not relevant.

    Raises:
        QuestionsError: a line without three columns or whose score is not a number.
    """
    found: dict[str, list[str]] = {}
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.reader(file, delimiter="\t"), 1):
            if not any(row) or (number == 1 and row[0] in ("query-id", "query_id", "qid")):
                continue
            score = _number(row[-1])
            if len(row) not in (3, 4) or score is None:
                raise QuestionsError(
                    "is not QUESTION, DOCUMENT, SCORE with tabs between",
                    where=f"{path}, line {number}",
                    fix="Follow BEIR's qrels layout.",
                )
            if score > 0:
                found.setdefault(row[0], []).append(row[-2])
    return {key: tuple(values) for key, values in found.items()}


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line
    except FileNotFoundError as error:
        raise QuestionsError(
            "there is no such file", where=str(path), fix="Give the path of a question file."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsError(
            f"cannot be read ({error})", where=str(path), fix="Save it as UTF-8 text."
        ) from error


def _object(line: str, where: str) -> Mapping[str, Any]:
    try:
        value = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
        raise QuestionsError(
            f"is not JSON ({reason})", where=where, fix="Write one JSON object a line."
        ) from error
    if not isinstance(value, dict):
        raise QuestionsError(
            "is not a JSON object", where=where, fix='Write {"_id": "1", "text": "…"}.'
        )
    _check_keys(value, where)
    return value


def _check_keys(value: Mapping[str, Any], where: str) -> None:
    for key in value:
        if key in KEYS or key in ALSO:
            continue
        meant = RENAMED.get(key) or next(iter(difflib.get_close_matches(key, KEYS, 1, 0.8)), "")
        if meant and meant not in value:
            raise QuestionsError(
                f'unknown key "{key}"', where=where, fix=f'Did you mean "{meant}"?'
            )
    for key in ("_id", "text"):
        if key not in value:
            raise QuestionsError(
                f'lacks "{key}"', where=where, fix="Each line needs an _id and a text."
            )


def _example(value: Mapping[str, Any], where: str) -> Example:
    answerable = value.get("answerable")
    if not isinstance(answerable, bool | None):
        raise _wrong("answerable", "true or false", where)
    split = _text(value, "split", where)
    if split not in SPLITS:
        raise _wrong("split", "train, dev or test", where)
    name = _text(value, "_id", where)
    if not name:
        raise QuestionsError('has an empty "_id"', where=where, fix="Fill it or drop the line.")
    try:
        text = question(_text(value, "text", where))
    except InputError as error:
        raise QuestionsError(error.what, where=where, fix=error.fix) from error
    return Example(
        id=name,
        text=text,
        answers=_texts(value, "answers", where),
        gold=_texts(value, "gold", where),
        answerable=answerable,
        language=_text(value, "language", where),
        topic=_text(value, "topic", where),
        path=_texts(value, "path", where),
        split=cast(Split, split),
        source=_text(value, "source", where),
        history=_history(value.get("history"), where),
    )


def _text(value: Mapping[str, Any], key: str, where: str) -> str:
    """A string; a number is taken as its digits (ids often are numbers)."""
    found = value.get(key)
    if found is None:
        return ""
    if isinstance(found, str):
        return found
    if isinstance(found, int | float) and not isinstance(found, bool):
        return str(found)
    raise _wrong(key, "text", where)


def _texts(value: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    """A list of strings; one string stands for a list of one."""
    found = value.get(key)
    if found is None:
        return ()
    items: Sequence[Any] = found if isinstance(found, list) else [found]
    return tuple(_text({key: item}, key, where) for item in items if item not in (None, ""))


def _history(value: Any, where: str) -> tuple[Turn, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(turn, dict) for turn in value):
        raise _wrong("history", 'a list of {"question": "…", "answer": "…"}', where)
    return tuple(
        Turn(_text(turn, "question", where), _text(turn, "answer", where)) for turn in value
    )


def _with_gold(example: Example, gold: tuple[str, ...]) -> Example:
    return replace(example, gold=gold) if gold else example


def _wrong(key: str, wanted: str, where: str) -> QuestionsError:
    return QuestionsError(f'"{key}" is not {wanted}', where=where, fix="Mend the line.")
