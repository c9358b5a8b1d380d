"""Claims against evidence: numbers, dates, names, negations, in English and Korean."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from openbook.generate.claims import gaps, supported
from openbook.generate.names import names, stands
from openbook.generate.polarity import polarity
from openbook.generate.quantities import amounts, dates
from openbook.generate.replaced import replaced
from openbook.generate.spelled import english, korean

POLICY = (
    "Travel\nFull-time staff may spend up to 1,500 USD a quarter on travel from 5 March 2024. "
    "Requests go to Jane Miller in the HR team within fifteen days. "
    "Costs above the limit are not refunded. The office in Rome opens at 9:30 a.m."
)
RULE = (
    "휴가 규정\n정규직은 1년에 15일의 연차를 받는다. 연차는 2024년 3월 1일부터 쓸 수 있다. "
    "결혼하는 직원에게 지원금 30만 원을 준다. 쓰지 않은 연차는 다음 해로 이월할 수 없다. "
    "신청서는 인사팀 김민수에게 낸다. 창구는 오후 2시에 연다."
)


@pytest.mark.parametrize(
    ("claim", "source", "kinds"),
    [
        ("Staff may spend 1500 dollars a quarter on travel.", POLICY, set()),
        ("Staff may spend 1,600 USD a quarter on travel.", POLICY, {"number"}),
        ("Staff may spend 1,500 won a quarter on travel.", POLICY, {"number"}),
        ("They may spend it on travel from March 5, 2024.", POLICY, set()),
        ("They may spend it on travel from 2024-03-05.", POLICY, set()),
        ("They may spend it on travel from 3 May 2024.", POLICY, {"date"}),
        ("They may spend it on travel from March 5, 2023.", POLICY, {"date"}),
        ("Requests go to Jane Miller within 15 days.", POLICY, set()),
        ("Requests go to John Miller within 15 days.", POLICY, {"name"}),
        ("Requests do not go to Jane Miller.", POLICY, {"negation"}),
        ("Costs above the limit are refunded.", POLICY, {"negation"}),
        ("Costs above the limit are not refunded.", POLICY, set()),
        ("The office in Rome opens at 9:30.", POLICY, set()),
        ("The office in Rome opens at 8:30.", POLICY, {"date"}),
        ("The office in Paris opens at 9:30.", POLICY, {"name"}),
        ("The canteen sells vegetables cheaply.", POLICY, {"words"}),
        ("정규직은 1년에 15일의 연차를 받습니다.", RULE, set()),
        ("정규직은 일 년에 연차 15일을 받습니다.", RULE, set()),
        ("정규직은 1년에 16일의 연차를 받습니다.", RULE, {"number"}),
        ("정규직은 1년에 15개월의 연차를 받습니다.", RULE, {"number"}),
        ("연차는 2024-03-01부터 쓸 수 있습니다.", RULE, set()),
        ("연차는 3월 1일부터 쓸 수 있습니다.", RULE, set()),
        ("연차는 2024년 4월 1일부터 쓸 수 있습니다.", RULE, {"date"}),
        ("연차는 2024년 3월 1일부터 쓸 수 없습니다.", RULE, {"negation"}),
        ("지원금은 300,000원입니다.", RULE, set()),
        ("지원금은 삼십만 원입니다.", RULE, set()),
        ("지원금은 3만원입니다.", RULE, {"number"}),
        ("쓰지 않은 연차는 다음 해로 이월할 수 있습니다.", RULE, {"negation"}),
        ("쓰지 않은 연차는 다음 해로 이월하지 못합니다.", RULE, set()),
        ("신청서는 김민수에게 냅니다.", RULE, set()),
        ("신청서는 박영희에게 냅니다.", RULE, {"name"}),
        ("창구는 14:00에 엽니다.", RULE, set()),
        ("창구는 오전 2시에 엽니다.", RULE, {"date"}),
    ],
)
def test_claims(claim: str, source: str, kinds: set[str]) -> None:
    assert {gap.kind for gap in gaps(claim, [source])} == kinds
    assert supported(claim, ["Nothing.", source]) is not kinds


def test_numbers_stand_in_the_sentence_that_a_claim_is_about() -> None:
    source = (
        "Interns have 10 days of leave. They start in the spring. The lab opens early. Nobody "
        "smokes there. Meetings are short. Managers have 30 days of leave."
    )
    assert supported("Interns have 10 days of leave.", [source])
    assert not supported("Interns have 30 days of leave.", [source])
    assert not supported("30 days", [source], "How many days of leave do interns have?")
    korean_source = (
        "인턴의 연차는 10일이다. 봄에 시작한다. 회의는 짧다. 점심은 무료다. 임원의 연차는 30일이다."
    )
    assert supported("인턴의 연차는 10일입니다.", [korean_source])
    assert not supported("인턴의 연차는 30일입니다.", [korean_source])


def test_what_is_missing_is_named() -> None:
    (gap,) = gaps("Staff may spend 1,600 USD a quarter on travel.", [POLICY])
    assert gap.text == "1,600 USD"
    (gap,) = gaps("연차는 2024년 4월 1일부터 쓸 수 있습니다.", [RULE])
    assert gap.text == "2024년 4월 1일"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3만원", "30,000원"),
        ("3만 5천 원", "35,000 won"),
        ("1.5억 원", "150,000,000원"),
        ("fifteen people", "15명"),
        ("$2 million", "2,000,000 dollars"),
        ("twenty-five days", "25일"),
        ("세 번", "3회"),
        ("50퍼센트", "50 %"),
    ],
)
def test_amounts_by_value(one: str, other: str) -> None:
    assert amounts(one) == amounts(other) != ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("March 5, 1990", "1990-03-05"),
        ("5 March 1990", "1990년 3월 5일"),
        ("1990.3.5.", "1990/03/05"),
        ("5th of March", "3월 5일"),
        ("오후 3시 30분", "15:30"),
        ("3 p.m.", "15시"),
    ],
)
def test_dates_by_value(one: str, other: str) -> None:
    assert dates(one) == dates(other) != ()


def test_what_is_no_number_and_no_date() -> None:
    for text in ("one of them", "May I ask?", "제3조", "한 사람이 왔다", "만족한다", "이만 줄인다"):
        assert not dates(text)
        assert [int(a.value) for a in amounts(text)] in ([], [3])
    assert {a.value for a in amounts("3~5만원", loose=True)} == {3, 30000, 50000}
    assert 300000 in {int(a.value) for a in amounts("(단위: 만원) | 숙박 | 30 |", loose=True)}


@given(st.integers(1, 99_999_999))
def test_spelled_korean_numbers_have_their_value(number: int) -> None:
    assert korean(_in_korean(number)) == number
    assert korean(f"{number:,}") == number


def _in_korean(number: int) -> str:
    """An independent speller: blocks of four digits, each with 천, 백, 십."""
    text = ""
    for size, name in ((10**4, "만"), (1, "")):
        block, number = divmod(number, size) if size > 1 else (number, 0)
        part = ""
        for unit, word in ((1000, "천"), (100, "백"), (10, "십"), (1, "")):
            digit, block = divmod(block, unit)
            if digit:
                part += ("" if digit == 1 and word else "일이삼사오육칠팔구"[digit - 1]) + word
        text += part + name if part else ""
    return text


def test_spelled_english_numbers() -> None:
    assert english("three hundred and forty-two thousand") == Decimal(342_000)
    assert english("one", loose=False) is None
    assert english("six", loose=False) == 6


@pytest.mark.parametrize(
    ("sentence", "denied"),
    [
        ("Refunds are not only quick but free.", set()),
        ("No refunds are given.", {"refund"}),
        ("They can't smoke here.", {"smoke"}),
        ("No. 5 is large.", set()),
        ("It takes no more than 5 days.", set()),
        ("환불되지 않습니다.", {"환불"}),
        ("별도의 신청 없이 지급한다.", {"신청"}),
        ("수도는 부산이 아니다.", {"부산"}),
        ("신고하지 않으면 안 된다.", set()),
        ("신고하여야 한다.", set()),
    ],
)
def test_what_is_denied(sentence: str, denied: set[str]) -> None:
    assert polarity(sentence).denied == denied


def test_names() -> None:
    assert names("The Dutch team met Anna in Seoul.") == ("Dutch", "Anna", "Seoul")
    assert names("We met in May.") == ()
    assert stands("Beyonce", "Beyoncé sang")
    assert stands("UN", "the United Nations")
    assert not stands("Anna", "Annapolis is a city")
    assert "김민수" in names("담당자는 김민수입니다.")


def test_the_replaced_part_of_a_repeated_sentence() -> None:
    source = "Ann was born in Rome in 1867 and died in Paris."
    assert replaced("Ann was born in Paris in 1867.", source) == ("name", "Paris")
    assert replaced("Ann was born in Rome in 1867.", source) is None
    assert replaced("지원금은 30,000원이다.", "지원금은 3만 원이다.") is None


SENTENCES = st.lists(
    st.sampled_from(
        [
            "Staff", "have", "15 days", "of leave", "from 5 March 2024", "in Rome", "not", "paid",
            "twelve", "1,200 USD", "9:30", "직원은", "30만 원을", "2024년 3월 1일부터", "없다",
            "김민수", "세 번", "HR팀", "10%", "않는다", "and", "the Rule 7b", "A4", "02-123-4567",
        ]
    ),
    min_size=1,
    max_size=8,
).map(" ".join)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(SENTENCES, st.lists(SENTENCES, max_size=3))
def test_a_verbatim_sentence_is_supported(sentence: str, others: list[str]) -> None:
    text = "\n".join(f"{one}." for one in (*others, sentence))
    assert gaps(sentence + ".", [text]) == ()


@settings(max_examples=400, deadline=None)
@given(SENTENCES, st.data())
def test_a_changed_digit_makes_it_unsupported(sentence: str, data: st.DataObject) -> None:
    """Any digit of any number, date or code, to any other that the sentence has not as well."""
    spots = [m.start() for m in re.finditer(r"\d", sentence)]
    assume(spots)
    at = data.draw(st.sampled_from(spots))
    digit = data.draw(st.sampled_from([d for d in "123456789" if d != sentence[at]]))
    changed = sentence[:at] + digit + sentence[at + 1 :]
    values = {a.value for a in amounts(sentence, loose=True)}
    values |= {Decimal(n) for when in dates(sentence) for n in when.numbers}
    new = {a.value for a in amounts(changed)}
    new |= {Decimal(n) for when in dates(changed) for n in when.numbers}
    assume(not new <= values)
    assert not supported(changed + ".", [sentence + "."])


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=20))
def test_any_text_is_judged(claim: str, source: str, question: str) -> None:
    found = gaps(claim, [source], question)
    assert supported(claim, [source], question) is (not found)
    assert supported(claim, [claim, source])
