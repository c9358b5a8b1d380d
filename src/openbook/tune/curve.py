"""The learning curve of a training: how well it does on what it does not learn, when that was
best, and when to stop.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SMALLEST = 1e-4
"""Nats by which a loss must fall to be better."""


@dataclass(eq=False)
class Curve:
    """Points of a curve, and the best of them. It is part of a training's state.

    Args:
        patience: points without a better one after which to stop; 0: never.
        points: each with ``step``, ``train``, and ``held_out`` and ``general`` where there are
            such rows; losses in nats a token.
        best: step of the lowest held-out loss.
        stopped: step at which to stop; 0: none yet.
    """

    patience: int
    points: list[dict[str, float]] = field(default_factory=list)
    best: int = 0
    stopped: int = 0
    losses: list[float] = field(default_factory=list)

    def add(self, step: int, **losses: float) -> bool:
        """Add a point; whether it is the best so far."""
        known = {name: round(value, 5) for name, value in losses.items()}
        if self.losses:
            known["train"] = round(sum(self.losses) / len(self.losses), 5)
            self.losses = []
        self.points.append({"step": step, **known})
        if "held_out" not in known or not math.isfinite(known["held_out"]):
            return False
        earlier = [p["held_out"] for p in self.points[:-1] if "held_out" in p]
        if not earlier or known["held_out"] < self.lowest(earlier) - SMALLEST:
            self.best = step
            return True
        worse = sum(p["step"] > self.best for p in self.points)
        if self.patience and worse >= self.patience:
            self.stopped = step
        return False

    def lowest(self, values: list[float]) -> float:
        """The lowest of the finite ones."""
        return min((value for value in values if math.isfinite(value)), default=math.inf)

    def state(self) -> dict[str, Any]:
        """Numbers and lists alone."""
        return {
            "points": [dict(point) for point in self.points],
            "best": self.best,
            "stopped": self.stopped,
            "losses": list(self.losses),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """What :meth:`state` gave."""
        self.points = [dict(point) for point in state["points"]]
        self.best, self.stopped = int(state["best"]), int(state["stopped"])
        self.losses = list(state["losses"])


@dataclass(eq=False)
class Watch:
    """Says when a loss has exploded: the mean of the last steps is both ``times`` the lowest such
    mean so far and ``more`` nats above it.
    """

    steps: int = 10
    times: float = 3.0
    more: float = 2.0
    recent: list[float] = field(default_factory=list)
    lowest: float = math.inf

    def exploded(self, loss: float) -> bool:
        """Take the loss of a step."""
        self.recent = [*self.recent, loss][-self.steps :]
        if len(self.recent) < self.steps:
            return False
        mean = sum(self.recent) / self.steps
        self.lowest = min(self.lowest, mean)
        return mean > self.times * self.lowest and mean > self.lowest + self.more
