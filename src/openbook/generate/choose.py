"""Which sentences answer: a linear model over the features, learnt once and shipped.

The weights are in ``extract.json``; ``benchmarks/answers/train_extract.py`` makes it, by
maximising the softmax probability of the sentences that hold the answer among all sentences
of the ranking (ListNet's top-one loss: Cao et al., "Learning to Rank: From Pairwise Approach
to Listwise Approach", ICML 2007), on English questions only. The features are of no
language, so the weights serve Korean as well.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openbook.generate.features import NAMES, Sheet

OWN = (
    "coverage",
    "coverage_context",
    "coverage_passage",
    "surface",
    "in_range",
    "any_kind",
)
"""Features of the best sentence that confidence looks at."""

SIGNALS = (
    "value",  # the best sentence's value, by ten
    "share_passage",  # softmax share of all sentences of its passage
    "margin",  # its lead over the best sentence of another passage, at most 5
    *OWN,
)
"""What confidence is computed from. Larger sets did no better on other questions."""

FEWEST_TERMS = 0.1
"""Share of the question's term weight that the best sentence's passage holds at least."""

HOPELESS = -20.0
"""Log odds of an answer from a passage that has nothing to do with the question."""

_INDEX = {name: i for i, name in enumerate(NAMES)}


@dataclass(frozen=True)
class Weights:
    """What was learnt: of features for ranking, of signals for confidence, and a bias."""

    ranking: NDArray[np.float64]
    confidence: NDArray[np.float64]
    bias: float


@lru_cache(maxsize=1)
def shipped() -> dict[str, Any]:
    """The content of ``extract.json``."""
    text = resources.files("openbook.generate").joinpath("extract.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@lru_cache(maxsize=1)
def weights() -> Weights:
    """The shipped weights, in the order of the features."""
    made = shipped()
    return Weights(
        np.array([made["ranking"][name] for name in NAMES]),
        np.array([made["confidence"][name] for name in SIGNALS]),
        float(made["bias"]),
    )


def values(sheet: Sheet) -> NDArray[np.float64]:
    """One value a candidate; higher answers better."""
    return np.asarray(sheet.rows @ weights().ranking)


def signals(
    rows: NDArray[np.float64], value: NDArray[np.float64], owner: Sequence[int]
) -> NDArray[np.float64]:
    """What speaks for the best sentence being right, in the order of :data:`SIGNALS`.

    Args:
        rows: features, one row a candidate; at least one.
        value: the candidates' values.
        owner: the passage of each candidate.
    """
    best = int(np.argmax(value))
    share = np.exp(value - value[best])
    share /= share.sum()
    same = np.asarray(owner) == owner[best]
    others = value[~same]
    lead = float(value[best] - others.max()) if len(others) else 5.0
    return np.array(
        [
            value[best] / 10.0,
            share[same].sum(),
            min(5.0, lead),
            *(rows[best, _INDEX[name]] for name in OWN),
        ]
    )


def logit(sheet: Sheet, value: NDArray[np.float64]) -> float:
    """Log odds, before calibration, that the chosen sentences hold the answer.

    Signals compare sentences with each other, which says nothing where there are few of them;
    so a passage that holds almost none of the question's terms never answers.
    """
    held = weights()
    if sheet.rows[int(np.argmax(value)), _INDEX["coverage_passage"]] < FEWEST_TERMS:
        return HOPELESS
    found = signals(sheet.rows, value, [c.rank for c in sheet.candidates])
    return float(found @ held.confidence + held.bias)
