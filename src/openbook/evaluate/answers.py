"""Measures of short answers: exact match and F1, as SQuAD and KorQuAD define them.

English: Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text"
(EMNLP 2016) and its evaluation script: lower case, no punctuation, no articles, white space
collapsed, F1 over words. Korean: Lim et al., "KorQuAD1.0" (arXiv:1909.07005) and its
script: quotation marks and brackets become spaces, then as SQuAD without the articles, and
F1 over **characters**, because particles and spacing vary.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

_ARTICLES = re.compile(r"\b(a|an|the)\b", re.UNICODE)
_PUNCTUATION = frozenset(string.punctuation)
_KOREAN_MARKS = re.compile("['\"《》<>〈〉()‘’]")


def normalise(text: str, language: str = "en") -> str:
    """An answer as it is compared: SQuAD's rules, or KorQuAD's where ``language`` is ``ko``.

    >>> normalise("The  U.S. Army!")
    'us army'
    >>> normalise("《아리랑》(1926)", "ko")
    '아리랑 1926'
    """
    if language == "ko":
        text = _KOREAN_MARKS.sub(" ", text)
    plain = "".join(c for c in text.lower() if c not in _PUNCTUATION)
    if language != "ko":
        plain = _ARTICLES.sub(" ", plain)
    return " ".join(plain.split())


def exact(given: str, accepted: str, language: str = "en") -> float:
    """1 where both are equal after normalisation, else 0."""
    return float(normalise(given, language) == normalise(accepted, language))


def f1(given: str, accepted: str, language: str = "en") -> float:
    """Harmonic mean of precision and recall over words (Korean: characters), in [0, 1].

    With no token in common it is 0, also where both are empty, as in the scripts.

    >>> f1("the Army of Rome", "Roman Army")
    0.4
    """
    ours, theirs = _tokens(given, language), _tokens(accepted, language)
    same = sum((Counter(ours) & Counter(theirs)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(ours), same / len(theirs)
    return 2 * precision * recall / (precision + recall)


def _tokens(text: str, language: str) -> list[str]:
    words = normalise(text, language).split()
    return [c for word in words for c in word] if language == "ko" else words


def best(
    measure: Callable[[str, str, str], float],
    given: str,
    accepted: Iterable[str],
    language: str = "en",
) -> float:
    """The highest value over the accepted answers; 0 where there are none."""
    return max((measure(given, answer, language) for answer in accepted), default=0.0)


def stands_in(texts: Sequence[str], accepted: Iterable[str], language: str = "en") -> bool:
    """Whether some accepted answer stands in one of the texts.

    Compared normalised; in English at word boundaries, in Korean (where particles follow
    without a space) anywhere but inside a longer number, and with white space left out.

    >>> stands_in(["It opened in 1914."], ["191"]), stands_in(["It opened in 1914."], ["1914"])
    (False, True)
    >>> stands_in(["연차는 15일이다."], ["15 일"], "ko"), stands_in(["115일"], ["15일"], "ko")
    (True, False)
    """
    return any(
        _inside(_compact(answer, language), _compact(text, language), language)
        for text in texts
        for answer in accepted
    )


def _compact(text: str, language: str) -> str:
    plain = normalise(text, language)
    return re.sub(r"(?<!\d) | (?!\d)", "", plain) if language == "ko" else plain


def _inside(answer: str, text: str, language: str) -> bool:
    if not answer:
        return False
    if language == "ko":
        left = r"(?<!\d)" if answer[0].isdigit() else ""
        right = r"(?!\d)" if answer[-1].isdigit() else ""
    else:
        left, right = r"(?<!\w)", r"(?!\w)"
    return re.search(left + re.escape(answer) + right, text) is not None
