"""Questions that the documents nearly answer: another name in a question that has an answer.

A near miss asks for a property that some rows have of something that has none (the column is
not in its row), or of something that no document knows (another number in its code). It is kept
only if no passage that retrieval finds for it holds both the name and what is asked for. That is
as far as words can tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from openbook.retrieve.lexical import Lexical
from openbook.stage import Runtime
from openbook.synthesize.asked import Asked, scope, scoped, unscoped
from openbook.synthesize.checks import CLEAR, Distinct, Dropped, weight
from openbook.synthesize.korean import agreeing
from openbook.synthesize.near import terms
from openbook.synthesize.rules.table import key_column, tables
from openbook.synthesize.shelf import Shelf, drawing
from openbook.text.language import detect
from openbook.text.terms import analyse
from openbook.types import Passage, Query, Split

DEPTH = 20
"""Passages in which an answer is looked for."""

HELD = 0.6
"""Share of the terms of what is asked for that must not stand beside the name."""

TRIES = 4
"""Names tried for each question."""

LEAST = 3
"""Passages of a document that is asked about by its name, unless that says what it is."""

_TEXT = re.compile(
    r"(?:규정|지침|안내|절차|기준|정책|설명서|노트|법|법률|가이드|매뉴얼)$|"
    r"\b(?:policy|guide|manual|handbook|notes|rules|plans?|code|terms|act|agreement)\b",
    re.I,
)

VAGUE = frozenset(["항목", "구분", "내용", "item", "kind"])
"""Names of columns that say nothing of what stands in them."""

SWAPPED, ALTERED, ELSEWHERE = "rules:swapped", "rules:altered", "rules:elsewhere"
_CODE = re.compile(
    r"(?<![\w.,])(?=[A-Za-z가-힣-]*\d)(?=\d*[A-Za-z])[A-Za-z\d]+(?:-[A-Za-z\d]+)*(?![\w])"
)

Confirm = Callable[[Sequence[Asked]], list[bool]]


@dataclass(frozen=True)
class Near:
    """Where near misses are made."""

    shelf: Shelf
    split: Mapping[str, Split]
    runtime: Runtime
    seed: int

    @cached_property
    def names(self) -> dict[tuple[str, ...], list[str]]:
        """Names of rows: by document, and by split and the name of their column."""
        found: dict[tuple[str, ...], dict[str, None]] = {}
        for document, passages in self.shelf.documents.items():
            for table in tables(passages).values():
                key = key_column(table)
                for _, _, row in table if key else ():
                    name = dict(row).get(key, "")
                    if 2 <= len(name) <= 40:
                        found.setdefault((document,), {})[name] = None
                        found.setdefault((self.split[document], key.casefold()), {})[name] = None
        return {where: list(names) for where, names in found.items()}

    def pool(self, asked: Asked) -> list[str]:
        """Names that may stand in place of a question's: of the same sort in other tables, then
        those of its own document.
        """
        document = asked.passage.document_id
        sort: tuple[str, ...] = (self.split[document], asked.kind)
        near = [] if asked.kind in VAGUE else self.names.get(sort, [])
        rng = drawing(self.seed, "names", asked.text)
        near, own = list(near), list(self.names.get((document,), []))
        rng.shuffle(near)
        rng.shuffle(own)
        found = dict.fromkeys([*near, *own])
        return [n for n in found if n not in asked.text and shape(n) == shape(asked.topic)][:TRIES]

    def tried(self, asked: Asked) -> Iterator[Asked]:
        """A question with another name in it."""
        code = _CODE.search(asked.topic or asked.text)
        if code:
            other = _altered(code[0], drawing(self.seed, code[0]).randrange(1, 9))
            text = asked.text.replace(code[0], other)
            if text != asked.text and other.casefold() not in self._everything:
                yield _missing(asked, text, other, ALTERED)
        if asked.topic and asked.topic in asked.text:
            for name in self.pool(asked):
                yield _missing(asked, _renamed(asked.text, asked.topic, name), name, SWAPPED)

    def elsewhere(self, asked: Asked) -> Iterator[Asked]:
        """The question of another document, by its name: of those that it leads to next."""
        bare = unscoped(asked.text)
        if bare.startswith("「"):
            return
        here = (self.split[asked.passage.document_id], asked.language)
        (ranking,) = self.runtime.run(Lexical(k=DEPTH), [Query(bare)])
        near = dict.fromkeys(scope(passage) for passage in ranking.passages)
        others = [t for t in near if t in self.titles.get(here, {}) and t != scope(asked.passage)]
        for title in others[:TRIES]:
            text = scoped(bare, self.titles[here][title])
            if text:
                yield replace(
                    asked, text=text, answers=(), quote="", source=ELSEWHERE, topic=title,
                    wanted=bare,
                )  # fmt: skip

    @cached_property
    def titles(self) -> dict[tuple[Split, str], dict[str, Passage]]:
        """A passage of each document that has a name, by split, language and name."""
        found: dict[tuple[Split, str], dict[str, Passage]] = {}
        for document, passages in self.shelf.documents.items():
            title = scope(passages[0])
            if title and (len(passages) >= LEAST or _TEXT.search(title)):
                where = (self.split[document], self.shelf.languages[document])
                found.setdefault(where, {}).setdefault(title, passages[0])
        return found

    @cached_property
    def _everything(self) -> str:
        return "\n".join(passage.text for passage in self.shelf.passages).casefold()

    def answered(self, asked: Sequence[Asked]) -> list[bool]:
        """Whether some passage may answer them."""
        queries = [Query(f"{one.topic} {one.wanted or one.text}") for one in asked]
        rankings = self.runtime.run(Lexical(k=DEPTH), queries)
        return [
            any(_tells(passage, one) for passage in ranking.passages)
            for one, ranking in zip(asked, rankings, strict=True)
        ]


def near_misses(
    near: Near, kept: Sequence[Asked], n: int, dropped: Dropped, confirm: Confirm | None = None
) -> list[Asked]:
    """``n`` near misses of some questions, or as many as can be made.

    Args:
        confirm: a further judge, a language model that reads what retrieval finds.
    """
    found: list[Asked] = []
    distinct = Distinct()
    for asked in kept:
        distinct.add(asked.text)
    order = list(kept)
    drawing(near.seed, "misses").shuffle(order)
    for ways in (near.tried, near.elsewhere):
        rest = []
        for asked in order:  # one of each question before a second of any
            if len(found) < n:
                free = _free(list(ways(asked)), near, dropped)
                rest.append(_take(free, found, distinct, dropped, confirm))
        while any(rest) and len(found) < n:
            rest = [
                _take(left, found, distinct, dropped, confirm) if len(found) < n else left
                for left in rest
                if left
            ]
    return found


def _free(tries: list[Asked], near: Near, dropped: Dropped) -> list[Asked]:
    """Those that no passage answers."""
    told = near.answered(tries) if tries else []
    dropped.add("near miss is answered", sum(told))
    return [one for one, answered in zip(tries, told, strict=True) if not answered]


def _take(
    free: list[Asked],
    found: list[Asked],
    distinct: Distinct,
    dropped: Dropped,
    confirm: Confirm | None,
) -> list[Asked]:
    """Keep the first of some near misses that stands the last checks; what is left of them."""
    for at, one in enumerate(free):
        if not distinct.add(one.text):
            continue
        if confirm is not None and not confirm([one])[0]:
            dropped.add("near miss is answered by the model")
            continue
        found.append(one)
        return free[at + 1 :]
    return []


def shape(name: str) -> tuple[object, ...]:
    """How a name looks: what stands in its place should look alike.

    >>> shape("Soom A3") == shape("Hub H2"), shape("Korea") == shape("local network")
    (True, False)
    """
    words = len(name.split())
    return (
        detect(name),
        name[:1].isupper(),
        any(sign.isdigit() for sign in name),
        any(sign in ",.;/@" for sign in name),
        min(words, 2) + (words > 3),
    )


def _tells(passage: Passage, asked: Asked) -> bool:
    """Whether a passage, with its headings, holds the name and most of what is asked for."""
    text = "\n".join((passage.title, *passage.heading, passage.text))
    if _folded(asked.topic) not in _folded(text):
        return False
    wanted = terms(asked.wanted) or terms(asked.text) - terms(asked.topic)
    return not wanted or len(wanted & terms_of(text)) / len(wanted) >= HELD


def _folded(text: str) -> str:
    return re.sub(r"\s+", "", text).casefold()


@lru_cache(maxsize=4096)
def terms_of(text: str) -> frozenset[str]:
    """Terms of a whole passage."""
    return frozenset(analyse([text])[0].words.split())


def _missing(asked: Asked, text: str, name: str, source: str) -> Asked:
    if weight(text) < CLEAR:
        text = scoped(text, asked.passage) or text
    return replace(asked, text=text, answers=(), quote="", source=source, topic=name)


def _altered(code: str, by: int) -> str:
    """A code with another last digit.

    >>> _altered("EQ-104", 3), _altered("A3", 4)
    ('EQ-107', 'A7')
    """
    at = max(i for i, sign in enumerate(code) if sign.isdigit())
    return f"{code[:at]}{(int(code[at]) + by) % 10}{code[at + 1 :]}"


def _renamed(text: str, old: str, new: str) -> str:
    """A question about another thing; Korean particles follow the new name."""
    before, _, after = text.partition(old)
    return before + (agreeing(new, after) if detect(text) == "ko" else new + after)
