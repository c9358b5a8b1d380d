"""Calibration as a value: probability, threshold, file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.errors import DamagedError
from openbook.generate.confidence import Calibration


@given(st.floats(-1e6, 1e6), st.floats(0.01, 10), st.floats(-10, 10))
def test_a_probability_is_bounded(score: float, scale: float, shift: float) -> None:
    assert 0.0 <= Calibration(scale, shift).probability(score) <= 1.0


@given(st.floats(-20, 20), st.floats(-20, 20))
def test_a_higher_score_is_never_less_probable(a: float, b: float) -> None:
    low, high = sorted((a, b))
    calibration = Calibration(1.3, -0.2)
    assert calibration.probability(low) <= calibration.probability(high)


def test_open_never_abstains_and_default_may() -> None:
    assert Calibration.open().answers(0.0)
    assert 0.0 < Calibration.default().threshold < 1.0
    assert dict(Calibration.default().made)["from"] == "examples/calibration.jsonl"


def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    file = tmp_path / "made" / "extractive.json"
    calibration = Calibration(1.5, -0.25, 0.4, (("questions", "80"),))
    calibration.save(file)
    assert Calibration.load(file) == calibration


def test_no_file_means_the_shipped_one(tmp_path: Path) -> None:
    assert Calibration.load(tmp_path / "none.json") == Calibration.default()


@pytest.mark.parametrize("content", ["{", "[]", '{"scale": 1}', '{"scale": "x"}'])
def test_a_damaged_file_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "extractive.json"
    file.write_text(content, "utf-8")
    with pytest.raises(DamagedError, match=r"extractive\.json"):
        Calibration.load(file)
