"""Passages that look as if they answered a question and do not.

Hard ones are the retriever's best that are not the oracle; the others are drawn at random. None
is a near-duplicate of the oracle or holds an accepted answer; those of other documents come
first. A row of a split gets none from documents of another split.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from openbook.synthesize.near import duplicate, holds
from openbook.synthesize.shelf import Shelf
from openbook.types import Passage, Split

SHORTEST = 40
"""Characters of a passage drawn at random."""

DEPTH = 50
"""Passages that the retriever proposes."""

TRIES = 400
"""Passages drawn at random before a row is given up, and four times as many where that fails."""


@dataclass(frozen=True)
class Distractors:
    """Finds distractors.

    Args:
        count: of each row.
        hard: share of them that the retriever finds.
        split: the split of each document that has one.
    """

    shelf: Shelf
    count: int
    hard: float
    split: Mapping[str, Split]

    def of(
        self,
        oracle: Passage,
        answers: Sequence[str],
        ranking: Sequence[Passage],
        *,
        split: Split,
        rng: random.Random,
        count: int = 0,
    ) -> list[Passage]:
        """``count`` distractors, hard ones first; fewer where there are none left.

        Args:
            oracle: the passage that answers, or nearly does.
            ranking: what the retriever found for the question, best first.
            count: the number wanted; 0 for that of each row.
        """
        wanted = count or self.count
        hard = int(wanted * self.hard + 0.5)
        taken: list[Passage] = []
        for passages, most in (
            (self._apart(ranking, oracle), hard),
            (self._drawn(oracle, rng), wanted),
            (self._apart(ranking, oracle), wanted),
        ):
            for passage in passages:
                if len(taken) >= most:
                    break
                if self._fits(passage, oracle, answers, split, taken):
                    taken.append(passage)
        return taken

    def _apart(self, ranking: Sequence[Passage], oracle: Passage) -> list[Passage]:
        """Passages of other documents before those of the oracle's own, else as ranked."""
        return sorted(ranking, key=lambda passage: passage.document_id == oracle.document_id)

    def _drawn(self, oracle: Passage, rng: random.Random) -> Iterator[Passage]:
        """Passages at random: of other documents in the oracle's language, then any."""
        every, languages = self.shelf.passages, self.shelf.languages
        own = languages[oracle.document_id]
        for at in rng.sample(range(len(every)), min(TRIES, len(every))):
            other = every[at].document_id != oracle.document_id
            near = languages[every[at].document_id] == own
            if near and other and len(every[at].text) >= SHORTEST:
                yield every[at]
        for at in rng.sample(range(len(every)), min(4 * TRIES, len(every))):
            yield every[at]

    def _fits(
        self,
        passage: Passage,
        oracle: Passage,
        answers: Sequence[str],
        split: Split,
        taken: Sequence[Passage],
    ) -> bool:
        if passage.id == oracle.id or any(passage.id == other.id for other in taken):
            return False
        if split and self.split.get(passage.document_id, split) != split:
            return False
        return not leaks(passage, oracle, answers) and not any(
            duplicate(passage.text, other.text) for other in taken
        )


def leaks(passage: Passage, oracle: Passage, answers: Sequence[str]) -> bool:
    """Whether a passage may answer as the oracle does: it holds an accepted answer, in its text,
    headings or title, or says the same.
    """
    text = "\n".join((passage.title, *passage.heading, passage.text))
    return holds(text, answers) or duplicate(passage.text, oracle.text)
