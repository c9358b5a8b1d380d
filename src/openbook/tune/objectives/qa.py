"""Plain question and answer: know the domain without reading it again.

Questions are asked as they are in the rungs without retrieval: prompt ``closed``, one line
that begins with ``<ANSWER>:``. A question that is known to have no answer teaches to say so;
one of which nobody knows the answer teaches nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from openbook.models.prompts import ANSWER, defuse, ignorance, render, template
from openbook.synthesize.rows import RaftRow
from openbook.text.language import detect
from openbook.tune.objectives import Objective
from openbook.tune.rows import Row, Source, source
from openbook.types import Example


class QuestionAnswer(Objective):
    """From the question alone to its answer."""

    takes = (Example, RaftRow)

    def rows(self, values: Sequence[Example | RaftRow]) -> list[Row]:
        """The prompt ``closed`` in the question's language, and the first accepted answer."""
        made = (_asked(v) if isinstance(v, Example) else _raft(v) for v in values)
        return [row for row in made if row]


def closed(question: str, answer: str, **where: object) -> Row:
    """A question asked without passages, and what is to be written."""
    language = detect(question)
    return Row(
        render("closed", language, question=question),
        answer,
        template("closed", language).id,
        question=question,
        **where,  # type: ignore[arg-type]
    )


def _asked(value: Example) -> Row | None:
    if value.answers:
        answer = defuse(value.answers[0])
    elif value.answerable is False:
        answer = ignorance(detect(value.text))
    else:
        return None
    return closed(
        value.text,
        f"{ANSWER} {answer}",
        id=value.id,
        document=value.source or (value.gold[0] if value.gold else ""),
        split=value.split,
        sources=tuple(Source("", gold, "") for gold in value.gold),
        answers=value.answers,
    )


def _raft(value: RaftRow) -> Row | None:
    if not value.answers:
        return None
    oracle = None if value.oracle is None else value.passages[value.oracle]
    return closed(
        value.question,
        f"{ANSWER} {defuse(value.answers[0])}",
        id=value.id,
        document=oracle.document_id if oracle else "",
        split=value.origin.split,
        sources=(source(oracle),) if oracle else (),
        answers=value.answers,
        version=value.origin.version,
    )
