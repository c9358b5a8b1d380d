"""The glossary: words that stand for one another, kept by the user in a plain file.

``glossary.txt`` in the project folder has a concept a line: its names, parted by commas or tabs,
in any languages. What follows ``#`` is a comment.

    annual leave, PTO, 연차, 연차휴가
    out of office	OOO	부재중

Names are looked for in a question by their analysed terms, so that particles, plurals and the
spaces of Korean compounds do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from openbook.errors import InputError
from openbook.text.terms import analyse

FILE = "glossary.txt"
"""Name of the file in a project's folder."""

LONGEST = 80
"""Characters of a name, at most."""

SPAN = 8
"""Terms of a name that are compared, at most."""

_HANGUL = re.compile("[가-힣]")
Parts = tuple[str, str]
"""A name as it is looked for: its Latin terms with spaces, its Korean ones without."""

Place = tuple[int, int]
"""A name's place: its concept, and which of its names it is."""


@dataclass(frozen=True)
class Glossary:
    """Concepts, each by its names. Compares by value, so runs are remembered rightly."""

    concepts: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def load(cls, file: Path) -> Glossary:
        """Read a glossary; one that is not there is empty.

        Raises:
            InputError: the file is no text, or a line is no concept; names the line.
        """
        if not file.is_file():
            return cls()
        try:
            text = file.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                "cannot be read as UTF-8 text", where=str(file), fix="Save it as UTF-8."
            ) from error
        return cls.parse(text, str(file))

    @classmethod
    def parse(cls, text: str, where: str = FILE) -> Glossary:
        """The concepts of a glossary's text.

        >>> Glossary.parse("leave, 휴가  # time away").concepts
        (('leave', '휴가'),)
        """
        return cls(tuple(_concepts(text, where)))

    def synonyms(self, question: str) -> list[str]:
        """The other names of what a question names, each once, in the glossary's order.

        A name inside a longer one that the question has too (``leave`` in ``sick leave``) does
        not count.

        >>> Glossary.parse("annual leave, 연차휴가").synonyms("How much annual leave do we get?")
        ['연차휴가']
        >>> Glossary.parse("annual leave, 연차휴가").synonyms("연차 휴가는 며칠인가요?")
        ['annual leave']
        """
        if not self.concepts:
            return []
        named, there = self._named(question)
        others = [
            name
            for at in sorted({at for at, _ in named})
            for place, name in enumerate(self.concepts[at])
            if (at, place) not in there
        ]
        return list(dict.fromkeys(others))

    def names(self, question: str) -> list[str]:
        """The names of concepts that stand in a question."""
        return [self.concepts[at][place] for at, place in sorted(self._named(question)[0])]

    def _named(self, question: str) -> tuple[set[Place], set[Place]]:
        """Names that count, and all that stand in a question."""
        (terms,) = analyse([question], query=True)
        latin, korean = _sides(terms.words.split())
        there = {**_spans(latin, " "), **_spans(korean, "")}
        found: list[tuple[frozenset[tuple[bool, int]], Place]] = []
        for span in there:
            for (first, second), where in self._index.get(span, ()):
                if (not second or second in there) and (not first or first in there):
                    covered = frozenset(
                        (side, n)
                        for side, part in ((True, first), (False, second))
                        if part
                        for n in there[part]
                    )
                    found.append((covered, where))
        kept = {where for own, where in found if not any(own < other for other, _ in found)}
        plain = {where for name, where in self._verbatim if name.search(question)}
        return kept | plain, plain | {where for _, where in found}

    @cached_property
    def _parts(self) -> list[tuple[Parts, Place]]:
        named = [
            (name, (at, place))
            for at, concept in enumerate(self.concepts)
            for place, name in enumerate(concept)
        ]
        cut = analyse([name for name, _ in named])
        sides = [_sides(terms.words.split()) for terms in cut]
        return [
            ((" ".join(latin), "".join(korean)), where)
            for (latin, korean), (_, where) in zip(sides, named, strict=True)
        ]

    @cached_property
    def _index(self) -> dict[str, list[tuple[Parts, Place]]]:
        index: dict[str, list[tuple[Parts, Place]]] = {}
        for parts, where in self._parts:
            if any(parts):
                index.setdefault(parts[0] or parts[1], []).append((parts, where))
        return index

    @cached_property
    def _verbatim(self) -> list[tuple[re.Pattern[str], Place]]:
        """Names that analysis leaves nothing of (``IT``): looked for as they are written."""
        return [
            (
                re.compile(rf"(?<!\w){re.escape(self.concepts[at][place])}(?![A-Za-z0-9])"),
                (at, place),
            )
            for parts, (at, place) in self._parts
            if not any(parts)
        ]


def _sides(terms: Sequence[str]) -> tuple[list[str], list[str]]:
    """Latin terms (and numbers) and Korean ones."""
    korean = [term for term in terms if _HANGUL.match(term)]
    return [term for term in terms if not _HANGUL.match(term)], korean


def _spans(terms: Sequence[str], joint: str) -> dict[str, range]:
    """Neighbouring terms joined, and where they stand."""
    return {
        joint.join(terms[start:end]): range(start, end)
        for start in range(len(terms))
        for end in range(start + 1, min(len(terms), start + SPAN) + 1)
    }


def _concepts(text: str, where: str) -> Iterator[tuple[str, ...]]:
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.partition("#")[0].strip()
        if not content:
            continue
        parts = [" ".join(part.split()) for part in re.split(r"[,\t]", content)]
        names = [unicodedata.normalize("NFC", part) for part in parts if part]
        if reason := _refused(names):
            raise InputError(
                reason,
                where=f"{where}, line {number}",
                fix='Write the names of one concept, parted by commas: "annual leave, 연차".',
            )
        yield tuple(names)


def _refused(names: Sequence[str]) -> str:
    if len(names) < 2:
        return f"a concept needs two names, this line has {len(names)}"
    if len({name.casefold() for name in names}) < len(names):
        return "a name stands there twice"
    long = next((name for name in names if len(name) > LONGEST), "")
    if long:
        return f'the name "{long[:20]}..." has more than {LONGEST} characters'
    silent = next((name for name in names if not any(c.isalnum() for c in name)), "")
    return f'the name "{silent}" has no letter or digit' if silent else ""
