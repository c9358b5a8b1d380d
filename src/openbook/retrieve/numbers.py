"""Other spellings of the numbers, dates, amounts and durations of a question.

``삼만 원`` is written ``30,000원`` and ``3만원``, ``fifteen`` ``15``, ``2024년 3월 1일``
``March 1, 2024`` and ``2024-03-01``, ``사흘`` ``3일``, ``an hour and a half`` ``90 minutes``. Only
what means one thing is spelt again: ``3/4/2024``, ``a second`` and years of two digits are left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from openbook.text import numerals
from openbook.text.dates import Day, days

_HANGUL = re.compile("[가-힣]")
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"

UNITS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "won": (("원",), ("won", "KRW")),
    "dollar": (("달러",), ("dollars", "dollar", "USD")),
    "euro": (("유로",), ("euros", "euro", "EUR")),
    "percent": (("%", "퍼센트", "프로"), ("%", "percent", "per cent")),
    "hour": (("시간",), ("hours", "hour")),
    "minute": (("분",), ("minutes", "minute")),
    "day": (("일",), ("days", "day")),
    "week": (("주",), ("weeks", "week")),
    "month": (("개월",), ("months", "month")),
    "year": (("년",), ("years", "year")),
    "person": (("명",), ("people", "persons", "person")),
    "time": (("회",), ("times",)),
    "item": (("개",), ("items",)),
}
"""Units with their spellings in Korean and English; the first is the one that is written."""

_SIGNS = {"₩": "won", "$": "dollar", "€": "euro"}
_DAYS = dict(
    zip("하루 이틀 사흘 나흘 닷새 엿새 이레 여드레 아흐레 열흘".split(), range(1, 11), strict=True)  # noqa: SIM905
) | {"보름": 15}
_COUNTED = {
    "명": "person", "사람": "person", "개": "item", "달": "month", "시간": "hour", "해": "year",
    "살": "", "번": "time", "권": "", "대": "", "장": "", "마리": "", "가지": "", "곳": "",
    "건": "", "주": "week", "시": "", "일": "day",
}  # fmt: skip
"""What stands behind native Korean numerals, with the unit that it is."""

_KO_UNITS = {spelt: name for name, (korean, _) in UNITS.items() for spelt in korean}
_EN_UNITS = {spelt.lower(): name for name, (_, english) in UNITS.items() for spelt in english}
_MONTHS_BEHIND = {"달": "month", "년간": "year", "일간": "day", "주일": "week", "주간": "week"}

_SINO = r"[일이삼사오육륙칠팔구십백천만억조]"
_KO_AMOUNT = re.compile(
    rf"(?<![가-힣\d.,])(?P<number>(?:(?:{_DIGITS})\s?[십백천만억조](?:\s?(?:\d[\d,]*|{_SINO}))*)"
    rf"|(?:{_DIGITS})|{_SINO}(?:\s?{_SINO})*)\s?"
    rf"(?P<unit>{'|'.join(sorted([*_KO_UNITS, *_MONTHS_BEHIND], key=len, reverse=True))})"
    r"(?![a-zA-Z\d])"
)
_NATIVE = re.compile(
    r"(?<![가-힣])(?P<number>(?:열|스물|스무|서른|마흔|쉰|예순|일흔|여든|아흔)?"
    r"(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉)?)(?P<gap>\s?)"
    rf"(?P<unit>{'|'.join(sorted(_COUNTED, key=len, reverse=True))})"
)
_NATIVE_DAY = re.compile(rf"(?<![가-힣])(?P<day>{'|'.join(_DAYS)})")
_HALF_KO = re.compile(r"(?<![가-힣])(?P<number>\d+|[가-힣]{1,3})\s?시간\s?반(?![가-힣])")
_WORD = "|".join(sorted({*numerals.SMALL, "hundred", *numerals.SCALES}, key=len, reverse=True))
_EN_NUMBER = re.compile(
    rf"(?<![\w.,/-])(?P<sign>[$€₩]\s?)?(?P<number>(?:(?:{_DIGITS})|{_WORD})"
    rf"(?:(?:\s|-|\sand\s)(?:{_WORD})\b)*)(?![\w/]|[-.,]\d)"
    rf"(?:[\s-]?(?P<unit>{'|'.join(sorted(_EN_UNITS, key=len, reverse=True))})(?![A-Za-z0-9]))?",
    re.IGNORECASE,
)
_HALF_EN = re.compile(
    r"\b(?:(?P<number>an?|one|two|three|four|\d+)\s)?(?:and a half hours|hours? and a half)\b", re.I
)
_IDIOMS = frozenset(("한번", "한시", "세대", "두개", "네시", "한대", "한주", "한해", "한개"))
"""Without a space these may be other words."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit (a key of :data:`UNITS`, or empty) and how it stands in a text."""

    value: Decimal
    unit: str
    text: str


def spellings(text: str) -> list[str]:
    """Other ways to write the numbers, dates and amounts of a question, each once, without
    those that stand in it already.

    >>> spellings("출장비가 삼만 원인가요?")
    ['30,000원', '3만원']
    >>> spellings("When is the fifteen day limit?")
    ['15 days', '15']
    """
    rest, found = text, []
    for start, end, day in days(text):
        found += written_day(day)
        rest = rest[:start] + " " * (end - start) + rest[end:]
    korean = bool(_HANGUL.search(text))
    for amount in amounts(rest):
        found += written(amount, korean)
    have = _bare(text)
    return [one for one in dict.fromkeys(found) if not _stands(one, text, have)]


def _bare(text: str) -> str:
    return " ".join(text.replace(",", "").lower().split())


def _stands(one: str, text: str, have: str) -> bool:
    bare = _bare(one)
    at = have.find(bare)
    if at < 0:
        return False
    before, after = have[at - 1 : at], have[at + len(bare) : at + len(bare) + 1]
    return not (bare[0].isdigit() and before.isdigit()) and not (
        bare[-1].isdigit() and after.isdigit()
    )


# --- reading


def amounts(text: str) -> list[Amount]:
    """Numbers of a text with their units, in both languages.

    >>> [(str(a.value), a.unit) for a in amounts("3만 원, 열다섯 명, 사흘, $1.5 million")]
    [('30000', 'won'), ('15', 'person'), ('3', 'day'), ('1500000.0', 'dollar')]
    """
    found: list[tuple[int, Amount]] = []
    taken: list[tuple[int, int]] = []
    for reader in (_halves, _korean, _native, _english):
        for start, end, amount in reader(text):
            if not any(a < end and start < b for a, b in taken):
                taken.append((start, end))
                found.append((start, amount))
    return [amount for _, amount in sorted(found, key=lambda pair: pair[0])]


_Found = Iterator[tuple[int, int, Amount]]


def _halves(text: str) -> _Found:
    """Hours and a half."""
    for match in _HALF_KO.finditer(text):
        value = numerals.korean(match["number"])
        if value is not None:
            yield *match.span(), Amount(value + Decimal("0.5"), "hour", match[0])
    for match in _HALF_EN.finditer(text):
        number = (match["number"] or "one").lower()
        value = numerals.english("one" if number in ("a", "an") else number)
        if value is not None:
            yield *match.span(), Amount(value + Decimal("0.5"), "hour", match[0])


def _korean(text: str) -> _Found:
    """Sino-Korean and mixed numbers with a unit. One numeral sign alone says nothing: ``이 일``."""
    for match in _KO_AMOUNT.finditer(text):
        number = match["number"]
        plain = "".join(number.split())
        unit = _KO_UNITS.get(match["unit"]) or _MONTHS_BEHIND[match["unit"]]
        alone = len(plain) < 2 and not plain.isdigit()
        if alone and not (unit == "won" and plain in "백천만억" and " " in match[0]):
            continue
        if _HANGUL.match(plain) and not alone and not re.search("[십백천만억조]", plain):
            continue
        value = numerals.korean(number)
        if value is not None:
            yield *match.span(), Amount(value, unit, match[0])


def _native(text: str) -> _Found:
    for match in _NATIVE_DAY.finditer(text):
        yield *match.span(), Amount(Decimal(_DAYS[match["day"]]), "day", match[0])
    for match in _NATIVE.finditer(text):
        number = match["number"]
        value = numerals.korean(number) if number else None
        if value is None or (len(number) == 1 and not match["gap"]) or match[0] in _IDIOMS:
            continue
        yield *match.span(), Amount(value, _COUNTED[match["unit"]], match[0])


def _english(text: str) -> _Found:
    """Digits and number words, with a sign or a unit. ``one`` alone is mostly a pronoun."""
    for match in _EN_NUMBER.finditer(text):
        value = numerals.english(match["number"])
        unit = _SIGNS.get((match["sign"] or "").strip(), "")
        unit = unit or _EN_UNITS.get((match["unit"] or "").lower(), "")
        if value is None or (match["number"].lower() in ("one", "zero") and not unit):
            continue
        yield *match.span(), Amount(value, unit, match[0])


# --- writing


def written(amount: Amount, korean: bool) -> list[str]:
    """Spellings of an amount for texts of a language, the commonest first."""
    value, whole = amount.value, amount.value == amount.value.to_integral_value()
    number = int(value)
    if whole and number > numerals.LARGEST:
        return []
    if korean or amount.unit == "won":
        found = _in_korean(amount, number if whole else -1)
    else:
        found = _in_english(amount, number if whole else -1)
    return [*found, *_converted(amount, korean)]


def _in_korean(amount: Amount, number: int) -> list[str]:
    spelt = UNITS[amount.unit][0] if amount.unit else ("",)
    digits = numerals.grouped(amount.value)
    found = [digits + unit for unit in spelt]
    if number >= 1000 and (mixed := numerals.mixed(number)) and amount.unit != "year":
        found.append(mixed + spelt[0])
    if 2 <= number <= 20 and amount.unit in ("person", "item"):
        found.append(f"{numerals.native(number)} {spelt[0]}")
    if amount.unit == "month" and number >= 1:
        found.append(f"{numerals.native(number)} 달" if number <= 12 else "")
    return [one for one in found if one]


def _in_english(amount: Amount, number: int) -> list[str]:
    spelt = UNITS[amount.unit][1][0] if amount.unit else ""
    digits = numerals.grouped(amount.value)
    found = [f"{digits} {spelt}".strip()] if spelt != "%" else [f"{digits}%", f"{digits} percent"]
    if spelt:
        found.append(digits)
    if 2 <= number <= (20 if spelt else 12) or (spelt and number in range(30, 101, 10)):
        found.append(numerals.words(number))
    return found


def _converted(amount: Amount, korean: bool) -> list[str]:
    """The same duration in the other unit: hours that are no whole number in minutes, and
    minutes of whole half hours in hours.
    """
    if amount.unit == "hour" and amount.value != amount.value.to_integral_value():
        minutes = amount.value * 60
        if minutes == minutes.to_integral_value():
            return [f"{numerals.plain(minutes)}{'분' if korean else ' minutes'}"]
    if amount.unit == "minute" and amount.value > 60 and amount.value % 30 == 0:
        hours = numerals.plain(amount.value / 60)
        return [f"{hours}{'시간' if korean else ' hours'}"]
    return []


def written_day(day: Day) -> list[str]:
    """Spellings of a date in both languages; a year or a month alone has no others."""
    return day.spellings()
