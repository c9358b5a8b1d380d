"""Methods that read different numbers of passages share the stages that find them, and give what
they gave when each stage cut for itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from openbook.generate.cascade import Cascade
from openbook.generate.extract import Extract
from openbook.generate.generate import Generate
from openbook.generate.writer import writer
from openbook.models.prompts import ANSWER
from openbook.project import Project
from openbook.retrieve.dense import Dense
from openbook.retrieve.expand import Expand
from openbook.retrieve.fuse import Fuse
from openbook.retrieve.lexical import Lexical
from openbook.retrieve.ltr import LearntRank
from openbook.retrieve.rewrite import Rewrite
from openbook.stage import Stage
from openbook.testing import FakeLM
from openbook.types import LM, Answer, Query

ASKED = [Query("How many days of paid leave do staff have?", "1"), Query("연차는 며칠인가요?", "2")]
FOUND = Expand() >> Fuse((Lexical(100, 100), Dense(100)), (0.5, 0.5), "convex", 50, learnt=True)
END = writer(k=3, tokens=1200, order="sides")
ONCE: dict[str, Stage[Query, Answer]] = {
    "extractive": Rewrite() >> Lexical(3, 100) >> Extract(passages=3),
    "naive_rag": Rewrite() >> Lexical(3, 100) >> Generate(k=3),
    "cascade": Rewrite() >> Lexical(6, 100) >> Cascade(Extract(), Generate(k=3), 0.5),
    "advanced_rag": Rewrite() >> FOUND >> LearntRank(3, 50) >> END,
    "modular_rag": Rewrite() >> FOUND >> LearntRank(3, 50) >> END,
}
"""The methods with ``k = 3``, each stage cutting for itself (of modular_rag, the branch of
questions for one fact)."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project of more documents than are read, among them some of the same text."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "docs").mkdir()
    for n in range(6):
        english = f"# Leave\n\nStaff of grade {n // 3} have {10 + n // 3} days of paid leave.\n"
        korean = f"# 휴가\n\n{n // 3}급 직원의 연차는 {10 + n // 3}일이다.\n"
        (folder / "docs" / f"en{n}.md").write_text(english, "utf-8")
        (folder / "docs" / f"ko{n}.md").write_text(korean, "utf-8")
    made = Project.create(folder)
    made.knowledge.sync([folder / "docs"])
    return made


@pytest.fixture(params=[f"{ANSWER} 10 days", ""], ids=["answers", "writes nothing"])
def runtime(project: Project, request: pytest.FixtureRequest) -> Iterator[Any]:
    made = project.runtime()
    model = FakeLM(lambda _: request.param, "fake")
    made.providers = {**made.providers, LM: lambda name: model}
    yield made


def plain(answers: list[Answer]) -> list[Answer]:
    """Without what may differ from run to run."""
    return [replace(a, usage=replace(a.usage, seconds=0.0), trace=()) for a in answers]


@pytest.mark.parametrize("name", sorted(ONCE))
def test_a_method_gives_what_it_gave(project: Project, runtime: Any, name: str) -> None:
    shared = plain(runtime.ask(project.methods[name](k=3), ASKED, name))
    runtime.forget()
    assert shared == plain(runtime.ask(ONCE[name], ASKED, name))
    assert all(answer.ranking is not None and answer.ranking.hits for answer in shared)


def test_methods_share_what_finds_and_ranks(project: Project, runtime: Any) -> None:
    ran: dict[str, int] = {}

    def observe(stage: Stage[Any, Any], values: Any) -> None:
        ran[stage.label] = ran.get(stage.label, 0) + len(values)

    runtime.observer = observe
    for name, k in (("extractive", 10), ("naive_rag", 5), ("cascade", 5), ("naive_rag", 3)):
        runtime.ask(project.methods[name](k=k), ASKED, name)
    assert ran["lexical"] == len(ASKED)
    for name, k in (("advanced_rag", 5), ("advanced_rag", 3), ("modular_rag", 4)):
        runtime.ask(project.methods[name](k=k), ASKED, name)
    assert ran["fuse"] == ran["learnt_rank"] == len(ASKED)
