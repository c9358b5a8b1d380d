"""Korean wording: particles by the last sound of a word, and statements turned into questions.

A statement becomes a question at its end alone: the verb takes ``-나요`` (or ``-ㄴ가요`` after
the copula and a few adjectives), and what is asked for is replaced where it stands.
"""

from __future__ import annotations

import re

_FIRST, _LAST = "가", "힣"
_PAIRS = {
    "은": ("은", "는"),
    "이": ("이", "가"),
    "을": ("을", "를"),
    "과": ("과", "와"),
    "으로": ("으로", "로"),
    "이란": ("이란", "란"),
    "이나": ("이나", "나"),
}
_PARTICLE = re.compile(r"(?:으로|이란|이나|은|는|이|가|을|를|과|와|로|란|나)(?=[\s,.]|서|만|는|$)")
_DIGITS = {"0": 21, "1": 8, "3": 16, "6": 1, "7": 8, "8": 8}
_LIEUL = 8
_PIEUP = 17
_NIEUN = 4
_PAST = 20
_CAUSING = frozenset("붙줄높먹울죽속녹모섞쌓꺾덮벌숙쓰보직")
"""What stands before 이 in verbs that end with it, unlike the copula."""

_ADJECTIVES = ("필요하", "가능하", "중요하", "같", "다르", "비슷하", "충분하", "아니", "이")
"""Stems that ask with ``-ㄴ가요``."""


def final(word: str) -> int:
    """The final consonant of a word's last sound, as its place in Unicode's order: 0 for none,
    8 for ㄹ. Digits and Latin letters count as they are read.
    """
    bare = re.sub(r"[\s\"'”’)\]」』》〉]+$", "", re.sub(r"\([^()]*\)$", "", word.strip()))
    if bare.endswith(("%", "℃", "km", "cm", "mm")):  # 퍼센트, 도, 미터
        return 0
    for sign in reversed(bare):
        if _FIRST <= sign <= _LAST:
            return (ord(sign) - ord(_FIRST)) % 28
        if sign.isdigit():
            return _DIGITS.get(sign, 0)
        if sign.isascii() and sign.isalpha():
            return {"l": 8, "r": 8 if sign.islower() else 0, "m": 16, "n": 4}.get(sign.lower(), 0)
    return 0


def particle(word: str, kind: str) -> str:
    """A word with a particle in the form that its last sound takes.

    >>> particle("연차", "은"), particle("서울", "으로"), particle("팀장", "이")
    ('연차는', '서울로', '팀장이')
    """
    closed, open_ = _PAIRS[kind]
    sound = final(word)
    return word + (open_ if sound == 0 or (kind == "으로" and sound == _LIEUL) else closed)


def agreeing(word: str, tail: str) -> str:
    """A word with what followed another one: the particle at the beginning of ``tail`` takes
    the form that fits.

    >>> agreeing("얼마", "을 지원합니다."), agreeing("며칠", "까지 남습니다.")
    ('얼마를 지원합니다.', '며칠까지 남습니다.')
    """
    found = _PARTICLE.match(tail)
    if not found:
        return word + tail
    for kind, forms in _PAIRS.items():
        if found[0] in forms:
            return particle(word, kind) + tail[found.end() :]
    return word + tail


def stem_asking(stem: str) -> str:
    """A verb's stem as a polite question: 받 is 받나요, 만들 is 만드나요, 이 is 인가요.

    >>> [stem_asking(stem) for stem in ("받", "만들", "필요하", "있", "하")]
    ['받나요', '만드나요', '필요한가요', '있나요', '하나요']
    """
    if not stem.endswith(_ADJECTIVES):
        return _plain(stem)
    last = stem[-1]
    return stem + "은가요" if final(last) else stem[:-1] + chr(ord(last) + _NIEUN) + "가요"


def _plain(stem: str) -> str:
    last = stem[-1]
    dropped = final(last) == _LIEUL
    return (stem[:-1] + chr(ord(last) - _LIEUL) if dropped else stem) + "나요"


def asking(statement: str) -> str:
    """A sentence or clause as a question; empty where its end is not known.

    >>> asking("환불을 신청할 수 있습니다."), asking("신청은 14일 안에 한다")
    ('환불을 신청할 수 있나요?', '신청은 14일 안에 하나요?')
    >>> asking("기한은 30일이다."), asking("책임자는 팀장입니다."), asking("보관하며")
    ('기한은 30일인가요?', '책임자는 팀장인가요?', '보관하나요?')
    """
    bare = statement.strip().rstrip(".。!,， ")
    stem, verb = _stem(bare)
    if not stem:
        return ""
    asked = (_plain(stem) if verb else stem_asking(stem)) + "?"
    return re.sub(r"(?<=얼마|며칠|언제|누구|어디)이?인가요", "인가요", asked)


def _stem(bare: str) -> tuple[str, bool]:
    """The text up to the verb's ending, and whether the ending is one that only verbs have."""
    if bare.endswith("다"):
        return _final_stem(bare)
    last = bare[-2:-1]
    if bare.endswith(("으며", "지만")) and len(bare) > 3 and not bare.endswith("까지만"):
        return bare[:-2], False
    if bare.endswith(("며", "고", "되")) and last and last not in "리그라다자냐":
        return bare[:-1], last == "이" and bare[-3:-2] in _CAUSING
    return "", False


def _final_stem(bare: str) -> tuple[str, bool]:
    """As :func:`_stem`, of a sentence that ends with -다."""
    last = bare[-3:-2]
    if bare.endswith(("는다", "습니다")):
        return bare[: -2 if bare.endswith("는다") else -3], bare.endswith("는다")
    if bare.endswith("니다") and last and final(last) == _PIEUP:
        stem = bare[:-3] + chr(ord(last) - _PIEUP)
        return stem, last == "입" and bare[-4:-3] in _CAUSING
    last = bare[-2:-1] or " "
    if final(last) == _NIEUN and _FIRST <= last <= _LAST:
        return bare[:-2] + chr(ord(last) - _NIEUN), True
    known = last in "이있없크르치지하" or (_FIRST <= last <= _LAST and final(last) == _PAST)
    return (bare[:-1] if known else ""), False
