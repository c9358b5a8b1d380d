"""Questions and filters as people type them, checked before anything runs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import cast

from openbook.errors import FilterError, InputError
from openbook.types import Filter, Operator

LONGEST = 8_000
"""Characters of a question, at most."""

_FILTER = re.compile(r"\s*([^=!<>~\s][^=!<>~]*?)\s*(!=|<=|>=|=|<|>|~)\s*(.*?)\s*", re.DOTALL)


def question(text: str) -> str:
    """A question in composed form (NFC), without control characters.

    Raises:
        InputError: nothing is left, or it is longer than :data:`LONGEST` characters.

    >>> question(" How many\\x00 days? ")
    'How many days?'
    """
    if len(text) > LONGEST:
        raise InputError(
            f"the question has {len(text):,} characters; at most {LONGEST:,} are read",
            fix="Ask a shorter question; put long material into a document and sync it.",
        )
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(
        " " if c in "\t\n\r" else c
        for c in composed
        if c in "\t\n\r" or unicodedata.category(c) not in ("Cc", "Cs")
    )
    clean = " ".join(kept.split())
    if not any(c.isalnum() for c in clean):
        raise InputError("the question is empty", fix="Ask something in words.")
    return clean


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
