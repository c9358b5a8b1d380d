"""What a generator learns from: prompts with completions, where they come from, which of them
are held out, and what is mixed in.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from openbook.errors import InputError
from openbook.types import Passage, Prompt, Split, digest


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that a row learnt from: ids, and the hash of its text."""

    passage: str
    document: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A prompt and what should be written after it.

    Args:
        prompt: empty for text that stands alone.
        completion: what is learnt.
        template: the prompt's id.
        id: of the row that it was made from.
        question: as it was asked; empty where there is none.
        document: what rows of one document share; they are never learnt and held out at once.
        split: as the data says; empty where it does not.
        sources: passages that it learnt from.
        version: of the knowledge base that it is of; 0 where nobody says.
        answers: accepted short answers, to measure with; empty where there are none.
    """

    prompt: Prompt
    completion: str
    template: str = ""
    id: str = ""
    question: str = ""
    document: str = ""
    split: Split = ""
    sources: tuple[Source, ...] = ()
    version: int = 0
    answers: tuple[str, ...] = ()


class Sourced(Protocol):
    """What is known of any row: where it comes from, and how it is to be used."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def question(self) -> str: ...  # noqa: D102
    @property
    def document(self) -> str: ...  # noqa: D102
    @property
    def split(self) -> Split: ...  # noqa: D102
    @property
    def sources(self) -> tuple[Source, ...]: ...  # noqa: D102


R = TypeVar("R", bound=Sourced)


@dataclass(frozen=True, slots=True)
class Parts(Generic[R]):
    """Rows to learn, rows held out, and how many test rows were left alone."""

    learnt: list[R]
    held: list[R]
    test: int = 0


def parts(rows: Sequence[R], share: float, seed: int) -> Parts[R]:
    """Rows to learn and rows held out, by document.

    Rows of the split ``dev`` are held out, those of ``test`` left alone. Where no row is of
    ``dev``, a seeded share of the documents is held out; of one document none.

    Raises:
        InputError: nothing is left to learn from.
    """
    test = sum(row.split == "test" for row in rows)
    given = [row for row in rows if row.split == "dev"]
    rest = [row for row in rows if row.split in ("train", "")]
    if not rest:
        raise InputError(
            f"no row is left to learn from: of {len(rows)}, {len(given)} are of the split dev "
            f"and {test} of test",
            fix="Give rows whose split is train, or rows without one.",
        )
    if given or not share:
        return Parts(rest, given, test)
    groups: dict[str, int] = {}
    for number, row in enumerate(rest):
        groups.setdefault(row.document or row.question or str(number), number)
    names = sorted(groups)
    random.Random(f"{seed}/held out").shuffle(names)
    taken = set(names[: max(1, round(share * len(names)))] if len(names) > 1 else ())
    marked = [
        (row, (row.document or row.question or str(number)) in taken)
        for number, row in enumerate(rest)
    ]
    return Parts([r for r, held in marked if not held], [r for r, held in marked if held], test)


def mixed(rows: Sequence[Row], general: Sequence[Row], share: float, seed: int) -> list[Row]:
    """Rows with general ones among them, so many that these make up a share of all.

    Raises:
        InputError: a share that is none.
    """
    if not 0 <= share < 1:
        raise InputError(f"mix_share = {share} is out of range", fix="Give 0 or more, less than 1.")
    if not general or not share:
        return list(rows)
    wanted = max(1, round(len(rows) * share / (1 - share)))
    drawn = random.Random(f"{seed}/mix").sample(list(general), min(wanted, len(general)))
    return [*rows, *(replace(row, sources=()) for row in drawn)]


def identity(rows: Sequence[Row]) -> str:
    """Identifies rows in their order, by what is read and what is learnt."""
    each = (
        digest(row.completion, *(part for m in row.prompt for part in (m.role, m.content)))
        for row in rows
    )
    return digest(*each)


def learnt_from(rows: Iterable[Sourced]) -> list[Mapping[str, Any]]:
    """The passages that rows learnt from, by id: a line of ``learnt.jsonl`` each."""
    found: dict[Source, tuple[list[str], list[str]]] = {}
    for row in rows:
        for source in row.sources:
            ids, questions = found.setdefault(source, ([], []))
            ids += [row.id] if row.id not in ids else []
            questions += [row.question] if row.question and row.question not in questions else []
    return [
        {
            "passage": source.passage,
            "document": source.document,
            "text": source.text,
            "rows": ids,
            "questions": questions,
        }
        for source, (ids, questions) in sorted(found.items(), key=lambda one: one[0].passage)
    ]


def source(passage: Passage) -> Source:
    """A passage as what was learnt from."""
    return Source(passage.id, passage.document_id, digest(passage.text))
