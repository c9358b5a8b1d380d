"""Exact match and F1 against the published rules, and their bounds.

The English cases are worked by hand from the SQuAD 1.1 script's definition (lower case,
punctuation out, articles out, white space collapsed; F1 over words), the Korean ones from
KorQuAD 1.0's (marks become spaces; F1 over characters).
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.evaluate.answers import best, exact, f1, normalise, stands_in

LANGUAGES = st.sampled_from(["en", "ko"])


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("The Cat, an animal.", "cat animal"),
        ("Theatre", "theatre"),
        ("  a  b  ", "b"),
        ("U.S.A.", "usa"),
        ("", ""),
    ],
)
def test_english_normalisation(text: str, plain: str) -> None:
    assert normalise(text) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("《아리랑》", "아리랑"),
        ("'조선' (朝鮮)", "조선 朝鮮"),
        ("1,000원", "1000원"),
        ("The 서울", "the 서울"),
    ],
)
def test_korean_normalisation(text: str, plain: str) -> None:
    assert normalise(text, "ko") == plain


@pytest.mark.parametrize(
    ("given_", "accepted", "language", "value"),
    [
        ("the Denver Broncos", "Denver Broncos", "en", 1.0),
        ("Denver", "Denver Broncos", "en", 2 / 3),  # precision 1, recall 1/2
        ("in Santa Clara, California", "Santa Clara", "en", 2 / 3),  # 2/4 and 2/2
        ("Paris", "London", "en", 0.0),
        ("", "", "en", 0.0),  # the script divides nothing by nothing: 0
        ("15일", "15일간", "ko", 6 / 7),  # 3/3 and 3/4
        ("이순신 장군", "이순신", "ko", 0.75),  # 3/5 and 3/3
    ],
)
def test_f1_by_hand(given_: str, accepted: str, language: str, value: float) -> None:
    assert f1(given_, accepted, language) == pytest.approx(value)


def test_exact_match_forgives_what_the_rules_forgive() -> None:
    assert exact("The Broncos!", "broncos") == 1.0
    assert exact("Broncos won", "broncos") == 0.0
    assert exact("‘이순신’", "이순신", "ko") == 1.0


def test_the_best_of_several_answers_counts() -> None:
    assert best(f1, "Denver Broncos", ("Carolina", "the Broncos"), "en") == pytest.approx(2 / 3)
    assert best(exact, "x", (), "en") == 0.0


@given(st.text(max_size=40), st.text(max_size=40), LANGUAGES)
def test_measures_are_bounded_and_f1_is_symmetric(a: str, b: str, language: str) -> None:
    assert 0.0 <= f1(a, b, language) <= 1.0
    assert exact(a, b, language) in (0.0, 1.0)
    assert f1(a, b, language) == pytest.approx(f1(b, a, language))


@given(st.text(max_size=40), LANGUAGES)
def test_normalising_english_twice_changes_nothing_more(text: str, language: str) -> None:
    once = normalise(text, "ko") if language == "ko" else normalise(text)
    assert exact(text, text, language) == 1.0
    if once:
        assert f1(text, text, language) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "answer", "language", "held"),
    [
        ("It opened in 1914.", "1914", "en", True),
        ("It opened in 1914.", "191", "en", False),
        ("the artist", "art", "en", False),
        ("연차는 15 일이다.", "15일", "ko", True),
        ("연차는 115일이다.", "15일", "ko", False),
        ("연차는 1.5일이다.", "5일", "ko", False),
        ("휴가비: 1,000,000원", "1,000,000원", "ko", True),
        ("휴가비: 12,000,000원", "2,000,000원", "ko", False),
        ("anything", "", "en", False),
    ],
)
def test_an_answer_stands_in_a_text(text: str, answer: str, language: str, held: bool) -> None:
    assert stands_in([text], [answer], language) is held
