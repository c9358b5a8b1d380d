"""Filters as people type them, checked before anything runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

from openbook.errors import FilterError
from openbook.types import Filter, Operator

_FILTER = re.compile(r"\s*([^=!<>~\s][^=!<>~]*?)\s*(!=|<=|>=|=|<|>|~)\s*(.*?)\s*", re.DOTALL)

_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def parse_filters(texts: Sequence[str]) -> tuple[Filter, ...]:
    """Conditions such as ``language=ko`` or ``date>=2024-01-01``.

    Raises:
        FilterError: a text without a field or an operator.

    >>> parse_filters(["date >= 2024-01-01"])
    (Filter(field='date', operator='>=', value='2024-01-01'),)
    """
    found = []
    for text in texts:
        match = _FILTER.fullmatch(text)
        if match is None or not match[3] or match[3][0] in "=<>~":
            raise FilterError(
                f'"{text}" is not FIELD OPERATOR VALUE',
                where="--filter",
                fix="Example: -f language=ko -f 'date>=2024-01-01' -f 'heading~refund'",
            )
        if match[1] == "date" and match[2] != "~" and not _DATE.fullmatch(match[3]):
            raise FilterError(
                f'"{match[3]}" is not a date',
                where="--filter",
                fix="Write 2024, 2024-03 or 2024-03-01.",
            )
        found.append(Filter(match[1], cast(Operator, match[2]), match[3]))
    return tuple(found)
