"""The extractive answerer: what it quotes, in whose words, and when it says nothing."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbook.generate.confidence import Calibration
from openbook.generate.extract import Extract
from openbook.testing import ToyRuntime, check_method
from openbook.types import Answer, Hit, Passage, Query, Ranking

LEAVE = (
    "Full-time staff have 15 days of paid leave a year. Part-time staff have it in proportion.\n\n"
    "Up to 5 days may be carried into March. Ask your manager by e-mail."
)
REFUND = (
    "구매일로부터 14일 이내에 환불을 신청할 수 있습니다. 배송비는 고객이 부담합니다.\n\n"
    "구독 요금은 결제 후 7일이 지나면 환불되지 않습니다. 환불은 고객지원실이 승인합니다."
)
GRANT = (
    "근속: 만 5년; 휴가 일수: 10일; 휴가비: 1,000,000원\n"
    "근속: 만 10년; 휴가 일수: 20일; 휴가비: 2,000,000원\n"
    "근속: 만 15년; 휴가 일수: 25일; 휴가비: 3,000,000원"
)
LIST = (
    "Bring with you on the first day:\n\nyour passport or identity card\nyour bank details\n\n"
    "Lunch is at noon."
)


def passage(name: str, text: str, *heading: str, title: str = "", start: int = 0) -> Passage:
    return Passage(
        id=f"{name}#0",
        document_id=name,
        start=start,
        end=start + len(text),
        text=text,
        heading=heading,
        title=title or (heading[0] if heading else name),
        source=name,
    )


PASSAGES = (
    passage("leave.md", LEAVE, "Leave", start=100),
    passage("refund.md", REFUND, "환불 규정"),
    passage("grant.md", GRANT, "휴가 규정", "재충전 휴가"),
    passage("first-day.md", LIST, "Welcome"),
)


def ranking(question: str, passages: Sequence[Passage] = PASSAGES) -> Ranking:
    hits = [Hit(p, 1.0 - 0.01 * i) for i, p in enumerate(passages)]
    return Ranking.of(Query(question, id="q"), hits)


def ask(
    question: str, passages: Sequence[Passage] = PASSAGES, stage: Extract | None = None
) -> Answer:
    runtime = ToyRuntime({Calibration: Calibration.open()})
    return runtime.run(stage or Extract(), [ranking(question, passages)])[0]


@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("How many days of paid leave do full-time staff have?", "15 days"),
        ("How many days can be carried over?", "5 days"),
        ("며칠 안에 환불을 신청해야 하나요?", "14일 이내"),
        ("환불은 누가 승인하나요?", "고객지원실"),
        ("10년 근속하면 휴가비가 얼마인가요?", "2,000,000원"),
        ("만 15년 근속자의 휴가 일수는?", "25일"),
    ],
)
def test_the_best_sentence_holds_the_answer(question: str, held: str) -> None:
    answer = ask(question, stage=Extract(sentences=1))
    assert answer.kind == "answered"
    assert held in answer.quotes[0].text


def test_quotes_stand_in_their_documents() -> None:
    answer = ask("How many days of paid leave do full-time staff have?")
    for quote in answer.quotes:
        source = next(p for p in PASSAGES if p.id == quote.passage_id)
        begin = quote.start - source.start
        assert source.text[begin : begin + len(quote.text)] == quote.text
    assert answer.quotes[0].start >= 100


def test_the_text_is_the_quoted_words_and_its_sentences_are_marked() -> None:
    answer = ask("며칠 안에 환불을 신청해야 하나요?")
    assert 1 <= len(answer.quotes) <= 2
    parts = [answer.text[s.start : s.end] for s in answer.sentences]
    assert sorted(parts) == sorted(quote.text for quote in answer.quotes)
    assert "\n".join(parts) == answer.text
    assert all(sentence.supported for sentence in answer.sentences)


def test_a_list_item_comes_with_the_line_that_leads_in() -> None:
    answer = ask("What identity card or passport do I bring?", stage=Extract(sentences=1))
    assert answer.quotes[0].text == "your passport or identity card"
    assert answer.text == "Bring with you on the first day: your passport or identity card"


def test_a_short_answer_only_where_one_thing_fits() -> None:
    one = ask("며칠 안에 환불을 신청해야 하나요?", stage=Extract(sentences=1))
    assert one.answers == ("14일",)
    many = ask("휴가비가 얼마인가요?", stage=Extract(sentences=2))
    assert many.answers == ()


def test_nothing_found_is_an_abstention_in_the_language_of_the_question() -> None:
    korean, english = ask("환불 기한은?", ()), ask("When is lunch?", ())
    assert (korean.kind, english.kind) == ("abstained", "abstained")
    assert "문서" in korean.text
    assert "documents" in english.text
    assert korean.confidence == 0.0


def test_below_the_threshold_it_abstains() -> None:
    runtime = ToyRuntime({Calibration: Calibration(threshold=1.0)})
    answer = runtime.run(Extract(), [ranking("When is lunch?")])[0]
    assert answer.kind == "abstained"
    assert answer.quotes == answer.answers == ()
    assert 0.0 < answer.confidence < 1.0


def test_what_is_not_there_is_less_sure_than_what_is() -> None:
    there = ask("How many days of paid leave do full-time staff have?")
    absent = ask("What does the parking permit at Oslo airport cost?")
    assert there.confidence > 0.6 > absent.confidence


def test_the_shipped_calibration_answers_and_abstains() -> None:
    runtime = ToyRuntime({Calibration: Calibration.default()})
    questions = ("구매 후 며칠 이내에 환불을 신청할 수 있나요?", "기숙사 세탁기는 몇 층에 있나요?")
    answers = runtime.run(Extract(), [ranking(question) for question in questions])
    assert [answer.kind for answer in answers] == ["answered", "abstained"]


def test_a_heading_is_never_quoted() -> None:
    text = "환불 규정\n\n구독\n\n구독 요금은 결제 후 7일이 지나면 환불되지 않습니다."
    answer = ask("구독 환불 규정은?", (passage("r.md", text, "환불 규정"),))
    assert [quote.text for quote in answer.quotes] == [
        "구독 요금은 결제 후 7일이 지나면 환불되지 않습니다."
    ]


def test_it_conforms_as_the_end_of_a_method() -> None:
    runtime = ToyRuntime({Calibration: Calibration.open()})
    stage = Extract()
    assert hash(stage) == hash(Extract())
    answers = runtime.run(stage, [ranking("When is lunch?"), ranking("환불 기한은?")])
    assert [a.query.text for a in answers] == ["When is lunch?", "환불 기한은?"]
    assert runtime.run(stage, []) == []
    assert check_method is not None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=300))
def test_any_text_gives_a_bounded_confidence_and_true_offsets(question: str, text: str) -> None:
    source = passage("x.md", text, "머리말", start=7)
    answer = ask(question or "?", (source,))
    assert 0.0 <= answer.confidence <= 1.0
    assert answer.text.strip()
    for quote in answer.quotes:
        assert text[quote.start - 7 : quote.end - 7] == quote.text


def test_a_passage_that_has_nothing_of_the_question_never_answers() -> None:
    """In a tiny knowledge base every comparison between sentences looks decided."""
    from openbook.generate.choose import HOPELESS, logit, values
    from openbook.generate.features import sheet
    from openbook.types import Passage, Query

    text = "Passwords must have at least 14 characters and are changed every 180 days."
    passage = Passage("d#1", "d", 0, len(text), text)
    foreign = sheet(Query("What is the boiling point of tungsten?"), [passage], [1.0])
    assert logit(foreign, values(foreign)) == HOPELESS
    meant = sheet(Query("How many characters must passwords have?"), [passage], [1.0])
    assert logit(meant, values(meant)) > HOPELESS
