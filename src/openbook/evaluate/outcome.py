"""What a measure sees: a labelled question, what a method answered, what that took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from openbook.text.language import detect
from openbook.types import Answer, Example

Level = Literal["document", "passage"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, answered by one method.

    Args:
        example: the question and what is known about it.
        answer: what the method said. Its ranking holds ids and scores; the passages' texts
            may be left out.
        seconds: what the method took when it was asked this question alone; None where that
            was not measured.
        level: whether ``example.gold`` names documents or passages.
        documents: the documents of the gold evidence.
    """

    example: Example
    answer: Answer
    seconds: float | None = None
    level: Level = "document"
    documents: tuple[str, ...] = ()

    @property
    def language(self) -> str:
        """Language whose rules compare the answers."""
        return self.example.language or detect(self.example.text) or "en"

    @property
    def answered(self) -> bool:
        """Whether the method answered; it may also abstain or ask back."""
        return self.answer.kind == "answered"

    @property
    def answerable(self) -> bool | None:
        """Whether the documents answer the question: as somebody said, else True where
        accepted answers or gold evidence are known, else None.
        """
        if self.example.answerable is not None:
            return self.example.answerable
        return True if self.example.answers or self.example.gold else None

    @property
    def said(self) -> str:
        """The short answer where there is one, else the text; empty where nothing was
        answered. Several short answers are joined by semicolons.
        """
        if not self.answered:
            return ""
        return "; ".join(self.answer.answers) or self.answer.text

    @property
    def found(self) -> tuple[str, ...]:
        """Ids of the evidence that was read, best first, on the level of the gold ids."""
        ranking = self.answer.ranking
        passages = ranking.passages if ranking else ()
        ids = (p.id if self.level == "passage" else p.document_id for p in passages)
        return tuple(dict.fromkeys(ids))
