"""Conditions on the evidence, as SQL that the engine applies before it scores.

A range compares text by code points, numbers as numbers where both sides are numbers, and
dates at the precision asked for: ``date <= 2024`` holds for ``2024-03-01``. ``~`` finds the
value as a part, or matches the whole as a glob where the value has ``*``. A field that is
missing meets ``!=`` and no other condition, except ``= ""``. Case counts.
"""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from openbook.errors import FilterError
from openbook.knowledge.sql import literal
from openbook.knowledge.tables import MARK, tag
from openbook.types import Filter

COLUMNS = {"id": "document_id", "source": "source", "language": "language", "title": "title"}
RANGES: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
NEVER = "1 = 0"
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")

Values = Callable[[str], Sequence[str]]
"""The distinct values that a metadata field has in this snapshot."""


def condition(filters: Sequence[Filter], values: Values) -> str | None:
    """All filters together as one SQL condition; None where there are none.

    Raises:
        FilterError: a filter without a field, with an unknown operator or an empty ``~``.
    """
    if not filters:
        return None
    return " AND ".join(f"({_one(item, values)})" for item in filters)


def _one(item: Filter, values: Values) -> str:
    if not item.field or item.operator not in {*RANGES, "=", "!=", "~"}:
        raise FilterError(
            f'cannot read the filter "{item.field} {item.operator} {item.value}"',
            fix="Write field, one of = != < <= > >= ~, and a value.",
        )
    if item.operator == "~" and not item.value.strip("*"):
        raise FilterError(
            f'the filter "{item.field} ~ {item.value}" would match everything',
            fix="Give it a part to look for.",
        )
    value = unicodedata.normalize("NFC", item.value)
    if item.field == "heading":
        return _heading(item.operator, value)
    if item.field == "date":
        return _date(item.operator, value)
    if item.field in COLUMNS:
        return _text(COLUMNS[item.field], item.operator, value)
    return _metadata(item.field, item.operator, value, values)


def _text(column: str, sign: str, value: str) -> str:
    if sign == "~":
        if "*" in value:
            return f"regexp_like({column}, {literal(f'^{glob(value)}$')})"
        return f"contains({column}, {literal(value)})"
    if sign in RANGES:
        return f"{column} != '' AND {column} {sign} {literal(value)}"
    return f"{column} {sign} {literal(value)}"


def _date(sign: str, value: str) -> str:
    """Compares the date's beginning, as long as the value, without cutting it."""
    if sign == "~" or not value:
        return _text("date", sign, value)
    begins = f"starts_with(date, {literal(value)})"
    return {
        "=": begins,
        "!=": f"NOT {begins}",
        "<=": f"date != '' AND (date <= {literal(value)} OR {begins})",
        ">": f"date > {literal(value)} AND NOT {begins}",
    }.get(sign) or _text("date", sign, value)


def _heading(sign: str, value: str) -> str:
    value = value.replace(MARK, " ")
    if sign == "~":
        if "*" in value:
            inner = glob(value, f"[^{MARK}]*")
            return f"regexp_like(heading, {literal(MARK + inner + MARK)})"
        return f"contains(heading, {literal(value)})"
    if sign in RANGES:
        raise FilterError(
            f"headings have no order, so {sign} cannot be asked of them", fix="Use =, != or ~."
        )
    held = f"contains(heading, {literal(MARK + value + MARK)})" if value else "heading = ''"
    return held if sign == "=" else f"NOT ({held})"


def _metadata(field: str, sign: str, value: str, values: Values) -> str:
    if sign not in {"=", "!="}:
        return _any(field, [known for known in values(field) if holds(known, sign, value)])
    if value:
        held = f"array_has(tags, {literal(tag(field, value))})"
    else:  # a field that is not there counts as empty
        held = f"NOT ({_any(field, [known for known in values(field) if known])})"
    return held if sign == "=" else f"NOT ({held})"


def _any(field: str, values: Sequence[str]) -> str:
    if not values:
        return NEVER
    tags = ", ".join(literal(tag(field, value)) for value in values)
    return f"array_has_any(tags, [{tags}])"


def holds(actual: str, sign: str, wanted: str) -> bool:
    """Whether a value that is there meets ``~`` or a range."""
    if sign == "~":
        if "*" not in wanted:
            return wanted in actual
        return re.fullmatch(glob(wanted, ".*"), actual, re.DOTALL) is not None
    left, right = _number(actual), _number(wanted)
    if left is not None and right is not None:
        return bool(RANGES[sign](left, right))
    if _DATE.fullmatch(wanted) and _DATE.fullmatch(actual[:10]):
        actual = actual[: len(wanted)]
    return bool(actual) and bool(RANGES[sign](actual, wanted))


def _number(text: str) -> float | None:
    try:
        return float(text) if text.isascii() else None
    except ValueError:
        return None


def glob(pattern: str, star: str = "(?s:.*)") -> str:
    """A glob as a regular expression, everything but ``*`` taken as it stands.

    >>> glob("a.b*", ".*")
    'a\\\\.b.*'
    """
    return star.join(map(re.escape, pattern.split("*")))
