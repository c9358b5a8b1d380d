"""What decides a method's answers: all that its stages ask for, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from openbook.generate.extract import Extract
from openbook.models import open as opening
from openbook.project import Project
from openbook.project.makes import deciding, parts
from openbook.retrieve.filter_rerank import FilterRerank
from openbook.retrieve.lexical import Lexical
from openbook.retrieve.listwise import Listwise
from openbook.stage import Runtime, Stage, methods
from openbook.testing import FakeLM, toy_adapter
from openbook.types import LM, Encoder, Query, Ranking, Turn

ASKED = [
    Query("How many days of paid leave do full-time staff have?", "1"),
    Query("그건 며칠인가요?", "2", history=(Turn("연차는 며칠인가요?", "15일입니다."),)),
]
VARIANTS: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in sorted(methods())),
    ("extractive", {"rewrite": "model"}),
    ("naive_rag", {"dense": 0.5}),
    ("advanced_rag", {"writer": "extract"}),
    ("modular_rag", {"large": "model", "sure": 2.0}),
]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project of one document in two languages."""
    (tmp_path / "docs").mkdir()
    text = "# Leave\n\nFull-time staff have 15 days of paid leave a year.\n\n연차는 15일입니다.\n"
    (tmp_path / "docs" / "leave.md").write_text(text, "utf-8")
    made = Project.create(tmp_path)
    made.knowledge.sync([tmp_path / "docs"])
    for objective in ("qa", "raft"):
        toy_adapter(made.adapters.folder / objective, objective)
    return made


def settled(project: Project, toml: str) -> Project:
    """The same project with other settings."""
    (project.folder / "openbook.toml").write_text(toml, "utf-8")
    return Project.open(project.folder)


def makes(project: Project, name: str, **parameters: Any) -> dict[str, str]:
    return deciding(project, project.method(name, **parameters)[1])


@pytest.mark.parametrize(("name", "parameters"), VARIANTS)
def test_stages_name_what_they_ask_for(
    project: Project, name: str, parameters: dict[str, Any]
) -> None:
    """Whatever is resolved while a method runs is named; a ranking model names its encoder."""
    if learnt := methods()[name].objectives:
        parameters = {"adapter": learnt[0], **parameters}
    _, stage = project.method(name, **parameters)
    named = {one for part in parts(stage) for one in part.resources}
    runtime, asked = project.runtime(), set()
    runtime.providers = {**runtime.providers, LM: lambda name: FakeLM(lambda _: "[1] > [2]")}
    resolve = runtime.resolve

    def watched(kind: Any, name: str = "") -> Any:
        asked.add((kind, name))
        return resolve(kind, name)

    runtime.resolve = watched  # type: ignore[method-assign]
    runtime.ask(stage, ASKED)
    of_ranker = {(Encoder, "openbook-encoder")}
    assert {(k, n) for k, n in asked if k.__name__ != "Snapshot"} - of_ranker <= named


def test_an_adapter_counts_by_its_content(project: Project) -> None:
    before, plain = makes(project, "raft:raft"), makes(project, "naive_rag")
    again = makes(project, "raft:raft")
    assert again == before
    folder = project.adapters.folder / "raft"
    (folder / "adapter_model.safetensors").write_bytes(b"other weights")
    after = makes(project, "raft:raft")
    assert {key for key in before if before[key] != after[key]} == {'language model "adapter:raft"'}
    assert makes(project, "naive_rag") == plain


OTHER = '[models.available.big]\nkind = "openai"\nmodel = "m"\nbase_url = "http://localhost:1/v1"\n'


def test_a_model_that_no_stage_asks_for_decides_nothing(project: Project) -> None:
    plain = {name: makes(project, name) for name in ("extractive", "naive_rag")}
    settled(project, OTHER + "[knowledge]\nkeep_versions = 3\n[corpus]\nmax_tokens = 99\n")
    with_other = Project.open(project.folder)
    assert {name: makes(with_other, name) for name in plain} == plain
    used = settled(project, '[models]\ngenerator = "big"\n' + OTHER)
    assert makes(used, "extractive") == plain["extractive"]
    assert makes(used, "naive_rag")["language model"] != plain["naive_rag"]["language model"]
    named = makes(with_other, "naive_rag", model="big")
    assert named['language model "big"'] == makes(used, "naive_rag")["language model"]


def test_how_a_server_is_reached_decides_nothing(project: Project) -> None:
    used = '[models]\ngenerator = "big"\n' + OTHER
    before = makes(settled(project, used), "naive_rag")
    assert makes(settled(project, used + "retries = 9\ntimeout_s = 300\n"), "naive_rag") == before
    assert makes(settled(project, used + "max_tokens = 9\n"), "naive_rag") != before
    other = used.replace("localhost:1", "localhost:2")
    assert makes(settled(project, other), "naive_rag") != before


def test_weights_count_by_their_content(project: Project) -> None:
    folder = project.folder / "weights"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"one")
    here = settled(project, '[models]\ngenerator = "weights"\n')
    before = makes(here, "naive_rag")
    folder.rename(project.folder / "moved")
    moved = settled(project, '[models]\ngenerator = "moved"\n')
    assert makes(moved, "naive_rag") == before
    (project.folder / "moved" / "model.safetensors").write_bytes(b"two")
    assert makes(moved, "naive_rag") != before


def test_another_bundled_reader_decides(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = {name: makes(project, name) for name in ("extractive", "naive_rag")}
    release = tmp_path / "release" / opening.READER
    release.mkdir(parents=True)
    (release / "config.json").write_text("{}")
    (release / "model.safetensors").write_bytes(b"newer")
    monkeypatch.setattr(opening, "_HERE", release.parent)
    assert makes(project, "naive_rag") != plain["naive_rag"]
    assert makes(project, "extractive") == plain["extractive"]


def test_files_count_for_methods_that_read_them(project: Project) -> None:
    names = ("extractive", "advanced_rag", "few_shot", "standard")
    before = {name: makes(project, name) for name in names}

    def changed() -> set[str]:
        return {name for name in names if makes(project, name) != before[name]}

    (project.folder / "glossary.txt").write_text("PTO = paid leave\n", "utf-8")
    assert changed() == {"advanced_rag"}
    (project.folder / "glossary.txt").unlink()
    file = project.calibration_file("extractive")
    file.parent.mkdir(parents=True)
    file.write_text("{}", "utf-8")
    assert changed() == {"extractive"}
    file.unlink()
    (project.folder / "mine.jsonl").write_text("", "utf-8")
    project = settled(project, '[generate]\nexamples = "mine.jsonl"\n')
    assert changed() == {"few_shot"}


@dataclass(frozen=True)
class Unsaid(Stage[Ranking, Ranking]):
    """A user's stage that does not say what it asks for."""

    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Ranking]:
        return list(batch)


@dataclass(frozen=True)
class Said(Unsaid):
    """One that does."""

    @property
    def resources(self) -> tuple[tuple[type, str], ...]:
        return ((LM, ""),)


@pytest.mark.parametrize(("stage", "counts"), [(Unsaid(), True), (Said(), False)])
def test_a_users_stage_that_says_nothing_counts_as_asking_for_everything(
    project: Project, stage: Stage[Ranking, Ranking], counts: bool
) -> None:
    method = Lexical() >> stage >> Extract()
    before = deciding(project, method)
    assert (deciding(settled(project, OTHER), method) != before) is counts
    assert "language model" in before


@pytest.mark.parametrize(
    ("stage", "kinds"),
    [(FilterRerank(), {"ranking model", "reranker"}), (Listwise(), {"language model"})],
)
def test_stages_inside_others_count(
    project: Project, stage: Stage[Ranking, Ranking], kinds: set[str]
) -> None:
    assert deciding(project, Lexical() >> stage).keys() == kinds
