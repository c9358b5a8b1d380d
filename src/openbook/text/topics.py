"""The words of a question that name what it is about, as they stand in it."""

from __future__ import annotations

import re
import unicodedata

from openbook.text.stems import STOP_WORDS
from openbook.text.terms import tagged

_TOKEN = re.compile(r"[가-힣]+|\d+(?:[.,]\d+)*|[^\W\d_가-힣]+(?:[-'’][^\W\d_가-힣]+)*")
_ASKING = (
    "what which who whom whose when where why how do does did done has have had were been being "
    "can could would should may might must i me my you your we our us he she his her its am so "
    "about than many much long often old far get gets got give given need want tell know please "
    "also same one ones some any more and or else then there here it them they that those these "
    "happen happens happened work works apply applies cost costs take takes"
)
ASKING = frozenset(_ASKING.split()) | STOP_WORDS
"""English words that ask and point, and name nothing."""

_VAGUE = "며칠 얼마 언제 누구 무엇 어디 경우 때 것 수 몇 번 개 정도 방법 다음 질문 가능 필요"
VAGUE = frozenset(_VAGUE.split())
"""Korean nouns that ask and point."""

_NAMES = frozenset(("NNG", "NNP", "XPN", "XSN", "XR", "SL", "SN", "NR"))


def topics(text: str) -> list[str]:
    """Names in a text, in order, without particles, each once.

    >>> topics("How many days of annual leave do full-time staff get?")
    ['days', 'annual', 'leave', 'full-time', 'staff']
    """
    found = []
    for token in _TOKEN.findall(unicodedata.normalize("NFKC", text)):
        name = noun(token) if "가" <= token[0] <= "힣" else token
        if name and name.lower() not in ASKING and name not in VAGUE:
            found.append(name)
    return list(dict.fromkeys(found))


def noun(run: str) -> str:
    """What a run of Hangul names: its leading nouns without particles; empty for verbs.

    >>> noun("육아휴직은")
    '육아휴직'
    """
    end = 0
    for tag, start, length in tagged(run):
        if tag not in _NAMES or start > end:
            break
        end = start + length
    return run[:end]
