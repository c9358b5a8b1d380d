"""Intervals, sign-flip tests and Holm's correction against scipy and published cases."""

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from openbook.errors import InputError
from openbook.evaluate.statistics import holm, interval, paired, randomisation, resampled

# Fifteen pairs of plants, crossed and self-fertilised, differences of heights in eighths of an
# inch: Darwin 1876, as Fisher treats them in The Design of Experiments, section 21.
DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]

floats = st.floats(-5, 5, allow_nan=False).map(lambda x: round(x, 3))


def skewed(n: int, seed: int = 0) -> list[float]:
    return list(np.random.default_rng(seed).gamma(1.5, 1.0, n))


@pytest.mark.parametrize(("ours", "theirs"), [("percentile", "percentile"), ("bca", "BCa")])
@pytest.mark.parametrize("n", [12, 60, 300])
def test_intervals_are_scipys(ours: str, theirs: str, n: int) -> None:
    values = skewed(n)
    low, high = interval(values, method=ours, seed=1)  # type: ignore[arg-type]
    found = stats.bootstrap(
        (values,), np.mean, n_resamples=10_000, method=theirs, rng=np.random.default_rng(2)
    ).confidence_interval
    width = found.high - found.low
    assert low == pytest.approx(found.low, abs=0.05 * width)
    assert high == pytest.approx(found.high, abs=0.05 * width)


def test_bca_moves_towards_the_tail_of_skewed_values() -> None:
    values = skewed(25)
    plain, moved = interval(values), interval(values, method="bca")
    assert moved[0] > plain[0]
    assert moved[1] > plain[1]


def test_a_statistic_of_several_columns() -> None:
    random = np.random.default_rng(3)
    rows = np.column_stack([random.random(200), random.random(200) + 0.5])
    low, high = interval(rows, lambda r: r[..., 0].sum(-1) / r[..., 1].sum(-1))

    def ratio(a: np.ndarray, b: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.asarray(a.sum(axis) / b.sum(axis))

    found = stats.bootstrap(
        (rows[:, 0], rows[:, 1]), ratio, paired=True, method="percentile",
        rng=np.random.default_rng(4),
    ).confidence_interval  # fmt: skip
    assert (low, high) == pytest.approx((found.low, found.high), abs=0.006)


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    random = np.random.default_rng(5)
    held = 0
    for trial in range(300):
        low, high = interval(random.normal(0.3, 1, 60), resamples=1000, seed=trial)
        held += low <= 0.3 <= high
    assert 0.90 <= held / 300 <= 0.98


def test_a_seed_gives_the_same_interval_and_another_seed_another() -> None:
    values = skewed(40)
    assert interval(values, seed=7) == interval(values, seed=7)
    assert interval(values, seed=7) != interval(values, seed=8)
    assert len(resampled(np.asarray(values).reshape(-1, 1), lambda r: r[..., 0].mean(-1))) == 10_000


@settings(max_examples=30, deadline=None)
@given(st.lists(floats, min_size=1, max_size=30), st.sampled_from(["percentile", "bca"]))
def test_an_interval_of_a_mean_lies_within_the_values(values: list[float], method: str) -> None:
    low, high = interval(values, method=method, resamples=1000)  # type: ignore[arg-type]
    edge = 1e-9
    assert min(values) - edge <= low <= high <= max(values) + edge


def test_no_values_have_no_interval() -> None:
    with pytest.raises(InputError):
        interval([])
    with pytest.raises(InputError):
        interval([1.0], level=1.0)


def test_fishers_exact_test_of_darwins_plants() -> None:
    """Fisher counts 863 of 32,768 sums as large as the observed 314; two-sided, 2 x 863."""
    sums = [abs(sum(s * d for s, d in zip(signs, DARWIN, strict=True)))
            for signs in itertools.product((1, -1), repeat=15)]  # fmt: skip
    assert sum(value >= 314 for value in sums) == 2 * 863
    exact = 2 * 863 / 2**15
    assert randomisation(DARWIN, rounds=200_000) == pytest.approx(exact, abs=0.003)
    assert randomisation([*DARWIN[:14], 0.0]) == _every_pattern(DARWIN[:14])


def _every_pattern(values: Sequence[float]) -> float:
    observed = abs(sum(values))
    patterns = list(itertools.product((1, -1), repeat=len(values)))
    hits = sum(
        abs(sum(s * v for s, v in zip(signs, values, strict=True))) >= observed - 1e-9
        for signs in patterns
    )
    return hits / len(patterns)


@pytest.mark.parametrize("n", [5, 11, 40, 200])
@pytest.mark.parametrize("shift", [0.0, 0.3])
def test_p_values_are_scipys(n: int, shift: float) -> None:
    values = np.random.default_rng(n).normal(shift, 1, n)
    found = stats.permutation_test(
        (values,), np.mean, permutation_type="samples", n_resamples=20_000,
        rng=np.random.default_rng(1),
    ).pvalue  # fmt: skip
    assert randomisation(values, rounds=20_000) == pytest.approx(found, abs=0.012)


@settings(deadline=None)
@given(st.lists(floats, max_size=12))
def test_p_values_are_probabilities_and_do_not_know_a_direction(values: list[float]) -> None:
    p = randomisation(values)
    assert 0 < p <= 1
    assert p == pytest.approx(randomisation([-value for value in values]))


def test_without_a_difference_p_is_one() -> None:
    assert randomisation([0.0, 0.0]) == randomisation([]) == 1.0


def test_p_values_under_the_hypothesis_are_uniform() -> None:
    random = np.random.default_rng(8)
    found = [randomisation(random.normal(0, 1, 12)) for _ in range(400)]
    assert stats.kstest(found, "uniform").pvalue > 0.01


def test_holm_by_hand() -> None:
    """Sorted 0.010, 0.011, 0.02, 0.04 times 4, 3, 2, 1, none below the one before."""
    assert holm([0.02, 0.010, 0.04, 0.011]) == pytest.approx([0.04, 0.04, 0.04, 0.04])
    assert holm([0.01, 0.02, 0.03, 0.04]) == pytest.approx([0.04, 0.06, 0.06, 0.06])
    assert holm([0.0005, 0.9, 0.6]) == pytest.approx([0.0015, 1.0, 1.0])
    assert holm([]) == []


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), max_size=12), st.floats(0.01, 0.2))
def test_holm_rejects_what_stepping_down_rejects(p_values: list[float], level: float) -> None:
    """The definition: reject from the smallest while p <= level / (number left)."""
    corrected = holm(p_values)
    assert all(p <= q <= 1 for p, q in zip(p_values, corrected, strict=True))
    rejected, going = set(), True
    for rank, index in enumerate(np.argsort(p_values, kind="stable").tolist()):
        going = going and p_values[index] * (len(p_values) - rank) <= level
        rejected |= {index} if going else set()
    assert rejected == {i for i, q in enumerate(corrected) if q <= level}


def test_pairs_are_formed_over_what_both_have() -> None:
    found = paired([1.0, None, 1.0, 0.0], [0.0, 1.0, None, 0.0])
    assert found is not None
    assert (found.mean, found.n) == (0.5, 2)
    assert (found.low, found.high) == (0.0, 1.0)
    assert found.p == 1.0
    assert paired([None], [1.0]) is None


def test_the_verdict_of_the_readers_benchmark_is_ours() -> None:
    """``benchmarks/reader/paired.py`` draws its own bootstrap; ours gives the same interval."""
    import runpy
    from pathlib import Path

    script = Path(__file__).parents[2] / "benchmarks" / "reader" / "paired.py"
    theirs = runpy.run_path(str(script))["paired"]
    random = np.random.default_rng(9)
    ours, others = random.random(120), random.random(120) - 0.2
    before, now = theirs(ours, others), paired(ours.tolist(), others.tolist())
    assert now is not None
    assert before["difference"] == pytest.approx(now.mean, abs=1e-4)
    assert before["interval"] == pytest.approx([now.low, now.high], abs=0.005)
