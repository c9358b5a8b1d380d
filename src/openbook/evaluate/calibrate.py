"""Learning, from labelled questions, how sure a method is and when it should say nothing.

The method is run once without abstaining. Its raw scores are turned into probabilities by
two numbers (Platt scaling with his targets, which keep few questions from promising
certainty), and the threshold is the lowest at which no more than a stated share of the
unanswerable questions is answered.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from openbook.errors import QuestionsError, WiringError
from openbook.evaluate.answers import stands_in
from openbook.generate.confidence import Calibration
from openbook.stage import Runtime, Stage
from openbook.types import Answer, Example, Query

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
I = TypeVar("I")  # noqa: E741
O = TypeVar("O")  # noqa: E741
T = TypeVar("T")

WRONG = 0.15
"""Share of unanswerable questions that may be answered, on the questions learnt from."""

FEWEST = 10
"""Questions of each sort, answerable and not, below which nothing is learnt."""


@dataclass
class _Unguarded:
    """A runtime that hides every calibration, so that nothing abstains."""

    inner: Runtime

    @property
    def snapshot(self) -> str:
        return self.inner.snapshot

    @property
    def seed(self) -> int:
        return self.inner.seed

    def resolve(self, kind: type[T], name: str = "") -> T:
        if kind is Calibration:
            return cast(T, Calibration.open())
        return self.inner.resolve(kind, name)

    def run(self, stage: Stage[I, O], batch: Sequence[I]) -> list[O]:
        values = stage.run(batch, self)
        if len(values) != len(batch):
            raise WiringError(f"{stage.label} returned {len(values)} values for {len(batch)}")
        return values


def calibrate(
    examples: Sequence[Example],
    method: Stage[Query, Answer],
    runtime: Runtime,
    *,
    wrong: float = WRONG,
) -> Calibration:
    """A calibration of a method from questions that say whether they are answerable.

    Args:
        examples: labelled questions; those whose ``answerable`` is None are left out.
        wrong: share of the unanswerable ones that may be answered, in [0, 1].

    Raises:
        QuestionsError: too few answerable or unanswerable questions.
    """
    labelled = [example for example in examples if example.answerable is not None]
    sure = sum(bool(example.answerable) for example in labelled)
    if min(sure, len(labelled) - sure) < FEWEST:
        raise QuestionsError(
            f"{sure} answerable and {len(labelled) - sure} unanswerable questions are too few",
            fix=f'Give at least {FEWEST} of each, marked "answerable": true or false.',
        )
    answers = _Unguarded(runtime).run(method, [example.query for example in labelled])
    scores = [logit_of(answer.confidence) for answer in answers]
    right = [right_answer(e, a) for e, a in zip(labelled, answers, strict=True)]
    return fit(scores, right, [bool(example.answerable) for example in labelled], wrong=wrong)


def right_answer(example: Example, answer: Answer) -> bool:
    """Whether an accepted answer stands in what was quoted, or said where nothing was."""
    if not example.answerable or answer.kind != "answered":
        return False
    texts = [quote.text for quote in answer.quotes] or [answer.text, *answer.answers]
    return stands_in(texts, example.answers, example.language or "en")


def fit(
    scores: Sequence[float],
    right: Sequence[bool],
    answerable: Sequence[bool],
    *,
    wrong: float = WRONG,
) -> Calibration:
    """Platt's two numbers and the threshold, from raw scores (logits)."""
    raw, good = np.asarray(scores, np.float64), np.asarray(right, np.bool_)
    scale, shift = platt(raw, good)
    chance = 1 / (1 + np.exp(-np.clip(scale * raw + shift, -60, 60)))
    threshold = _threshold(chance, np.asarray(answerable, np.bool_), wrong)
    brier = float(((chance - good) ** 2).mean())
    given = good & (chance >= threshold)
    made = {
        "questions": str(len(raw)),
        "wrong_allowed": f"{wrong:.2f}",
        "brier": f"{brier:.4f}",
        "answered_right": f"{float(given.sum()) / max(1, sum(answerable)):.4f}",
    }
    return Calibration(
        round(scale, 6), round(shift, 6), round(threshold, 6), tuple(sorted(made.items()))
    )


def platt(raw: Floats, good: Flags) -> tuple[float, float]:
    """Scale and shift by Newton's method; Platt's targets (n+1)/(n+2) and 1/(m+2)."""
    n, m = int(good.sum()), int((~good).sum())
    target = np.where(good, (n + 1) / (n + 2), 1 / (m + 2))
    weight = np.array([1.0, 0.0])
    design = np.column_stack([raw, np.ones(len(raw))])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(design @ weight, -60, 60)))
        slope = design.T @ (chance - target) + 1e-3 * (weight - [1.0, 0.0])
        bend = (design * (chance * (1 - chance))[:, None]).T @ design + 1e-3 * np.eye(2)
        step = np.linalg.solve(bend, slope)
        weight = weight - step / max(1.0, float(np.abs(step).max()))
        if float(np.abs(step).max()) < 1e-9:
            break
    return max(float(weight[0]), 1e-3), float(weight[1])


def _threshold(chance: Floats, answerable: Flags, wrong: float) -> float:
    """Halfway (in log odds) between the first unanswerable question stopped and the next
    higher question of either sort.
    """
    bad = np.sort(chance[~answerable])[::-1]
    allowed = math.floor(wrong * len(bad) + 1e-9)
    if allowed >= len(bad):
        return 0.0
    above = chance[chance > bad[allowed]]
    upper = float(above.min()) if len(above) else 1.0
    level = (logit_of(float(bad[allowed])) + logit_of(upper)) / 2
    return 1.0 / (1.0 + math.exp(-level))


def logit_of(chance: float) -> float:
    """Log odds of a probability, at most 20.7 either way."""
    clipped = min(max(chance, 1e-9), 1 - 1e-9)
    return math.log(clipped / (1 - clipped))


def risk_coverage(
    chance: Sequence[float], right: Sequence[bool]
) -> list[tuple[float, float, float]]:
    """``(threshold, coverage, risk)`` as the surest answers are let through one by one.

    Coverage is the share of questions answered; risk the share of those answered wrongly
    (El-Yaniv and Wiener, "On the Foundations of Noise-free Selective Classification", 2010).
    """
    order = sorted(range(len(chance)), key=lambda i: (-chance[i], i))
    curve, mistakes = [], 0
    for count, index in enumerate(order, 1):
        mistakes += not right[index]
        curve.append((chance[index], count / len(order), mistakes / count))
    return curve
