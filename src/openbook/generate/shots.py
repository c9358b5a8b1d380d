"""Solved examples for few-shot prompting, chosen by how like the question they are.

Choosing the likest examples for each question: Liu et al., "What Makes Good In-Context
Examples for GPT-3?", arXiv:2101.06804.

An example may never give the answer away. Only examples of the split ``train`` are used (all,
where a file says no splits), never the question itself, by its id or its words, and, where the
file knows the question, never one about a document that the question is about.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from openbook.errors import QuestionsError
from openbook.stage import Runtime
from openbook.text.language import detect
from openbook.text.terms import analyse
from openbook.types import Encoder, Example, Query

SIMILARITIES = ("encoder", "terms")
"""By the cosine of an encoder's vectors, or by the share of terms in common (Jaccard)."""


@dataclass(frozen=True, eq=False)
class Shots:
    """The examples of a question file. ``known`` are all its questions, by which it is told
    what a question is about; ``pool`` are those that may be shown."""

    known: tuple[Example, ...]
    pool: tuple[Example, ...]

    @classmethod
    def of(cls, examples: Sequence[Example], where: str = "") -> Shots:
        """The answered questions of the split ``train``; all, where no question has a split.

        Raises:
            QuestionsError: there are none.
        """
        parted = any(example.split for example in examples)
        pool = tuple(
            example
            for example in examples
            if example.answers and example.answerable is not False
            if example.split == "train" or not parted
        )
        if not pool:
            raise QuestionsError(
                "has no answered question of the split train",
                where=where,
                fix='Give "answers", and "split": "train" where questions have a split.',
            )
        return cls(tuple(examples), pool)

    @classmethod
    def shipped(cls) -> Shots:
        """A dozen of general knowledge in each language: they show the form of an answer."""
        return _shipped()

    def allowed(self, query: Query) -> list[int]:
        """Positions in the pool of examples that give nothing away, of the question's language
        where there are any."""
        same = _plain(query.text)
        asked = [e for e in self.known if (query.id and e.id == query.id) or _plain(e.text) == same]
        taken = {e.id for e in asked}
        about = {_document(gold) for e in asked for gold in e.gold}
        free = [
            at
            for at, e in enumerate(self.pool)
            if e.id not in taken and about.isdisjoint(map(_document, e.gold))
        ]
        language = detect(query.text)
        return [at for at in free if self._languages[at] == language] or free

    @cached_property
    def _languages(self) -> list[str]:
        return [e.language or detect(e.text) for e in self.pool]

    @cached_property
    def terms(self) -> list[frozenset[str]]:
        """The terms of each example's question."""
        return [frozenset(t.words.split()) for t in analyse([e.text for e in self.pool])]

    def vectors(self, encoder: Encoder) -> NDArray[np.float32]:
        """The examples' questions as unit vectors, shape ``(pool, dimension)``; made once."""
        made: dict[str, NDArray[np.float32]] = self.__dict__.setdefault("_made", {})
        if encoder.name not in made:
            made[encoder.name] = encoder.encode_queries([e.text for e in self.pool])
        return made[encoder.name]


def chosen(
    batch: Sequence[Query], shots: Shots, count: int, similarity: str, runtime: Runtime
) -> list[list[Example]]:
    """For each question its ``count`` likest allowed examples, the likest last."""
    likeness = _by_encoder if similarity == "encoder" else _by_terms
    values = likeness(batch, shots, runtime)
    found = []
    for query, row in zip(batch, values, strict=True):
        order = sorted(shots.allowed(query), key=lambda at: (-row[at], shots.pool[at].id))
        found.append([shots.pool[at] for at in reversed(order[:count])])
    return found


def _by_encoder(batch: Sequence[Query], shots: Shots, runtime: Runtime) -> NDArray[np.float32]:
    encoder = runtime.resolve(Encoder)  # type: ignore[type-abstract]
    asked = encoder.encode_queries([query.text for query in batch])
    return asked @ shots.vectors(encoder).T


def _by_terms(batch: Sequence[Query], shots: Shots, runtime: Runtime) -> NDArray[np.float32]:
    asked = [frozenset(t.words.split()) for t in analyse([q.text for q in batch], query=True)]
    rows = [[len(a & b) / max(1, len(a | b)) for b in shots.terms] for a in asked]
    return np.asarray(rows, np.float32).reshape(len(batch), len(shots.pool))


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())


def _document(gold: str) -> str:
    """The document of a gold id, which may be a passage's (``document#3``)."""
    return gold.partition("#")[0]


@lru_cache(maxsize=1)
def _shipped() -> Shots:
    text = resources.files("openbook.generate").joinpath("shots.jsonl").read_text("utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    return Shots.of(
        [Example(r["_id"], r["text"], (r["answer"],), language=r["_id"][:2]) for r in rows]
    )
