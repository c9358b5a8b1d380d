"""How likely the first hit of a ranking is right, from its scores: the gate before a large model.

Weights were learnt on questions of documents that the ranking model did not learn from
(``training/ranking/gate.py``) and stand in the model's ``ranker.json``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from openbook.errors import ModelError

SIGNALS = (
    "top",  # the best score
    "margin",  # its lead over the second
    "margin_root",  # the square root of that lead
    "lead",  # its lead over the mean of the second to the tenth
    "alone",  # 1 where there is no second
)


def signals(scores: Sequence[float]) -> list[float]:
    """What speaks for the first hit, in the order of :data:`SIGNALS`.

    Args:
        scores: best first; at least one.
    """
    top, rest = scores[0], scores[1:10]
    if not rest:
        return [top, 0.0, 0.0, 0.0, 1.0]
    margin = max(0.0, top - rest[0])
    return [top, margin, math.sqrt(margin), top - sum(rest) / len(rest), 0.0]


def probability(scores: Sequence[float], learnt: Mapping[str, Any]) -> float:
    """Probability in [0, 1] that the first hit of a ranking is right; 0 for an empty one.

    Args:
        scores: best first.
        learnt: ``weights`` by signal and ``bias``.

    Raises:
        ModelError: weights of other signals.
    """
    if not scores:
        return 0.0
    weights = learnt["weights"]
    if set(weights) != set(SIGNALS):
        raise ModelError(
            "the gate was learnt on other signals", fix="Train the ranking model again."
        )
    pairs = zip(SIGNALS, signals(scores), strict=True)
    value = float(learnt["bias"]) + sum(float(weights[name]) * found for name, found in pairs)
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, value))))
