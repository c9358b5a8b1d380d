"""Methods that read nothing: a model alone, with examples, with reasoning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbook.errors import InputError, ModelError, QuestionsError
from openbook.generate.closed import Closed
from openbook.generate.loops import unlooped
from openbook.generate.shots import Shots, chosen
from openbook.models.open import open_lm
from openbook.models.prompts import ANSWER, ignorance
from openbook.models.settings import Settings
from openbook.stage import methods
from openbook.testing import FakeLM, HashEncoder, ToyRuntime, check_method
from openbook.types import LM, Answer, Encoder, Example, Prompt, Query, Turn

ASK_EN, ASK_KO = Query("What is the capital of Peru?", "1"), Query("페루의 수도는 어디인가요?", "2")
ALONE = ("standard", "few_shot", "chain_of_thought")


def runtime(reply: str = f"{ANSWER} Lima") -> ToyRuntime:
    return ToyRuntime(
        {LM: FakeLM(reply=lambda _: reply), Encoder: HashEncoder(), Shots: Shots.shipped()}
    )


@pytest.mark.parametrize("name", ALONE)
def test_conformance(name: str) -> None:
    stage = methods()[name]()
    check_method(stage, runtime(), [ASK_EN, ASK_KO])
    check_method(stage, runtime(""), [ASK_EN, ASK_KO])
    (answer,) = runtime().run(stage, [ASK_EN])
    assert (answer.kind, answer.answers, answer.quotes) == ("answered", ("Lima",), ())
    assert [s.supported for s in answer.sentences] == [False]
    assert answer.confidence == 0.0
    assert answer.ranking is None


def test_reasoning_is_shown_and_the_answer_is_the_last_line() -> None:
    reply = f"Peru lies in South America. Its seat of government is Lima.\n{ANSWER} Lima"
    (answer,) = runtime(reply).run(methods()["chain_of_thought"](), [ASK_EN])
    assert answer.text.startswith("Peru lies")
    assert answer.answers == ("Lima",)
    assert [s.supported for s in answer.sentences] == [False, False]
    assert "step by step" in answer.prompt[0].content
    (korean,) = runtime(reply).run(methods()["chain_of_thought"](), [ASK_KO])
    assert "한 단계씩" in korean.prompt[0].content


@pytest.mark.parametrize(
    "reply",
    [
        "What is the capital of Peru Peru" + " Peru" * 20,
        f"{ANSWER} the" + " the" * 20,
        "##begin_quote##" + '"' * 80,
        f"{ANSWER} I do not know the answer.",
        f"{ANSWER} 답을 알지 못합니다.",
        "I don't know which city that is.",
        "I'm sorry, but I do not have information about that.",
        "I am not sure.",
        "잘 모르겠습니다.",
        "정답을 알 수 없습니다.",
        "",
    ],
)
def test_a_model_that_does_not_know_abstains(reply: str) -> None:
    for query, language in ((ASK_EN, "en"), (ASK_KO, "ko")):
        (answer,) = runtime(reply).run(Closed(), [query])
        assert (answer.kind, answer.text) == ("abstained", ignorance(language))
        assert answer.answers == ()


@pytest.mark.parametrize("reply", ["Knowing it, I say Lima.", "모르는 사람이 없는 도시, 리마"])
def test_other_words_are_answers(reply: str) -> None:
    (answer,) = runtime(reply).run(Closed(), [ASK_EN])
    assert answer.kind == "answered"


def test_follow_up_questions_are_made_to_stand_alone() -> None:
    asked = Query("What about Chile?", "3", (Turn(ASK_EN.text, "Lima"),))
    (answer,) = runtime().run(methods()["standard"](), [asked])
    assert "capital" in answer.prompt[1].content
    assert "Chile" in answer.prompt[1].content


def test_streaming_ends_with_the_same_answer() -> None:
    run = runtime(f"One step.\n{ANSWER} Lima")
    *pieces, last = Closed("steps").stream(ASK_EN, run)
    (whole,) = run.run(Closed("steps"), [ASK_EN])
    assert "ANSWER" not in "".join(map(str, pieces))
    assert isinstance(last, Answer)
    assert (last.text, last.answers, last.kind) == (whole.text, whole.answers, whole.kind)


# --- examples


def example(name: str, text: str, gold: str = "", **more: Any) -> Example:
    return Example(name, text, ("yes",), (gold,) if gold else (), language="en", **more)


def test_the_likest_examples_come_last_and_in_the_language_of_the_question() -> None:
    for similarity in ("encoder", "terms"):
        asked = Query("What is the chemical symbol of silver?")
        (found,) = chosen([asked], Shots.shipped(), 3, similarity, runtime())
        assert found[-1].text == "What is the chemical symbol of gold?"
        (found,) = chosen(
            [Query("은의 원소 기호는 무엇인가?")], Shots.shipped(), 3, similarity, runtime()
        )
        assert found[-1].text == "금의 원소 기호는 무엇인가?"
        assert {e.language for e in found} == {"ko"}
    prompt = runtime().run(methods()["few_shot"](shots=2), [asked])[0].prompt
    assert [m.role for m in prompt] == ["system", *["user", "assistant"] * 2, "user"]
    assert prompt[-2].content == f"{ANSWER} Au"
    assert asked.text in prompt[-1].content


def test_only_train_questions_are_shown_and_never_the_question_or_its_document() -> None:
    known = [
        example("a", "Is the sky blue at noon?", "d1", split="train"),
        example("b", "Is the sky blue at noon today?", "d2#p1", split="train"),
        example("c", "Is the sky blue?", "d3", split="test"),
        example("d", "Is the sky blue at night?", "d2#p9", split="train"),
        Example("e", "Is the sky blue in vain?", (), ("d4",), split="train"),
        Example("f", "Is the sky blue above?", ("no",), ("d4",), answerable=False, split="train"),
    ]
    shots = Shots.of(known)
    assert [e.id for e in shots.pool] == ["a", "b", "d"]

    def shown(query: Query) -> set[str]:
        (found,) = chosen([query], shots, 9, "terms", runtime())
        return {e.id for e in found}

    assert shown(Query("Is grass green?")) == {"a", "b", "d"}
    assert shown(Query("is the sky blue at NOON")) == {"b", "d"}
    assert shown(Query("whatever", id="a")) == {"b", "d"}
    assert shown(Query("Is the sky blue at noon today?")) == {"a"}
    assert shown(Query("Is the sky blue?")) == {"a", "b", "d"}


def test_files_without_splits_are_used_whole_and_empty_ones_refused() -> None:
    assert len(Shots.of([example("a", "?"), example("b", "??")]).pool) == 2
    with pytest.raises(QuestionsError, match=r"q\.jsonl: has no answered question of the split"):
        Shots.of([example("a", "?", split="test")], "q.jsonl")


class Narrow(FakeLM):
    """A model with a window."""

    window = 0

    def room(self, max_tokens: int) -> int:
        return self.window

    def length(self, prompt: Prompt) -> int:
        return sum(self.count(message.content) for message in prompt)


def test_examples_that_do_not_fit_are_left_out() -> None:
    model = Narrow(reply=lambda _: f"{ANSWER} Lima")
    run = runtime()
    run.resources[LM] = model
    full = run.run(Closed(shots=4), [ASK_EN])[0].prompt
    model.window = model.length(full) - 1
    assert len(run.run(Closed(shots=4), [ASK_EN])[0].prompt) == len(full) - 2
    model.window = 3
    with pytest.raises(ModelError, match="question does not fit"):
        run.run(Closed(shots=4), [ASK_EN])


@pytest.mark.parametrize("wrong", [{"shots": -1}, {"similarity": "luck"}, {"max_tokens": 0}])
def test_parameters_are_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Closed(**wrong)


TEXTS = st.text("ab ?", min_size=1, max_size=6).filter(str.strip)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXTS, st.integers(0, 3)), min_size=1, max_size=8), st.data())
def test_no_example_ever_gives_the_question_away(
    rows: list[tuple[str, int]], data: st.DataObject
) -> None:
    known = [example(str(i), text, f"d{gold}") for i, (text, gold) in enumerate(rows)]
    asked = data.draw(st.sampled_from(known))
    shots = Shots.of(known)
    shown = [shots.pool[at] for at in shots.allowed(asked.query)]
    assert asked.id not in {e.id for e in shown}
    assert all(set(e.gold).isdisjoint(asked.gold) for e in shown)


ASKED = (
    "How many days of leave do staff have?",
    "정규직 연차는 며칠인가요?",
    "What is the capital of France?",
    "Who wrote Hamlet?",
    "Explain the rules of the company canteen.",
)


@pytest.mark.parametrize("name", ["standard", "chain_of_thought"])
def test_the_bundled_reader_neither_loops_nor_shows_marks(name: str) -> None:
    """It was made to read passages: without any it loses the thread, and soon stops."""
    lm = open_lm("openbook-reader", Settings(), Path())
    made = ToyRuntime({LM: lm, Encoder: HashEncoder(), Shots: Shots.shipped()})
    answers = made.run(methods()[name](), [Query(text, text) for text in ASKED])
    for answer in answers:
        assert "##" not in answer.text
        assert "quote" not in answer.text
        assert unlooped(answer.text) == answer.text
        assert len(answer.text) < 200
        assert answer.usage.output_tokens <= 100
    assert [a.kind for a in answers].count("abstained") >= 3
