"""Laws of the values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.errors import MissingExtraError, need
from openbook.types import Hit, Passage, Path, Query, Ranking, Triple, digest, pairs


def hit(name: str, score: float) -> Hit:
    return Hit(Passage(name, "d", 0, 1, "x"), score)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(-3, 3)), max_size=12))
def test_rankings_are_sorted_with_ties_by_id(items: list[tuple[str, int]]) -> None:
    ranking = Ranking.of(Query("q"), [hit(name, score) for name, score in items])
    keys = [(-h.score, h.evidence.id) for h in ranking.hits]
    assert keys == sorted(keys)
    assert len(ranking.hits) == len(items)
    assert Ranking.of(Query("q"), ranking.hits, k=2).hits == ranking.hits[:2]


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_digest_separates_its_parts(left: list[str], right: list[str]) -> None:
    assert (digest(*left) == digest(*right)) == (left == right)


def test_path_is_not_a_passage() -> None:
    path = Path((Triple("a", "r", "b"),))
    with pytest.raises(TypeError):
        _ = Hit(path, 1.0).passage
    assert path.id == Path((Triple("a", "r", "b"),)).id != Path((Triple("b", "r", "a"),)).id


def test_pairs_are_sorted() -> None:
    assert pairs({"b": "1", "a": "2"}) == (("a", "2"), ("b", "1"))


def test_missing_extra_names_the_install_line() -> None:
    with pytest.raises(MissingExtraError, match=r"pip install 'openbook\[local\]'"):
        need("package_that_is_not_there", "local")
