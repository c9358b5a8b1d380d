"""Two runs: paired where questions match, independent otherwise, and methods of one run alone."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbook.errors import InputError
from openbook.evaluate.moved import match, moved, permutation
from openbook.evaluate.record import Record, record

results: Callable[..., dict[str, Any]] = runpy.run_path(
    str(Path(__file__).with_name("made_results.py"))
)["results"]


def run(values: list[float], *, ids: str = "q", total: float | None = None) -> Record:
    """One method with these values of F1."""
    mean = sum(values) / len(values) if total is None else total
    return record(
        {
            "format": 1,
            "questions": [{"id": f"{ids}{n}", "text": f"q {n}"} for n in range(len(values))],
            "methods": [{"name": "m"}],
            "measures": [{"name": "F1", "unit": "share"}],
            "values": {"m": {"F1": values}},
            "totals": {"m": {"F1": {"value": mean, "n": len(values)}}},
        }
    )


def test_matching_questions_are_paired() -> None:
    found = moved(run([0.0, 0.5] * 20), run([0.5, 1.0] * 20))
    (move,) = found.moves
    assert (move.how, move.n, found.matching) == ("paired", 40, 40)
    assert move.difference == pytest.approx(0.5)
    assert (move.low, move.high) == pytest.approx((0.5, 0.5))
    assert move.shown == "better"
    assert not found.worse


def test_only_the_questions_of_both_runs_are_paired() -> None:
    old, new = run([0.0] * 10 + [1.0] * 30), run([1.0] * 10)
    (move,) = moved(old, new).moves
    assert (move.n, move.n_old, move.old, move.new) == (10, 10, 0.0, 1.0)


def test_other_questions_are_independent_samples() -> None:
    old, new = run([1.0] * 30 + [0.0] * 5, ids="a"), run([0.0] * 30 + [1.0] * 5, ids="b")
    found = moved(old, new)
    (move,) = found.moves
    assert (move.how, found.matching, move.n, move.n_old) == ("unpaired", 0, 35, 35)
    assert move.shown == "worse"
    assert move.low is not None
    assert move.low < move.difference < (move.high or 0) < 0
    assert found.worse == (move,)


def test_a_few_that_match_do_not_stand_for_all() -> None:
    old, new = run([1.0] * 5 + [0.0] * 95), run([1.0] * 5)
    more = record(
        {
            "format": 1,
            "questions": [{"id": q.id, "text": q.text} for q in new.questions]
            + [{"id": f"n{n}", "text": "new"} for n in range(95)],
            "methods": [{"name": "m"}],
            "measures": [{"name": "F1", "unit": "share"}],
            "values": {"m": {"F1": [1.0] * 100}},
            "totals": {"m": {"F1": {"value": 1.0, "n": 100}}},
        }
    )
    assert moved(old, new).moves[0].how == "paired"
    (move,) = moved(old, more).moves
    assert (move.how, move.n, move.shown) == ("unpaired", 100, "better")


def test_a_question_with_another_text_is_another_question() -> None:
    old = run([1.0, 1.0])
    new = record(
        {
            "format": 1,
            "questions": [{"id": "q0", "text": "q 0"}, {"id": "q1", "text": "changed"}],
            "methods": [{"name": "m"}],
            "measures": [],
            "values": {},
            "totals": {},
        }
    )
    assert match(old, new) == [(0, 0)]


def test_a_ratio_is_compared_without_an_interval() -> None:
    (move,) = moved(run([0.0, 1.0], total=0.9), run([0.0, 1.0], total=0.4)).moves
    assert (move.how, move.low, move.p, move.shown) == ("totals", None, None, "none")
    assert move.difference == pytest.approx(-0.5)


def test_lower_can_be_better() -> None:
    made = [results(seed, 40, only=("naive_rag",)) for seed in (0, 1)]
    for row, value in zip(made, (0.9, 0.1), strict=True):
        row["values"]["naive_rag"]["unsupported answers"] = [value] * 40
        row["totals"]["naive_rag"]["unsupported answers"]["value"] = value
        for number, question in enumerate(row["questions"]):
            question |= {"id": str(number), "text": str(number)}
    (move,) = moved(record(made[0]), record(made[1]), measures=["unsupported answers"]).moves
    assert move.difference < 0
    assert move.shown == "better"


@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.25, 1.0]), min_size=2, max_size=30))
def test_a_run_against_itself_has_not_moved(values: list[float]) -> None:
    for other in (run(values), run(values, ids="other")):
        (move,) = moved(run(values), other).moves
        assert move.difference == 0
        assert move.shown == "none"


def test_the_permutation_test_agrees_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    random = np.random.default_rng(1)
    for shift in (0.0, 0.1, 0.3):
        ours = (random.random(40) + shift).tolist()
        theirs = random.random(35).tolist()
        expected = stats.permutation_test(
            (ours, theirs),
            lambda a, b, axis: np.mean(a, axis=axis) - np.mean(b, axis=axis),
            vectorized=True,
            n_resamples=20_000,
            rng=np.random.default_rng(2),
        ).pvalue
        assert permutation(ours, theirs) == pytest.approx(expected, abs=0.02)


def test_methods_of_one_run_are_named() -> None:
    old = record(results(0, 8, only=("extractive", "standard")))
    new = record(results(0, 8, only=("extractive", "naive_rag")))
    found = moved(old, new)
    assert (found.only_old, found.only_new) == (("standard",), ("naive_rag",))
    with pytest.raises(InputError, match="no method in common"):
        moved(old, record(results(0, 8, only=("raft",))))
    with pytest.raises(InputError, match="not measured in both"):
        moved(old, new, measures=["F2"])
