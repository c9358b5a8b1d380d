"""Results: totals, pairs with one correction over all tests, groups, and what a judge adds."""

import json
import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openbook.errors import ServerError
from openbook.evaluate.chart import place
from openbook.evaluate.contestants import Contestant
from openbook.evaluate.judge import asked_of, judge, verdict
from openbook.evaluate.kept import Lines
from openbook.evaluate.makers import commit, made_by
from openbook.evaluate.measures import known, parse
from openbook.evaluate.outcome import Outcome
from openbook.evaluate.results import MAIN, Measured
from openbook.evaluate.statistics import holm
from openbook.methods.extractive import extractive
from openbook.methods.naive_rag import naive_rag
from openbook.testing import FakeLM
from openbook.types import Example, Prompt

outcome = runpy.run_path(str(Path(__file__).with_name("making.py")))["outcome"]


def answers(right: int, count: int = 30, split: str = "") -> list[Outcome]:
    """``right`` of ``count`` answers are right; every third document is found."""
    made = []
    for i in range(count):
        said = "15 days" if i < right else "9 hours"
        one = outcome(said, answers=("15 days",), gold=(f"d{i}",), found=(f"d{i // 3 * 3}#1",),
                      supported=(True,), seconds=0.1 * i, name=f"q{i}")  # fmt: skip
        example = replace(one.example, split=split or ("train" if i % 2 else "test"))
        made.append(replace(one, example=example))
    return made


def measured(**outcomes: list[Outcome]) -> dict[str, Any]:
    names = list(outcomes)
    contestants = [Contestant(name, name, extractive()) for name in names]
    parents = {name: names[0] if name != names[0] else "" for name in names}
    found = Measured(contestants, parents, outcomes, tuple(known()), seed=3).results()
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]


def test_everything_has_a_value_for_each_question_and_a_total() -> None:
    found = measured(a=answers(10), b=answers(20))
    assert [m["name"] for m in found["measures"]] == [m.name for m in known()]
    for by in found["values"].values():
        assert {len(values) for values in by.values()} == {30}
    for name in ("a", "b"):
        for measure, total in found["totals"][name].items():
            if total["value"] is not None:
                assert total["low"] <= total["value"] <= total["high"], measure
    assert found["totals"]["b"]["correct"]["value"] == pytest.approx(2 / 3)
    assert found["latency"]["a"]["n"] == 30
    assert found["latency"]["a"]["p50"] == pytest.approx(1.45)


def test_the_pairs_of_a_measure_are_corrected_together() -> None:
    found = measured(a=answers(10), b=answers(28), c=answers(9))
    rows = found["pairs"]
    assert {row["parent"] for row in rows} == {"a"}
    for name in {row["measure"] for row in rows}:
        some = [row for row in rows if row["measure"] == name]
        assert len(some) == 2
        assert [row["p_holm"] for row in some] == holm([row["p"] for row in some])
    shown = {(row["method"], row["measure"]): row["shown"] for row in rows}
    assert shown["b", "correct"] == "better"
    assert shown["c", "correct"] == "none"
    assert shown["b", "nDCG@10"] == "none"
    turned = measured(a=answers(28), b=answers(10))
    assert {r["shown"] for r in turned["pairs"] if r["measure"] == "correct"} == {"worse"}


def test_a_difference_that_one_test_would_show_may_not_stand_among_many() -> None:
    """Six of six in favour: p = 2 / 64. Alone it is shown, among several it is not."""
    (alone,) = _correct(measured(a=answers(10), b=answers(16))["pairs"])
    assert alone["p"] == pytest.approx(2 / 64)
    assert alone["shown"] == "better"
    many = _correct(measured(a=answers(10), b=answers(16), c=answers(11))["pairs"])
    assert {row["shown"] for row in many} == {"none"}


def _correct(pairs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in pairs if row["measure"] == "correct"]


def test_the_same_seed_gives_the_same_results() -> None:
    assert measured(a=answers(10), b=answers(20)) == measured(a=answers(10), b=answers(20))


def test_seen_and_unseen_documents_are_reported_apart() -> None:
    found = measured(a=answers(10), b=answers(20))
    assert found["groups"]["seen"]["b"]["correct"]["n"] == 15
    unseen = found["groups"]["unseen"]["b"]["correct"]["value"]
    assert unseen == pytest.approx(10 / 15)
    assert list(measured(a=answers(10, split="dev"))["groups"]) == ["unseen"]


def test_main_measures_are_measures() -> None:
    for name in MAIN:
        assert parse(name).unit == "share"


def test_what_made_it_is_told() -> None:
    made = made_by("openbook compare", 3, "2026-11-21T00:00:00Z", 1.5)
    assert made["machine"]["cores"] >= 1
    assert made["versions"]["numpy"]
    assert commit() == "" or len(commit()) >= 40


def test_places_on_the_chart() -> None:
    plain, more = place(naive_rag()), place(naive_rag(rerank=20))
    assert plain[0] == 0.0
    assert 0.4 <= plain[1] < more[1] <= 1.0
    from openbook.methods.few_shot import few_shot
    from openbook.methods.standard import standard

    assert place(standard())[1] == 0.0
    assert place(few_shot())[0] > place(standard())[0]


# --- the judge


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("yes", 1.0), ("Yes, it does.", 1.0), ("**No**", 0.0), ("예", 1.0), ("네, 맞습니다", 1.0),
        ("아니요.", 0.0), ("틀립니다", 0.0), ("Maybe", None), ("", None), ("None of these", None),
        ("<think>no?</think> yes", 1.0),
    ],
)  # fmt: skip
def test_verdicts(reply: str, expected: float | None) -> None:
    assert verdict(reply) == expected


class Judge(FakeLM):
    """Says yes where 15 is said; fails on one question; mumbles on another."""

    def complete(self, prompts: Any, **how: Any) -> Any:
        if any("broken" in prompt[-1].content for prompt in prompts):
            raise ServerError("down")
        return super().complete(prompts, **how)


def reply(prompt: Prompt) -> str:
    said = prompt[-1].content.split("judge: ")[1].split("\n")[0]
    return "hm" if "mumble" in said else "yes" if "15" in said else "no"


def test_failures_of_the_judge_are_counted_and_never_scored(tmp_path: Path) -> None:
    made = [
        outcome("15 days", answers=("15",)),
        outcome("14 days", answers=("15",)),
        outcome("mumble", answers=("15",)),
        outcome("", answers=("15",)),
        outcome("x", answerable=False),
    ]
    lines = Lines(tmp_path / "judge.jsonl")
    model = Judge(reply)
    measure, said = judge({"m": made}, model, lines)
    assert measure.values(made) == [1.0, 0.0, None, 0.0, None]
    assert said == {"model": "fake", "asked": {"m": 3}, "failures": {"m": 1}}
    assert measure.total(made) == pytest.approx(1 / 3)
    before = len(model.seen)
    judge({"m": made[:2]}, model, Lines(tmp_path / "judge.jsonl"))
    assert len(model.seen) == before


def test_a_judge_that_is_down_fails_and_is_asked_again_later(tmp_path: Path) -> None:
    made = [outcome("broken 15", answers=("15",))]
    measure, said = judge({"m": made}, Judge(reply), Lines(tmp_path / "j.jsonl"))
    assert measure.values(made) == [None]
    assert said["failures"] == {"m": 1}
    measure, said = judge({"m": made}, FakeLM(reply), Lines(tmp_path / "j.jsonl"))
    assert measure.values(made) == [1.0]
    assert said["failures"] == {"m": 0}


def test_a_judge_is_asked_in_the_questions_language() -> None:
    korean = asked_of(outcome("15일", answers=("15일",), language="ko"))
    assert korean is not None and "예 또는 아니요" in korean[1].content
    assert asked_of(outcome("x")) is None
    assert Example("1", "?").answers == ()
