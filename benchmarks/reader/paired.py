"""Differences as the reader's benchmarks print them, by the package's own statistics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from openbook.evaluate import statistics

SEED = 20261121


def interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % percentile interval of a mean by the bootstrap over questions, seeded."""
    return statistics.interval(values, seed=SEED)


def paired(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, Any]:
    """Mean difference over the same questions, its interval, and what it says."""
    difference = np.asarray(ours, dtype=float) - np.asarray(theirs, dtype=float)
    low, high = interval(difference.tolist())
    verdict = "better" if low > 0 else "worse" if high < 0 else "no difference shown"
    return {
        "difference": round(float(difference.mean()), 4),
        "interval": [round(low, 4), round(high, 4)],
        "verdict": verdict,
    }
