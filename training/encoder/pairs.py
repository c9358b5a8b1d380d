"""Stage two: texts as numbers of pieces, and pairs of spans in them that belong together.

A pair is a row of seven numbers: its group (members of one group are never each other's
negatives), the span of its first text, the span of its second, and the span of a title that
is read before the second (empty where there is none). Spans lie in one array of all pieces.

    title     title -> passage              near     sentence -> the passage beside it
    inside    sentence -> passage around it crop     two passages of one document
    squad     question -> its paragraph     law      heading of an article -> the article
    page      page -> its translation       heading  title -> its translation
    mixed     title -> translated page      line     line -> its translation
    term      term -> what stands in brackets after it in the other language
    word      entry of the glossary
    article   encyclopedia article -> the one in the other language
    guide     title -> page of documentation, in one language
"""

from __future__ import annotations

import json
import re
from array import array
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import sources
from config import Config, Pairs
from numpy.typing import NDArray

from openbook.models.wordpiece import WordPiece
from openbook.text.sentences import sentences

Span = tuple[int, int]
NONE: Span = (0, 0)

_ENGLISH = r"[A-Za-z][A-Za-z0-9 .,'&/-]{2,60}?"
_TERM = re.compile(
    rf"((?:[가-힣0-9]+ ){{0,5}}[가-힣]+)\s?\((?:영어|영문|英)?\s?:?\s*({_ENGLISH})\s*[,;/)、]"
)
_NAMED = re.compile(rf"\((?:[^()]*?[,;] ?)?(?:영어|영문명?|英)?\s?:?\s*({_ENGLISH})\s*[,;)]")
_ENDING = re.compile(r"(?:은|는|이|가|을|를|의|과|와|로|으로|에서|에|인|이란|란)$")


class Store:
    """All texts as one array of piece numbers, and the pairs by source."""

    def __init__(self, pieces: WordPiece) -> None:
        self.pieces = pieces
        self.tokens = array("H")
        self.pairs: dict[str, list[tuple[int, ...]]] = defaultdict(list)
        self.groups = 0

    def add(self, text: str) -> Span:
        """Put a text at the end; where it stands."""
        start = len(self.tokens)
        self.tokens.extend(self.pieces.numbers(text))
        return start, len(self.tokens)

    def group(self) -> int:
        """A new group."""
        self.groups += 1
        return self.groups

    def pair(self, source: str, group: int, first: Span, second: Span, title: Span = NONE) -> None:
        """Keep a pair, unless one of its texts is empty."""
        if first[0] < first[1] and second[0] < second[1]:
            self.pairs[source].append((group, *first, *second, *title))

    def save(self, out: Path) -> None:
        """``pieces.npy`` and ``pairs.npz``."""
        np.save(out / "pieces.npy", np.frombuffer(self.tokens, np.uint16))
        rows = {name: np.array(rows, np.int32) for name, rows in sorted(self.pairs.items())}
        with (out / "pairs.part").open("wb") as file:
            np.savez(file, **rows)
        (out / "pairs.part").replace(out / "pairs.npz")


def make(data: Path, out: Path, config: Config) -> None:
    """Write ``pieces.npy`` and ``pairs.npz`` to a folder, unless they are there."""
    if (out / "pairs.npz").is_file():
        return
    description = json.loads((out / "tokenizer.json").read_text("utf-8"))
    store = Store(WordPiece.of(description, str(out)))
    random = np.random.default_rng(config.seed)
    english: dict[str, tuple[int, Span]] = {}
    for document in sources.documents(data, "en"):
        group, opening = encyclopedia(store, document, "en", config.pairs, random)
        english[document.title.casefold()] = group, opening
    for document in sources.documents(data, "ko"):
        _, opening = encyclopedia(store, document, "ko", config.pairs, random)
        across(store, document, opening, english)
    questions(store, data)
    documentation(store, data)
    glossary(store)
    for name, articles in sources.laws(data):
        statute(store, name, articles, config.pairs, random)
    store.save(out)


def encyclopedia(
    store: Store, document: sources.Document, language: str, config: Pairs, random: Any
) -> tuple[int, Span]:
    """Pairs within one article. Gives its group and the span of its title and opening."""
    group = store.group()
    title = store.add(document.title)
    bounds = [title[1]]
    for start, end in sentences(document.text):
        store.tokens.extend(store.pieces.numbers(document.text[start:end]))
        if len(store.tokens) > bounds[-1]:
            bounds.append(len(store.tokens))
    opening = (title[0], min(bounds[-1], title[1] + config.window))
    most = config.english if language == "en" else config.korean
    for _ in range(config.passes):
        count = min(most, 1 + len(bounds) // 2)
        windows(store, (language, group, title), bounds, count, random)
    return group, opening


def windows(
    store: Store, owner: tuple[str, int, Span], bounds: Sequence[int], count: int, random: Any
) -> None:
    """Pairs of windows in an article (language, group, title) with sentences at ``bounds``."""
    language, group, title = owner
    last = len(bounds) - 1
    if last < 1:
        return
    draws = random.random((count, 4))
    for kind, place, length, titled in draws.tolist():
        at = int(place * last)
        one = (bounds[at], bounds[at + 1])
        size = 24 + int(length * 120)
        before = title if titled < 0.5 else NONE
        if kind < 0.2:
            store.pair(f"{language}-title", group, title, reach(bounds, at, size))
        elif kind < 0.45:
            store.pair(
                f"{language}-inside", group, one, reach(bounds, max(0, at - 1), size), before
            )
        elif kind < 0.75 and last > 1:
            near = reach(bounds, at + 1, size) if at + 1 < last else back(bounds, at, size)
            store.pair(f"{language}-near", group, one, near, before)
        elif last > 3:
            other = (at + 2 + int(titled * (last - 3))) % last
            store.pair(f"{language}-crop", group, reach(bounds, at, 64), reach(bounds, other, size))


def reach(bounds: Sequence[int], at: int, size: int) -> Span:
    """Whole sentences from the ``at``-th on, about ``size`` pieces, at most half as many again."""
    start, stop = bounds[at], at + 1
    while stop + 1 < len(bounds) and bounds[stop] - start < size:
        stop += 1
    return start, min(bounds[stop], start + size * 3 // 2)


def back(bounds: Sequence[int], at: int, size: int) -> Span:
    """Whole sentences before the ``at``-th, about ``size`` pieces."""
    first = at
    while first > 0 and bounds[at] - bounds[first] < size:
        first -= 1
    return bounds[first], bounds[at]


def across(
    store: Store, document: sources.Document, opening: Span, english: dict[str, tuple[int, Span]]
) -> None:
    """Pairs of a Korean article with English terms, and with the English article."""
    head = document.text[:200]
    named = _NAMED.search(head)
    title = re.sub(r" ?\([^)]*\)$", "", document.title)
    if named and named.start() < len(document.title) + 12:
        name = named[1].strip(" .,")
        store.pair("term", store.group(), store.add(title), store.add(name))
        match = english.get(name.casefold())
        if match:
            store.pair("article", match[0], opening, match[1])
    for found in _TERM.finditer(document.text):
        name = found[2].strip(" .,")
        size = min(6, len(name.split()))
        korean = " ".join(found[1].split()[-size:])
        if not _ENDING.search(korean) or len(korean) > 4:
            store.pair("term", store.group(), store.add(korean), store.add(name))


def questions(store: Store, data: Path) -> None:
    """Questions of SQuAD train with their paragraphs."""
    placed: dict[str, tuple[int, Span, Span]] = {}
    for question in sources.questions(data):
        if question.passage not in placed:
            title = store.add(question.title)
            placed[question.passage] = store.group(), title, store.add(question.passage)
        group, title, passage = placed[question.passage]
        store.pair("squad", group, store.add(question.text), passage, title)


def documentation(store: Store, data: Path) -> None:
    """Aligned pages: whole, titles, titles with pages, lines."""
    for page in sources.aligned(data)["train"]:
        group = store.group()
        head = {"en": store.add(page.en.title)}
        body = {"en": store.add(page.en.text)}
        head["ko"] = store.add(page.ko.title)
        body["ko"] = store.add(page.ko.text)
        whole = {side: (head[side][0], body[side][1]) for side in ("en", "ko")}
        store.pair("page", group, whole["ko"], whole["en"])
        store.pair("heading", group, head["ko"], head["en"])
        for this, other in (("ko", "en"), ("en", "ko")):
            store.pair("mixed", group, head[this], whole[other])
            store.pair("guide", group, head[this], body[this])
        english, korean = page.en.text.splitlines(), page.ko.text.splitlines()
        # The last line of an opening is cut somewhere, in each language elsewhere.
        if len(english) == len(korean):
            for left, right in zip(korean[:-1], english[:-1], strict=True):
                store.pair("line", store.group(), store.add(left), store.add(right))


def glossary(store: Store) -> None:
    """Common words in both languages; what means the same is one group."""
    groups: dict[str, int] = {}
    for korean, english in sources.glossary():
        group = groups.get(korean) or groups.get(english) or store.group()
        groups.setdefault(korean, group)
        groups.setdefault(english, group)
        store.pair("word", group, store.add(korean), store.add(english))


def statute(
    store: Store, name: str, articles: Sequence[sources.Document], config: Pairs, random: Any
) -> None:
    """Headings of a law's articles with what they say."""
    if not articles:
        return
    title = store.add(name)
    some = random.permutation(len(articles))[: config.statutes]
    for at in some.tolist():
        heading = store.add(articles[at].title)
        text = store.add(articles[at].text[:500])
        store.pair("law", store.group(), heading, text, title if at % 2 else NONE)


def load(out: Path) -> tuple[NDArray[np.uint16], dict[str, NDArray[np.int32]]]:
    """What :func:`make` wrote."""
    with np.load(out / "pairs.npz") as held:
        return np.load(out / "pieces.npy", mmap_mode="r"), {name: held[name] for name in held}
