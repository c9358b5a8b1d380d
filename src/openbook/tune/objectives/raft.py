"""RAFT: answer from passages among which some do not help, quoting those that do.

Source: Zhang et al., "RAFT: Adapting Language Model to Domain Specific RAG", COLM 2024
(arXiv:2403.10131). The prompt is ``rag``, as when documents are asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from openbook.models.prompts import numbered, render, template
from openbook.synthesize.rows import RaftRow
from openbook.text.language import detect
from openbook.tune.objectives import Objective
from openbook.tune.rows import Row, source


class Raft(Objective):
    """From question and passages to quotes and the answer."""

    takes = (RaftRow,)

    def rows(self, values: Sequence[RaftRow]) -> list[Row]:
        """The prompt ``rag`` in the question's language, and the row's completion."""
        return [_row(value) for value in values]


def _row(value: RaftRow) -> Row:
    language = detect(value.question)
    oracle = None if value.oracle is None else value.passages[value.oracle]
    return Row(
        render("rag", language, passages=numbered(value.passages), question=value.question),
        value.completion,
        template("rag", language).id,
        id=value.id,
        question=value.question,
        document=oracle.document_id if oracle else "",
        split=value.origin.split,
        sources=(source(oracle),) if oracle else (),
        version=value.origin.version,
        answers=value.answers,
    )
