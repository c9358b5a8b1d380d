"""Numbers as a spreadsheet shows them: dates, percentages, thousands, units."""

from __future__ import annotations

import functools
import re
from datetime import datetime, timedelta

_BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    37: "#,##0",
    38: "#,##0",
    39: "#,##0.00",
    40: "#,##0.00",
}
_DATES = frozenset([14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)])
_TIMES = frozenset([18, 19, 20, 21, 45, 46, 47])
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|_.|\*.')
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.[0#?]+)?%?")


@functools.lru_cache(maxsize=4096)
def kind_of(number: int, code: str) -> str:
    """``date``, ``time``, ``moment`` or ``number`` for a number format."""
    if number in _DATES and not code:
        return "moment" if number == 22 else "date"
    if number in _TIMES and not code:
        return "time"
    plain = _QUOTED.sub("", code.split(";", maxsplit=1)[0]).lower()
    day = any(sign in plain for sign in "yd") or "mmm" in plain or "년" in code
    hour = "h" in plain or "ss" in plain
    if plain in {"", "general", "@", "standard"} or not (day or hour):
        return "number"
    return "moment" if day and hour else "date" if day else "time"


def shown(value: float, number: int, code: str, epoch_1904: bool = False) -> str:
    """A stored number as it is shown; dates in ISO 8601, so that they compare and read alike
    in every language.

    >>> shown(249000, 3, ""), shown(0.155, 10, ""), shown(45292, 14, ""), shown(3.5, 0, "")
    ('249,000', '15.50%', '2024-01-01', '3.5')
    >>> shown(1200000, 164, '#,##0"원"')
    '1,200,000원'
    """
    kind = kind_of(number, code)
    if kind != "number" and 0 <= value < 2958466:
        return _moment(value, kind, epoch_1904)
    code = code or _BUILT_IN.get(number, "")
    pattern = code.split(";")[0]
    before, digits, after = _parts(pattern)
    if not digits:
        return general(value)
    decimals = len(digits.rstrip("%").partition(".")[2])
    if digits.endswith("%") or "%" in after:
        value *= 100
        after = after if "%" in after else f"%{after}"
    text = f"{value:,.{decimals}f}" if "," in digits else f"{value:.{decimals}f}"
    return f"{before}{text}{after}".strip()


@functools.lru_cache(maxsize=4096)
def _parts(pattern: str) -> tuple[str, str, str]:
    """Literal text before the digits, the digits' pattern, literal text after them."""
    literals: list[str] = []

    def keep(match: re.Match[str]) -> str:
        literals.append(match.group(1) or match.group(2) or match.group(3) or "")
        return chr(0xE000 + len(literals) - 1)

    bare = _QUOTED.sub(keep, pattern)
    match = _DIGITS.search(bare)
    if match is None or "e+" in bare.lower() or "/" in bare:
        return "", "", ""

    def back(text: str) -> str:
        return "".join(
            literals[ord(c) - 0xE000] if 0xE000 <= ord(c) < 0xE000 + len(literals) else c
            for c in text
            if c not in "#0?,"
        )

    return back(bare[: match.start()]), match.group(), back(bare[match.end() :])


def general(value: float) -> str:
    """A number without a format: no needless zeros, no binary noise.

    >>> general(0.1 + 0.2), general(3.0)
    ('0.3', '3')
    """
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.12g}"


def _moment(value: float, kind: str, epoch_1904: bool) -> str:
    if not epoch_1904 and value < 60 and kind != "time":
        value += 1  # Excel believes that 1900 was a leap year
    start = datetime(1904, 1, 1) if epoch_1904 else datetime(1899, 12, 30)
    moment = start + timedelta(days=value, milliseconds=0.5)
    if kind == "date":
        return moment.strftime("%Y-%m-%d")
    clock = moment.strftime("%H:%M:%S").removesuffix(":00")
    return clock if kind == "time" else f"{moment.strftime('%Y-%m-%d')} {clock}"
