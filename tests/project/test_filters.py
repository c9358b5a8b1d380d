"""Questions and filters as typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.errors import FilterError, InputError
from openbook.project.filters import parse_filters
from openbook.text.question import LONGEST, question
from openbook.types import Filter


def test_long_questions_are_refused_with_the_limit() -> None:
    with pytest.raises(InputError, match=r"100,000 characters; at most 8,000"):
        question("가" * 100_000)


@pytest.mark.parametrize("text", ["", "  ", "\x00\x01", "?!"])
def test_empty_questions_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="empty"):
        question(text)


@given(st.text(min_size=1, max_size=200))
def test_what_is_kept_is_clean(text: str) -> None:
    try:
        kept = question(text)
    except InputError:
        return
    assert question(kept) == kept
    assert "\x00" not in kept
    assert len(kept) <= LONGEST * 2


def test_decomposed_hangul_is_composed() -> None:
    assert question("휴가") == "휴가"


@pytest.mark.parametrize(
    ("text", "filter_"),
    [
        ("language=ko", Filter("language", "=", "ko")),
        ("date >= 2024-01-01", Filter("date", ">=", "2024-01-01")),
        ("heading~환불", Filter("heading", "~", "환불")),
        ("부서 != 인사팀", Filter("부서", "!=", "인사팀")),
        ("note=a=b", Filter("note", "=", "a=b")),
    ],
)
def test_filters(text: str, filter_: Filter) -> None:
    assert parse_filters([text]) == (filter_,)


@pytest.mark.parametrize("text", ["", "language", "=ko", "date>=", ">", "language == ko"])
def test_bad_filters_are_shown_an_example(text: str) -> None:
    with pytest.raises(FilterError, match="Example"):
        parse_filters([text])


@pytest.mark.parametrize("text", ["date>=notadate", "date=2024-13", "date<2024-3-1"])
def test_dates_of_filters_are_dates(text: str) -> None:
    with pytest.raises(FilterError, match="is not a date"):
        parse_filters([text])
