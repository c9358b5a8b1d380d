"""Other spellings of numbers, amounts and dates in questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.retrieve.numbers import amounts, spellings


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("출장비가 삼만 원인가요?", {"30,000원", "3만원"}),
        ("3만 원 이하 식대", {"30,000원"}),
        ("30000원 한도", {"3만원"}),
        ("한도가 30,000 won이면", {"3만원"}),
        ("휴가가 열다섯 일인가요", {"15일"}),
        ("스무 명까지", {"20명"}),
        ("사흘 안에 신청", {"3일"}),
        ("보름 뒤", {"15일"}),
        ("두 달 전에", {"2개월"}),
        ("1.5시간 쉬나요", {"90분"}),
        ("한 시간 반 걸리나요", {"1.5시간", "90분"}),
        ("90분 회의", {"1.5시간"}),
        ("10% 할인", {"10퍼센트"}),
        ("2024년 3월 1일 시행", {"2024-03-01", "March 1, 2024"}),
        ("Is it fifteen days?", {"15", "15 days"}),
        ("15 days of leave", {"fifteen"}),
        ("a $30 limit", {"30 dollars"}),
        ("30 percent discount", {"30%"}),
        ("an hour and a half", {"90 minutes"}),
        ("effective March 1, 2024", {"2024-03-01", "2024년 3월 1일"}),
        ("on 2024-03-01", {"March 1, 2024", "1 March 2024"}),
        ("due 25/12/2024", {"December 25, 2024"}),
    ],
)
def test_other_spellings(text: str, wanted: set[str]) -> None:
    assert wanted <= set(spellings(text))


@pytest.mark.parametrize(
    "text",
    [
        "세대 교체는 언제", "이 일은 누가 하나요", "사원 수는 몇 명", "오일 교체 주기", "만원 버스",
        "제15조의 내용", "버전 1.2.3", "3/4/2024?", "one of the people", "Section 3.2.1",
        "누가 2024년에", "In 1999 which team won?", "iPhone 15", "call 555-1234", "wait a second",
    ],
)  # fmt: skip
def test_what_could_mean_something_else_is_left(text: str) -> None:
    assert spellings(text) == []


@given(st.integers(1, 99), st.sampled_from(["명", "시간", "달"]))
def test_korean_numerals_before_counters_are_read(number: int, unit: str) -> None:
    from openbook.text.numerals import native

    (amount,) = amounts(f"모두 {native(number)} {unit} 정도")
    assert amount.value == number


@given(st.integers(2, 10**9).map(lambda n: n * 10), st.booleans())
def test_every_spelling_of_an_amount_is_that_amount(number: int, korean: bool) -> None:
    text = f"약 {number}원 정도" if korean else f"about {number} dollars now"
    for other in spellings(text):
        (amount,) = amounts(other)
        assert amount.value == number


@given(st.text(max_size=60))
def test_any_text_can_be_asked(text: str) -> None:
    found = spellings(text)
    assert len(found) == len(set(found))
    assert all(one.strip() for one in found)
