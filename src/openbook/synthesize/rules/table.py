"""Cells of tables: a property of a row, and which row has a property."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from openbook.synthesize import labels
from openbook.synthesize.asked import Asked
from openbook.synthesize.korean import particle
from openbook.synthesize.sentences import rows
from openbook.text.language import detect
from openbook.types import Passage

Row = tuple[Passage, str, list[tuple[str, str]]]
_CODE = re.compile(r"^[A-Z]{1,6}\d*(?:-[A-Z\d]+)+$|^\d[\d.,:~ -]*$|^[\w.]+@")
_SHORT = re.compile(r"^[^\s\d]{0,2} ?[\d.,]+\s?[^\s\d]{0,4}$")
_PERSON = re.compile(r"^(?:name|employee|이름|성명|직원)$", re.I)
_NO_KIND = frozenset(
    [
        "항목",
        "구분",
        "내용",
        "name",
        "item",
        "kind",
        "situation",
        "event",
        "data",
        "severity",
        "moment",
        "이름",
        "성명",
    ]
)


def ask(passages: Sequence[Passage]) -> Iterator[Asked]:
    """Each cell that has a row's name and a property's name beside it."""
    for table in tables(passages).values():
        key = key_column(table)
        if not key:
            continue
        counts = Counter(pair for _, _, row in table for pair in row)
        for passage, line, row in table:
            name = dict(row).get(key, "")
            if not 2 <= len(name) <= 60:
                continue
            for column, value in row:
                if column != key and labels.telling(value):
                    yield from _cell(passage, line, (key, name), (column, value), counts)


def tables(passages: Sequence[Passage]) -> dict[tuple[tuple[str, ...], str], list[Row]]:
    """Rows of a document by the headings above them and the name of their first column."""
    found: dict[tuple[tuple[str, ...], str], list[Row]] = {}
    for row in rows(passages):
        found.setdefault((row[0].heading, row[2][0][0]), []).append(row)
    return found


def key_column(table: Sequence[Row]) -> str:
    """The column whose values name the rows: among the first three, one that no two rows share
    and that is no code, if there is any.
    """
    columns = [column for column, _ in table[0][2][:3]]
    unique: list[str] = []
    for column in columns:
        values = [dict(row).get(column, "") for _, _, row in table]
        if len(set(values)) == len(values) and all(values):
            if not any(_CODE.match(value) for value in values):
                return column
            unique.append(column)
    return unique[0] if unique and unique[0] == columns[0] else ""


def _cell(
    passage: Passage,
    line: str,
    key: tuple[str, str],
    cell: tuple[str, str],
    counts: Counter[tuple[str, str]],
) -> Iterator[Asked]:
    (key_name, name), (column, value) = key, cell
    language = detect(f"{column} {name}")
    answers = labels.accepted(value, column)
    if not labels.asks_for(column, language):
        short = len(name.split()) <= 4 and len(column.split()) <= 3
        if short and labels.asks_for(name, language) and not labels.unasked(column):  # a matrix
            text = labels.about(name, _inside(column, language), value, language)
            yield Asked(text, answers, passage, line, wanted=name)
        return
    owned = bool(_PERSON.match(key_name))
    text = labels.about(column, name, value, language, owned)
    bare, unit = labels.plain(column)
    yield Asked(text, answers, passage, line, topic=name, wanted=bare, kind=key_name.casefold())
    specific = counts[cell] == 1 and re.search(r"\d", value) and len(value) <= 30
    if specific and key_name.casefold() not in _NO_KIND and len(key_name) <= 20:
        shown = answers[-1] if unit else value
        yield from _which(passage, line, (key_name, name), (bare, shown), language)


def _which(
    passage: Passage, line: str, key: tuple[str, str], cell: tuple[str, str], language: str
) -> Iterator[Asked]:
    """Asks for the row that has a property."""
    (key_name, name), (label, shown) = key, cell
    if language == "ko" and not _SHORT.match(shown):
        return
    if language == "ko":
        text = f"{particle(label, '이')} {shown}인 {particle(key_name, '은')} 무엇인가요?"
    elif labels.many(label):
        return
    else:
        article = "an" if re.match(r"(?!uni|us[eau]|eu|one)[aeiou]", label, re.I) else "a"
        kind = labels.lowered(key_name)
        text = f"Which {kind} has {article} {labels.lowered(label)} of {shown}?"
    yield Asked(text, (name,), passage, line)


def _inside(column: str, language: str) -> str:
    """A column's name inside a sentence."""
    return labels.lowered(column) if language != "ko" and " " in column else column
