"""Numbers, amounts and dates of a text by their value, whatever their spelling.

``3만원``, ``30,000원``, ``삼만 원`` and ``KRW 30,000`` are one amount; ``March 5, 1990``,
``1990-03-05`` and ``1990년 3월 5일`` one date; ``오후 3시`` and ``15:00`` one time.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from openbook.generate.spelled import EN_SPELLED, KO_FIGURE, english, korean
from openbook.text.dates import MONTH_OF
from openbook.text.numerals import SCALES


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and what it counts (``day``, ``won``, ``percent``...; empty where not known)."""

    value: Decimal
    unit: str
    start: int = field(compare=False)
    end: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class When:
    """A date or a time of day, as far as it is given; 0 (hour: -1) stands for not said."""

    year: int = 0
    month: int = 0
    day: int = 0
    hour: int = -1
    minute: int = 0
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def agrees(self, other: When) -> bool:
        """Whether nothing said of one is said otherwise of the other, and something is of both."""
        if self.hour >= 0 or other.hour >= 0:
            return (self.hour, self.minute) == (other.hour, other.minute)
        pairs = [(self.year, other.year), (self.month, other.month), (self.day, other.day)]
        both = [(a, b) for a, b in pairs if a and b]
        return bool(both) and all(a == b for a, b in both)

    @property
    def numbers(self) -> frozenset[int]:
        """What is said of it, as numbers."""
        if self.hour >= 0:
            return frozenset((self.hour, self.minute))
        return frozenset(part for part in (self.year, self.month, self.day) if part)


_M = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_Y = r"(?P<year>1\d{3}|20\d{2})"
_D = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_MM = r"(?P<month>1[0-2]|0?[1-9])"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\d.-]){_Y}\s?[-./]\s?{_MM}\s?[-./]\s?{_D}(?![\d-])",
        rf"(?<!\d){_Y}년\s?{_MM}월(?:\s?{_D}일)?(?!간)",
        rf"(?<![\d~]){_MM}월\s?{_D}일(?!간)",
        rf"(?<!\d){_MM}월(?!\s?\d)",
        rf"\b{_M}\s{_D}(?:st|nd|rd|th)?,?\s{_Y}\b",
        rf"(?<!\d){_D}(?:st|nd|rd|th)?\s(?:of\s)?{_M},?\s{_Y}\b",
        rf"\b{_M}(?:\sof)?,?\s{_Y}\b",
        rf"\b{_M}\s{_D}(?:st|nd|rd|th)?\b(?![,.]?\d)",
        rf"(?<![\d,.]){_D}(?:st|nd|rd|th)?\s(?:of\s)?{_M}(?![a-z])",
        rf"(?<![A-Za-z])(?!May\b){_M}(?![a-z])",
        r"(?<=\b(?:in|by|of) )(?P<month>May)\b",
    )
)
_CLOCK = re.compile(
    r"(?P<ko>오전|오후|아침|저녁|밤|새벽)?\s?(?<![\d:.])(?P<hour>[01]?\d|2[0-4])"
    r"(?::(?P<minute>[0-5]\d)(?!\d)|시(?!간)(?:\s?(?P<minuten>[0-5]?\d)분|\s?(?P<half>반))?)?"
    r"\s?(?P<en>[ap]\.?\s?m\b\.?)?",
    re.IGNORECASE,
)
_UNITS = {
    "day": "영업일|근무일|일간?(?![가-힣]*[월화수목금토]요일)|days?",
    "week": "주간?|주일|weeks?",
    "month": "개월|달|months?",
    "year": "년간?|years?",
    "hour": "시간|hours?|hrs?",
    "minute": "분간?|minutes?|mins?",
    "second": "초간?|seconds?|secs?",
    "won": "원|won|KRW",
    "dollar": "달러|dollars?|USD",
    "euro": "유로|euros?|EUR",
    "pound": "파운드|GBP",
    "yen": "엔|yen|JPY",
    "percent": "%|％|퍼센트|percent|per cent",
    "person": "명|인|people|persons?",
    "time": "회|번|차례|times?",
    "kilometre": "km|킬로미터|kilomet(?:er|re)s?",
    "metre": "m|미터|met(?:er|re)s?",
    "centimetre": "cm|센티미터|centimet(?:er|re)s?",
    "mile": "마일|miles?",
    "foot": "피트|feet|foot|ft",
    "kilogram": "kg|킬로그램|kilograms?",
    "gram": "g|그램|grams?",
    "degree": "도|degrees?|°C?|℃",
}
_UNIT = "|".join(f"(?P<{name}>{words})" for name, words in _UNITS.items())
_BEHIND = re.compile(rf"[\s-]?(?:(?:[a-z]+[\s-]){{0,2}}?)(?:{_UNIT})(?![A-Za-z])", re.IGNORECASE)
_SIGN = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "₩": "won"}
_SIGN |= {"usd": "dollar", "eur": "euro", "gbp": "pound", "jpy": "yen", "krw": "won"}
_BEFORE = re.compile(r"([$€£¥₩]|\b(?:USD|EUR|GBP|JPY|KRW))\s?$", re.IGNORECASE)
_FIGURE = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_NUMBER = re.compile(
    rf"(?P<ko>{KO_FIGURE})"
    rf"|(?<![\d.])(?P<figure>{_FIGURE})(?:[\s-]?(?P<scale>thousand|million|billion|trillion)\b)?"
    rf"|(?P<en>{EN_SPELLED})",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"(?:\s?[^\W\d_]{0,3}\s?(?:~|∼|–|-|to|and|에서|부터|또는|or)\s?)", re.IGNORECASE
)
_HEADED = re.compile(r"단위\s?[:：]?\s?((?:[십백천만억]+)\s?원|천\s?명|만\s?명)")


@lru_cache(maxsize=4096)
def dates(text: str) -> tuple[When, ...]:
    """Dates and times of day in a text (NFKC), in order; a year alone is a number.

    >>> dates("on 5 March 1990")[0] == dates("1990년 3월 5일에")[0]
    True
    >>> dates("오후 3시 30분")[0] == dates("at 15:30")[0]
    True
    """
    found: list[When] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if not any(w.start < match.end() and match.start() < w.end for w in found):
                found.append(_date(match))
    found += [w for w in _clocks(text) if all(w.end <= o.start or o.end <= w.start for o in found)]
    return tuple(sorted(found, key=lambda when: when.start))


def _date(match: re.Match[str]) -> When:
    said = match.groupdict()
    month = said["month"]
    number = int(month) if month.isdigit() else MONTH_OF[month.lower().rstrip(".")]
    year, day = int(said.get("year") or 0), int(said.get("day") or 0)
    return When(year, number, day, start=match.start(), end=match.end())


def _clocks(text: str) -> Iterator[When]:
    for match in _CLOCK.finditer(text):
        said = match.group()
        spelled = ":" in said or "시" in said
        if not spelled and not match["en"]:
            continue
        hour = int(match["hour"])
        late = (match["en"] or "").lower().startswith("p") or match["ko"] in ("오후", "저녁", "밤")
        if late and hour < 12:
            hour += 12
        minute = 30 if match["half"] else int(match["minute"] or match["minuten"] or 0)
        start = match.end() - len(said.lstrip())
        yield When(hour=hour, minute=minute, start=start, end=match.end())


@lru_cache(maxsize=4096)
def amounts(text: str, loose: bool = False) -> tuple[Amount, ...]:
    """Numbers in a text (NFKC) with their units, in order, dates and times left out.

    Args:
        text: NFKC normalised.
        loose: also readings that are likely enough for an evidence and not for a claim: ``one``,
            ``first`` and ``한``; the lower end of a range with the scale of its
            upper end (``3~5만원``); figures under a heading that says ``단위: 만원``.

    >>> [(int(a.value), a.unit) for a in amounts("3만원, 30,000 won, $2 million, fifteen days")]
    [(30000, 'won'), (30000, 'won'), (2000000, 'dollar'), (15, 'day')]
    """
    taken = [(when.start, when.end) for when in dates(text)]
    found: list[Amount] = []
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        if any(start < b and a < end for a, b in taken):
            continue
        value = _value(match, loose)
        if value is not None:
            found.append(Amount(value.normalize(), _unit(text, start, end), start, end))
    if loose:
        found += _ranged(text, found)
        found += _headed(text, found)
    return tuple(found)


def _value(match: re.Match[str], loose: bool) -> Decimal | None:
    if match["ko"]:
        return None if match["ko"] in ("한", "하나") and not loose else korean(match["ko"])
    if match["en"]:
        return english(match["en"], loose)
    value = Decimal(match["figure"].replace(",", ""))
    return value * SCALES.get((match["scale"] or "").lower(), 1)


def _unit(text: str, start: int, end: int) -> str:
    before = _BEFORE.search(text, max(0, start - 5), start)
    if before:
        return _SIGN[before[1].lower()]
    behind = _BEHIND.match(text, end)
    return (behind.lastgroup or "") if behind else ""


def _ranged(text: str, found: list[Amount]) -> Iterator[Amount]:
    """The lower end of a range with the unit, and the scale, of the upper one."""
    for low, high in itertools.pairwise(found):
        if not _RANGE.fullmatch(text, low.end, high.start):
            continue
        figures = re.match(r"[\d.,]+", text[high.start : high.end])
        if low.unit == "" and high.unit:
            yield Amount(low.value, high.unit, low.start, low.end)
        if figures and (bare := Decimal(figures[0].replace(",", "").rstrip(".") or 0)):
            scaled = (low.value * high.value / bare).normalize()
            if scaled != low.value:
                yield Amount(scaled, high.unit, low.start, low.end)


def _headed(text: str, found: list[Amount]) -> Iterator[Amount]:
    """Figures of a table that says once by what they are to be multiplied."""
    for heading in _HEADED.finditer(text):
        unit = "won" if heading[1].endswith("원") else "person"
        scale = korean(re.sub(r"\s?(?:원|명)$", "", heading[1]))
        for one in found:
            if one.start > heading.end() and one.unit == "":
                yield Amount((one.value * scale).normalize(), unit, one.start, one.end)
