"""What answers take: tokens, and dollars where a server's prices are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openbook.evaluate.measure import Floats, Measure, PerQuestion, Values
from openbook.evaluate.measures.answers import correct
from openbook.evaluate.outcome import Outcome


@dataclass(frozen=True)
class CostPerCorrect(Measure):
    """All that was paid, divided by the number of correct answers."""

    def values(self, outcomes: Sequence[Outcome]) -> Values:
        """Dollars of each question whose answer can be judged."""
        return [None if correct(o) is None else o.answer.usage.cost for o in outcomes]

    def rows(self, outcomes: Sequence[Outcome], values: Sequence[float | None]) -> Floats:
        """Dollars, and 1 where correct."""
        pairs = [
            (o.answer.usage.cost, right) for o in outcomes if (right := correct(o)) is not None
        ]
        return np.asarray(pairs, np.float64).reshape(-1, 2)

    def reduce(self, rows: Floats) -> Floats:
        """Dollars over correct answers; not a number where none is correct."""
        paid, right = rows[..., 0].sum(-1), rows[..., 1].sum(-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio: Floats = np.where(right > 0, paid / right, np.nan)
        return ratio


MEASURES = (
    PerQuestion(
        "tokens in",
        "Tokens that language models read for a question, on average.",
        "tokens",
        False,
        "computing resources",
        lambda outcome: float(outcome.answer.usage.input_tokens),
    ),
    PerQuestion(
        "tokens out",
        "Tokens that language models wrote for a question, on average.",
        "tokens",
        False,
        "computing resources",
        lambda outcome: float(outcome.answer.usage.output_tokens),
    ),
    PerQuestion(
        "cost",
        "US dollars paid for a question, on average, by the prices in openbook.toml.",
        "US dollars",
        False,
        "computing resources",
        lambda outcome: outcome.answer.usage.cost,
    ),
    CostPerCorrect(
        "cost per correct answer",
        "US dollars paid for all questions that can be judged, over the number of correct "
        "answers; none where no answer is correct.",
        "US dollars",
        False,
        "computing resources",
    ),
)
