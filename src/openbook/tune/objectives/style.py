"""House style: answer as the team writes.

Rows are questions with answers written by hand, whole: tone, length and form are what is
learnt. The prompt is ``closed``; a line that begins with ``<ANSWER>:`` is put before answers
that have none, since the prompt asks for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from openbook.models.prompts import ANSWER
from openbook.tune.data import StyleRow
from openbook.tune.objectives import Objective
from openbook.tune.objectives.qa import closed
from openbook.tune.rows import Row


class Style(Objective):
    """From the question to an answer in the house's words."""

    takes = (StyleRow,)

    def rows(self, values: Sequence[StyleRow]) -> list[Row]:
        """The prompt ``closed`` in the question's language, and the answer as it stands."""
        return [
            closed(
                value.text,
                value.answer if ANSWER in value.answer else f"{ANSWER} {value.answer}",
                id=value.id or f"{number}",
                document=value.document,
                split=value.split,
            )
            for number, value in enumerate(values, 1)
        ]
