"""Statistics of paired comparisons: bootstrap intervals, sign-flip tests, Holm's correction.

Everything is seeded and drawn over questions: a resample draws as many questions as there
are, with replacement, and computes the same statistic again (Efron and Tibshirani, An
Introduction to the Bootstrap, 1993; for evaluation: Sakai, SIGIR 2006).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from openbook.errors import InputError

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""From rows, shape ``(..., n, columns)``, to values, shape ``(...)``."""

RESAMPLES = 10_000
"""Resamples of a bootstrap and rounds of a random test; fewer for very many questions."""

CELLS = 2_000_000
"""Numbers held at once while resampling."""

MOST_DRAWN = 50_000_000
"""Numbers drawn for one interval, at most; at least 1,000 resamples are made."""

EXACT = 14
"""Up to so many differences that are not zero, every pattern of signs is tried."""


def mean(rows: Floats) -> Floats:
    """Mean of the first column."""
    found: Floats = rows[..., 0].mean(axis=-1)
    return found


def as_rows(values: ArrayLike) -> Floats:
    """Values as rows of one column; rows as they are."""
    found = np.asarray(values, np.float64)
    return found.reshape(-1, 1) if found.ndim == 1 else found


def resampled(
    rows: Floats, statistic: Statistic, *, seed: int = 0, resamples: int = RESAMPLES
) -> Floats:
    """A statistic of bootstrap resamples, shape ``(resamples,)``; those that are not finite
    (a ratio whose denominator was never drawn) are left out.
    """
    count = max(1000, min(resamples, MOST_DRAWN // len(rows)))
    found = [
        statistic(rows[index])
        for index in _draws(len(rows), rows.shape[1], min(count, resamples), seed)
    ]
    joined = np.concatenate(found)
    finite: Floats = joined[np.isfinite(joined)]
    return finite


def _draws(n: int, columns: int, resamples: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Indexes of resamples, ``(part, n)`` at a time."""
    random = np.random.default_rng(seed)
    part = max(1, CELLS // (n * columns))
    for start in range(0, resamples, part):
        yield random.integers(0, n, (min(part, resamples - start), n))


def interval(
    values: ArrayLike,
    statistic: Statistic = mean,
    *,
    level: float = 0.95,
    seed: int = 0,
    resamples: int = RESAMPLES,
    method: Literal["percentile", "bca"] = "percentile",
) -> tuple[float, float]:
    """A bootstrap interval of a statistic.

    Args:
        values: one a question, or rows of several numbers a question.
        statistic: what is estimated, vectorised over leading axes.
        level: coverage, in (0, 1).
        method: ``percentile``, or ``bca`` (bias-corrected and accelerated: Efron, JASA 1987).

    Returns:
        Low and high end. Where all questions have one value, both are that value.

    Raises:
        InputError: no values, or a level outside (0, 1).
    """
    rows = as_rows(values)
    if not len(rows) or not 0 < level < 1:
        raise InputError("an interval needs values, and a level between 0 and 1")
    drawn = resampled(rows, statistic, seed=seed, resamples=resamples)
    if not len(drawn):
        return math.nan, math.nan
    tails = ((1 - level) / 2, (1 + level) / 2)
    if method == "bca" and float(np.ptp(drawn)) > 0:
        tails = _corrected(rows, statistic, drawn, tails)
    low, high = np.quantile(drawn, tails)
    return float(low), float(high)


def _corrected(
    rows: Floats, statistic: Statistic, drawn: Floats, tails: tuple[float, float]
) -> tuple[float, float]:
    """The quantiles of BCa: shifted by the bias, stretched by the acceleration."""
    normal = NormalDist()
    estimate = float(statistic(rows))
    below = (np.sum(drawn < estimate) + np.sum(drawn <= estimate)) / (2 * len(drawn))
    bias = normal.inv_cdf(min(max(float(below), 1e-9), 1 - 1e-9))
    left_out = np.array([float(statistic(np.delete(rows, i, 0))) for i in range(len(rows))])
    centred = left_out.mean() - left_out
    spread = float(np.sum(centred**2))
    pull = float(np.sum(centred**3)) / (6 * spread**1.5) if spread else 0.0

    def moved(tail: float) -> float:
        z = bias + normal.inv_cdf(tail)
        return normal.cdf(bias + z / (1 - pull * z))

    return moved(tails[0]), moved(tails[1])


def randomisation(differences: ArrayLike, *, seed: int = 0, rounds: int = RESAMPLES) -> float:
    """Two-sided p value of the hypothesis that a paired difference is as likely as its
    opposite (Fisher's randomisation test; for evaluation: Smucker, Allan and Carterette,
    CIKM 2007).

    Signs are flipped at random and the mean compared. Up to :data:`EXACT` differences that
    are not zero every pattern is tried; else ``(1 + as extreme) / (1 + rounds)``.
    """
    given = np.asarray(differences, np.float64)
    kept = given[given != 0]
    if not len(kept):
        return 1.0
    observed = abs(float(kept.sum()))
    edge = observed - 1e-9 * max(1.0, float(np.abs(kept).sum()))
    if len(kept) <= EXACT:
        patterns = np.arange(2 ** len(kept))[:, None] >> np.arange(len(kept)) & 1
        sums = np.abs((1 - 2 * patterns) @ kept)
        return float((sums >= edge).mean())
    random = np.random.default_rng(seed)
    rounds = max(1000, min(rounds, MOST_DRAWN // len(kept)))
    extreme, part = 0, max(1, CELLS // len(kept))
    for start in range(0, rounds, part):
        size = (min(part, rounds - start), len(kept))
        signs = 1.0 - 2.0 * random.integers(0, 2, size, np.int8)
        extreme += int((np.abs(signs @ kept) >= edge).sum())
    return (1 + extreme) / (1 + rounds)


def holm(p_values: Sequence[float]) -> list[float]:
    """p values corrected for being several, in order (Holm, Scandinavian Journal of
    Statistics 1979): the smallest is multiplied by their number, the next by one less, and
    none is smaller than the one before.

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03, 0.005])]
    [0.03, 0.06, 0.06, 0.02]
    """
    corrected, reached = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        reached = max(reached, min(1.0, (len(p_values) - rank) * p_values[index]))
        corrected[index] = reached
    return corrected


@dataclass(frozen=True, slots=True)
class Difference:
    """A mean paired difference, its 95 % interval, its p value and the pairs it rests on."""

    mean: float
    low: float
    high: float
    p: float
    n: int


def paired(
    ours: Sequence[float | None],
    theirs: Sequence[float | None],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Difference | None:
    """Ours minus theirs over the questions that both have a value for; None without any.

    Args:
        ours: one value a question, None where there is none.
        theirs: values of the same questions, in the same order.
    """
    both = zip(ours, theirs, strict=True)
    held = np.array([a - b for a, b in both if a is not None and b is not None], np.float64)
    if not len(held):
        return None
    low, high = interval(held, seed=seed, resamples=resamples)
    p = randomisation(held, seed=seed, rounds=resamples)
    return Difference(float(held.mean()), low, high, p, len(held))
