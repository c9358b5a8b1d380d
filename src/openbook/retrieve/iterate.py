"""Retrieve, draft, and retrieve again with what the draft brought, until nothing new is found.

A question in two steps ("When was the director of FILM born?") names only the first. Each round
takes up the names that the draft and the first passages bring and the question does not have,
and searches for the question and these names; the best of every round come first.

Source: the loop of retrieval and drafting of Shao et al., "Enhancing Retrieval-Augmented Large
Language Models with Iterative Retrieval-Generation Synergy" (ITER-RETGEN), EMNLP 2023, with the
draft's new names in place of its whole text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from openbook.errors import InputError
from openbook.flow import Repeat
from openbook.knowledge.snapshot import Snapshot
from openbook.retrieve.decompose import together
from openbook.retrieve.entities import entities, folded, known
from openbook.stage import Recall, Runtime, Stage, positive
from openbook.text.dates import MONTHS
from openbook.text.sentences import sentences
from openbook.text.terms import analyse
from openbook.types import Answer, Passage, Query, Ranking

_DATED = re.compile(rf"(?:{'|'.join(MONTHS)})\b")

LEADING = 2
"""Passages from the top of a round's ranking whose names lead on."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What rounds hand on: the question, what is asked next, every round's ranking and what was
    searched for; ``done`` once nothing new came up.
    """

    query: Query
    asked: Query
    rankings: tuple[Ranking, ...] = ()
    tried: tuple[str, ...] = ()
    done: bool = False


@dataclass(frozen=True)
class Round(Stage[Draft, Draft]):
    """One round: retrieve, draft from what was found, and see what is new.

    Args:
        retriever: finds passages.
        draft: answers from them; ``None`` reads the likeliest sentences of the first passages.
        names: new names searched for in the next round, at most.
        weight: of each beside a word of the question.
    """

    retriever: Stage[Query, Ranking]
    draft: Stage[Ranking, Answer] | None = None
    names: int = 3
    weight: float = 1.0

    def within(self, value: Draft, recall: Recall) -> Iterator[tuple[Stage[Draft, Draft], Draft]]:
        """The retriever on what was asked, and the draft of what it found."""
        yield self.retriever, value.asked  # type: ignore[misc]
        found = recall(self.retriever, value.asked)
        if self.draft is not None and found is not None:
            yield self.draft, replace(found, query=value.query)  # type: ignore[misc]

    def run(self, batch: Sequence[Draft], runtime: Runtime) -> list[Draft]:
        """One draft a draft. Asks the runtime for a snapshot, whose titles are known names."""
        rankings = runtime.run(self.retriever, [value.asked for value in batch])
        asked = [replace(r, query=v.query) for r, v in zip(rankings, batch, strict=True)]
        texts = self._drafts(asked, runtime)
        labels = known(runtime.resolve(Snapshot))
        return [
            self._next(value, ranking, text, labels)
            for value, ranking, text in zip(batch, asked, texts, strict=True)
        ]

    def _drafts(self, rankings: Sequence[Ranking], runtime: Runtime) -> list[list[str]]:
        """Texts that lead on, for each ranking, the most telling first."""
        near = [
            [_likeliest(r.query.text, passage) for passage in r.passages[:LEADING]]
            for r in rankings
        ]
        if self.draft is None:
            return near
        answers = runtime.run(self.draft, rankings)
        return [
            [answer.text, *own] if answer.kind == "answered" else own
            for answer, own in zip(answers, near, strict=True)
        ]

    def _next(
        self, value: Draft, ranking: Ranking, texts: Sequence[str], labels: frozenset[str]
    ) -> Draft:
        new = leads(value.query.text, texts, value.tried, labels)[: self.names]
        more = tuple((name, self.weight) for name in new)
        return replace(
            value,
            asked=replace(value.query, expansions=(*value.query.expansions, *more)),
            rankings=(*value.rankings, ranking),
            tried=(*value.tried, *new),
            done=not new,
        )


@dataclass(frozen=True)
class Settled(Stage[Draft, bool]):
    """Whether a round brought nothing new."""

    def run(self, batch: Sequence[Draft], runtime: Runtime) -> list[bool]:
        """One truth value a draft."""
        return [value.done for value in batch]


@dataclass(frozen=True)
class Iterate(Stage[Query, Ranking]):
    """Retrieves in rounds; each round searches for what the last one brought up.

    Args:
        retriever: finds passages.
        draft: answers from them (``Extract()``, or a language model's ``Generate()``); without
            one the likeliest sentences of the first passages lead on.
        k: passages returned.
        rounds: rounds of retrieval, at most.
        seconds: no further round begins after this time; 0 for no limit.
        names: new names searched for in a round, at most.
        weight: of each beside a word of the question, in [0, 2].
    """

    retriever: Stage[Query, Ranking]
    draft: Stage[Ranking, Answer] | None = None
    k: int = 10
    rounds: int = 2
    seconds: float = 0.0
    names: int = 3
    weight: float = 1.0

    def __post_init__(self) -> None:
        positive("iterate", k=self.k, rounds=self.rounds, names=self.names)
        if self.seconds < 0 or not 0.0 <= self.weight <= 2.0:
            raise InputError(
                f"seconds = {self.seconds}, weight = {self.weight} is not accepted",
                where="iterate",
                fix="Give seconds of 0 or more and a weight in [0, 2].",
            )

    @property
    def _loop(self) -> Repeat[Draft]:
        one = Round(self.retriever, self.draft, self.names, self.weight)
        return Repeat(one, Settled(), self.rounds, self.seconds)

    @property
    def inner(self) -> tuple[Stage[Draft, Draft]]:
        """The loop over drafts."""
        return (self._loop,)

    def within(self, value: Query, recall: Recall) -> Iterator[tuple[Stage[Draft, Draft], Draft]]:
        """The loop, from an empty draft."""
        yield self._loop, Draft(value, value)

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[Ranking]:
        """One ranking a query, of the query as it was asked."""
        drafts = runtime.run(self._loop, [Draft(query, query) for query in batch])
        return [together(draft.query, draft.rankings, self.k) for draft in drafts]


def leads(
    question: str, texts: Sequence[str], tried: Sequence[str], labels: frozenset[str]
) -> list[str]:
    """Names of some texts that neither the question has nor an earlier round tried; those that
    the knowledge base has a title or heading for come first.

    >>> leads("Who directed Jaws?", ["Jaws is a film by Steven Spielberg."], (), frozenset())
    ['Steven Spielberg']
    """
    have = folded(question)
    seen = {folded(name) for name in tried}
    found: dict[str, str] = {}
    for text in texts:
        for name in entities(text, labels):
            key = folded(name)
            if len(key) > 1 and key not in have and key not in seen and not _DATED.match(name):
                found.setdefault(key, name)
    return sorted(found.values(), key=lambda name: folded(name) not in labels)


def _likeliest(question: str, passage: Passage) -> str:
    """The sentence of a passage that shares most terms with the question, and its title."""
    spans = sentences(passage.text, passage.language)
    texts = [passage.text[start:end] for start, end in spans]
    if not texts:
        return passage.title
    asked, *read = (set(terms.words.split()) for terms in analyse([question, *texts]))
    best = max(range(len(texts)), key=lambda at: (len(asked & read[at]), -at))
    return texts[best]
