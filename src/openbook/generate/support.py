"""Which content words of a claim stand in a text, and which of a question do.

An English word stands there if a word of the text begins with the same :func:`stem`, a Korean
one if it is one of the text's morphemes or part of a compound. Function words, numbers, dates and
names are no content words.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from openbook.generate.grammar import EN_STOP
from openbook.generate.names import names
from openbook.generate.quantities import amounts, dates
from openbook.generate.spelled import SPELLED
from openbook.text.dates import MONTH_OF
from openbook.text.terms import analyse

SHARE = Decimal("0.6")
"""Share of a claim's content words that must stand in the text or in the question."""


_HANGUL = re.compile("[가-힣]")


def _list(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_KO_STOP = frozenset(
    _list(
        "그 이 저 것 수 등 및 또 또는 그리고 그러나 하지만 따라서 그러므로 즉 때문 위해 통해 대해 "
        "대한 관한 의해 경우 따르면 문서 질문 정답 답 내용 규정 근거 다음 해당 "
        "모두 각 각각 더 가장 있다 없다 년 월 일 시 분 원 명"
    )
)
_KO_ENDING = re.compile(
    r"(?:으로부터|로부터|에게서|이라고|에서는|에서도|으로는|까지는|부터는|이라는|입니다|합니다|됩니다|습니다|"
    r"했습니다|하였습니다|있습니다|없습니다|해야|하는|되는|에서|에게|으로|까지|부터|이며|이고|이나|라고|"
    r"라는|이라|마다|보다|처럼|만큼|은|는|이|가|을|를|의|에|로|와|과|도|만|나|며|고|다|요)$"
)


def unfamiliar(claim: str, text: str, question: str = "") -> str:
    """The content words of a claim that stand neither in a text nor in the question, where they
    are more than a share of ``1 - SHARE`` of all; else nothing.

    Args:
        claim: NFKC normalised, as the others.

    >>> unfamiliar("Employees may sell furniture.", "Employees may spend 1,500 USD.")
    'furniture, sell'
    >>> unfamiliar("결혼하면 휴가를 받습니다.", "결혼의 경우 휴가가 있다.", "휴가를 받나요?")
    ''
    """
    latin = {name.casefold() for name in names(claim) if not _HANGUL.match(name)}
    content = {word for word in _content(claim) - latin if not _HANGUL.search(word)}
    asked, known = _words(_content(question)), _known(text)
    missing = {w for w in content if not _stands(w, asked) and not _stands(w, known)}
    settled = _settled(claim)
    terms = frozenset(term for term in _terms(claim) if term not in settled)
    missing |= {term for term in terms - _terms(question) - _terms(text) if term not in text}
    most = (len(content) + len(terms)) * (1 - SHARE)
    return ", ".join(sorted(missing)) if len(missing) > most else ""


def _settled(claim: str) -> str:
    """The numbers, dates and names of a claim, which are looked for in other ways."""
    numbers = [claim[amount.start : amount.end] for amount in amounts(claim)]
    return " ".join([*numbers, *(claim[w.start : w.end] for w in dates(claim)), *names(claim)])


@lru_cache(maxsize=256)
def _terms(text: str) -> frozenset[str]:
    """Korean index terms: morphemes that carry meaning."""
    if not _HANGUL.search(text):
        return frozenset()
    words = frozenset(analyse([text])[0].words.split())
    return frozenset(word for word in words if _HANGUL.match(word) and word not in _KO_STOP)


@dataclass(frozen=True, slots=True)
class _Words:
    """Words of a text, with what finds other forms of them quickly."""

    words: frozenset[str]
    joined: str
    stems: frozenset[str]


def _words(words: Iterable[str]) -> _Words:
    distinct = frozenset(words)
    stems = frozenset(stem(word) for word in distinct if len(word) > 3)
    return _Words(distinct, f" {' '.join(distinct)} ", stems)


@lru_cache(maxsize=256)
def _known(text: str) -> _Words:
    return _words(word.casefold() for word in _WORD.findall(text))


@lru_cache(maxsize=64)
def _content(text: str) -> frozenset[str]:
    """Content words in lower case, Korean ones without their ending; of ``30만원`` the 원."""
    found = set()
    for match in _WORD.finditer(text):
        low = match[0].casefold()
        if match.start() and text[match.start() - 1].isdigit():
            low = re.sub(r"^(?:천만|백만|천|만|억|조)(?=.)", "", low)
        if low in EN_STOP or low in SPELLED or low in MONTH_OF or low in _KO_STOP:
            continue
        bare = _KO_ENDING.sub("", low) if re.search("[가-힣]", low) else low
        if bare and bare not in _KO_STOP and (len(bare) > 1 or not low.isascii()):
            found.add(bare)
    return frozenset(found)


def stem(word: str) -> str:
    """The beginning of a word by which it is recognised in another form: two thirds of it,
    at least four letters of an alphabet or two of Hangul, Han and kana.

    >>> stem("employees"), stem("신청서를")
    ('employ', '신청서')
    """
    least = 4 if word.isascii() else 2
    return word[: max(least, math.ceil(len(word) * 2 / 3))]


def _stands(word: str, known: _Words) -> bool:
    """Whether a word or another form of it is known; Hangul also inside a compound."""
    if word in known.words or word in known.stems:
        return True
    start = stem(word)
    return (start if re.search("[가-힣]", word) else f" {start}") in known.joined


def overlap(question: str, text: str) -> float:
    """Share of a question's content words that stand in a text, in [0, 1]."""
    asked = _content(unicodedata.normalize("NFKC", question))
    words = _known(unicodedata.normalize("NFKC", text))
    return sum(_stands(word, words) for word in asked) / len(asked) if asked else 0.0
