"""``results.json`` of a comparison, read and checked: what the report and the advice read.

The file is format 1. Lists of values and answers stand in the order of ``questions``; a value
that could not be measured is ``null``. Keys that a later openbook may add are left alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from openbook.errors import InputError

FORMAT = 1
FILE = "results.json"

Values = tuple[float | None, ...]


@dataclass(frozen=True)
class Question:
    """A question as it was asked. ``kind`` is what it asks for (number, date, person, …)."""

    id: str
    text: str
    language: str = ""
    kind: str = ""
    topic: str = ""
    answerable: bool | None = None
    answers: tuple[str, ...] = ()
    gold: tuple[str, ...] = ()
    split: str = ""
    source: str = ""
    document: str = ""


@dataclass(frozen=True)
class Compared:
    """A method of the comparison.

    ``adapted`` and ``knowledge`` in [0, 1] are its place on the chart of adaptation against
    outside knowledge; ``spent`` holds ``training_seconds``, ``peak_memory_mb``, ``disk_mb``
    where they were measured.
    """

    name: str
    parent: str = ""
    summary: str = ""
    expression: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    adapted: float = 0.0
    knowledge: float = 0.0
    models: tuple[str, ...] = ()
    adapters: tuple[str, ...] = ()
    spent: Mapping[str, float | None] = field(default_factory=dict)
    leaves_machine: bool | None = None

    @property
    def trained(self) -> bool:
        """Whether something was trained for it."""
        return bool(self.adapters) or bool(self.spent.get("training_seconds"))


@dataclass(frozen=True)
class Measured:
    """A measure: its name, which way is better, unit, dimension, and one sentence."""

    name: str
    higher_is_better: bool = True
    unit: str = ""
    dimension: str = ""
    doc: str = ""


@dataclass(frozen=True)
class Total:
    """A mean over ``n`` questions and its 95 % interval."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0


@dataclass(frozen=True)
class Pair:
    """A method against its parent on the questions both were asked."""

    method: str
    parent: str
    measure: str
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_holm: float | None = None
    n: int = 0
    shown: Literal["better", "worse", "none"] = "none"


@dataclass(frozen=True)
class Quoted:
    """Words of a document that an answer shows."""

    text: str
    source: str = ""
    title: str = ""
    heading: tuple[str, ...] = ()
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Given:
    """What a method said to one question."""

    kind: str = "abstained"
    text: str = ""
    answers: tuple[str, ...] = ()
    confidence: float = 0.0
    quotes: tuple[Quoted, ...] = ()
    documents: tuple[str, ...] = ()
    usage: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Latency:
    """Seconds from question to answer, one question at a time."""

    p50: float | None = None
    p95: float | None = None
    n: int = 0


@dataclass(frozen=True)
class Record:
    """Everything that a comparison found. ``volume`` is how many questions training is spread
    over, where it was said.
    """

    questions: tuple[Question, ...]
    methods: tuple[Compared, ...]
    measures: tuple[Measured, ...]
    values: Mapping[str, Mapping[str, Values]]
    totals: Mapping[str, Mapping[str, Total]]
    groups: Mapping[str, Mapping[str, Mapping[str, Total]]] = field(default_factory=dict)
    pairs: tuple[Pair, ...] = ()
    answers: Mapping[str, tuple[Given, ...]] = field(default_factory=dict)
    latency: Mapping[str, Latency] = field(default_factory=dict)
    stages: tuple[Mapping[str, Any], ...] = ()
    update: Mapping[str, Any] | None = None
    style: Mapping[str, Any] | None = None
    made_by: Mapping[str, Any] = field(default_factory=dict)
    knowledge: Mapping[str, Any] = field(default_factory=dict)
    volume: int = 0
    format: int = FORMAT

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the methods, in order."""
        return tuple(method.name for method in self.methods)

    def method(self, name: str) -> Compared:
        """A method by name."""
        return next(method for method in self.methods if method.name == name)

    def measure(self, name: str) -> Measured | None:
        """A measure by name, where it was measured."""
        return next((measure for measure in self.measures if measure.name == name), None)

    def column(self, method: str, measure: str) -> Values:
        """One value a question; all missing where the method was not measured so."""
        empty: Values = (None,) * len(self.questions)
        return self.values.get(method, {}).get(measure, empty)

    def total(self, method: str, measure: str) -> Total:
        """A mean with its interval; an empty one where there is none."""
        return self.totals.get(method, {}).get(measure, Total())


def read_record(path: Path) -> Record:
    """The results of a comparison, from ``results.json`` or the folder that holds it.

    Raises:
        InputError: there is no such file, or it does not hold the results of a comparison.
    """
    file = path / FILE if path.is_dir() else path
    try:
        loaded = json.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise InputError(
            f"there is no {FILE}" if path.is_dir() else "there is no such file",
            where=str(path),
            fix="Give the folder that `openbook compare --out` wrote, or its results.json.",
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"cannot be read as JSON ({type(error).__name__})",
            where=str(file),
            fix="Run the comparison again, or restore the file.",
        ) from error
    return record(loaded, str(file))


def record(loaded: Any, where: str = FILE) -> Record:
    """Check what ``results.json`` holds.

    Raises:
        InputError: a value is missing or has another type (it is named), the lists have
            other lengths than the questions, or the format is newer than this openbook.
    """
    from pydantic import TypeAdapter, ValidationError

    again = "Run the comparison again with this openbook."
    if not isinstance(loaded, dict) or not isinstance(loaded.get("format"), int):
        raise InputError("does not hold the results of a comparison", where=where, fix=again)
    if loaded["format"] > FORMAT:
        raise InputError(
            f"has format {loaded['format']}, this openbook reads {FORMAT}",
            where=where,
            fix="Update openbook: pip install -U openbook.",
        )
    try:
        made: Record = TypeAdapter(Record).validate_python(loaded)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{key}: {first['msg'].lower()}", where=where, fix=again) from error
    _check(made, where, again)
    return made


def _check(made: Record, where: str, fix: str) -> None:
    """Every list is as long as the questions, and every name is known."""
    count = len(made.questions)
    lists: list[tuple[str, Sequence[Any]]] = [
        (f"values.{method}.{measure}", values)
        for method, columns in made.values.items()
        for measure, values in columns.items()
    ]
    lists += [(f"answers.{method}", given) for method, given in made.answers.items()]
    for key, values in lists:
        if len(values) != count:
            what = f"{key} has {len(values)} entries for {count} questions"
            raise InputError(what, where=where, fix=fix)
    for kind in ("values", "totals", "answers", "latency"):
        for name in getattr(made, kind):
            if name not in made.names:
                raise InputError(f'{kind} names an unknown method "{name}"', where=where, fix=fix)
    if not count or not made.methods:
        raise InputError("holds no question or no method", where=where, fix=fix)
