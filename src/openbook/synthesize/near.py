"""Texts that say the same, and texts that hold an answer.

Near-duplicates are told by the Jaccard similarity of their word shingles (Broder, "On the
resemblance and containment of documents", 1997).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from openbook.generate.quotes import find
from openbook.text.terms import analyse

SHINGLE = 3
"""Words of a shingle."""

SAME = 0.5
"""Passages that share so much of their shingles count as one."""

ALIKE = 0.8
"""Questions that share so much of their terms count as one."""

_WORD = re.compile(r"[\w]+")


def shingles(text: str) -> frozenset[str]:
    """Runs of words of a text, folded; of a short text the text itself."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    if len(words) <= SHINGLE:
        return frozenset({" ".join(words)})
    return frozenset(" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1))


@lru_cache(maxsize=1 << 14)
def _shingles(text: str) -> frozenset[str]:
    return shingles(text)


def jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    """Shared members over all, in [0, 1]; 0 of two empty sets."""
    return len(a & b) / len(a | b) if a or b else 0.0


def duplicate(a: str, b: str) -> bool:
    """Whether two passages say the same, or one holds nearly all of the other."""
    one, other = _shingles(a), _shingles(b)
    least = min(len(one), len(other))
    return jaccard(one, other) >= SAME or (least > 0 and len(one & other) / least >= ALIKE)


def holds(text: str, answers: Iterable[str]) -> bool:
    """Whether a text holds one of some answers as words of its own; spacing, width and case of
    longer ones do not count.

    >>> holds("Staff have 15 days.", ["5 days"]), holds("Staff have 15  DAYS off.", ["15 days off"])
    (False, True)
    """
    return any(answer.strip() and find(answer, text) is not None for answer in answers)


def terms(text: str) -> frozenset[str]:
    """Terms of a question, as the index has them."""
    return frozenset(analyse([text], query=True)[0].words.split())


def alike(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether two questions, as terms, ask the same; numbers and codes must agree."""
    if any(any(c.isdigit() for c in term) for term in a ^ b):
        return False
    return jaccard(a, b) >= ALIKE
