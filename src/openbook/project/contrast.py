"""What a training has changed, in figures that a manifest keeps: before, after, and the interval
of the difference over questions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from openbook.evaluate.statistics import paired


def contrast(name: str, before: Sequence[float], after: Sequence[float]) -> dict[str, float]:
    """A measure after a training and before it, with the difference's 95 % bootstrap interval.

    Args:
        name: of the measure.
        before: one value a question.
        after: values of the same questions.

    Returns:
        ``NAME`` (after), ``NAME_before``, ``NAME_gain``, ``NAME_low`` and ``NAME_high``; nothing
        without questions.

    >>> contrast("recall@5", [0, 1], [1, 1])["recall@5_gain"]
    0.5
    """
    found = paired(list(after), list(before))
    if found is None:
        return {}
    return {
        name: _mean(after),
        f"{name}_before": _mean(before),
        f"{name}_gain": round(found.mean, 4),
        f"{name}_low": round(found.low, 4),
        f"{name}_high": round(found.high, 4),
    }


def ranks(before: Sequence[int], after: Sequence[int], first: str = "") -> dict[str, float]:
    """Measures of the places at which what answers stands: recall@5 and MRR@10.

    Args:
        before: the rank of what answers, from 1, a question; 0 where it was not found.
        after: the same after the training.
        first: the measure that comes first: the main one.
    """
    every: dict[str, Callable[[int], float]] = {
        "recall@5": lambda place: float(0 < place <= 5),
        "MRR@10": lambda place: 1 / place if 0 < place <= 10 else 0.0,
    }
    names = sorted(every, key=lambda name: name != first)
    found: dict[str, float] = {}
    for name in names:
        value = every[name]
        found |= contrast(name, [value(p) for p in before], [value(p) for p in after])
    return {**found, "held_out_questions": len(after)} if found else {}


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4)
