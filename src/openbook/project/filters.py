"""Filters as people type them, checked before anything runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

from openbook.errors import FilterError
from openbook.types import Filter, Operator

_FILTER = re.compile(r"\s*([^=!<>~\s][^=!<>~]*?)\s*(!=|<=|>=|=|<|>|~)\s*(.*?)\s*", re.DOTALL)


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
        if match is None or not match[3]:
            raise FilterError(
                f'"{text}" is not FIELD OPERATOR VALUE',
                where="--filter",
                fix="Example: -f language=ko -f 'date>=2024-01-01' -f 'heading~refund'",
            )
        found.append(Filter(match[1], cast(Operator, match[2]), match[3]))
    return tuple(found)
