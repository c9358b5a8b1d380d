"""Axes of charts: from values to places on the page, and round numbers to label."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SPREAD = 20.0
"""Where the largest value is so many times the smallest, the axis is logarithmic."""


@dataclass(frozen=True)
class Axis:
    """A scale from ``low`` to ``high`` onto the pixels ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """Where a value stands; values outside stand at the edge."""
        if self.logarithmic:
            low, high = math.log10(self.low), math.log10(self.high)
            value = math.log10(max(value, self.low))
        else:
            low, high = self.low, self.high
        share = 0.5 if high == low else (value - low) / (high - low)
        return self.start + max(0.0, min(1.0, share)) * (self.end - self.start)

    def ticks(self, count: int = 5) -> list[float]:
        """Round values to label, about ``count`` of them.

        >>> Axis(0, 1, 0, 100).ticks()
        [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
        >>> Axis(0.01, 10, 0, 100, True).ticks()
        [0.01, 0.1, 1.0, 10.0]
        """
        if self.logarithmic:
            low = math.ceil(math.log10(self.low) - 1e-9)
            high = math.floor(math.log10(self.high) + 1e-9)
            return [float(f"1e{power}") for power in range(low, high + 1)]
        step = round_step((self.high - self.low) / count)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [round(number * step, 10) for number in range(first, last + 1)]


def round_step(rough: float) -> float:
    """The next of 1, 2, 5 times a power of ten.

    >>> round_step(0.18), round_step(3.0), round_step(0)
    (0.2, 5.0, 1.0)
    """
    if rough <= 0 or not math.isfinite(rough):
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    times = next((m for m in (1, 2, 5, 10) if rough <= m * power * (1 + 1e-9)), 10)
    return times * power


def span(values: Sequence[float], start: float, end: float, *, room: float = 0.06) -> Axis:
    """An axis around values, with some room at both ends."""
    low, high = min(values), max(values)
    gap = (high - low) * room or max(abs(high) * 0.1, 0.05)
    return Axis(low - gap, high + gap, start, end)


def amounts(values: Sequence[float], start: float, end: float) -> Axis:
    """An axis of amounts from 0, or a logarithmic one where they differ by far.

    A logarithmic axis begins at a power of ten; nothing (0) stands at its beginning.
    """
    largest = max(values)
    positive = [value for value in values if value > 0]
    if positive and largest / min(positive) >= SPREAD:
        low = 10.0 ** math.floor(math.log10(min(positive)) - 0.0)
        high = 10.0 ** math.ceil(math.log10(largest) + 1e-9)
        if len(positive) < len(values):
            low /= 10
        return Axis(low, high, start, end, True)
    return Axis(0.0, largest * 1.15 or 1.0, start, end)
