"""What a sentence denies: the words that stand in the scope of a negation.

A negation denies the first content word after it in English (``are not paid`` denies *paid*,
``no refund`` denies *refund*), the last one before it in Korean (``환불되지 않는다`` denies 환불,
``신청할 수 없다`` 신청, ``서울이 아니다`` 서울). Two on one word make none (``하지 않으면 안 된다``,
``not without``). The idea of a cue and its scope: Morante and Blanco, "*SEM 2012 Shared Task:
Resolving the Scope and Focus of Negation".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from openbook.text.stems import STOP_WORDS, stem
from openbook.text.terms import analyse

_EN_CUE = re.compile(
    r"\b(?:not(?!\s+only\b|\s+just\b|\s+necessarily\b)|never|cannot|neither|nor|no(?!\s+(?:(?:more|less|fewer|later|earlier|longer|greater|higher|lower)\s+than|\d)|\.\s?\d)|"
    r"without|nobody|nothing|none|nowhere|no one)\b|n['’]t\b",
    re.IGNORECASE,
)
_EN_WEAK = re.compile(
    r"\b(?:unable|fail(?:s|ed)?|refus(?:e[sd]?|al)|prohibit\w*|forbid\w*|forbidden|banned|except|exclu\w+|"
    r"only|lack\w*|rarely|seldom|hardly|barely|instead|rather|prevent\w*|den(?:y|ied|ies)|reject\w*|"
    r"absen\w+|avoid\w*|stop\w*|neglect\w*|abolish\w*|un\w{4,}|in(?:eligible|valid|sufficient|complete)|"
    r"non-?\w+|illegal|im(?:possible|proper)|ir(?:regular|relevant))\b",
    re.IGNORECASE,
)
_EN_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?|\d[\d,.]*\d|\d")
_EN_CLAUSE = re.compile(r"[,;:.!?()]|\b(?:but|although|though|because|which|who|while|whereas)\b")
_EN_LIGHT = frozenset(
    [
        "do",
        "does",
        "did",
        "be",
        "been",
        "being",
        "is",
        "are",
        "was",
        "were",
        "am",
        "have",
        "has",
        "had",
        "having",
        "can",
        "could",
        "may",
        "might",
        "must",
        "shall",
        "should",
        "will",
        "would",
        "ever",
        "yet",
        "any",
        "the",
        "a",
        "an",
        "to",
        "of",
        "in",
        "on",
        "at",
        "by",
        "for",
        "and",
        "or",
        "so",
        "very",
        "much",
        "it",
        "this",
        "that",
        "there",
        "than",
        "as",
        "such",
        "all",
        "more",
    ]
)
_DOUBLE_KO = re.compile(
    r"(?:지\s?(?:않|아니\s?하)(?:으면|고서는|고는)|없(?:으면|이는|고서는))\s?(?:안|아니)\s?(?:[되된될돼됩]|한|할)"
    r"|지\s?(?:않|아니할|못할)\s?수\s?없|지\s?않(?:은|는)\s?[가-힣]+(?:은|는|이|가)\s?없"
)
_KO_CUE = re.compile(
    r"지(?:는|도|를|가)?\s?(?:않|아니|못|말)|수(?:는|도|가)?\s?없|없(?!이도)|아니(?!라)(?=[다며고한할하었ㅂ]|[ㅂ니]|에요|어야|므|$)|아닙|아닌(?!가)|"
    r"아니라|불가능?|금지|못(?=하|한|할|했|합|\s[가-힣])|(?<![가-힣])안(?=\s?(?:되|된|될|돼|됩|하|한|할|했|합|간|가|오|온|나))"
)
_KO_WEAK = re.compile(
    r"제외|외(?:에|의)|거부|거절|무효|면제|폐지|중단|실패|반대|만(?=\s|으로)|미만|(?<![가-힣])(?:미|불|비|무)(?:지급|사용|제출|신청|이행|포함|적용|해당|허|인정|승인|대상|효|관|필요)|"
    r"부정|취소|상실|결여|부족|어렵|힘들|대신|모르|잃"
)
_KO_CLAUSE = re.compile(
    r"[,;:.!?()\n]|(?<=[가-힣])(?:지만|는데|으나|거나|면서|아서|어서|며|고)(?=\s)"
)


@dataclass(frozen=True, slots=True)
class Polarity:
    """The stems of what a sentence denies, how many negations it has, and whether it has a word
    that comes close to one (``unable``, ``only``, 제외, 거부)."""

    denied: frozenset[str]
    negations: int
    weak: bool


@lru_cache(maxsize=4096)
def polarity(sentence: str) -> Polarity:
    """What a sentence (NFKC) denies.

    >>> polarity("Refunds are not given after 7 days.").denied
    frozenset({'given'})
    >>> polarity("구독 요금은 환불되지 않습니다.").denied
    frozenset({'환불'})
    >>> polarity("신고하지 않으면 안 된다.").denied
    frozenset()
    """
    denied: dict[str, int] = {}
    cues = [*_english(sentence), *_korean(sentence)]
    for word in cues:
        denied[word] = denied.get(word, 0) + 1
    odd = frozenset(word for word, times in denied.items() if word and times % 2)
    weak = bool(_EN_WEAK.search(sentence) or _KO_WEAK.search(sentence))
    return Polarity(odd, len(cues), weak)


def _english(sentence: str) -> list[str]:
    """The word that each English negation denies; empty where it denies none that is said."""
    found = []
    for cue in _EN_CUE.finditer(sentence):
        clause = _EN_CLAUSE.search(sentence, cue.end())
        end = clause.start() if clause else len(sentence)
        word = _content(sentence[cue.end() : end]) or _content(sentence[cue.end() :])
        found.append(word if cue.end() < len(sentence.rstrip(" .!")) else "")
    return found


def _content(words: str) -> str:
    """The stem of the first content word."""
    low = (match.group().lower() for match in _EN_WORD.finditer(words))
    word = next((w for w in low if w not in _EN_LIGHT | STOP_WORDS), "")
    return stem(word) if word.isalpha() else word


def _korean(sentence: str) -> list[str]:
    if not re.search("[가-힣]", sentence):
        return []
    text = _DOUBLE_KO.sub(lambda match: " " * len(match.group()), sentence)
    found = []
    for cue in _KO_CUE.finditer(text):
        breaks = [m.end() for m in _KO_CLAUSE.finditer(text, 0, cue.start())]
        end = cue.start() + cue.group().startswith("지")
        begin = breaks[-1] if breaks else 0
        clause, whole = (one.words.split() for one in analyse([text[begin:end], text[:end]]))
        found.append((clause or whole or [""])[-1])
    return found
