"""Whether a sentence is supported by what was read. A rule that can be checked by hand:

A sentence is supported by a text when

1. every number in it stands in the text: 1,000 and 1000 are one number, as are 30만 and
   300,000, March and the month 3, fifteen and 15; and a number that the text gives in days
   (won, hours, people...) is not claimed in months;
2. every name in it stands in the text: words with a capital letter that do not begin the
   sentence, and Latin words in a Korean sentence;
3. at least :data:`SHARE` of its other content words stand in the text or in the question.
   A word stands there if a word of the text begins with the same :func:`stem`.

Numbers and names of the question do not count: a question may be wrong about them. The
rule does not see negation or who did what; it finds claims that have no source.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from openbook.generate.amounts import agree, amounts

SHARE = Decimal("0.6")
"""Share of a sentence's content words that must stand in the evidence (rule 3)."""


def _list(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_TEENS = _list(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = _list("twenty thirty forty fifty sixty seventy eighty ninety")
_MONTHS = _list(
    "january february march april may june july august september october november december"
)
_NAMED = {
    **{word: Decimal(value) for value, word in enumerate(_TEENS)},
    **{word: Decimal(20 + 10 * i) for i, word in enumerate(_TENS)},
    "dozen": Decimal(12),
    "hundred": Decimal(100),
}
_MONTH = {name: Decimal(i) for i, name in enumerate(_MONTHS, start=1)}
_MONTH |= {name[:3]: value for name, value in _MONTH.items() if name != "may"}
_SCALE = {"천": 3, "만": 4, "백만": 6, "천만": 7, "억": 8, "조": 12}
_SCALE |= {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_NUMBER = re.compile(
    r"(?<![\d.])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:\s?(천만|백만|천|만|억|조|thousand|million|billion|trillion)(?![a-z]))?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_EN_STOP = frozenset(
    _list(
        "a an the of in on at to for from by with about as into over after before under per than "
        "and or but if so because while that which who whom whose this these those it its they "
        "their them he she his her we our us you your i my me is are was were be been being am do "
        "does did have has had having can could may might must shall should will would not no yes "
        "there here what when where why how all any each some such only also then thus therefore "
        "answer question document documents passage passages says say said states state according "
        "means mean based upon up out more most other very just same own s t"
    )
)
_KO_STOP = frozenset(
    _list(
        "그 이 저 것 수 등 및 또 또는 그리고 그러나 하지만 따라서 그러므로 즉 때문 위해 통해 대해 "
        "대한 관한 의해 경우 따르면 문서 질문 정답 답 내용 규정 근거 다음 해당 "
        "모두 각 각각 더 가장 있다 없다"
    )
)
_KO_ENDING = re.compile(
    r"(?:으로부터|로부터|에게서|이라고|에서는|에서도|으로는|까지는|부터는|이라는|입니다|합니다|됩니다|습니다|"
    r"했습니다|하였습니다|있습니다|없습니다|해야|하는|되는|에서|에게|으로|까지|부터|이며|이고|이나|라고|"
    r"라는|이라|마다|보다|처럼|만큼|은|는|이|가|을|를|의|에|로|와|과|도|만|나|며|고|다|요)$"
)


def supported(sentence: str, evidence: Sequence[str], question: str = "") -> bool:
    """Whether one of the texts supports a sentence, by the rule of the module.

    >>> supported("Staff have 15 days.", ["Full-time staff have 15 days of leave."])
    True
    >>> supported("Staff have 25 days.", ["Full-time staff have 15 days of leave."])
    False
    """
    if not any(char.isalnum() for char in sentence):
        return True
    claim = unicodedata.normalize("NFKC", sentence)
    facts, names = numbers(claim), _names(claim)
    counted = amounts(claim, numbers)
    content = _content(claim) - names
    asked = _words(_content(unicodedata.normalize("NFKC", question)))
    own = {word for word in content if not _stands(word, asked)}
    most = len(content) * (1 - SHARE)
    for text in evidence:
        stated, measured, known = _known(text)
        if (
            facts <= stated
            and agree(counted, measured)
            and all(_stands(name, known) for name in names)
            and sum(not _stands(word, known) for word in own) <= most
        ):
            return True
    return False


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
def _known(text: str) -> tuple[frozenset[Decimal], dict[Decimal, frozenset[str]], _Words]:
    plain = unicodedata.normalize("NFKC", text)
    words = _words(word.casefold() for word in _WORD.findall(plain))
    return numbers(plain, loose=True), amounts(plain, numbers), words


def numbers(text: str, *, loose: bool = False) -> frozenset[Decimal]:
    """The numbers in a text by value: digits, with 천, 만, 억, million and the like; number
    words; months.

    Args:
        text: NFKC normalised.
        loose: also ``one``, and the bare digits of scaled numbers (of an evidence, so that
            ``30만`` backs both 30 and 300,000).

    >>> sorted(map(int, numbers("1,500원 또는 30만 원, 2024-03-01")))
    [1, 3, 1500, 2024, 300000]
    """
    found: set[Decimal] = set()
    for match in _NUMBER.finditer(text):
        value = Decimal(match[1].replace(",", ""))
        scale = _SCALE.get((match[2] or "").lower(), 0)
        found.add(value * 10**scale)
        if loose:
            found.add(value)
    for word in re.findall(r"[A-Za-z]+", text):
        low = word.lower()
        if word[0].isupper() and low in _MONTH:
            found.add(_MONTH[low])
        elif low in _NAMED and (loose or low != "one"):
            found.add(_NAMED[low])
    return frozenset(value.normalize() for value in found)


def _names(claim: str) -> frozenset[str]:
    """Words of a claim that must stand in the source as they are."""
    korean = bool(re.search("[가-힣]", claim))
    found = set()
    for match in _WORD.finditer(claim):
        word = match[0]
        latin = word[0].isascii() or "LATIN" in unicodedata.name(word[0], "")
        begins = not re.search(r"\w", claim[: match.start()]) or bool(
            re.search(r"[.!?:\"“]\s*$", claim[: match.start()])
        )
        known = word.casefold() in _EN_STOP or word.casefold() in _MONTH
        if latin and not known and (korean or (word[0].isupper() and not begins)):
            found.add(_latin_part(word).casefold())
    return frozenset(found)


def _latin_part(word: str) -> str:
    """``HR팀은`` names HR: the Hangul that follows is checked as a content word, if at all."""
    found = re.match(r"[^가-힣]+", word)
    return found[0] if found else word


@lru_cache(maxsize=64)
def _content(text: str) -> frozenset[str]:
    """Content words in lower case, Korean ones without their ending; of ``30만원`` the 원."""
    found = set()
    for match in _WORD.finditer(text):
        low = match[0].casefold()
        if match.start() and text[match.start() - 1].isdigit():
            low = re.sub(r"^(?:천만|백만|천|만|억|조)(?=.)", "", low)
        if low in _EN_STOP or low in _NAMED or low in _MONTH or low in _KO_STOP:
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
    _, _, words = _known(text)
    return sum(_stands(word, words) for word in asked) / len(asked) if asked else 0.0
