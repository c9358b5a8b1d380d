"""Stretches of a sentence that could be a short answer, by rules: English runs of content
words, Korean noun phrases without their particles, both without the question's own words.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

Span = tuple[int, int]

_STOP = frozenset(
    """
    a an the of in on at to for from by with and or but nor as that this these those it its
    there here their they them he she his her him i me my we us our you your is are was were
    be been being am do does did done has have had having can could may might must shall
    should will would not no also only such than then so if while when where which who whom
    whose what how why because due since until after before during between among into onto
    over under about against through across out up down off however although though both
    either neither each every all any some many much more most other another same own very too
    just even still yet again ever never often usually generally called known named became
    become becomes made make makes used use uses including include includes included according
    within without upon per via
    """.split()  # noqa: SIM905
)
_WORD = re.compile(r"[^\W_]+(?:[-'’.&/][^\W_]+)*|%|\$")
_NOUN = frozenset(("NNG", "NNP", "NR", "SN", "SL", "SH", "XPN", "XSN", "NNB", "SW", "SO"))
_LINK = frozenset("·-~∼&:%,.")
_QUOTED = re.compile(r"[“‘\"'《〈「『]([^”’\"'》〉」』]{1,40})[”’\"'》〉」』]")


def english(text: str, asked: frozenset[str]) -> list[Span]:
    """Runs of words that are neither function words nor the question's (compared by their
    first five letters), parted by punctuation; ``of`` may join two.
    """
    found: list[Span] = []
    run: list[re.Match[str]] = []
    last = 0
    for word in _WORD.finditer(text):
        low = word.group().lower()
        parted = bool(re.search(r"[,;:()\[\]\"“”—–]|\. ", text[last : word.start()]))
        if run and (parted or (low in _STOP and low != "of") or low[:5] in asked):
            found += _closed(run)
            run = []
        if low[:5] not in asked and (low not in _STOP or (low == "of" and run)):
            run.append(word)
        last = word.end()
    return found + _closed(run)


def _closed(run: list[re.Match[str]]) -> list[Span]:
    while run and run[-1].group().lower() == "of":
        run.pop()
    return [(run[0].start(), run[-1].end())] if run else []


def english_words(question: str) -> frozenset[str]:
    """The beginnings of a question's content words."""
    words = (match.group().lower() for match in _WORD.finditer(question))
    return frozenset(word[:5] for word in words if word not in _STOP)


@lru_cache(maxsize=1)
def _kiwi() -> Any:
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=1)


@lru_cache(maxsize=1 << 14)
def _tokens(text: str) -> tuple[tuple[str, str, int, int], ...]:
    return tuple((t.form, str(t.tag), t.start, t.start + t.len) for t in _kiwi().tokenize(text))


def korean(text: str, asked: frozenset[str]) -> list[Span]:
    """Noun phrases: runs of nouns, numbers and Latin words at most a space apart, without
    particles and without the question's nouns; and what stands in quotation marks.
    """
    found = [match.span(1) for match in _QUOTED.finditer(text)]
    run: list[tuple[str, str, int, int]] = []
    for token in _tokens(text):
        form, tag, start, _ = token
        joined = bool(run) and text[run[-1][3] : start] in ("", " ")
        noun = tag in _NOUN or (run and form in _LINK and run[-1][3] == start)
        if not noun or not joined or form in asked:
            found += _trimmed(run)
            run = []
        if noun and form not in asked and not (not run and (form in _LINK or tag == "NNB")):
            run.append(token)
    return found + _trimmed(run)


def _trimmed(run: list[tuple[str, str, int, int]]) -> list[Span]:
    held = list(run)
    while held and held[-1][0] in _LINK and held[-1][0] != "%":
        held.pop()
    return [(held[0][2], held[-1][3])] if held else []


def korean_words(question: str) -> frozenset[str]:
    """The nouns of a question."""
    return frozenset(f for f, tag, _, _ in _tokens(question) if tag in _NOUN and len(f) > 1)


def phrases(text: str, question: str, language: str) -> list[Span]:
    """Candidate spans of a sentence for a question."""
    if language == "ko":
        return korean(text, korean_words(question))
    return english(text, english_words(question))
