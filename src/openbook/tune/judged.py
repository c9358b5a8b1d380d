"""What retrievers and rerankers learn from: a question and passages that answer it or do not.

Both layouts of :mod:`openbook.synthesize.rows` say that: of a pair the positive answers and the
negatives do not; of a list the grades say it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from openbook.errors import InputError, RowsError
from openbook.synthesize.rows import ListRow, PairRow, read_rows
from openbook.tune.rows import Source, source
from openbook.types import Passage, Split, digest

Layout = type[PairRow] | type[ListRow]

BEST = 3
"""The grade of what answers a question best, as ranking models count grades."""


@dataclass(frozen=True)
class Judged:
    """A question, and its passages with grades: 0 does not answer, more answers better.

    Args:
        split: as the data says; empty where it does not.
        version: of the knowledge base that it is of; 0 where nobody says.
    """

    id: str
    question: str
    passages: tuple[Passage, ...]
    grades: tuple[int, ...]
    split: Split = ""
    version: int = 0

    @classmethod
    def of(cls, row: PairRow | ListRow) -> Judged:
        """From a row of either layout."""
        if isinstance(row, PairRow):
            passages = (row.positive, *row.negatives)
            grades: tuple[int, ...] = (1, *(0 for _ in row.negatives))
        else:
            passages, grades = row.passages, row.grades
        return cls(row.id, row.question, passages, grades, row.origin.split, row.origin.version)

    @cached_property
    def positives(self) -> tuple[Passage, ...]:
        """The passages of the highest grade."""
        best = max(self.grades, default=0)
        return self._where(lambda grade: grade == best and best > 0)

    @cached_property
    def negatives(self) -> tuple[Passage, ...]:
        """Passages that do not answer."""
        return self._where(lambda grade: grade <= 0)

    @property
    def document(self) -> str:
        """The document that answers: rows of one are never learnt and held out at once."""
        return self.positives[0].document_id

    @property
    def sources(self) -> tuple[Source, ...]:
        """The passages that are taught as answers."""
        return tuple(map(source, self.positives))

    @cached_property
    def known(self) -> Mapping[tuple[str, str], int]:
        """Grades up to :data:`BEST` by document and text, which outlive a passage's place."""
        best = max(self.grades, default=0)
        scaled = [min(g, best) * BEST // best if best > 0 else 0 for g in self.grades]
        return {key(p): max(0, g) for p, g in zip(self.passages, scaled, strict=True)}

    def _where(self, wanted: object) -> tuple[Passage, ...]:
        assert callable(wanted)
        return tuple(p for p, g in zip(self.passages, self.grades, strict=True) if wanted(g))


def key(passage: Passage) -> tuple[str, str]:
    """A passage as what it says, of which document."""
    return passage.document_id, digest(passage.text)


def read_judged(path: Path) -> list[Judged]:
    """The rows of a file of pairs or of lists.

    Raises:
        RowsError: a file that cannot be read, of another layout, or with a row that holds no
            passage that answers.
        InputError: no row of it holds a passage that does not answer.
    """
    rows: Sequence[PairRow | ListRow]
    rows = read_rows(path, PairRow) if layout_of(path) is PairRow else read_rows(path, ListRow)
    made = [Judged.of(row) for row in rows]
    if bare := next((row for row in made if not row.positives), None):
        raise RowsError(
            "has no passage that answers (a grade above 0)",
            where=f'{path}, row "{bare.id}"',
            fix="Remove the row, or grade a passage.",
        )
    if not any(row.negatives for row in made):
        raise InputError(
            "no row has a passage that does not answer, so there is nothing to tell apart",
            where=str(path),
            fix="Make rows with negatives: openbook synthesize pairs --negatives 4.",
        )
    return made


def layout_of(path: Path) -> Layout:
    """Which of the two layouts a file has, by its first row.

    Raises:
        RowsError: neither.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise RowsError(
            f"cannot be read ({reason})", where=str(path), fix="Give the path of a file of rows."
        ) from error
    first = next((line for line in lines if line.strip()), "")
    try:
        keys = set(json.loads(first)) if first else set()
    except (ValueError, TypeError):
        keys = set()
    if {"question", "positive"} <= keys:
        return PairRow
    if {"question", "passages", "grades"} <= keys:
        return ListRow
    said = f"its keys: {', '.join(sorted(map(str, keys)))}" if keys else "its first row is none"
    raise RowsError(
        f"is neither of the layout pairs nor of the layout lists ({said})",
        where=str(path),
        fix="Make such rows: openbook synthesize pairs, or openbook synthesize lists.",
    )


def identity_of(rows: Sequence[Judged]) -> str:
    """Identifies rows in their order, by what is asked and how its passages are graded."""
    return digest(
        *(
            digest(row.question, *(p.text for p in row.passages), *map(str, row.grades))
            for row in rows
        )
    )
