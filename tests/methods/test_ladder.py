"""Every method on a project where nothing is configured, and what the mixtures do with what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from openbook.errors import InputError
from openbook.generate.abstain import Abstain
from openbook.generate.cascade import Cascade
from openbook.generate.writer import writer
from openbook.models.prompts import ANSWER, refusal
from openbook.project import Project
from openbook.retrieve.filter_rerank import ROUTED
from openbook.stage import Stage, methods
from openbook.testing import FakeLM, ToyRuntime, check_method, toy_adapter
from openbook.types import LM, Answer, Passage, Query, Ranking, Usage

LEAVE = (
    "# Leave\n\nFull-time staff have 15 days of paid leave a year.\n\n"
    "## Carrying over\n\nUp to 5 days may be carried into March.\n"
)
REFUND = (
    "# 환불 규정\n\n구매일로부터 14일 이내에 환불을 신청할 수 있습니다.\n\n"
    "## 구독\n\n구독 요금은 결제 후 7일이 지나면 환불되지 않습니다.\n"
)
ASK_EN = Query("How many days of paid leave do full-time staff have?", "1")
ASK_KO = Query("구매 후 며칠 안에 환불을 신청해야 하나요?", "2")
MIXTURES = ("advanced_rag", "modular_rag", "cascade")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project of two documents."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "docs").mkdir()
    (folder / "docs" / "leave.md").write_text(LEAVE, "utf-8")
    (folder / "docs" / "refund.md").write_text(REFUND, "utf-8")
    made = Project.create(folder)
    made.knowledge.sync([folder / "docs"])
    for objective in ("qa", "raft"):
        toy_adapter(made.adapters.folder / objective, objective)
    return made


def named(name: str) -> str:
    """A method's name, with an adapter where it needs one."""
    objectives = methods()[name].objectives
    return f"{name}:{objectives[0]}" if objectives else name


def runtime(project: Project, reply: str = f"{ANSWER} 15 days") -> Any:
    made = project.runtime()
    made.providers = {**made.providers, LM: lambda name: FakeLM(lambda _: reply, name or "fake")}
    return made


@pytest.mark.parametrize("name", sorted(methods()))
def test_conformance(project: Project, name: str) -> None:
    queries = [ASK_EN, ASK_KO, Query("안녕하세요", "3"), Query("zzz qqq", "4")]
    name, stage = project.method(named(name))
    for reply in (f"{ANSWER} 15 days", ""):
        check_method(stage, runtime(project, reply), queries)
    assert stage == project.method(name)[1]
    (answer,) = runtime(project).ask(stage, [ASK_EN], name)
    assert answer.method == name
    assert answer.trace
    *_, last = runtime(project).stream(stage, ASK_EN, name)
    assert (last.kind, last.text) == (answer.kind, answer.text)


@pytest.mark.parametrize("name", MIXTURES)
def test_with_the_models_that_come_along(project: Project, name: str) -> None:
    """Nothing configured, nothing replaced: the bundled reader, encoder and ranking model."""
    made = project.runtime()
    for query, source in ((ASK_EN, "leave.md"), (ASK_KO, "refund.md")):
        (answer,) = made.ask(project.methods[name](), [query], name)
        assert answer.ranking is not None
        assert answer.ranking.passages[0].source.endswith(source)
        assert answer.text.strip()


def test_advanced_rag_holds_what_it_read_best_first(project: Project) -> None:
    (answer,) = runtime(project).ask(project.methods["advanced_rag"](), [ASK_EN])
    assert answer.ranking is not None
    scores = [hit.score for hit in answer.ranking.hits]
    assert scores == sorted(scores, reverse=True)
    assert answer.quotes[0].text.startswith("Full-time staff have 15 days")
    outer = [label for label, _ in answer.trace if "/" not in label]
    assert outer == [
        "rewrite", "expand", "fuse", "learnt_rank", "first", "compress", "reorder", "generate",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["advanced_rag", "modular_rag"])
def test_writing_without_a_language_model(project: Project, name: str) -> None:
    made = project.runtime()
    made.providers = {k: v for k, v in made.providers.items() if k is not LM}
    stage = project.methods[name](writer="extract")
    answers = made.ask(stage, [ASK_EN, ASK_KO])
    assert "15 days" in answers[0].text
    assert "14일" in answers[1].text
    assert made.ask(stage, [Query("안녕하세요!")])[0].kind in ("abstained", "asks")


def test_modular_rag_goes_by_intent(project: Project) -> None:
    stage = project.methods["modular_rag"]()
    made = runtime(project)
    both = Query("Who is the director of the film Jaws and when was he born?", "3")
    chat, fact, several = made.ask(stage, [Query("안녕하세요!"), ASK_EN, both])
    assert chat.ranking is None
    assert [s.supported for s in chat.sentences] == [False]
    assert fact.ranking is not None
    labels = [{label.rpartition("/")[2] for label, _ in one.trace} for one in (fact, several)]
    assert "learnt_rank" in labels[0]
    assert "iterate" not in labels[0]
    assert "iterate" in labels[1]


def test_modular_rag_sends_the_hard_questions_to_the_large_model(project: Project) -> None:
    made = runtime(project, "[1] > [2]")
    for sure, routed in ((0.0, {0.0}), (2.0, {1.0})):
        stage = project.methods["modular_rag"](large="model", sure=sure)
        (answer,) = made.ask(stage, [ASK_EN])
        assert answer.ranking is not None
        assert {dict(hit.why)[ROUTED] for hit in answer.ranking.hits} == routed
    project.methods["modular_rag"](large="cross")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("modular_rag", {"large": "huge"}),
        ("advanced_rag", {"writer": "poet"}),
        ("advanced_rag", {"order": "random"}),
        ("advanced_rag", {"tokens": -1}),
        ("cascade", {"sure": 2.0}),
    ],
)
def test_parameters_are_checked(name: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        methods()[name](**wrong)


# --- cascade


@dataclass(frozen=True)
class Says(Stage[Ranking, Answer]):
    """Answers one thing, always as sure."""

    text: str
    confidence: float = 1.0
    kind: Any = "answered"

    def run(self, batch: Any, runtime: Any) -> list[Answer]:
        used = Usage(1, 1, 0.0, 0.5)
        return [
            Answer(self.kind, self.text, r.query, confidence=self.confidence, usage=used)
            for r in batch
        ]


@pytest.mark.parametrize(
    ("small", "said", "ran"),
    [
        (Says("small", 0.9), "small", 1),
        (Says("small", 0.4), "large", 2),
        (Says("?", 0.0, "abstained"), "large", 2),
        (Says("which?", 0.1, "asks"), "which?", 1),
    ],
)
def test_the_large_one_is_asked_where_the_small_one_is_not_sure(
    small: Says, said: str, ran: int
) -> None:
    toy = ToyRuntime()
    stage = Cascade(small, Says("large"), sure=0.5)
    (answer,) = stage.run([Ranking(ASK_EN)], toy)
    assert answer.text == said
    assert answer.usage.cost == 0.5 * ran
    assert len(toy.ran) == ran
    assert list(stage.stream(Ranking(ASK_EN), ToyRuntime())) == [answer]
    assert stage.run([], toy) == []


def test_a_cascade_of_two_models_names_both(project: Project) -> None:
    made = runtime(project)
    stage = project.methods["cascade"](small="little", large="big", sure=1.0)
    (answer,) = made.ask(stage, [ASK_EN])
    labels = [label for label, _ in answer.trace]
    assert labels.count("cascade/generate") == (1 if answer.confidence == 1.0 else 2)
    assert answer.quotes


def test_writers() -> None:
    short = writer(k=3, tokens=100, order="sides", model="m")
    assert [step.label for step in short.steps] == ["compress", "reorder", "generate"]  # type: ignore[attr-defined]
    assert writer(k=3).label == "generate"
    assert writer("extract").label == "extract"


def test_abstaining_asks_nobody() -> None:
    answers = Abstain().run([ASK_EN, ASK_KO], ToyRuntime())
    assert [a.text for a in answers] == [refusal("en"), refusal("ko")]
    assert {a.kind for a in answers} == {"abstained"}


def test_a_reordered_context_is_still_quoted_from_its_passages() -> None:
    text = LEAVE
    passage = Passage("d#0", "d", 0, len(text), text, title="Leave", language="en")
    from openbook.types import Hit

    ranking = Ranking.of(ASK_EN, [Hit(passage, 1.0)])
    toy = ToyRuntime({LM: FakeLM(lambda _: f"{ANSWER} 15 days")})
    (answer,) = toy.run(writer(tokens=30, order="sides"), [ranking])
    (quote,) = answer.quotes
    assert text[quote.start : quote.end] == quote.text


def test_children_stand_under_their_parents() -> None:
    from openbook.cli.methods import lineage

    found = methods()
    order = sorted(found, key=lambda name: lineage(found[name], found))
    for name in order:
        parent = found[name].parent
        assert not parent or order.index(parent) < order.index(name)
    assert lineage(found["modular_rag"], found) == (
        "extractive", "naive_rag", "advanced_rag", "modular_rag",
    )  # fmt: skip
