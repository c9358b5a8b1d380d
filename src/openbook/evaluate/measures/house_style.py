"""Agreement of answers with the user's house style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openbook.evaluate.measure import Measure, Values
from openbook.evaluate.outcome import Outcome
from openbook.evaluate.style import Style


@dataclass(frozen=True)
class Agreement(Measure):
    """The score of :class:`~openbook.evaluate.style.Style` of every answer that answers."""

    style: Style | None = None

    def values(self, outcomes: Sequence[Outcome]) -> Values:
        """In [0, 1]; None for abstentions, and everywhere without a style."""
        if self.style is None:
            return [None] * len(outcomes)
        return [self.style.score(o.answer.text) if o.answered else None for o in outcomes]


def agreement(style: Style | None) -> Agreement:
    """The measure for a style."""
    return Agreement(
        "style agreement",
        "Agreement with the examples of house style: length, sentence endings and politeness, "
        "marks of format, forbidden and required phrases; the mean of the aspects.",
        dimension="customisation",
        style=style,
    )


MEASURES = (agreement(None),)
