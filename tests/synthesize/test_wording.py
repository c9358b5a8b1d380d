"""Korean endings and particles, English order of words: what a question sounds like."""

import pytest

from openbook.synthesize import english_facts, korean_facts, labels
from openbook.synthesize.korean import agreeing, asking, particle
from openbook.synthesize.rules.heading import question


@pytest.mark.parametrize(
    ("statement", "asked"),
    [
        ("환불을 신청할 수 있습니다.", "환불을 신청할 수 있나요?"),
        ("승인이 필요합니다.", "승인이 필요한가요?"),
        ("검토 회의를 엽니다.", "검토 회의를 여나요?"),
        ("꼬리표를 붙입니다.", "꼬리표를 붙이나요?"),
        ("번호표를 붙인다.", "번호표를 붙이나요?"),
        ("책임자는 팀장입니다.", "책임자는 팀장인가요?"),
        ("허브를 움직입니다.", "허브를 움직이나요?"),
        ("연차를 부여하였습니다.", "연차를 부여하였나요?"),
        ("신고하여야 한다.", "신고하여야 하나요?"),
        ("전화를 드려요.", ""),
    ],
)
def test_a_statement_asks_at_its_end(statement: str, asked: str) -> None:
    assert asking(statement) == asked


@pytest.mark.parametrize(
    ("word", "kind", "joined"),
    [
        ("연차", "은", "연차는"), ("직원", "은", "직원은"), ("서울", "으로", "서울로"),
        ("본인", "으로", "본인으로"), ("RMA", "이란", "RMA란"), ("30%", "을", "30%를"),
        ("숨 A3", "은", "숨 A3은"), ("한도(원)", "은", "한도(원)는"),
    ],
)  # fmt: skip
def test_particles_follow_the_last_sound(word: str, kind: str, joined: str) -> None:
    assert particle(word, kind) == joined


def test_what_followed_a_number_fits_what_stands_in_its_place() -> None:
    assert agreeing("얼마", "을 지급") == "얼마를 지급"
    assert agreeing("몇 명", "으로 이루어짐") == "몇 명으로 이루어짐"
    assert agreeing("얼마", "이내에") == "얼마이내에"


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("접속 기록은 2년 동안 보관하며 매월 점검합니다.",
         [("접속 기록은 몇 년 동안 보관하나요?", "2년")]),
        ("사용일로부터 14일 안에 경비 시스템에 올린다.",
         [("사용일로부터 며칠 안에 경비 시스템에 올리나요?", "14일")]),
        ("월 한도는 팀장 2,000,000원, 본부장 5,000,000원이다.", []),
        ("이 규정은 30일 뒤에 시행한다.", []),
        ("1회 최대 사용 금액은 2만 원이다.",
         [("1회 최대 사용 금액은 얼마인가요?", "2만 원")]),
        ("교육은 1회 2시간 진행한다.", []),
        ("2회 사용 요금은 따로 정한다.", []),
        ("안전 교육은 매년 2회 실시합니다.", [("안전 교육은 매년 몇 회 실시하나요?", "2회")]),
        ("직원은 주 2회 재택근무를 할 수 있습니다.",
         [("직원은 주 몇 회 재택근무를 할 수 있나요?", "2회")]),
        ("2024년 12월 31일까지 쓴다.", []),
    ],
)  # fmt: skip
def test_korean_amounts(sentence: str, found: list[tuple[str, str]]) -> None:
    assert list(korean_facts.amounts(sentence)) == found


def test_korean_dates_lose_their_particle() -> None:
    (found,) = korean_facts.dates("보유 기간이 끝난 정보는 매월 첫째 월요일에 자동으로 지웁니다.")
    assert found == ("보유 기간이 끝난 정보는 언제 자동으로 지우나요?", "매월 첫째 월요일")


@pytest.mark.parametrize(
    ("sentence", "asked", "answer"),
    [
        ("A decision can be appealed to the ethics panel within 20 days.",
         "Within how many days can a decision be appealed to the ethics panel?", "20 days"),
        ("Privacy training lasts one hour and is repeated every 18 months.",
         "How long does privacy training last?", "one hour"),
        ("Inventors receive USD 600 when a patent is filed.",
         "How much do inventors receive when a patent is filed?", "USD 600"),
        ("The panel has five members, two of whom are elected.",
         "How many members does the panel have?", "five"),
        ("API version 1 will be switched off on December 1, 2025.",
         "When will API version 1 be switched off?", "December 1, 2025"),
        ("The register is updated every six months.",
         "How often is the register updated?", "six months"),
        ("The valve closes 5 seconds after the alarm starts.",
         "How many seconds after the alarm starts does the valve close?", "5 seconds"),
        ("Visitors are registered one day ahead.",
         "How many days ahead are visitors registered?", "one day"),
    ],
)  # fmt: skip
def test_english_facts(sentence: str, asked: str, answer: str) -> None:
    kinds = ("money", "percent", "duration", "number", "date", "clock")
    assert (asked, answer) in list(english_facts.facts(sentence, kinds))


@pytest.mark.parametrize(
    "sentence",
    [
        "It takes three weeks.",
        "If a device arrives faulty, tell us within 60 days.",
        "Book flights at least 21 days ahead.",
        "Salary records for seven years.",
        "Version 2 has been available since March 2024.",
    ],
)
def test_what_is_not_plain_is_not_asked(sentence: str) -> None:
    assert list(english_facts.facts(sentence, ("duration", "date"))) == []


def test_columns_ask_by_what_they_hold() -> None:
    assert labels.about("Extension", "Han Jiwoo", "1001", "en", owned=True) == (
        "What is Han Jiwoo's extension?"
    )
    assert labels.about("연간 한도(원)", "기숙사", "960,000", "ko") == (
        "기숙사의 연간 한도는 얼마인가요?"
    )
    assert labels.about("대여 기간", "측정기", "반출 금지", "ko") == (
        "측정기의 대여 기간은 어떻게 되나요?"
    )
    assert labels.accepted("960,000", "연간 한도(원)") == ("960,000", "960,000원")
    assert not labels.asks_for("Who decides", "en")
    assert not labels.asks_for("비고", "ko")


def test_headings_that_ask() -> None:
    assert question("How to reset the hub") == "How do I reset the hub?"
    assert question("환불을 신청하는 절차") == "환불을 신청하는 절차는 어떻게 되나요?"
    assert question("Contacts") == question("신청 방법") == ""
