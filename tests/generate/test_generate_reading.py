"""Reading a model's text, and the rule that says what a sentence's support is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbook.generate.claims import supported
from openbook.generate.reading import read, visible
from openbook.generate.support import overlap, stem

POLICY = (
    "Travel policy\nEmployees may spend up to 1,500 USD a quarter on travel from March. "
    "Requests go to Jane Miller in the HR team within fifteen days."
)
RULE = (
    "경조사 휴가는 결혼의 경우 5일이며, 인사팀에 신청서를 제출한다. 지원금은 30만 원이다. "
    "VPN은 필수다."
)


@pytest.mark.parametrize(
    ("sentence", "source", "held"),
    [
        ("Employees may spend 1500 USD on travel.", POLICY, True),
        ("Employees may spend 1,600 USD on travel.", POLICY, False),
        ("Requests go to Jane Miller within 15 days.", POLICY, True),
        ("Requests go to John Miller within 15 days.", POLICY, False),
        ("Requests go to the Finance team.", POLICY, False),
        ("They travel from March.", POLICY, True),
        ("They travel from April.", POLICY, False),
        ("It begins in March.", POLICY, False),  # a limit of the rule: other words
        ("Employees may sell old furniture to neighbours.", POLICY, False),
        ("결혼하면 5일의 경조사 휴가를 받습니다.", RULE, True),
        ("결혼하면 7일의 경조사 휴가를 받습니다.", RULE, False),
        ("지원금은 300,000원입니다.", RULE, True),
        ("지원금은 30만원입니다.", RULE, True),
        ("지원금은 30원입니다.", RULE, False),
        ("신청서는 인사팀에 제출합니다.", RULE, True),
        ("VPN이 필수입니다.", RULE, True),
        ("MFA가 필수입니다.", RULE, False),
        ("사장에게 구두로 보고하면 충분합니다.", RULE, False),
        ("...", RULE, True),
        ("결혼하면 5개월의 휴가를 받습니다.", RULE, False),
        ("Requests go to Jane Miller within 15 months.", POLICY, False),
        ("Requests go to Jane Miller within 15 working days.", POLICY, True),
        ("Employees may spend 1,500 won on travel.", POLICY, False),
        ("Leave is 15 days.", "| Leave | Days |\n| paid | 15 |", True),
        ("Leave is 15 days.", "Leave is 15 paid working days.", True),
        ("Leave is 15 days.", "Leave is 15 months or 15 days.", True),
    ],
)
def test_support(sentence: str, source: str, held: bool) -> None:
    assert supported(sentence, [source]) is held
    assert supported(sentence, ["nothing of the sort", source]) is held


def test_the_question_backs_words_and_no_numbers() -> None:
    question = "Is it true that the canteen closes at 9?"
    assert supported("The canteen closes then.", ["At night."], question)
    assert not supported("The canteen closes at 9.", ["At night."], question)
    assert not supported("The canteen closes then.", ["At night."])
    assert not supported("Anything.", [])


@given(st.text(max_size=80))
def test_a_text_supports_itself(text: str) -> None:
    assert supported(text, [text])
    assert 0.0 <= overlap(text, text) <= 1.0


def test_stems() -> None:
    assert stem("go") == "go"
    assert stem("신청") == "신청"


WRITTEN = st.lists(
    st.sampled_from(
        [
            "##begin_quote##", "##end_quote##", "<ANSWER>", ":", " ", "\n", "word", "**", "#",
            "<", ">", "<think>", "</think>", "[1]", "가", "\u200b", "##_quote", "##end", "quote##",
        ]
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=400)
@given(WRITTEN.map("".join), st.data())
def test_what_is_shown_grows_at_its_end(text: str, data: st.DataObject) -> None:
    half = data.draw(st.integers(0, len(text)))
    before, after = visible(text[:half]), visible(text)
    assert after.startswith(before) or len(after) <= len(before)
    assert "##begin_quote##" not in after


def test_hashes_before_a_mark_wait_for_what_it_becomes() -> None:
    assert visible("quote####_") == "quote"
    assert visible("quote####_quotequote##").startswith("quote")


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("##_quote15 days a year##end_quote## is the rule.", "15 days a year is the rule."),
        ("##begin_quote##15 days a year is the rule.", "15 days a year is the rule."),
        ("It says ##begin_quote##15 days##end_quote.", "It says 15 days."),
        ("It says ##begin_quote## 15 days ##end_quote## and ##end", 'It says "15 days" and'),
        ("It says 15 days. ##begin_qu", "It says 15 days."),
        ("It says ##begin_quote##a##begin_quote##15 days##end_quote##", 'It says a"15 days"'),
        ("It says 15 days end_quote##.", "It says 15 days ."),
        ("연차는 ##_quote_15일##end_quote##입니다.", "연차는 _15일입니다."),
        ("See ## Quotes and the #quote tag.", "See ## Quotes and the #quote tag."),
    ],
)
def test_no_quote_mark_is_ever_shown(written: str, text: str) -> None:
    assert read(written).text == text
    assert not re.search("##(_|begin|end)", visible(written))


def test_an_answer_that_is_told_over_and_over_is_told_once() -> None:
    got = read("##begin_quote##15 days##end_quote##\n<ANSWER>: 15 days" + " 15 days" * 9)
    assert got.answers == ("15 days",)
    assert got.text == "15 days"


def test_text_is_the_explanation_with_the_answer_once() -> None:
    got = read(
        "The policy says ##begin_quote##up to 5 days##end_quote## may be kept [2].\n"
        "<ANSWER>: up to 5 days"
    )
    assert got.text == 'The policy says "up to 5 days" may be kept.'
    got = read("The policy lets you keep some of them.\n<ANSWER>: 5 days")
    assert got.text == "The policy lets you keep some of them.\n\n5 days"
    assert read("##begin_quote##a b##end_quote##\n<ANSWER>: 5 days").text == "5 days"
