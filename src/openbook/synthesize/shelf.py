"""The passages of a version, by document, in an order that is the same everywhere."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from openbook.errors import KnowledgeError
from openbook.text.language import detect
from openbook.types import Passage, digest


@dataclass(frozen=True)
class Shelf:
    """All passages, sorted by document and place."""

    passages: tuple[Passage, ...]
    version: int = 0

    @classmethod
    def of(cls, passages: Iterable[Passage], version: int = 0) -> Shelf:
        """Passages in any order.

        Raises:
            KnowledgeError: there are none.
        """
        found = tuple(sorted(passages, key=lambda p: (p.document_id, p.start, p.id)))
        if not found:
            raise KnowledgeError(
                "the knowledge base is empty", fix="Add documents: openbook sync FOLDER"
            )
        return cls(found, version)

    @cached_property
    def documents(self) -> Mapping[str, tuple[Passage, ...]]:
        """Passages of each document, in order."""
        found: dict[str, list[Passage]] = {}
        for passage in self.passages:
            found.setdefault(passage.document_id, []).append(passage)
        return {name: tuple(own) for name, own in found.items()}

    @cached_property
    def by_id(self) -> Mapping[str, Passage]:
        """Passages by id."""
        return {passage.id: passage for passage in self.passages}

    @cached_property
    def languages(self) -> Mapping[str, str]:
        """The language of each document: its own, or that of most of its passages."""
        return {name: _language(own) for name, own in self.documents.items()}

    def order(self, seed: int) -> list[str]:
        """Documents in an order that a seed decides."""
        return sorted(self.documents, key=lambda name: digest("order", str(seed), name))


def _language(passages: Sequence[Passage]) -> str:
    stated = Counter(p.language or detect(p.text) for p in passages)
    return min(stated, key=lambda name: (-stated[name], name))


def drawing(seed: int, *parts: str) -> random.Random:
    """A random generator that a seed and some words decide."""
    return random.Random(digest(str(seed), *parts, size=16))
