"""Every spelling of a number, read again, is the number."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.text import numerals
from openbook.text.dates import Day, days

NUMBERS = st.one_of(
    st.integers(0, 10_000),
    st.integers(0, 10**12),
    st.builds(lambda n, e: n * 10**e, st.integers(1, 99), st.integers(0, 10)),
)


@given(NUMBERS)
def test_sino_korean_numerals_round_trip(number: int) -> None:
    assert numerals.korean(numerals.sino(number)) == number


@given(NUMBERS)
def test_english_words_round_trip(number: int) -> None:
    assert numerals.english(numerals.words(number)) == number


@given(NUMBERS)
def test_digits_round_trip_with_and_without_separators(number: int) -> None:
    for text in (numerals.plain(number), numerals.grouped(number)):
        assert numerals.korean(text) == number
        assert numerals.english(text) == number


@given(NUMBERS)
def test_mixed_numbers_round_trip_where_they_are_written(number: int) -> None:
    if text := numerals.mixed(number):
        assert numerals.korean(text) == number


@given(st.integers(1, 99))
def test_native_numerals_round_trip(number: int) -> None:
    assert numerals.korean(numerals.native(number)) == number


@pytest.mark.parametrize(
    "text, value",
    [
        ("삼만 오천", 35_000), ("3만 5천", 35_000), ("3만5,000", 35_000), ("이천이십사", 2024),
        ("1억 2천만", 120_000_000), ("십오", 15), ("백", 100), ("스물", 20), ("스무", 20),
        ("열하나", 11), ("예순다섯", 65), ("육천", 6000), ("0.5", Decimal("0.5")),
    ],
)  # fmt: skip
def test_korean_numbers(text: str, value: int) -> None:
    assert numerals.korean(text) == value


@pytest.mark.parametrize(
    "text, value",
    [
        ("Twenty-five", 25), ("one hundred and five", 105), ("two million", 2_000_000),
        ("1.5 million", 1_500_000), ("12 hundred", 1200), ("nineteen", 19),
        ("three hundred thousand forty", 300_040),
    ],
)  # fmt: skip
def test_english_numbers(text: str, value: int) -> None:
    assert numerals.english(text) == value


@pytest.mark.parametrize("text", ["십백", "만억", "삼사", "", "사과", "1,00", "만 만"])
def test_what_is_no_korean_number(text: str) -> None:
    assert numerals.korean(text) is None


@pytest.mark.parametrize(
    "text", ["", "twenty twelve", "hundred", "apple", "and", "five five", "two thousand million"]
)
def test_what_is_no_english_number(text: str) -> None:
    assert numerals.english(text) is None


@given(st.dates())
def test_every_spelling_of_a_date_is_read_as_that_date(date: object) -> None:
    import datetime

    assert isinstance(date, datetime.date)
    if not 1000 <= date.year < 2100:
        return
    day = Day(date.year, date.month, date.day)
    for text in (*day.spellings(), f"{day.month}/{day.day}/{day.year}"):
        found = [one for _, _, one in days(f"on {text} or so")]
        ambiguous = "/" in text and day.day <= 12 and day.day != day.month
        assert found == ([] if ambiguous else [day]), text
    for part in (Day(0, date.month, date.day), Day(date.year, date.month, 0)):
        for text in part.spellings():
            assert [one for _, _, one in days(f"({text})")] == [part], text


@pytest.mark.parametrize(
    "text", ["3/4/2024", "31/2/2024", "2024-13-01", "you may 5", "1.2.3", "2월 30일", "march 3 on"]
)
def test_what_is_no_date(text: str) -> None:
    assert days(text) == []
