"""Asking back: when two places answer differently and the question names neither."""

from openbook.generate.confidence import Calibration
from openbook.generate.extract import Extract
from openbook.testing import ToyRuntime
from openbook.types import Answer, Hit, Passage, Query, Ranking


def place(name: str, title: str, text: str) -> Passage:
    return Passage(f"{name}#0", name, 0, len(text), text, title=title, source=name)


KOREAN = (
    place("ko/full.md", "정규직 휴가", "연차는 1년에 17일을 드립니다."),
    place("ko/contract.md", "계약직 휴가", "연차는 1년에 15일을 드립니다."),
)
ENGLISH = (
    place("en/hardware.md", "Hardware", "You may ask for a refund within 30 days."),
    place("en/cloud.md", "Subscriptions", "You may ask for a refund within 14 days."),
)


def ask(question: str, passages: tuple[Passage, ...], **settings: bool) -> Answer:
    runtime = ToyRuntime({Calibration: Calibration.open()})
    ranking = Ranking.of(Query(question), [Hit(p, 1.0) for p in passages])
    return runtime.run(Extract(**settings), [ranking])[0]


def test_two_readings_are_asked_back_with_both_quotes() -> None:
    answer = ask("연차는 1년에 며칠인가요?", KOREAN)
    assert answer.kind == "asks"
    assert "정규직 휴가" in answer.text
    assert "계약직 휴가" in answer.text
    assert {quote.document_id for quote in answer.quotes} == {"ko/full.md", "ko/contract.md"}
    assert answer.answers == ()


def test_in_english_it_asks_in_english() -> None:
    answer = ask("How long may I ask for a refund?", ENGLISH)
    assert answer.kind == "asks"
    assert answer.text.startswith("Which do you mean")
    assert "30 days" in answer.text
    assert "14 days" in answer.text


def test_a_question_that_names_one_is_answered() -> None:
    assert ask("계약직 연차는 1년에 며칠인가요?", KOREAN).kind == "answered"
    assert ask("How long may I ask for a refund of hardware?", ENGLISH).kind == "answered"


def test_places_that_agree_are_no_ambiguity() -> None:
    same = (KOREAN[0], place("ko/contract.md", "계약직 휴가", "연차는 1년에 17일을 드립니다."))
    assert ask("연차는 1년에 며칠인가요?", same).kind == "answered"


def test_it_can_be_told_not_to_ask() -> None:
    assert ask("연차는 1년에 며칠인가요?", KOREAN, asks=False).kind == "answered"
