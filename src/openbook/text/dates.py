"""Dates as people write them, read and written in Korean and English."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass

_IN_ORDER = "January February March April May June July August September October November December"
MONTHS = _IN_ORDER.split()
MONTH_OF = {name[:n].lower(): at for at, name in enumerate(MONTHS, 1) for n in (3, len(name))} | {
    "sept": 9
}
"""Months by name, whole or short, in lower case."""
_NAME = rf"(?P<name>{'|'.join(sorted(MONTH_OF, key=len, reverse=True))})\.?"
_YEAR = r"(?P<year>1\d{3}|20\d{2})"
_MONTH = r"(?P<month>0?[1-9]|1[0-2])"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\d){_YEAR}\s?년\s?{_MONTH}\s?월(?:\s?{_DAY}\s?일)?",
        rf"(?<!\d){_MONTH}\s?월\s?{_DAY}\s?일",
        rf"(?<![\d.-]){_YEAR}(?P<mark>[-./])\s?{_MONTH}(?P=mark)\s?{_DAY}(?![\d-])",
        rf"(?<![\d/.-])(?P<first>\d{{1,2}})(?P<mark>[/.-])(?P<second>\d{{1,2}})(?P=mark){_YEAR}(?![\d/-])",
        rf"\b{_NAME}\s{_DAY}(?:st|nd|rd|th)?(?:,?\s{_YEAR})?(?!\d)",
        rf"(?<!\d){_DAY}(?:st|nd|rd|th)?(?:\sof)?\s{_NAME}(?:,?\s{_YEAR})?(?![\w])",
        rf"\b{_NAME},?\s{_YEAR}(?!\d)",
    )
)


@dataclass(frozen=True, slots=True)
class Day:
    """A date of which the year or the day may be left open (0)."""

    year: int
    month: int
    day: int

    def spellings(self) -> list[str]:
        """Ways to write it, Korean first.

        >>> Day(2024, 3, 1).spellings()
        ['2024년 3월 1일', '2024. 3. 1.', '2024-03-01', 'March 1, 2024', '1 March 2024']
        >>> Day(0, 3, 1).spellings(), Day(2024, 3, 0).spellings()
        (['3월 1일', 'March 1', '1 March'], ['2024년 3월', 'March 2024'])
        """
        year, month, day = self.year, self.month, self.day
        name = MONTHS[month - 1]
        if not day:
            return [f"{year}년 {month}월", f"{name} {year}"]
        if not year:
            return [f"{month}월 {day}일", f"{name} {day}", f"{day} {name}"]
        return [
            f"{year}년 {month}월 {day}일",
            f"{year}. {month}. {day}.",
            f"{year:04}-{month:02}-{day:02}",
            f"{name} {day}, {year}",
            f"{day} {name} {year}",
        ]


def days(text: str) -> list[tuple[int, int, Day]]:
    """Dates of a text with their spans, in order. ``3/4/2024`` could be two days and is none;
    ``13/4/2024`` and ``4/4/2024`` are one. ``may`` is a month only where a capital says so.

    >>> [day for _, _, day in days("From 13/4/2024 to May 5, and 2024년 3월; 3/4/2024?")]
    [Day(year=2024, month=4, day=13), Day(year=0, month=5, day=5), Day(year=2024, month=3, day=0)]
    """
    found: list[tuple[int, int, Day]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            day = _read(match.groupdict())
            start, end = match.span()
            taken = any(a < end and start < b for a, b, _ in found)
            if day is not None and not taken:
                found.append((start, end, day))
    return sorted(found, key=lambda item: item[0])


def _read(parts: dict[str, str | None]) -> Day | None:
    year, day = int(parts.get("year") or 0), int(parts.get("day") or 0)
    if parts.get("first"):
        pair = _pair(int(parts["first"] or 0), int(parts.get("second") or 0))
        if pair is None:
            return None
        month, day = pair
    elif name := parts.get("name"):
        if name.islower() and name in ("may", "mar", "march"):
            return None
        month = MONTH_OF[name.lower()]
    else:
        month = int(parts.get("month") or 0)
    longest = monthrange(year or 2024, month)[1]
    return Day(year, month, day) if day <= longest else None


def _pair(first: int, second: int) -> tuple[int, int] | None:
    """Month and day of two numbers whose order is not known; ``None`` where it matters."""
    if first == second and first <= 12:
        return first, second
    if first > 12 and 1 <= second <= 12:
        return second, first
    if second > 12 and 1 <= first <= 12:
        return first, second
    return None
