"""Words in Latin letters and numbers, cut to stems, and what their second field holds.

Stems: the Snowball English stemmer (Porter, 2001), by PyStemmer. The second field holds
character 4-grams within a word (McNamee and Mayfield, "Character N-Gram Tokenization",
2004), where a ``_`` marks the word's end, and pairs of neighbouring stems, stop words too.
Pairs are hashed into a bounded vocabulary: a large collection has tens of millions of
different ones, and a full-text index keeps every term.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from zlib import crc32

_LETTER = r"[^\W\d_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]"
_WORD = re.compile(rf"\d+(?:[.,]\d+)*|{_LETTER}+(?:['’]{_LETTER}+)?")
_LUCENE = (
    "a an and are as at be but by for if in into is it no not of on or such that the their "
    "then there these they this to was will with"
)
_ASKING = (
    "what which who whom whose when where why how do does did has have had were been being can "
    "could would should may might must i me my you your we our us he she his her its from about "
    "than"
)
STOP_WORDS = frozenset(_LUCENE.split()) | frozenset(_ASKING.split())
"""Lucene's English stop words, and words that ask, help and point."""

GRAM = 4
"""Characters of an n-gram."""

PAIRS = 1 << 21
"""Different terms that pairs of neighbours are hashed to."""

LONGEST_WORD = 40
"""Characters of a word that are looked at; what is longer is data, not a word."""

_LOCAL = threading.local()


def words_and_grams(text: str) -> tuple[list[str], list[str]]:
    """Terms of the two fields: stems without stop words; n-grams (those of a word in one
    string) and pairs of neighbours.

    >>> words_and_grams("The 1,500 refunds")[0]
    ['1500', 'refund']
    >>> words_and_grams("refunds")[1]
    ['refu efun fund unds nds_']
    """
    words: list[str] = []
    grams: list[str] = []
    before, end = "", 0
    for match in _WORD.finditer(text.lower()):
        stem, own = _word(match.group()[:LONGEST_WORD])
        if own:
            words.append(stem)
            grams.append(own)
        near = before and match.start() - end <= 3
        if near and not (before[0].isdigit() and stem[0].isdigit()):
            grams.append(_pair(before, stem))
        before, end = stem, match.end()
    return words, grams


def stem(word: str) -> str:
    """The stem of one word in lower case. A stemmer may serve one thread only."""
    stemmer = getattr(_LOCAL, "stemmer", None)
    if stemmer is None:
        import Stemmer

        stemmer = _LOCAL.stemmer = Stemmer.Stemmer("english")
    return str(stemmer.stemWord(word))


@lru_cache(maxsize=1 << 17)
def _word(word: str) -> tuple[str, str]:
    """Stem and joined n-grams; a stop word has a stem for its pairs and no n-grams."""
    if word[0].isdigit():
        number = word.replace(",", "")
        return number, number
    plain = word.replace("’", "'")
    if plain in STOP_WORDS:
        return stem(plain), ""
    marked = f"{plain}_"
    grams = [marked[i : i + GRAM] for i in range(len(marked) - GRAM + 1)] or [marked]
    return stem(plain), " ".join(grams)


@lru_cache(maxsize=1 << 17)
def _pair(left: str, right: str) -> str:
    return f"_{crc32(f'{left} {right}'.encode('utf-8', 'replace')) % PAIRS:x}"
