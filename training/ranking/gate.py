"""The gate of filter-then-rerank: how likely a ranking's first hit is right, from its scores.

Logistic regression (Platt, 1999) on validation questions, whose documents the trees did not learn
from. Each set weighs the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from candidates import Brief
from numpy.typing import NDArray

from openbook.retrieve.gate import SIGNALS, signals

STEPS, RIDGE = 200, 1e-3


def fit(ranked: Sequence[tuple[Brief, NDArray[np.float64]]]) -> dict[str, Any]:
    """Weights for learnt values and for fused scores, with how good they are."""
    asked = [(group, values) for group, values in ranked if len(values)]
    sizes = Counter(group.set for group, _ in asked)
    weight = np.array([1.0 / sizes[group.set] for group, _ in asked])
    fused = [(group, np.array(group.scores)) for group, _ in asked]
    return {"learnt": _fit(asked, weight), "score": _fit(fused, weight)}


def _fit(
    ranked: Sequence[tuple[Brief, NDArray[np.float64]]], weight: NDArray[np.float64]
) -> dict[str, Any]:
    rows = np.array([signals(sorted(values.tolist(), reverse=True)) for _, values in ranked])
    right = np.array([float(group.grades[int(np.argmax(v))] == 2) for group, v in ranked])
    mean, spread = rows.mean(0), rows.std(0) + 1e-9
    x = np.column_stack([(rows - mean) / spread, np.ones(len(rows))])
    w = np.zeros(x.shape[1])
    share = weight / weight.sum()
    for _ in range(STEPS):  # Newton's method
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        slope = x.T @ (share * (p - right)) + RIDGE * w
        curve = (x * (share * p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(len(w))
        w -= np.linalg.solve(curve, slope)
    p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
    plain = w[:-1] / spread
    return {
        "weights": dict(zip(SIGNALS, plain.round(6).tolist(), strict=True)),
        "bias": round(float(w[-1] - mean @ plain), 6),
        "questions": len(ranked),
        "right": round(float(share @ right), 4),
        "brier": round(float(share @ (p - right) ** 2), 4),
        "brier_of_the_mean": round(float(share @ (share @ right - right) ** 2), 4),
    }
