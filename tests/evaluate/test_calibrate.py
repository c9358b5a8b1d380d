"""Calibration from labelled questions: Platt's numbers, the threshold, risk and coverage."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbook.errors import QuestionsError
from openbook.evaluate.calibrate import (
    calibrate,
    fit,
    logit_of,
    platt,
    right_answer,
    risk_coverage,
)
from openbook.generate.confidence import Calibration
from openbook.generate.extract import Extract
from openbook.stage import Runtime, Stage
from openbook.testing import TOY, ToyRuntime
from openbook.types import Answer, Example, Hit, Passage, Query, Quote, Ranking


class Everything(Stage[Query, Ranking]):
    """Finds the toy documents, whatever is asked."""

    def run(self, batch: list[Query], runtime: Runtime) -> list[Ranking]:  # type: ignore[override]
        hits = [
            Hit(Passage(d.id, d.id, 0, len(d.text), d.text, title=d.title, source=d.source), 1.0)
            for d in TOY
        ]
        return [Ranking.of(query, hits) for query in batch]


def examples(count: int = 12) -> list[Example]:
    asked = [
        Example(f"a{i}", f"How many days of paid leave do staff have in year {i}?", ("15 days",),
                answerable=True, language="en")
        for i in range(count)
    ]  # fmt: skip
    absent = [
        Example(f"u{i}", f"Which colour has elephant number {i} at the zoo?", answerable=False)
        for i in range(count)
    ]
    return asked + absent


def test_platt_finds_the_numbers_that_made_the_labels() -> None:
    random = np.random.default_rng(0)
    raw = random.normal(0, 2, 20_000)
    good = random.random(20_000) < 1 / (1 + np.exp(-(1.7 * raw - 0.6)))
    scale, shift = platt(raw, good)
    assert scale == pytest.approx(1.7, abs=0.1)
    assert shift == pytest.approx(-0.6, abs=0.1)


def test_the_threshold_keeps_its_promise_on_the_questions_learnt_from() -> None:
    scores = [3.0, 2.5, 2.0, 1.0, 0.5, 2.2, 0.0, -1.0, -2.0, -3.0]
    answerable = [True] * 5 + [False] * 5
    for wrong in (0.0, 0.2, 0.4, 1.0):
        found = fit(scores, answerable, answerable, wrong=wrong)
        given_ = [found.answers(found.probability(s)) for s in scores]
        assert sum(given_[5:]) == round(wrong * 5)
    strict = fit(scores, answerable, answerable, wrong=0.0)
    kept = [strict.answers(strict.probability(s)) for s in scores[:5]]
    assert kept == [True, True, False, False, False]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=4, max_size=40))
def test_a_fit_is_always_usable(rows: list[tuple[float, bool]]) -> None:
    scores = [score for score, _ in rows]
    labels = [label for _, label in rows]
    found = fit(scores, labels, labels)
    assert found.scale > 0
    assert 0.0 <= found.threshold <= 1.0
    assert math.isfinite(found.shift)


def test_a_method_is_calibrated_without_its_own_threshold() -> None:
    method = Everything() >> Extract(asks=False)
    runtime = ToyRuntime({Calibration: Calibration(threshold=1.0)})
    found = calibrate(examples(), method, runtime, wrong=0.1)
    tuned = ToyRuntime({Calibration: found})
    answers = tuned.run(method, [example.query for example in examples()])
    kinds = [answer.kind for answer in answers]
    assert kinds[:12].count("answered") >= 10
    assert kinds[12:].count("answered") <= 1
    assert dict(found.made)["questions"] == "24"


def test_too_few_questions_are_refused() -> None:
    with pytest.raises(QuestionsError, match="too few"):
        calibrate(examples(3), Everything() >> Extract(), ToyRuntime())


def test_what_counts_as_right() -> None:
    query = Query("q")
    quote = Quote("Staff have 15 days.", "d", 0, 19)
    example = Example("1", "q", ("15 days",), answerable=True)
    assert right_answer(example, Answer("answered", "15", query, quotes=(quote,)))
    assert right_answer(example, Answer("answered", "It is 15 days.", query))
    assert not right_answer(example, Answer("answered", "50 days", query))
    assert not right_answer(example, Answer("abstained", "15 days", query))
    absent = Example("1", "q", ("15 days",), answerable=False)
    assert not right_answer(absent, Answer("answered", "15 days", query))


def test_risk_and_coverage_by_hand() -> None:
    curve = risk_coverage([0.9, 0.5, 0.7], [True, False, False])
    assert [(c, r) for _, c, r in curve] == [
        (pytest.approx(1 / 3), 0.0),
        (pytest.approx(2 / 3), 0.5),
        (1.0, pytest.approx(2 / 3)),
    ]


@given(st.floats(0, 1))
def test_log_odds_of_any_probability_are_finite(chance: float) -> None:
    assert abs(logit_of(chance)) < 21
