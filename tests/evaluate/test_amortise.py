"""What training adds to a question, and from how many questions on it has paid for itself."""

from __future__ import annotations

import math
import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.evaluate.amortise import Amortised, amortised, reference, sentences
from openbook.evaluate.record import Compared, Latency, Record, Total, record
from openbook.evaluate.report import page
from openbook.evaluate.settings import Needs

MADE = runpy.run_path(str(Path(__file__).parent / "made_results.py"))["results"]


def compared(name: str, parent: str = "", *, trained: float = 0.0, **more: Any) -> Compared:
    spent = {"training_seconds": trained, "peak_memory_mb": 700.0, "disk_mb": 3.0}
    adapters = ("a",) if trained else ()
    return Compared(name, parent, models=("m",), adapters=adapters, spent=spent, **more)


def made(methods: list[Compared], takes: dict[str, tuple[float, float]]) -> Record:
    """A record where each method takes so many seconds and dollars."""
    return Record(
        (), tuple(methods), (), {},
        {name: {"cost": Total(cost, cost, cost, 9)} for name, (_, cost) in takes.items()},
        latency={name: Latency(seconds, seconds, 9) for name, (seconds, _) in takes.items()},
    )  # fmt: skip


METHODS = [
    compared("extractive", knowledge=0.4),
    compared("naive_rag(k=3)", "extractive", knowledge=0.4),
    compared("finetuned:a", "naive_rag(k=3)", trained=100.0),
    compared("raft:a", "finetuned:a", trained=100.0, knowledge=0.4),
]


def test_by_hand_in_seconds() -> None:
    takes = {"extractive": (0.1, 0.0), "naive_rag(k=3)": (1.0, 0.0), "finetuned:a": (0.6, 0.0),
             "raft:a": (1.2, 0.0)}  # fmt: skip
    short, slow = amortised(made(METHODS, takes), Needs(questions_month=1000))
    assert (short.method, short.against, short.unit) == ("finetuned:a", "naive_rag(k=3)", "seconds")
    assert short.whole == pytest.approx(0.7)
    assert short.pays_after == 250
    assert slow.whole == pytest.approx(1.3)
    assert slow.pays_after == math.inf


def test_by_hand_in_dollars() -> None:
    """A machine at 3.60 an hour: a tenth of a cent a second; a server at a cent a question."""
    takes = {"extractive": (0.1, 0.0), "naive_rag(k=3)": (1.0, 0.01), "finetuned:a": (1.0, 0.0),
             "raft:a": (1.0, 0.0)}  # fmt: skip
    needs = Needs(questions_month=50, machine_usd_hour=3.6)
    one, _ = amortised(made(METHODS, takes), needs)
    assert one.unit == "dollars"
    assert one.training == pytest.approx(0.1)
    assert (one.each, one.theirs) == (pytest.approx(0.001), pytest.approx(0.011))
    assert one.whole == pytest.approx(0.003)
    assert one.pays_after == 10


def test_what_is_not_known_is_not_said() -> None:
    plain = made(METHODS, {})
    for one in amortised(plain, Needs()):
        assert (one.each, one.whole, one.pays_after) == (None, None, None)
    unknown = [replace(METHODS[2], spent={"training_seconds": None})]
    assert amortised(made(unknown, {}), Needs()) == []
    assert amortised(made(METHODS[:2], {}), Needs()) == []


def test_the_volume_is_that_of_the_command_else_that_of_the_needs() -> None:
    found = made(METHODS, {})
    assert {one.volume for one in amortised(found, Needs(questions_month=7))} == {7}
    stated = replace(found, volume=9)
    assert {one.volume for one in amortised(stated, Needs(questions_month=7))} == {9}


def test_whom_it_is_held_against() -> None:
    other = compared("advanced_rag", knowledge=0.9)
    assert reference(made([other, *METHODS], {}), METHODS[3]) == "naive_rag(k=3)"
    assert reference(made([other, *METHODS[2:]], {}), METHODS[3]) == "advanced_rag"
    alone = compared("standard")
    trained = compared("finetuned:a", "standard", trained=1.0)
    assert reference(made([alone, trained], {}), trained) == "standard"
    below = compared("raft:a", "finetuned:a", trained=1.0)
    assert reference(made([alone, trained, below], {}), below) == "standard"
    assert reference(made([trained], {}), trained) == ""


amounts = st.floats(0.001, 1000)


@given(amounts, amounts, amounts, st.integers(1, 10**6))
def test_from_the_break_even_on_it_costs_no_more(
    training: float, each: float, theirs: float, volume: int
) -> None:
    one = Amortised("a", training, None, None, "seconds", training, each, volume, "b", theirs)
    assert one.whole is not None and one.pays_after is not None
    assert one.whole >= each
    if volume >= one.pays_after:
        assert one.whole <= theirs * (1 + 1e-9)
    elif not math.isinf(one.pays_after) and volume < one.pays_after - 1:
        assert one.whole >= theirs * (1 - 1e-9)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_report_shows_it(language: str) -> None:
    results = MADE(0, 12)
    for needs in (Needs(), Needs(questions_month=1000), Needs(machine_usd_hour=1.0)):
        html = page(record(results), language, needs)
        assert 'id="studied"' in html
        assert ("machine_usd_hour" in html.partition('id="studied"')[2]) == (
            not needs.machine_usd_hour
        )
        (told,) = sentences(record(results), needs, language)
        assert told.startswith("raft")
    assert "naive_rag" in sentences(record(results), Needs(), "en")[0]
