"""How long a question takes, asked alone: from a pass with one question at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openbook.evaluate.measure import Floats, Measure, Values
from openbook.evaluate.outcome import Outcome


@dataclass(frozen=True)
class Latency(Measure):
    """A quantile of the seconds a question took, over the questions that were timed."""

    share: float = 0.5

    def values(self, outcomes: Sequence[Outcome]) -> Values:
        """Seconds; None where a question was not asked alone."""
        return [outcome.seconds for outcome in outcomes]

    def reduce(self, rows: Floats) -> Floats:
        """The quantile, between two values by their distance."""
        return np.asarray(np.quantile(rows[..., 0], self.share, axis=-1), np.float64)


def _latency(name: str, share: float) -> Latency:
    said = f"{share:.0%} of the questions that were asked one at a time took no longer."
    return Latency(name, said, "seconds", False, "latency", share)


MEASURES = (_latency("latency p50", 0.5), _latency("latency p95", 0.95))
