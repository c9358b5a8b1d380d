"""Scores of a generator on held-out rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from openbook.project.contrast import contrast, ranks
from openbook.project.scored import MOST, scored
from openbook.tune.rows import Row
from openbook.types import Completion, Message, Prompt


@dataclass
class Says:
    """Writes what is set for a question."""

    texts: dict[str, str]
    name: str = "says"
    asked: list[str] = field(default_factory=list)

    def count(self, text: str) -> int:
        return len(text.split())

    def complete(
        self, prompts: Sequence[Prompt], *, max_tokens: int, seed: int = 0
    ) -> list[Completion]:
        self.asked += [prompt[-1].content for prompt in prompts]
        return [Completion(self.texts.get(prompt[-1].content, "")) for prompt in prompts]


def row(text: str, *answers: str) -> Row:
    return Row((Message("user", text),), "", question=text, answers=answers)


def test_short_answers_are_compared_and_refusals_score_nothing() -> None:
    rows = [row("How many days?", "15 days", "fifteen"), row("Who?", "Kim"), row("연차는?", "15일")]
    said = {"How many days?": "It says so.\n<ANSWER>: 15 days", "연차는?": "<ANSWER>: 15일간"}
    found = scored(Says(said), rows, 1000)
    assert found["answered_rows"] == 3 and found["EM"] == pytest.approx(1 / 3, abs=1e-3)
    assert found["F1"] == pytest.approx((1 + 0 + 6 / 7) / 3, abs=1e-3)


def test_rows_without_answers_and_long_ones_are_not_asked() -> None:
    model = Says({})
    assert scored(model, [row("Refuse?")], 1000) == {}
    assert scored(model, [row("long " * 500, "x")], 100) == {}
    assert not model.asked


def test_no_more_than_a_bounded_number_is_asked() -> None:
    model = Says({})
    assert scored(model, [row(f"q{n}", "x") for n in range(90)], 1000)["answered_rows"] == MOST
    assert len(set(model.asked)) == MOST


def test_a_contrast_has_the_interval_of_the_difference() -> None:
    found = contrast("recall@5", [0.0] * 20 + [1.0] * 20, [1.0] * 40)
    assert found["recall@5"] == 1 and found["recall@5_before"] == 0.5
    assert 0 < found["recall@5_low"] < found["recall@5_gain"] == 0.5 < found["recall@5_high"] < 1
    assert contrast("recall@5", [], []) == {} and ranks([], []) == {}


def test_ranks_become_measures_and_what_is_not_found_scores_nothing() -> None:
    found = ranks([0, 6, 20], [1, 2, 0], first="MRR@10")
    assert next(iter(found)) == "MRR@10" and found["MRR@10"] == 0.5
    assert found["recall@5_before"] == 0 and found["recall@5"] == pytest.approx(2 / 3, abs=1e-3)
    assert found["held_out_questions"] == 3
