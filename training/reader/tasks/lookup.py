"""Looking up a value by its key, in tables, lists, cards and sentences of made-up records.

Which record and which column a question means is all there is to know, so this teaches to
choose among things that look alike. Records of a kind share their columns; distractors are
other records of the kind, and other kinds.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tasks._corpus import shelf
from tasks._korean import particle
from tasks._passages import Shape
from tasks._records import SCHEMAS, Column, names
from tasks._row import Row

from openbook.corpus.tables import row_line


@dataclass(frozen=True)
class Table:
    """Records of a kind: ``cells[record][column]``."""

    kind: str
    names: tuple[str, ...]
    columns: tuple[Column, ...]
    cells: tuple[tuple[str, ...], ...]


def table(rng: random.Random, language: str, titles: Sequence[str], size: int) -> Table:
    """Some records of a kind with some of its columns."""
    ko, en, all_columns = rng.choice(SCHEMAS)
    some = names(en, titles, size, rng, language)
    columns = tuple(rng.sample(all_columns, rng.randint(2, min(4, len(all_columns)))))
    cells = tuple(tuple(c.draw(rng, language) for c in columns) for _ in some)
    return Table(ko if language == "ko" else en, tuple(some), columns, cells)


def _label(column: Column, language: str) -> str:
    return column.ko if language == "ko" else column.en


def written(
    given: Table, rows_: Sequence[int], style: str, language: str
) -> tuple[list[str], dict[tuple[int, int], str]]:
    """Lines of some records, and the line that tells each cell."""
    labels = [_label(c, language) for c in given.columns]
    lines: list[str] = []
    where: dict[tuple[int, int], str] = {}
    if style == "markdown":
        lines += [
            "| " + " | ".join([given.kind, *labels]) + " |",
            "|" + " --- |" * (len(labels) + 1),
        ]
    for row in rows_:
        name, cells = given.names[row], given.cells[row]
        if style in ("card", "sentence"):
            told = []
            if style == "card":
                lines.append(f"## {name}")
            for label, cell in zip(labels, cells, strict=True):
                if style == "card":
                    told.append(f"- {label}: {cell}")
                elif language == "ko":
                    told.append(f"{name}의 {particle(label, '은')} {cell}입니다.")
                else:
                    told.append(f"The {label.lower()} of {name} is {cell}.")
            lines += told if style == "card" else [" ".join(told)]
            for column, line in enumerate(told):
                where[row, column] = line
            continue
        if style == "markdown":
            line = "| " + " | ".join([name, *cells]) + " |"
        elif style == "rows":
            line = row_line([given.kind, *labels], [name, *cells])
        else:
            inner = ", ".join(f"{a} {b}" for a, b in zip(labels, cells, strict=True))
            line = f"- {name}: {inner}"
        lines.append(line)
        for column in range(len(labels)):
            where[row, column] = line
    return lines, where


_ASKS_KO = {
    "money": ("얼마인가?", "얼마인가요?", "얼마야?", "얼마입니까?"),
    "date": ("언제인가?", "언제인가요?", "언제야?", "언제입니까?"),
    "time": ("몇 시인가?", "언제인가요?", "몇 시야?"),
    "number": ("얼마인가?", "어떻게 되나요?", "몇인가?"),
    "person": ("누구인가?", "누구인가요?", "누구야?"),
    "place": ("어디인가?", "어디인가요?", "어디야?"),
    "thing": ("무엇인가?", "무엇인가요?", "뭐야?", "어떻게 되나요?"),
}
_ASKS_EN = {
    "money": ("How much is the {c} of {n}?", "What is the {c} of {n}?", "{n}: what is the {c}?"),
    "date": ("When is the {c} of {n}?", "What is the {c} of {n}?", "What is {n}'s {c}?"),
    "person": ("Who is the {c} of {n}?", "Who is {n}'s {c}?"),
    "place": ("Where is the {c} of {n}?", "What is the {c} of {n}?"),
    "number": ("What is the {c} of {n}?", "What is {n}'s {c}?", "How much {c} does {n} have?"),
}
_PLAIN_EN = ("What is the {c} of {n}?", "What is {n}'s {c}?", "Which {c} does {n} have?")


def question(name: str, column: Column, language: str, rng: random.Random) -> str:
    """Asks for a cell."""
    if language == "ko":
        label = column.ko
        if rng.random() < 0.25:
            return f"{name}의 {particle(label, '은')}?"
        return f"{name}의 {particle(label, '은')} {rng.choice(_ASKS_KO[column.asks])}"
    form = rng.choice(_ASKS_EN.get(column.asks, _PLAIN_EN))
    return form.format(c=column.en.lower(), n=name)


def reverse(kind: str, value: str, column: Column, language: str, rng: random.Random) -> str:
    """Asks for the record that has a value."""
    if language == "ko":
        tail = rng.choice((f"{particle(kind, '은')}?", f"{particle(kind, '은')} 무엇인가?"))
        return f"{particle(column.ko, '이')} {value}인 {tail}"
    return f"Which {kind.lower()} has the {column.en.lower()} {value}?"


@lru_cache(maxsize=4)
def titles(data: Path, language: str, limit: int = 0) -> tuple[str, ...]:
    """Names of articles, for names of things."""
    return tuple(d.name for d in shelf(data, language, limit).documents if 2 <= len(d.name) <= 24)


def rows(
    data: Path, seed: int, count: int, shape: Shape | None = None, limit: int = 0
) -> Iterator[Row]:
    """Korean and English by turns of a coin."""
    rng = random.Random(f"lookup {seed}")
    shape = shape or Shape()
    made = 0
    while made < count:
        language = rng.choice(("ko", "en"))
        row = one(rng, language, titles(data, language, limit), shape)
        if row:
            made += 1
            yield row


def one(rng: random.Random, language: str, names_: Sequence[str], shape: Shape) -> Row | None:
    """A question over one to some passages of records."""
    number = shape.number(rng)
    given = table(rng, language, names_, rng.randint(2, 5) + 2 * (number - 1))
    style = rng.choice(("markdown", "rows", "rows", "list", "card", "sentence"))
    order = list(range(len(given.names)))
    asked = rng.choice(order)
    column = rng.randrange(len(given.columns))
    shown = [r for r in order if r != asked]
    refuse = rng.random() < shape.refusals
    if refuse and rng.random() < 0.4:  # the record is there, the column is not
        given = Table(
            given.kind,
            given.names,
            given.columns,
            tuple(tuple("" if c == column else v for c, v in enumerate(r)) for r in given.cells),
        )
        kept = [c for c in range(len(given.columns)) if c != column]
        wanted = given.columns[column]
        given = Table(
            given.kind,
            given.names,
            tuple(given.columns[c] for c in kept),
            tuple(tuple(r[c] for c in kept) for r in given.cells),
        )
        shown.append(asked)
    else:
        wanted = given.columns[column]
        if not refuse:
            shown.append(asked)
    if not shown:
        return None
    rng.shuffle(shown)
    parts = [shown[i::number] for i in range(number)]
    passages, line = [], ""
    for part in parts:
        if not part:
            continue
        lines, where = written(given, part, style, language)
        if asked in part and not refuse:
            line = where[asked, column]
        if rng.random() < 0.4:
            lines.insert(0, _heading(given.kind, language, rng))
        passages.append("\n".join(lines)[: shape.most_characters])
    if refuse:
        return Row("lookup", language, question(given.names[asked], wanted, language, rng),
                   tuple(passages), (), "")  # fmt: skip
    value, name = given.cells[asked][column], given.names[asked]
    if not value or not any(line in passage for passage in passages):
        return None
    values = [r[column] for r in given.cells]
    if style not in ("card",) and values.count(value) == 1 and rng.random() < 0.2:
        text = reverse(given.kind, value, wanted, language, rng)
        if name in line:
            return Row("lookup", language, text, tuple(passages), (line,), name)
    text = question(name, wanted, language, rng)
    return Row("lookup", language, text, tuple(passages), (line,), value)


def _heading(kind: str, language: str, rng: random.Random) -> str:
    if language == "ko":
        return rng.choice((f"# {kind} 목록", f"{kind} 안내", f"## {kind} 현황", f"{kind} 정보"))
    return rng.choice(
        (f"# {kind} list", f"{kind} overview", f"## {kind}s", f"Details by {kind.lower()}")
    )
