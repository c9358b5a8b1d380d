"""Words in Latin letters and numbers, cut to stems.

Source: the Snowball English stemmer (Porter, 2001), by PyStemmer.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache

_LETTER = r"[^\W\d_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]"
_WORD = re.compile(rf"\d+(?:[.,]\d+)*|{_LETTER}+(?:['’]{_LETTER}+)?")
_LUCENE = (
    "a an and are as at be but by for if in into is it no not of on or such that the their "
    "then there these they this to was will with"
)
STOP_WORDS = frozenset(_LUCENE.split())
"""Lucene's English stop words."""

_LOCAL = threading.local()


def stems(text: str) -> list[str]:
    """Stems in lower case without stop words; numbers without thousands separators.

    >>> stems("The 1,500 employees' refunds")
    ['1500', 'employe', 'refund']
    """
    words = [
        word.replace(",", "") if word[0].isdigit() else word.replace("’", "'")
        for word in _WORD.findall(text.lower())
    ]
    return [_stem(word) for word in words if word not in STOP_WORDS]


@lru_cache(maxsize=1 << 17)
def _stem(word: str) -> str:
    """A stemmer may not be used by two threads at once, so each has its own."""
    stemmer = getattr(_LOCAL, "stemmer", None)
    if stemmer is None:
        import Stemmer

        stemmer = _LOCAL.stemmer = Stemmer.Stemmer("english")
    return str(stemmer.stemWord(word))
