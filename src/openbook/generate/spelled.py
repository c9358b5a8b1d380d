"""Numbers written in words, English and Korean."""

from __future__ import annotations

import re
from decimal import Decimal

from openbook.text.numerals import SCALES, SMALL

_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
]
_ORDINAL = {word: value for value, word in enumerate(_ORDINALS, start=1)}

SPELLED = frozenset((*SMALL, "dozen", "hundred"))
"""English number words that are no content words."""

_ONE = "|".join((*SMALL, "dozen", "hundred", *SCALES))
EN_SPELLED = (
    rf"\b(?:(?:an?\s)?(?:hundred|thousand|million|billion|dozen)|{_ONE})s?"
    rf"(?:[\s-](?:and\s)?(?:{_ONE})s?)*\b|\b(?:{'|'.join(_ORDINALS)})\b"
)
"""Pattern of a number in English words."""

_NATIVE = {
    "하나": 1, "한": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "넷": 4, "네": 4, "다섯": 5, "여섯": 6,
    "일곱": 7, "여덟": 8, "아홉": 9, "열": 10, "스무": 20, "스물": 20, "서른": 30, "마흔": 40, "쉰": 50,
}  # fmt: skip
_SINO = {"영": 0, "일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "칠": 7, "팔": 8, "구": 9}
_SMALL = {"십": 1, "백": 2, "천": 3}
_LARGE = {"만": 4, "억": 8, "조": 12}
_NATIVE_COUNTED = (
    r"(?=\s?(?:번(?!호)|명|개월|개|달(?!러)|시간|가지|차례|사람|살|권|대(?![가-힣])|곳|해(?=[를에 ])|주일?(?![가-힣])|"
    r"잔|마리|시(?![가-힣])|장|건|편|분(?=[이의께은을])|배|팀|단계|군데|쌍|벌|채|척))"
)
_SINO_COUNTED = r"(?=\s?(?:원|명|일(?![가-힣]{2})|년|개월|개|회|번|퍼센트|프로|%|시간|분|초|달러|조항|항|호|권|세|층|평|인분|미터))"
KO_FIGURE = (
    r"(?<![\d.,])\d[\d,]*(?:\.\d+)?\s?(?:[십백천만억]{1,2}|조(?=\s?(?:\d|원|달러|유로|여\s)))"
    r"(?!족(?![가-힣]))"
    r"(?:\s?\d[\d,]*\s?[십백천만억]{1,2}){0,3}(?:\s?\d[\d,]*(?=\s?[원명개]))?"
    rf"|(?<![가-힣])(?:열|스물|서른|마흔|쉰)?(?:하나|한|둘|두|셋|세|넷|네|다섯|여섯|일곱|여덟|아홉|열|스무){_NATIVE_COUNTED}"
    rf"|(?<![가-힣\d])[일이삼사오육칠팔구]?[십백천만억](?:[일이삼사오육칠팔구십백천만억])*{_SINO_COUNTED}"
)
"""Pattern of a Korean number: figures with 십, 백, 천, 만, 억, 조, or words before a counter."""


def english(words: str, loose: bool = True) -> Decimal | None:
    """The value of a number in English words; None for one that is often none (``one``,
    ``first``, ``second``, ``hundreds``) unless ``loose``.

    >>> english("two hundred and fifty thousand"), english("twenty-five"), english("a dozen")
    (Decimal('250000'), Decimal('25'), Decimal('12'))
    """
    low = words.lower()
    if not loose and (low in ("one", "first", "second", "zero") or low.endswith("s")):
        return None if low != "six" else Decimal(6)
    if low in _ORDINAL:
        return Decimal(_ORDINAL[low])
    total, block = 0, 0
    for word in re.findall(r"[a-z]+", low):
        bare = word if word in SMALL else word.removesuffix("s")
        if bare in SMALL:
            block += SMALL[bare]
        elif bare == "dozen":
            block = (block or 1) * 12
        elif bare == "hundred":
            block = (block or 1) * 100
        elif bare in SCALES:
            total += (block or 1) * SCALES[bare]
            block = 0
    return Decimal(total + block)


def korean(text: str) -> Decimal:
    """The value of a Korean number, in figures, words or both.

    >>> korean("3억 5천만"), korean("삼십만"), korean("열다섯"), korean("1.5억")
    (Decimal('350000000'), Decimal('300000'), Decimal('15'), Decimal('150000000.0'))
    """
    total, block, number = Decimal(0), Decimal(0), Decimal(0)
    words = "|".join(sorted(_NATIVE, key=len, reverse=True))
    for token in re.findall(rf"\d[\d,]*(?:\.\d+)?|{words}|[가-힣]", text):
        if token[0].isdigit():
            number = Decimal(token.replace(",", ""))
        elif token in _LARGE:
            total += (block + number or Decimal(1)) * 10 ** _LARGE[token]
            block = number = Decimal(0)
        elif token in _SMALL:
            block += (number or Decimal(1)) * 10 ** _SMALL[token]
            number = Decimal(0)
        elif token in _NATIVE:
            number += _NATIVE[token]
        else:
            number = Decimal(_SINO.get(token, 0))
    return total + block + number
