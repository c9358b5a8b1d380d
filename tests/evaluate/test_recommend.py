"""The recommendation: needs first, then what is shown, then cost; never silent about either."""

import runpy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbook.errors import SettingsError
from openbook.evaluate.facts import Facts, main_measure
from openbook.evaluate.recommend import questions_needed, recommend
from openbook.evaluate.record import Record, record
from openbook.evaluate.rules import RULES
from openbook.evaluate.settings import Needs

results: Callable[..., dict[str, Any]] = runpy.run_path(
    str(Path(__file__).with_name("made_results.py"))
)["results"]


def of(values: dict[str, list[float]], **costs: float) -> Record:
    """A comparison with these values of one measure and these costs a question."""
    count = len(next(iter(values.values())))
    return record(
        {
            "format": 1,
            "questions": [{"id": str(n), "text": f"question {n}"} for n in range(count)],
            "methods": [{"name": name, "knowledge": 0.5} for name in values],
            "measures": [{"name": "F1", "unit": "share"}],
            "values": {name: {"F1": column} for name, column in values.items()},
            "totals": {
                name: {
                    "F1": {"value": sum(column) / count, "low": None, "high": None, "n": count},
                    "cost": {"value": costs.get(name, 0.0), "low": None, "high": None, "n": count},
                }
                for name, column in values.items()
            },
        }
    )


def test_the_better_one_is_taken_where_a_difference_is_shown() -> None:
    found = recommend(of({"cheap": [0.0] * 40, "good": [1.0] * 40}, good=0.1))
    assert found.method == "good"
    assert "better than every other" in found.headline
    assert found.runners_up == (("cheap", "Behind good by 1.00 (95 % interval 1.00 to 1.00)."),)


def test_the_cheapest_is_taken_where_no_difference_is_shown() -> None:
    alike = {"cheap": [1.0, 0.0] * 20, "dear": [0.0, 1.0] * 19 + [1.0, 1.0]}
    found = recommend(of(alike, dear=0.1))
    assert found.method == "cheap"
    assert "cheapest" in found.headline
    assert any("No difference shown” is not “the same”" in text for text in found.caveats)
    assert "dear has the highest mean, but no difference is shown" in found.reasons[1]


def test_lower_can_be_better() -> None:
    made = of({"low": [0.1] * 40, "high": [0.9] * 40}, low=9.0)
    measure = replace(made.measures[0], higher_is_better=False)
    assert recommend(replace(made, measures=(measure,))).method == "low"


@pytest.mark.parametrize(
    ("needs", "gone"),
    [
        (Needs(latency_p95_s=0.5), {"standard", "naive_rag", "advanced_rag", "raft"}),
        (Needs(sources_required=True), {"standard"}),
        (Needs(training="none"), {"raft"}),
        (Needs(data_may_leave=False), {"naive_rag", "advanced_rag"}),
        (Needs(budget_usd_month=0.0), {"standard", "naive_rag", "advanced_rag"}),
        (Needs(budget_usd_month=10.0, questions_month=10_000), {"naive_rag", "advanced_rag"}),
        (Needs(least_quality=0.3), {"standard"}),
        (Needs(least_style=0.75), {"extractive", "standard", "naive_rag", "advanced_rag"}),
        (Needs(memory_mb=100.0), {"extractive", "standard", "naive_rag", "advanced_rag", "raft"}),
        (Needs(documents_change="daily"), {"standard"}),
    ],
)
def test_each_need_leaves_out_what_breaks_it(needs: Needs, gone: set[str]) -> None:
    made = record(results(0, 60))
    found = recommend(made, needs)
    broken = {name for name in made.names if any(r.breaks(Facts(made, needs, name)) for r in RULES)}
    assert broken == gone
    assert dict(found.excluded).keys() == gone - {found.method}
    if gone != set(made.names):
        assert found.method not in gone
        assert not found.broken
    else:
        assert found.broken
        assert found.headline.startswith("No method meets all the needs.")


def test_an_update_that_takes_longer_than_a_change_is_left_out() -> None:
    made = results(0, 30)
    made["update"]["raft"]["seconds"] = 3 * 86400.0
    found = recommend(record(made), Needs(documents_change="daily"))
    assert "raft" in dict(found.excluded)
    weekly = recommend(record(made), Needs(documents_change="weekly"))
    assert "raft" not in dict(weekly.excluded)


def test_what_is_not_known_is_said() -> None:
    made = results(0, 30, only=("extractive", "naive_rag"))
    made["latency"] = {}
    for method in made["methods"]:
        method["leaves_machine"] = None
    needs = Needs(latency_p95_s=1.0, data_may_leave=False)
    text = recommend(record(made), needs).text
    assert "The latency of naive_rag was not measured" in text or "extractive was not" in text


def test_few_questions_are_called_that() -> None:
    text = recommend(record(results(0, 10))).text
    assert "10 questions are a first impression" in text
    assert "No needs are stated" in text


def test_no_number_of_questions_below_those_that_did_not_suffice() -> None:
    found = recommend(of({"cheap": [1.0] * 6, "dear": [0.0] * 5 + [1.0]}, dear=0.1))
    (told,) = (text for text in found.caveats if "is not “the same”" in text)
    assert "More questions would settle it." in told and "About" not in told


def test_it_speaks_korean() -> None:
    found = recommend(record(results(0, 60)), Needs(sources_required=True), "ko")
    assert "방식을 쓰십시오" in found.headline
    assert "출처가 필요합니다" in dict(found.excluded)["standard"]


needs_ = st.builds(
    Needs,
    latency_p95_s=st.sampled_from([0.0, 0.01, 0.5, 2.0, 10.0]),
    budget_usd_month=st.sampled_from([-1.0, 0.0, 5.0, 100.0]),
    questions_month=st.sampled_from([0, 1000, 50_000]),
    sources_required=st.booleans(),
    training=st.sampled_from(["none", "cpu", "gpu"]),
    data_may_leave=st.booleans(),
    least_quality=st.sampled_from([0.0, 0.5, 0.99]),
    least_style=st.sampled_from([0.0, 0.7, 1.0]),
    documents_change=st.sampled_from(["", "never", "daily"]),
)


@settings(max_examples=60, deadline=None)
@given(needs_, st.integers(0, 5), st.integers(2, 40), st.sampled_from(["en", "ko"]))
def test_a_need_is_broken_only_where_every_method_breaks_one(
    needs: Needs, seed: int, count: int, language: str
) -> None:
    made = record(results(seed, count))
    found = recommend(made, needs, language)
    broken = {
        name: [rule for rule in RULES if rule.breaks(Facts(made, needs, name))]
        for name in made.names
    }
    assert len(found.broken) == len(broken[found.method])
    if any(not rules for rules in broken.values()):
        assert not broken[found.method]
    else:
        fewest = min(map(len, broken.values()))
        assert len(broken[found.method]) == fewest
    told = {found.method, *dict(found.excluded), *dict(found.runners_up)}
    assert set(made.names) == told or not any(not rules for rules in broken.values())
    assert found == recommend(made, needs, language)


def test_questions_needed_shows_the_difference_about_four_times_in_five() -> None:
    """The formula against a simulation with the paired test itself."""
    import numpy as np

    random = np.random.default_rng(0)
    ours = [float(x) for x in random.random(4000) < 0.55]
    theirs = [float(x) for x in random.random(4000) < 0.45]
    gap = sum(ours) / 4000 - sum(theirs) / 4000
    count = questions_needed(ours, theirs, gap)
    differences = np.array(ours) - np.array(theirs)
    drawn = differences[random.integers(0, 4000, (2000, count))]
    error = drawn.std(axis=1, ddof=1) / count**0.5
    shown = (drawn.mean(axis=1) - 1.96 * error > 0).mean()
    assert 0.75 < shown < 0.87


def test_the_main_measure_is_the_users_where_there_is_one() -> None:
    made = record(results(0, 8))
    assert main_measure(made) == "correct"
    assert main_measure(made, Needs(measure="nDCG@10")) == "nDCG@10"
    with pytest.raises(SettingsError, match='"F2" was not measured here'):
        main_measure(made, Needs(measure="F2"))
