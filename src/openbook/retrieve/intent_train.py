"""Training an intent classifier from labelled questions: two regularised logistic regressions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from openbook.errors import InputError, nearest
from openbook.retrieve.intent import FORMS, Classifier
from openbook.retrieve.intent_features import BINS, form, scope
from openbook.types import Ranking

STEPS = 400
BATCH = 2048
"""Questions looked at in a step, drawn by a fixed seed."""

RATE = 0.05
"""Step size of Adam; it falls to 0 in a straight line."""

DECAY = 1e-5
"""Weight of half the squared length of the weights, beside the mean loss."""


def train(
    questions: Sequence[tuple[str, str]],
    inside: Sequence[Ranking] = (),
    outside: Sequence[Ranking] = (),
) -> Classifier:
    """A classifier of labelled questions and, where rankings are given, of scope.

    Every label counts the same however many questions it has.

    Args:
        questions: a text and its label each: ``chat``, ``fact`` or ``multi-hop``, all three.
        inside: rankings of questions that the documents answer.
        outside: rankings of questions that they do not.

    Raises:
        InputError: another label, a label without questions, or rankings of one kind only.
    """
    known = Counter(label for _, label in questions)
    for label in known:
        if label not in FORMS:
            raise InputError(f'there is no label "{label}"', fix=nearest(label, FORMS))
    missing = [label for label in FORMS if not known[label]]
    if missing:
        raise InputError(f'no question has the label "{missing[0]}"', fix="Give some of each.")
    if bool(inside) != bool(outside):
        raise InputError("rankings are of one kind only", fix="Give some in scope and some out.")
    labels = np.array([FORMS.index(label) for _, label in questions])
    forms = _forms([form(text) for text, _ in questions], labels)
    if not inside:
        return Classifier(forms, np.zeros(0, np.float32))
    rows = np.array([scope(ranking) for ranking in (*inside, *outside)])
    truth = np.array([0] * len(inside) + [1] * len(outside))
    return Classifier(forms, _scope(rows, truth))


def _forms(features: Sequence[dict[int, float]], labels: NDArray[np.int64]) -> NDArray[np.float32]:
    used = sorted({key for row in features for key in row})
    column = {key: at for at, key in enumerate(used)}
    data = np.zeros((len(features), len(used) + 1), np.float32)
    for at, row in enumerate(features):
        data[at, [column[key] for key in row]] = list(row.values())
    data[:, -1] = 1.0
    found = _fit(data, labels, len(FORMS), DECAY)
    weights = np.zeros((BINS + 1, len(FORMS)), np.float32)
    weights[used] = found[:-1]
    weights[-1] = found[-1]
    return weights


def _scope(rows: NDArray[np.float64], truth: NDArray[np.int64]) -> NDArray[np.float32]:
    """Weights on the plain numbers; they are fitted on standardised ones."""
    mean, spread = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
    data = np.concatenate([(rows - mean) / spread, np.ones((len(rows), 1))], axis=1)
    found = _fit(data.astype(np.float32), truth, 2, 1e-3)
    both = (found[:, 1] - found[:, 0]).astype(np.float64)
    weights = both[:-1] / spread
    return np.append(weights, both[-1] - weights @ mean).astype(np.float32)


def _fit(
    data: NDArray[np.float32], labels: NDArray[np.int64], classes: int, decay: float
) -> NDArray[np.float32]:
    """Multinomial logistic regression by Adam; classes weigh the same."""
    counts = np.bincount(labels, minlength=classes)
    share = (1.0 / (classes * counts))[labels].astype(np.float32)[:, None]
    truth = np.eye(classes, dtype=np.float32)[labels]
    weights = np.zeros((data.shape[1], classes), np.float32)
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    chance = np.random.default_rng(0)
    for step in range(1, STEPS + 1):
        at = chance.choice(len(data), min(BATCH, len(data)), replace=False)
        some = data[at]
        values = some @ weights
        values = np.exp(values - values.max(axis=1, keepdims=True))
        values /= values.sum(axis=1, keepdims=True)
        slope = some.T @ ((values - truth[at]) * share[at]) * (len(data) / len(at))
        slope += decay * weights
        first += 0.1 * (slope - first)
        second += 0.001 * (slope * slope - second)
        fair = second / (1 - 0.999**step)
        weights -= RATE * (1 - step / STEPS) * (first / (1 - 0.9**step)) / (np.sqrt(fair) + 1e-8)
    return weights
