"""Numbers of a question that lie in a range which a sentence states.

"EUR 5,000" lies in "EUR 1,001 to 10,000", "2년" in "1년 이상 3년 미만". Tables of rules are
written in ranges, and people ask with numbers.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_UNIT = r"(?:%|[가-힣]{1,2}|[A-Za-z]{1,8})?"
_BEFORE = r"(?:(?:EUR|USD|KRW|GBP|[$€£₩]) ?)?"
_BETWEEN = re.compile(
    rf"({_BEFORE})({_NUMBER}) ?({_UNIT}?)(?: ?이상| ?초과| ?부터)? ?(?:~|–|-|to|and|에서|,)? ?"
    rf"(?:~|–|-|to|(?<=이상)|(?<=초과)|(?<=부터)) ?{_BEFORE}({_NUMBER}) ?({_UNIT})",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    rf"(?:above|over|more than|at least|from) ({_BEFORE})({_NUMBER}) ?({_UNIT})"
    rf"|({_NUMBER}) ?({_UNIT}?) ?(?:이상|초과|부터|or more)",
    re.IGNORECASE,
)
_BELOW = re.compile(
    rf"(?:below|under|less than|up to|at most) ({_BEFORE})({_NUMBER}) ?({_UNIT})"
    rf"|({_NUMBER}) ?({_UNIT}?) ?(?:이하|미만|까지|이내|or less)",
    re.IGNORECASE,
)
_ANY = re.compile(rf"({_BEFORE})({_NUMBER}) ?({_UNIT})", re.IGNORECASE)
_SIGNS = {"$": "usd", "€": "eur", "£": "gbp", "₩": "krw"}
_NO_UNIT = frozenset(
    ("in", "of", "and", "to", "the", "at", "on", "by", "or", "for", "was", "is", "with", "from")
)


class Range(NamedTuple):
    """From ``low`` to ``high``, both included, of a unit (folded, may be empty)."""

    low: float
    high: float
    unit: str


@lru_cache(maxsize=1 << 14)
def ranges(text: str) -> tuple[Range, ...]:
    """Ranges that a text states.

    >>> ranges("EUR 1,001 to 10,000")
    (Range(low=1001.0, high=10000.0, unit='eur'),)
    >>> ranges("근속 1년 이상 3년 미만")
    (Range(low=1.0, high=3.0, unit='년'),)
    """
    if not any(c.isdigit() for c in text):
        return ()
    found: list[Range] = []
    taken: list[tuple[int, int]] = []
    for match in _BETWEEN.finditer(text):
        before, low, unit, high, other = match.groups()
        found.append(Range(_value(low), _value(high), _unit(before, other or unit)))
        taken.append(match.span())
    for pattern, above in ((_ABOVE, True), (_BELOW, False)):
        for match in pattern.finditer(text):
            if any(a < match.end() and match.start() < b for a, b in taken):
                continue
            before, number, unit, number2, unit2 = match.groups()
            value = _value(number or number2)
            name = _unit(before or "", unit or unit2 or "")
            found.append(Range(value, math.inf, name) if above else Range(0.0, value, name))
    return tuple(r for r in found if r.low <= r.high)


@lru_cache(maxsize=1 << 14)
def amounts(text: str) -> tuple[tuple[float, str], ...]:
    """Numbers of a text that have a unit.

    >>> amounts("만 2년 다녔는데 3번째")
    ((2.0, '년'), (3.0, '번째'))
    """
    found = tuple((_value(n), _unit(b, u)) for b, n, u in _ANY.findall(text))
    return tuple((value, unit) for value, unit in found if unit and unit not in _NO_UNIT)


def within(question: str, text: str) -> float:
    """Share of the question's amounts that lie in a range of the text, in [0, 1]; 0 where
    the question has none.

    >>> within("만 2년 다녔는데", "1년 이상 3년 미만: 17일"), within("9년", "1년 이상 3년 미만")
    (1.0, 0.0)
    """
    asked, stated = amounts(question), ranges(text)
    if not asked or not stated:
        return 0.0
    met = sum(
        any(r.low <= value <= r.high and unit == r.unit for r in stated) for value, unit in asked
    )
    return met / len(asked)


def _value(text: str) -> float:
    return float(text.replace(",", ""))


def _unit(before: str, after: str) -> str:
    name = (before.strip() or after).lower()
    name = re.sub(r"(?<=[가-힣])[은는이가을를에의도로]$", "", name)
    name = re.sub(r"(?:이상|초과|부터|이하|미만|까지|이내|짜리|치)$", "", name)
    return _SIGNS.get(name, name.removesuffix("s"))[:4]
