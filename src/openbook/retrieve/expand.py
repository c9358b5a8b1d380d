"""Questions given further search terms: other spellings, synonyms, names, related terms.

The question's text stays as it is; the terms go into ``Query.expansions`` with weights, beside
what stands there already. A weight of 1 counts as much as a word of the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from openbook.errors import InputError
from openbook.knowledge.snapshot import Snapshot
from openbook.retrieve.entities import entities, known
from openbook.retrieve.glossary import Glossary
from openbook.retrieve.numbers import spellings
from openbook.retrieve.related import feedback
from openbook.stage import Runtime, Stage
from openbook.text.terms import analyse
from openbook.types import Query

RELATED = 10
"""Related terms added, at most."""


@dataclass(frozen=True)
class Expand(Stage[Query, Query]):
    """Adds search terms to a question. Each parameter is the weight of a kind of term; 0 leaves
    the kind out.

    Args:
        glossary: synonyms from the project's glossary. A small weight finds what only the synonym
            names (in another language, say) and disturbs little what the question names itself.
        numbers: other spellings of numbers, dates and amounts.
        entities: names, once more as phrases: those that are titles or headings of the knowledge
            base or stand in the glossary, Korean proper nouns and English capitals.
        related: terms of the first passages found, all together beside the question's words.
    """

    glossary: float = 0.15
    numbers: float = 0.5
    entities: float = 0.0
    related: float = 0.0

    def __post_init__(self) -> None:
        for part in fields(self):
            value = getattr(self, part.name)
            if not 0.0 <= value <= 2.0:
                raise InputError(
                    f"{part.name} = {value} is not accepted",
                    where="expand",
                    fix="Give a weight in [0, 2]; 0 for none.",
                )

    @property
    def resources(self) -> tuple[tuple[type, str], ...]:
        """The glossary, where it is used."""
        return ((Glossary, ""),) if self.glossary or self.entities else ()

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[Query]:
        """One query a query. Asks the runtime for a :class:`Glossary` and, where names or related
        terms are wanted, for a :class:`~openbook.knowledge.snapshot.Snapshot`.
        """
        glossary = runtime.resolve(Glossary) if self.glossary or self.entities else Glossary()
        labels = known(runtime.resolve(Snapshot)) if self.entities else frozenset()
        related = self._related(batch, runtime)
        return [
            self._one(query, glossary, labels, more)
            for query, more in zip(batch, related, strict=True)
        ]

    def _one(
        self,
        query: Query,
        glossary: Glossary,
        labels: frozenset[str],
        related: Sequence[tuple[str, float]],
    ) -> Query:
        found: list[tuple[str, float]] = list(query.expansions)
        if self.glossary:
            found += [(name, self.glossary) for name in glossary.synonyms(query.text)]
        if self.numbers:
            found += [(spelling, self.numbers) for spelling in spellings(query.text)]
        if self.entities:
            names = dict.fromkeys([*entities(query.text, labels), *glossary.names(query.text)])
            found += [(name, self.entities) for name in names]
        found += related
        if len(found) == len(query.expansions):
            return query
        return replace(query, expansions=tuple(dict.fromkeys(found)))

    def _related(self, batch: Sequence[Query], runtime: Runtime) -> list[list[tuple[str, float]]]:
        if not self.related:
            return [[] for _ in batch]
        terms = [cut.words for cut in analyse([query.text for query in batch], query=True)]
        return feedback(runtime.resolve(Snapshot), terms, batch, RELATED, self.related)
