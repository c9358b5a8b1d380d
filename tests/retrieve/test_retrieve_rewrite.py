import pytest

from openbook.retrieve.rewrite import Rewrite, standalone
from openbook.testing import FakeLM, ToyRuntime
from openbook.types import LM, Query, Turn

LEAVE = "How many days of annual leave do full-time staff get?"
REFUND = "What is the refund period for hardware?"


@pytest.mark.parametrize(
    ("history", "question", "expected"),
    [
        (["연차는 며칠인가요?"], "그럼 병가는?", "병가는 며칠인가요?"),
        (["정규직의 연차는 며칠인가요?"], "그럼 계약직은?", "계약직의 연차는 며칠인가요?"),
        (
            ["연차는 며칠인가요?"],
            "그건 언제까지 신청해야 하나요?",
            "연차 언제까지 신청해야 하나요?",
        ),
        (
            ["연차는 며칠인가요?", "그럼 병가는?"],
            "거기는 증빙이 필요한가요?",
            "병가 증빙이 필요한가요?",
        ),
        (["육아휴직은 얼마나 쓰나요?"], "급여는 얼마인가요?", "육아휴직 급여는 얼마인가요?"),
        ([LEAVE], "What about part-time staff?", LEAVE.replace("full-time", "part-time")),
        (["연차는 며칠인가요?"], "해외 출장 숙박비 한도는 얼마인가요?", None),
        ([REFUND], "Who approves travel expenses abroad?", None),
        ([], "그럼?", None),
    ],
)
def test_follow_ups_by_rules(history: list[str], question: str, expected: str | None) -> None:
    assert standalone(question, [Turn(q) for q in history]) == (expected or question)


def test_a_pronoun_gives_way_to_what_it_stands_for() -> None:
    text = standalone("How do I apply for it?", [Turn(REFUND)])
    assert "refund" in text
    assert " it" not in text


def test_rewriting_changes_text_alone_and_only_with_history() -> None:
    runtime = ToyRuntime()
    first = Query("그럼 병가는?", id="1")
    later = Query("그럼 병가는?", id="2", history=(Turn("연차는 며칠인가요?"),))
    same, changed = runtime.run(Rewrite(), [first, later])
    assert same is first
    assert (changed.id, changed.history, changed.text) == ("2", later.history, "병가는 며칠인가요?")


def test_a_language_model_rewrites_when_asked_to() -> None:
    lm = FakeLM(lambda prompt: "How many sick days are there?\nextra")
    runtime = ToyRuntime({LM: lm})
    query = Query("And sick days?", history=(Turn("How many leave days?", "15"),))
    assert runtime.run(Rewrite("model"), [query])[0].text == "How many sick days are there?"
    assert "How many leave days?" in lm.seen[0][-1].content
    lm.reply = lambda prompt: "  "
    assert runtime.run(Rewrite("model"), [query])[0].text == "And sick days?"
