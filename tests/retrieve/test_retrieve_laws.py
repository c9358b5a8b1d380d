from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.retrieve.diversify import likeness, mmr
from openbook.retrieve.normalise import Scale, convex, reciprocal, scaled

SCORES = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(-1.0, 50.0), max_size=8)
SCALES = st.sampled_from(("max", "minmax", "cosine"))


@given(SCORES, SCALES)
def test_scaled_scores_lie_in_the_unit_interval_and_keep_their_order(
    scores: dict[str, float], scale: Scale
) -> None:
    out = scaled(scores, scale)
    assert out.keys() == scores.keys()
    assert all(0.0 <= s <= 1.0 for s in out.values())
    rising = sorted(scores, key=scores.__getitem__)
    assert all(out[a] <= out[b] + 1e-12 for a, b in pairwise(rising))


@given(st.lists(SCORES, min_size=1, max_size=3), st.data())
def test_convex_fusion_is_bounded_and_finds_what_any_list_finds(
    lists: list[dict[str, float]], data: st.DataObject
) -> None:
    weights = data.draw(st.lists(st.floats(0.01, 5.0), min_size=len(lists), max_size=len(lists)))
    fused = convex(lists, weights, ["max"] * len(lists))
    assert fused.keys() == {key for scores in lists for key in scores}
    assert all(0.0 <= s <= 1.0 for s in fused.values())


def test_convex_of_one_list_is_that_list_scaled() -> None:
    scores = {"a": 4.0, "b": 1.0}
    assert convex([scores, {}], [0.5, 0.5], ["max", "max"]) == scaled(scores, "max")


def test_reciprocal_rank_fusion_is_the_published_formula() -> None:
    fused = reciprocal([{"a": 3.0, "b": 2.0, "c": 1.0}, {"c": 9.0, "a": 8.0}])
    assert fused == pytest.approx({"a": 1 / 61 + 1 / 62, "b": 1 / 62, "c": 1 / 63 + 1 / 61})


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=7),
    st.floats(0, 1),
    st.integers(1, 8),
    st.integers(0, 10_000),
)
def test_mmr_agrees_with_the_definition(
    relevance: list[float], trade: float, k: int, seed: int
) -> None:
    n = len(relevance)
    like = np.random.default_rng(seed).random((n, n))
    like = (like + like.T) / 2
    chosen = mmr(relevance, like, trade, k)
    taken: list[int] = []
    for _ in range(min(k, n)):

        def value(i: int) -> float:
            return trade * relevance[i] - (1 - trade) * max((like[i, j] for j in taken), default=0)

        left = [i for i in range(n) if i not in taken]
        taken.append(max(left, key=lambda i: (value(i), -i)))
    assert [i for i, _ in chosen] == taken
    scores = [score for _, score in chosen]
    assert all(a >= b - 1e-12 for a, b in pairwise(scores))


def test_likeness_is_a_cosine() -> None:
    like = likeness(["paid leave", "paid leave", "환불 규정", ""])
    assert np.allclose(np.diag(like), 1.0)
    assert np.allclose(like, like.T)
    assert like[0, 1] == pytest.approx(1.0)
    assert like[0, 2] == 0.0
