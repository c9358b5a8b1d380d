"""Limits of ``--fail-below``: read, kept, and refused where they could not be kept at all."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openbook.errors import InputError
from openbook.evaluate.limits import Limit, below, read_limit
from openbook.evaluate.record import record

results: Callable[..., dict[str, Any]] = runpy.run_path(
    str(Path(__file__).with_name("made_results.py"))
)["results"]


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("F1=0.5", Limit("F1", 0.5)),
        ("advanced_rag:nDCG@10=0.6", Limit("nDCG@10", 0.6, "advanced_rag")),
        ("raft:handbook:F1=1", Limit("F1", 1.0, "raft:handbook")),
        ("naive_rag(k=3):F1=.2", Limit("F1", 0.2, "naive_rag(k=3)")),
    ],
)
def test_limits_are_read(text: str, limit: Limit) -> None:
    assert read_limit(text) == limit


@pytest.mark.parametrize("text", ["F1", "F1=", "F1=high", "=0.5", "m:=1", "F1=nan", ""])
def test_limits_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not MEASURE=NUMBER"):
        read_limit(text)


def test_limits_hold_for_every_method_or_one() -> None:
    new = record(results(0, 30))
    low = [method for _, method, _ in below(new, [Limit("F1", 0.5)])]
    assert low == ["standard"]
    assert not list(below(new, [Limit("F1", 0.5, "raft")]))
    slow = [method for _, method, _ in below(new, [Limit("tokens in", 750)])]
    assert slow == ["naive_rag"]
    for limit, message in ((Limit("nDCG@1", 1), "nDCG@10"), (Limit("F1", 1, "rafft"), "raft")):
        with pytest.raises(InputError, match=f'Did you mean "{message}"'):
            list(below(new, [limit]))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("F1=50", "Did you mean F1=0.5?"),
        ("raft:F1=62.5", "Did you mean raft:F1=0.625?"),
        ("F1=200", "0 to 1"),
        ("F1=-0.1", "0 to 1"),
        ("tokens in=-1", "0 or more"),
    ],
)
def test_limits_that_no_value_can_reach_are_refused(text: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        list(below(record(results(0, 8)), [read_limit(text)]))
    assert said in str(refused.value)


def test_a_measure_that_was_not_taken_is_refused() -> None:
    new = record(results(0, 30))
    for limit in (Limit("nDCG@10", 0.0, "standard"), Limit("nDCG@10", 0.0)):
        with pytest.raises(InputError, match=r"nDCG@10 was not measured of .*standard"):
            list(below(new, [limit]))
    assert not list(below(new, [Limit("nDCG@10", 0.0, "naive_rag")]))
