"""Numbers with what they count: ``15 days`` and ``15일`` are one amount, ``15 months`` is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

_UNITS = {
    "day": "일간?|days?",
    "week": "주간?|weeks?",
    "month": "개월|달|months?",
    "year": "년간?|years?",
    "hour": "시간|hours?|hrs?",
    "minute": "분|minutes?|mins?",
    "second": "초|seconds?",
    "won": "원|won|KRW",
    "dollar": "달러|dollars?|USD",
    "percent": "%|퍼센트|percent",
    "person": "명|people|persons?",
    "time": "회|번|times?",
}
_UNIT = "|".join(f"(?P<{name}>{words})" for name, words in _UNITS.items())
_BEHIND = re.compile(
    rf"\s?(?:(?:천만|백만|천|만|억|조)\s?)?(?:[a-z-]+\s){{0,2}}?(?:{_UNIT})(?![a-z])", re.IGNORECASE
)
_SPOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|[A-Za-z]+")


def amounts(
    text: str, value_of: Callable[[str], frozenset[Decimal]]
) -> dict[Decimal, frozenset[str]]:
    """The units that stand behind each number of a text; ``""`` where there is none.

    Args:
        text: NFKC normalised.
        value_of: the numbers in a word (:func:`openbook.generate.support.numbers`).
    """
    found: dict[Decimal, frozenset[str]] = {}
    for match in _SPOKEN.finditer(text):
        values = value_of(match[0])
        if not values:
            continue
        behind = _BEHIND.match(text, match.end())
        unit = next((name for name in _UNITS if behind and behind[name]), "")
        for value in values:
            found[value] = found.get(value, frozenset()) | {unit}
    return found


def agree(claimed: dict[Decimal, frozenset[str]], stated: dict[Decimal, frozenset[str]]) -> bool:
    """Whether no number is claimed with a unit that the source gives to other numbers only.

    A number that stands without a unit in the source (in a table, say) may have any.
    """
    for value, units in claimed.items():
        known = stated.get(value, frozenset({""}))
        if "" not in known and not units - {""} <= known:
            return False
    return True
