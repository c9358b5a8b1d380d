"""What a measure is: a value with a name, a unit, a direction, and how it is computed.

A measure gives one value a question (None where it does not apply) and one for all. The
total is a statistic of rows, one row a question, so that a bootstrap can draw questions
again and compute the same statistic: the mean, where a measure does not say otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from openbook.evaluate.outcome import Outcome

Floats = NDArray[np.float64]
Values = list[float | None]

Dimension = Literal[
    "quality",
    "knowledge source",
    "knowledge update",
    "customisation",
    "interpretability",
    "computing resources",
    "hallucination",
    "latency",
]
"""Quality, and the seven dimensions in which retrieval and fine-tuning are compared."""


@dataclass(frozen=True)
class Measure:
    """A measure of answers. Subclasses say how a question's value comes about.

    Args:
        name: what it is called and parsed from.
        doc: one sentence on what it is, with its source.
        unit: ``share`` (in [0, 1]), ``seconds``, ``tokens``, ``US dollars``.
        higher_is_better: which way is better.
        dimension: where it stands in a report.
    """

    name: str
    doc: str
    unit: str = "share"
    higher_is_better: bool = True
    dimension: Dimension = "quality"

    def values(self, outcomes: Sequence[Outcome]) -> Values:
        """One value a question, None where the measure does not apply."""
        raise NotImplementedError

    def rows(self, outcomes: Sequence[Outcome], values: Sequence[float | None]) -> Floats:
        """What the total is computed from, shape ``(questions it applies to, columns)``."""
        return column([value for value in values if value is not None])

    def reduce(self, rows: Floats) -> Floats:
        """The total of rows, shape ``(..., rows, columns)`` to ``(...)``."""
        mean: Floats = rows[..., 0].mean(axis=-1)
        return mean

    def total(self, outcomes: Sequence[Outcome]) -> float | None:
        """The value over all questions; None where it applies to none, or is not finite."""
        return self.total_of(self.rows(outcomes, self.values(outcomes)))

    def total_of(self, rows: Floats) -> float | None:
        """The same, of rows."""
        found = float(self.reduce(rows)) if len(rows) else math.nan
        return found if math.isfinite(found) else None


def column(values: Sequence[float]) -> Floats:
    """Values as rows of one column, shape ``(len(values), 1)``."""
    return np.asarray(values, np.float64).reshape(-1, 1)


@dataclass(frozen=True)
class PerQuestion(Measure):
    """A measure whose value is a function of one question's outcome, and whose total is
    their mean.
    """

    function: Callable[[Outcome], float | None] = lambda outcome: None

    def values(self, outcomes: Sequence[Outcome]) -> Values:
        """The function of each outcome."""
        return [self.function(outcome) for outcome in outcomes]
