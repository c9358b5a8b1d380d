"""Texts cut into terms for the two lexical fields, the same way when indexing and asking.

``words`` holds Korean morphemes that carry meaning (Kiwi), stems of Latin words (Snowball)
and numbers. ``grams`` holds character bigrams of Hangul, which forgive the morpheme analyser
its unknown names, beside numbers and what :mod:`~openbook.text.stems` makes of Latin words,
so that either field ranks mixed text. Each script is cut by its own rule.

Korean is analysed a run of Hangul at a time, without its neighbours. That ranks as well as
whole sentences or better (the same word always gives the same morphemes, in a question
and in a passage), and what was analysed once is remembered: a text's words repeat, so
little reaches Kiwi. See docs/decisions/0001-lexical-fields.md for the measurements.
"""

from __future__ import annotations

import re
import sys
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from openbook.text.stems import words_and_grams

FIELDS = ("words", "grams")
"""Names of the lexical fields, which are the fields of :class:`Terms`."""

VERSION = 3
ANALYSER = f"openbook-terms-{VERSION}/kiwi-0.24/snowball-english"
"""Fingerprint stored in the knowledge base; another one means: index again."""

REMEMBERED = 500_000
"""Runs of Hangul whose terms are remembered, about 250 bytes each; then it starts anew."""

LONGEST_RUN = 40
"""Characters of Hangul analysed at once; longer runs without a space are cut."""

LONGEST_QUERY = 1024
"""Terms of a question that are searched, in each field."""

BATCH = 20_000
"""New runs handed to Kiwi at once, which spreads them over its threads."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of a text by field, joined by one space, for a tokeniser that splits at spaces."""

    words: str
    grams: str


_HANGUL = re.compile(f"[가-힣]{{1,{LONGEST_RUN}}}")
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
_TAGS = "NNG NNP NR VV VA XR MM MAG XPN SL SH SN"
_KEEP = frozenset(_TAGS.split())
_LIGHT = frozenset("하 되 있 없 이 같 않 대하 따르 위하 통하 의하 관하".split())  # noqa: SIM905
"""Verbs that say little alone; they stand in most sentences."""

_Pair = tuple[str, str]
_RUNS: dict[str, _Pair] = {}
_LOCK = threading.Lock()


def analyse(texts: Sequence[str], *, query: bool = False) -> list[Terms]:
    """Terms of each text, in order. Larger batches are faster: new words go to Kiwi together.

    Args:
        texts: passages or questions; any script, any length.
        query: whether these are questions, of which the first :data:`LONGEST_QUERY` terms
            of each field are enough.
    """
    composed = [t if t.isascii() else unicodedata.normalize("NFKC", t) for t in texts]
    runs = [[] if t.isascii() else _HANGUL.findall(t) for t in composed]
    known = _learn(run for found in runs for run in found)
    return [
        _terms(text, [known[run] for run in found], query)
        for text, found in zip(composed, runs, strict=True)
    ]


def warm(language: str = "ko") -> threading.Thread | None:
    """Start loading what a language needs beside other work; ``None`` if there is nothing."""
    if language != "ko":
        return None
    thread = threading.Thread(target=_kiwi, name="openbook-kiwi", daemon=True)
    thread.start()
    return thread


def tagged(run: str) -> list[tuple[str, int, int]]:
    """Tag, start and length of each morpheme of a run of Hangul."""
    return [(t.tag.split("-")[0], t.start, t.len) for t in _kiwi().tokenize(run[:LONGEST_RUN])]


def _terms(text: str, runs: Sequence[_Pair], query: bool) -> Terms:
    words, grams = words_and_grams(text)
    words += [pair[0] for pair in runs if pair[0]]
    grams += [pair[1] for pair in runs if pair[1]]
    if not text.isascii():
        signs = _ideographs(text)
        words += signs
        grams += signs
    terms = Terms(" ".join(words), " ".join(grams))
    return Terms(_first(terms.words), _first(terms.grams)) if query else terms


def _first(terms: str) -> str:
    return " ".join(terms.split(" ", LONGEST_QUERY)[:LONGEST_QUERY])


def _learn(runs: Iterable[str]) -> dict[str, _Pair]:
    """Words and grams of each run, from memory or from Kiwi."""
    wanted = set(runs)
    if len(_RUNS) > REMEMBERED:
        _RUNS.clear()
    known = {run: pair for run in wanted if (pair := _RUNS.get(run)) is not None}
    new = sorted(wanted - known.keys())
    for start in range(0, len(new), BATCH):
        chunk = new[start : start + BATCH]
        for run, tokens in zip(chunk, _kiwi().tokenize(chunk), strict=True):
            known[run] = _RUNS[run] = _of_run(run, tokens)
    return known


def _of_run(run: str, tokens: Iterable[Any]) -> _Pair:
    """Morphemes that carry meaning; bigrams, unless the run is all particles and endings."""
    kept = [
        token.form
        for token in tokens
        if (tag := token.tag.split("-")[0]) in _KEEP
        and not (tag[0] == "V" and token.form in _LIGHT)
        and " " not in token.form
    ]
    if not kept:
        return "", ""
    grams = [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return sys.intern(" ".join(kept)), " ".join(grams)


def _ideographs(text: str) -> list[str]:
    """Bigrams of Chinese characters and kana, which have no spaces to cut at."""
    found = []
    for run in _IDEOGRAPHS.findall(text):
        found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return found


def _kiwi() -> Any:
    with _LOCK:
        return _load_kiwi()


@lru_cache(maxsize=1)
def _load_kiwi() -> Any:
    """Kiwi without its typo and multi-word dictionaries, which cost a second to load."""
    from kiwipiepy import Kiwi

    return Kiwi(load_typo_dict=False, load_multi_dict=False)
