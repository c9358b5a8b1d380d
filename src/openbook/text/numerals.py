"""Numbers written out: English words, Sino-Korean and native Korean numerals, and mixtures.

``30000``, ``30,000``, ``삼만``, ``3만`` and ``thirty thousand`` are one number. Each spelling has a
function that writes it and all are read by :func:`korean` or :func:`english`; reading what was
written gives the number again.
"""

from __future__ import annotations

import re
from decimal import Decimal

LARGEST = 10**16 - 1
"""The largest whole number that is spelt."""

_TO_NINETEEN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_ONES = _TO_NINETEEN.split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
"""English words for scales."""
SMALL = {word: n for n, word in enumerate(_ONES)} | {
    word: 10 * n for n, word in enumerate(_TENS, start=2)
}
"""English words for the numbers below a hundred that are one word."""
_SINO = "영일이삼사오육칠팔구"
_DIGIT = {sign: n for n, sign in enumerate(_SINO)} | {"공": 0, "륙": 6}
_LOW = {"십": 10, "백": 100, "천": 1000}
_HIGH = {"만": 10**4, "억": 10**8, "조": 10**12}
_NATIVE_TENS = dict(
    zip("열 스물 서른 마흔 쉰 예순 일흔 여든 아흔".split(), range(10, 100, 10), strict=True)  # noqa: SIM905
)
_NATIVE_ONES = dict(
    zip("하나 둘 셋 넷 다섯 여섯 일곱 여덟 아홉".split(), range(1, 10), strict=True)  # noqa: SIM905
)
_BEFORE_COUNTERS = {"하나": "한", "둘": "두", "셋": "세", "넷": "네", "스물": "스무"}
_NATIVE = _NATIVE_TENS | _NATIVE_ONES | {"한": 1, "두": 2, "세": 3, "석": 3, "네": 4, "넉": 4}
_NATIVE_WORD = re.compile(
    "(?P<tens>스무|" + "|".join(_NATIVE_TENS) + ")?"
    "(?P<ones>" + "|".join([*_NATIVE_ONES, "한", "두", "세", "석", "네", "넉"]) + ")?"
)
_PIECE = re.compile(r"\d[\d,]*(?:\.\d+)?|[영공일이삼사오육륙칠팔구십백천만억조]")


# --- reading


def english(text: str) -> Decimal | None:
    """The number that English words say; ``None`` where they say none.

    >>> english("twenty-five"), english("three hundred and five thousand"), english("1.2 million")
    (Decimal('25'), Decimal('305000'), Decimal('1200000.0'))
    """
    total, section, last, scale = Decimal(0), Decimal(0), 0, 10**18
    words = re.sub(r"[-\s]+", " ", text.lower()).split()
    words = [word for at, word in enumerate(words) if word != "and" or at == 0]
    if not words:
        return None
    for word in words:
        if word in SCALES:
            if last == 0 or SCALES[word] >= scale:
                return None
            scale = SCALES[word]
            total, section, last = total + section * scale, Decimal(0), 0
        elif word == "hundred":
            if last != 1:
                return None
            section, last = section * 100, 2
        else:
            value = SMALL.get(word)
            number = Decimal(value) if value is not None else _digits(word)
            if number is None or (last == 1 and not (section % 100 >= 20 and 0 < number < 10)):
                return None
            section, last = section + number, 1
    return total + section


def korean(text: str) -> Decimal | None:
    """The number that Korean numerals say, with or without Arabic digits among them; ``None``
    where they say none.

    >>> korean("삼만 오천"), korean("1억 2,000만"), korean("3.5천"), korean("열다섯")
    (Decimal('35000'), Decimal('120000000'), Decimal('3500.0'), Decimal('15'))
    """
    plain = "".join(text.split())
    native = _NATIVE_WORD.fullmatch(plain)
    if native and plain:
        tens = _NATIVE_TENS.get((native["tens"] or "").replace("스무", "스물"), 0)
        return Decimal(tens + _NATIVE.get(native["ones"] or "", 0))
    pieces = _PIECE.findall(plain)
    if not pieces or "".join(pieces) != plain:
        return None
    return _sino(pieces)


def _sino(pieces: list[str]) -> Decimal | None:
    total, section = Decimal(0), Decimal(0)
    current: Decimal | None = None
    low, high = 10_000, 10**16
    for piece in pieces:
        if piece in _LOW:
            if _LOW[piece] >= low:
                return None
            low = _LOW[piece]
            section += (1 if current is None else current) * low
            current = None
        elif piece in _HIGH:
            if _HIGH[piece] >= high:
                return None
            high, low = _HIGH[piece], 10_000
            whole = section + (current or 0)
            total += (whole if section or current is not None else Decimal(1)) * high
            section, current = Decimal(0), None
        else:
            value = Decimal(_DIGIT[piece]) if piece in _DIGIT else _digits(piece)
            if current is not None or value is None:
                return None
            current = value
    return total + section + (current or 0)


def _digits(text: str) -> Decimal | None:
    """The value of Arabic digits; ``None`` where commas stand in the wrong places."""
    if not re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", text):
        return None
    return Decimal(text.replace(",", ""))


# --- writing


def plain(value: Decimal | int) -> str:
    """Digits without separators or spare zeros: ``30000``, ``1.5``."""
    text = format(Decimal(value), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def grouped(value: Decimal | int) -> str:
    """Digits with separators: ``30,000``."""
    whole, dot, rest = plain(value).partition(".")
    return f"{int(whole):,}{dot}{rest}"


def words(number: int) -> str:
    """English words of a whole number from 0 to :data:`LARGEST`.

    >>> words(15), words(120_005)
    ('fifteen', 'one hundred twenty thousand five')
    """
    if number < 20:
        return _ONES[number]
    if number < 100:
        ten, one = divmod(number, 10)
        return f"{_TENS[ten - 2]}-{_ONES[one]}" if one else _TENS[ten - 2]
    for name, scale in (*reversed(SCALES.items()), ("hundred", 100)):
        if number >= scale:
            many, rest = divmod(number, scale)
            return f"{words(many)} {name}" + (f" {words(rest)}" if rest else "")
    raise ValueError(number)  # pragma: no cover


def sino(number: int) -> str:
    """Sino-Korean numerals of a whole number: ``삼만 오천`` without its space.

    >>> sino(35_000), sino(10_000), sino(115)
    ('삼만오천', '만', '백십오')
    """
    if number == 0:
        return "영"
    written = ""
    for name, scale in (*reversed(_HIGH.items()), ("", 1)):
        many, number = divmod(number, scale)
        if many:
            alone = many == 1 and name == "만" and not written
            written += ("" if alone else _sino_low(many)) + name
    return written


def _sino_low(number: int) -> str:
    written = ""
    for name, scale in (*reversed(_LOW.items()), ("", 1)):
        digit, number = divmod(number, scale)
        if digit:
            written += ("" if digit == 1 and name else _SINO[digit]) + name
    return written


def mixed(number: int) -> str:
    """Arabic digits with Korean scales, as prices are written; empty below a thousand and where
    the number is not round.

    >>> mixed(30_000), mixed(35_000), mixed(120_000_000), mixed(5000), mixed(1234)
    ('3만', '3만5천', '1억2천만', '5천', '')
    """
    written = ""
    for name, scale in reversed(_HIGH.items()):
        many, number = divmod(number, scale)
        if many:
            thousands, rest = divmod(many, 1000)
            round_ = bool(thousands) and not rest
            written += (f"{thousands}천" if round_ else f"{many}") + name
    thousands, rest = divmod(number, 1000)
    if rest:
        return ""
    return written + (f"{thousands}천" if thousands else "")


def native(number: int) -> str:
    """Native Korean numerals from 1 to 99, as they stand before a counter: ``열다섯``, ``스무``.

    >>> native(15), native(20), native(21), native(3)
    ('열다섯', '스무', '스물한', '세')
    """
    tens = next((word for word, n in _NATIVE_TENS.items() if n == number - number % 10), "")
    ones = next((word for word, n in _NATIVE_ONES.items() if n == number % 10), "")
    last = ones or tens
    return (tens if ones else "") + _BEFORE_COUNTERS.get(last, last)
