"""Names in a claim, and whether they stand in a text.

English: words with a capital letter that do not begin the sentence; of those that do, the ones
followed by another capital or rare in the language. Korean: Latin words and morphemes that are
proper nouns. Whoever is named by initials (``US``) is also named in full.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from openbook.generate.grammar import EN_STOP
from openbook.text.dates import MONTH_OF
from openbook.text.overlap import rarity
from openbook.text.stems import stem
from openbook.text.terms import tagged

RARE = 5.5
"""Rarity (log of one over the share of documents) from which a word that begins a sentence counts
as a name."""

KNOWN = 3.0
"""Rarity of a Korean proper noun below which it is in every text (한국) and not looked for."""

UNKNOWN = 6.5
"""The same for a Korean noun that is tagged as a common one."""

PREDICATE = 4.5
"""The same for one that is the predicate of a sentence."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_HANGUL = re.compile("[가-힣]+")
_BEGINS = re.compile(r"(?:^|[.!?:;\"“‘'(\[]|\n|[-*•])\s*$")


@lru_cache(maxsize=1024)
def names(claim: str, question: str = "") -> tuple[str, ...]:
    """Names in a claim (NFKC), in order, each once, Latin ones without their possessive.

    Args:
        question: what was asked; a rare Korean noun of it that may be no name is left out.

    >>> names("Requests go to Jane Miller's team in the USA.")
    ('Jane', 'Miller', 'USA')
    >>> names("서류는 HR팀의 김철수에게 낸다.")
    ('HR', '김철수')
    """
    korean = bool(_HANGUL.search(claim))
    found = [*_latin(claim, korean), *(_hangul(claim, question) if korean else ())]
    return tuple(dict.fromkeys(found))


def _latin(claim: str, korean: bool) -> Iterator[str]:
    words = [w for w in _WORD.finditer(claim) if w[0][0].isascii() or not _HANGUL.match(w[0])]
    for at, match in enumerate(words):
        word = re.match(r"[^가-힣]+", match[0])
        if word is None:
            continue
        bare = re.sub(r"['’]s?$", "", word[0])
        low = bare.casefold()
        if low in EN_STOP or low in MONTH_OF or not bare:
            continue
        if korean or _is_name(claim, words, at, bare):
            yield bare


def _is_name(claim: str, words: list[re.Match[str]], at: int, bare: str) -> bool:
    if not bare[0].isupper():
        return False
    match = words[at]
    if not _BEGINS.search(claim[: match.start()]):
        return True
    if len(bare) > 1 and bare.isupper():
        return True
    after = words[at + 1] if at + 1 < len(words) else None
    joined = after is not None and claim[match.end() : after.start()] == " "
    low = bare.casefold()
    capital = joined and after is not None and after[0][0].isupper()
    return (capital and rarity(stem(low)) > 3.5) or rarity(stem(low)) >= RARE


def _hangul(claim: str, question: str) -> Iterator[str]:
    asked = _squeezed(question)
    for run in _HANGUL.findall(claim):
        parts = _tagged(run)
        start, end, sure = 0, 0, False
        for at, (tag, begin, length) in enumerate([*parts, ("", len(run) + 1, 0)]):
            word = run[begin : begin + length]
            proper = tag == "NNP" and rarity(word or run) >= KNOWN
            named = proper or (tag == "NNG" and _rare(word, parts[at + 1 : at + 2]))
            if named and begin == end and end > start:
                end, sure = begin + length, sure or proper
                continue
            if end - start > 1 and (sure or run[start:end] not in asked):
                yield run[start:end]
            start, end = (begin, begin + length) if named else (begin, begin)
            sure = proper


@lru_cache(maxsize=1 << 15)
def _tagged(run: str) -> list[tuple[str, int, int]]:
    return tagged(run)


def _rare(noun: str, follows: list[tuple[str, int, int]]) -> bool:
    """Whether a noun is so rare that it will be a name that the analyser does not know; less
    rare where it is the predicate (``...는 블루스이다``)."""
    predicate = bool(follows) and follows[0][0] == "VCP"
    return len(noun) > 1 and rarity(noun) >= (PREDICATE if predicate else UNKNOWN)


def stands(name: str, text: str) -> bool:
    """Whether a name stands in a text, as it is, as a form of a word there, or as initials.

    >>> stands("US", "the United States"), stands("철수", "김철수가"), stands("Rom", "Rome")
    (True, True, False)
    """
    low = name.casefold()
    if _HANGUL.match(name):
        bare = re.sub(r"이?다$|이$", "", name)
        return name in _squeezed(text) or (bool(bare) and bare in _squeezed(text))
    low, words = _folded(low), _known(text)
    if low in words or stem(low) in words:
        return True
    return len(name) > 1 and name.isupper() and low in _initials(text)


@lru_cache(maxsize=256)
def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _folded(text: str) -> str:
    """Latin letters without their accents; Hangul stays composed."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", apart))


@lru_cache(maxsize=256)
def _known(text: str) -> frozenset[str]:
    found = _WORD.findall(_folded(text))
    words = [re.sub(r"['’]s?$", "", word).casefold() for word in found]
    parts = [part for word in words for part in re.findall(r"[^가-힣]+", word)]
    return frozenset(parts) | frozenset(map(stem, parts))


@lru_cache(maxsize=256)
def _initials(text: str) -> frozenset[str]:
    found = set()
    for run in re.finditer(r"[A-Z][\w'’.-]*(?:\s(?:(?:of|the|and|for)\s)?[A-Z][\w'’.-]*)+", text):
        letters = "".join(word[0] for word in run[0].split() if word[0].isupper())
        found |= {
            letters[a:b].casefold()
            for a in range(len(letters))
            for b in range(a + 2, len(letters) + 1)
        }
    dotted = re.findall(r"\b(?:[A-Za-z]\.){2,}", text)
    return frozenset(found | {word.replace(".", "").casefold() for word in dotted})
