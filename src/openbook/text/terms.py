"""Texts cut into terms for the two lexical fields, the same way when indexing and asking.

``words`` holds Korean morphemes that carry meaning (Kiwi), stems of Latin words (Snowball)
and numbers; ``grams`` holds character n-grams, which forgive the morpheme analyser its
unknown names. Each script is handled by its own rule, so mixed text needs no decision.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

FIELDS = ("words", "grams")
"""Names of the lexical fields, which are the fields of :class:`Terms`."""

VERSION = 1
ANALYSER = f"openbook-terms-{VERSION}/kiwi-0.24/snowball-english"
"""Fingerprint stored in the knowledge base; another one means: index again."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of a text by field, joined by one space, for a tokeniser that splits at spaces."""

    words: str
    grams: str


_HANGUL = re.compile("[가-힣]")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?")
_CJK = re.compile("[가-힣㐀-䶿一-鿿豈-﫿぀-ヿ]+")
_TAGS = "NNG NNP NNB NR NP VV VA XR MM MAG SL SH SN XPN"
_KEEP = frozenset(_TAGS.split())
_LOCK = threading.Lock()


def analyse(texts: Sequence[str], *, query: bool = False) -> list[Terms]:
    """Terms of each text, in order.

    Args:
        texts: passages or questions; any script, any length.
        query: whether these are questions (their stop words are left out as everywhere).
    """
    texts = [unicodedata.normalize("NFKC", text) for text in texts]
    korean = [index for index, text in enumerate(texts) if _HANGUL.search(text)]
    morphemes: dict[int, list[str]] = dict(
        zip(korean, _morphemes(texts[index] for index in korean), strict=True) if korean else ()
    )
    return [
        Terms(
            " ".join([*_latin(text), *morphemes.get(index, [])]),
            " ".join(_grams(text)),
        )
        for index, text in enumerate(texts)
    ]


def warm(language: str = "ko") -> threading.Thread | None:
    """Start loading what a language needs beside other work; ``None`` if there is nothing."""
    if language != "ko":
        return None
    thread = threading.Thread(target=_kiwi, name="openbook-kiwi", daemon=True)
    thread.start()
    return thread


def _kiwi() -> Any:
    with _LOCK:
        return _load_kiwi()


@lru_cache(maxsize=1)
def _load_kiwi() -> Any:
    from kiwipiepy import Kiwi

    return Kiwi(load_typo_dict=False, load_multi_dict=False)


def _morphemes(texts: Iterable[str]) -> Iterable[list[str]]:
    for tokens in _kiwi().tokenize(texts):
        yield [
            token.form
            for token in tokens
            if token.tag.split("-")[0] in _KEEP and _HANGUL.search(token.form)
        ]


def _latin(text: str) -> list[str]:
    stem = _stem
    return [
        stem(word.lower()) if not word[0].isdigit() else word.replace(",", "")
        for word in _WORD.findall(_CJK.sub(" ", text))
    ]


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    import Stemmer

    return str(Stemmer.Stemmer("english").stemWord(word))


def _grams(text: str) -> list[str]:
    found = []
    for run in _CJK.findall(text):
        found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return found
