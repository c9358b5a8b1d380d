"""What a question must stand before it is kept: each check has a name, and its drops are counted.

answer      the answer stands in its quote, the quote in its passage, neither in the question
generic     the question says what it is about, by its own words or by its document's name
duplicate   no kept question asks nearly the same
ambiguous   no other passage gives another answer to the same words
round trip  lexical retrieval finds the passage again among the first ``k``
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from openbook.retrieve.lexical import Lexical
from openbook.stage import Runtime
from openbook.synthesize.asked import Asked, scoped
from openbook.synthesize.near import alike, holds, terms
from openbook.text import overlap
from openbook.types import Query, Ranking, digest

NAMED = 6
"""One question in so many names its document although it need not, for near misses do."""

K = 5
"""Passages among which a question must find its own."""

CLEAR = 12.0
"""Nats (rarities added) from which on a question's own words say what it is about: about three
words that are not common.
"""

GENERIC = 5.0
"""Nats below which naming the document does not help either."""


@dataclass
class Dropped:
    """How many were dropped, by reason."""

    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, reason: str, n: int = 1) -> None:
        """Count some."""
        if n:
            self.reasons[reason] += n

    def __str__(self) -> str:
        return ", ".join(f"{reason} {n:,}" for reason, n in self.reasons.most_common()) or "none"


def answered(asked: Asked) -> bool:
    """Whether the answer stands in the quote, the quote in the passage, and neither is told by
    the question.
    """
    if not asked.answers or asked.quote not in asked.passage.text:
        return False
    return holds(asked.quote, asked.answers[:1]) and not holds(asked.text, asked.answers)


def weight(text: str) -> float:
    """How much the words of a question say by themselves: the sum of their rarities, in nats."""
    return float(sum(overlap.rarity(term.form) for term in overlap.terms(text)))


_WITHIN = re.compile(
    r"제\d+[조장절관]|(?<![가-힣])(?:이|본) (?:법|영|규칙|규정|지침|문서|약관|계약|안내)|"
    r"\bthis (?:policy|document|guide|agreement|code|handbook|manual|article)\b",
    re.I,
)
"""What can only be understood together with the document's name."""


def naming(asked: Asked) -> Asked | None:
    """A question that says what it is about: as it is, or with its document named; None where it
    names nothing ("What is the amount?").
    """
    said = weight(asked.text)
    other = scoped(asked.text, asked.passage)
    if _WITHIN.search(asked.text):
        said = min(said, CLEAR - 1)
    if said >= CLEAR and not (other and int(digest(asked.text), 16) % NAMED == 0):
        return asked
    return replace(asked, text=other) if said >= GENERIC and other else None


def unambiguous(found: Iterable[Asked], dropped: Dropped) -> list[Asked]:
    """Questions whose words ask for one thing only; the others with their document named, where
    that parts them.
    """
    every = list(found)
    meant: dict[str, set[tuple[str, ...]]] = {}
    for asked in every:
        meant.setdefault(asked.text, set()).add(asked.answers)
    told = [
        replace(asked, text=scoped(asked.text, asked.passage) or asked.text)
        if len(meant[asked.text]) > 1
        else asked
        for asked in every
    ]
    kept: dict[str, Asked] = {}
    clashing: set[str] = set()
    for asked in told:
        if kept.setdefault(asked.text, asked).answers != asked.answers:
            clashing.add(asked.text)
    clear = [asked for text, asked in kept.items() if text not in clashing]
    dropped.add("ambiguous", sum(asked.text in clashing for asked in told))
    return clear


def returning(found: Sequence[Asked], runtime: Runtime, k: int, dropped: Dropped) -> list[Asked]:
    """Questions that retrieval leads back to their passage. One whose words lead to another
    document first names its own document, where it has a name to give.
    """
    rankings = _ranked([asked.text for asked in found], runtime, k)
    again: dict[int, Asked] = {}
    kept: dict[int, Asked] = {}
    for at, (asked, ranking) in enumerate(zip(found, rankings, strict=True)):
        first = ranking.passages[:1]
        if first and first[0].document_id == asked.passage.document_id and _among(asked, ranking):
            kept[at] = asked
        elif other := scoped(asked.text, asked.passage):
            again[at] = replace(asked, text=other)
        elif _among(asked, ranking):
            kept[at] = asked
    rankings = _ranked([asked.text for asked in again.values()], runtime, k)
    for (at, asked), ranking in zip(again.items(), rankings, strict=True):
        if _among(asked, ranking):
            kept[at] = asked
    dropped.add("round trip", len(found) - len(kept))
    return [kept[at] for at in sorted(kept)]


def _ranked(texts: Sequence[str], runtime: Runtime, k: int) -> list[Ranking]:
    return runtime.run(Lexical(k=k), [Query(text) for text in texts]) if texts else []


def _among(asked: Asked, ranking: Ranking) -> bool:
    return any(passage.id == asked.passage.id for passage in ranking.passages)


@dataclass
class Distinct:
    """Remembers the questions that were kept, to tell near-duplicates of them."""

    seen: list[frozenset[str]] = field(default_factory=list)
    by_term: dict[str, list[int]] = field(default_factory=dict)

    def add(self, text: str) -> bool:
        """Keep a question, unless it asks what a kept one does; says which."""
        own = terms(text)
        near = Counter(at for term in sorted(own) for at in self.by_term.get(term, ()))
        if any(alike(own, self.seen[at]) for at, _ in near.most_common(50)):
            return False
        for term in own:
            self.by_term.setdefault(term, []).append(len(self.seen))
        self.seen.append(own)
        return True
