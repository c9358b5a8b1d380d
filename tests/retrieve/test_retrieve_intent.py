"""The intent of a question: bundled weights, training, scope, bad input."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.errors import InputError, ModelError
from openbook.flow import route
from openbook.retrieve.expand import Expand
from openbook.retrieve.intent import FORMS, LABELS, Classifier, Intent, bundled
from openbook.retrieve.intent_features import SCOPE, form, scope
from openbook.retrieve.intent_train import train
from openbook.retrieve.lexical import Lexical
from openbook.retrieve.rewrite import Rewrite
from openbook.testing import ToyRuntime
from openbook.types import Hit, Passage, Query, Ranking


@pytest.mark.parametrize(
    "text, label",
    [
        ("Hello there!", "chat"),
        ("thanks a lot", "chat"),
        ("안녕하세요", "chat"),
        ("고마워요", "chat"),
        ("How many days of annual leave do I get?", "fact"),
        ("Who approves travel expenses?", "fact"),
        ("환불은 며칠 안에 신청해야 하나요?", "fact"),
        ("연차 이월 기한은 언제까지인가요?", "fact"),
        ("Who is older, Ada Byron or Mary Stuart?", "multi-hop"),
        ("When was the director of the film Jaws born?", "multi-hop"),
        ("연차와 병가 중 어느 쪽이 더 긴가요?", "multi-hop"),
        ("유리 정원의 감독의 배우자는 누구인가요?", "multi-hop"),
    ],
)
def test_bundled_weights_know_plain_cases(text: str, label: str) -> None:
    assert ToyRuntime().run(Intent(), [Query(text)]) == [label]


def test_scope_is_read_from_the_ranking(runtime: ToyRuntime) -> None:
    stage = Intent(scope=Lexical(10))
    texts = {
        "How many days of paid leave do full-time staff have?": "fact",
        "구매일로부터 며칠 이내에 환불을 신청할 수 있나요?": "fact",
        "Which enzyme splits lactose in the small intestine?": "out of scope",
        "조선의 네 번째 왕은 어느 해에 즉위했는가?": "out of scope",
        "Hello!": "chat",
    }
    assert runtime.run(stage, [Query(text) for text in texts]) == list(texts.values())
    assert ("lexical", 4) in runtime.ran
    assert stage.inner == (Lexical(10),)


def test_it_routes(runtime: ToyRuntime) -> None:
    stage = route({"chat": Rewrite()}, by=Intent(), otherwise=Expand(glossary=0))
    hello, fact = runtime.run(stage, [Query("hi"), Query("Is it fifteen days of leave?")])
    assert hello == Query("hi")
    assert ("15 days", 0.5) in fact.expansions
    assert Intent() == Intent() and hash(Intent()) == hash(Intent())
    assert runtime.run(Intent(), []) == []
    with pytest.raises(InputError, match="sure"):
        Intent(sure=1.0)


@given(st.text(max_size=80))
def test_chances_of_any_text_add_up(text: str) -> None:
    (row,) = bundled().chances([text])
    assert row.shape == (3,)
    assert row.sum() == pytest.approx(1.0)
    assert sum(v * v for v in form(text).values()) == pytest.approx(1.0)


@given(st.text(max_size=40), st.lists(st.text(max_size=60), max_size=6))
def test_numbers_of_scope_are_bounded(question: str, texts: list[str]) -> None:
    hits = tuple(
        Hit(Passage(str(n), "d", 0, len(text), text), 1.0 / (n + 1), (("words", 3.0),))
        for n, text in enumerate(texts)
    )
    ranking = Ranking(Query(question), hits)
    numbers = scope(ranking)
    assert len(numbers) == len(SCOPE)
    for name, number in zip(SCOPE, numbers, strict=True):
        assert 0.0 <= number <= (7.5 if name.startswith("rarest") else 1.0), name
    assert 0.0 <= bundled().outside(ranking) <= 1.0


QUESTIONS = [
    *((f"hello {word}", "chat") for word in ("you", "friend", "all", "again")),
    *((f"what is the {word}?", "fact") for word in ("limit", "price", "rule", "form")),
    *((f"어느 쪽이 더 {word}?", "multi-hop") for word in ("긴가요", "큰가요", "싼가요", "먼가요")),
]


def test_training_learns_its_questions_and_weighs_labels_alike() -> None:
    made = train([*QUESTIONS, *[("what is the fee?", "fact")] * 50])
    guessed = made.chances([text for text, _ in QUESTIONS]).argmax(axis=1)
    assert [FORMS[int(at)] for at in guessed] == [label for _, label in QUESTIONS]
    assert np.array_equal(
        made.forms, train([*QUESTIONS, *[("what is the fee?", "fact")] * 50]).forms
    )
    with pytest.raises(InputError, match="has seen no rankings"):
        made.outside(Ranking(Query("q")))


def test_training_learns_scope(runtime: ToyRuntime) -> None:
    inside = runtime.run(Lexical(), [Query("paid leave"), Query("환불 신청"), Query("구독 요금")])
    outside = runtime.run(Lexical(), [Query("zebra stripes leave"), Query("북극곰"), Query("x y")])
    made = train(QUESTIONS, inside, outside)
    assert all(made.outside(ranking) < 0.5 for ranking in inside)
    assert all(made.outside(ranking) > 0.5 for ranking in outside)


@pytest.mark.parametrize(
    "questions, told",
    [
        ([("a", "facts")], 'no label "facts"'),
        ([("a", "fact"), ("b", "chat")], 'no question has the label "multi-hop"'),
    ],
)
def test_bad_training_data_is_refused(questions: list[tuple[str, str]], told: str) -> None:
    with pytest.raises(InputError, match=told):
        train(questions)
    with pytest.raises(InputError, match="one kind only"):
        train(QUESTIONS, [Ranking(Query("q"))])


def test_weights_are_kept_in_a_file(tmp_path: Path, runtime: ToyRuntime) -> None:
    file = tmp_path / "intent" / "own.npz"
    made = train(QUESTIONS)
    made.save(file)
    read = Classifier.load(file)
    assert np.allclose(read.forms, made.forms, atol=0.02)
    runtime.resources[Classifier] = read
    assert runtime.run(Intent(model="own"), [Query("hello you")]) == ["chat"]
    for content in (b"", b"no weights", made.data()[:200]):
        file.write_bytes(content)
        with pytest.raises(ModelError, match=r"own\.npz"):
            Classifier.load(file)
    with pytest.raises(ModelError):
        Classifier.load(tmp_path / "none.npz")


def test_a_project_keeps_its_own_classifiers(tmp_path: Path) -> None:
    from openbook.project.folder import Project

    project = Project.create(tmp_path / "p")
    (tmp_path / "doc.md").write_text("# Leave\n\nStaff have 15 days of leave.\n", "utf-8")
    project.knowledge.sync([tmp_path / "doc.md"])
    train(QUESTIONS).save(project.made / "intent" / "own.npz")
    assert project.runtime().run(Intent(model="own"), [Query("hello you")]) == ["chat"]
    with pytest.raises(ModelError):
        project.runtime().run(Intent(model="other"), [Query("hello you")])
    assert set(FORMS) < set(LABELS)
