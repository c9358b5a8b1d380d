"""The trained rungs: what adapters they take, what they refuse, with which prompts they ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openbook.errors import AdapterError, InputError, TemplateMismatchError
from openbook.evaluate.chart import adapters, place, walk
from openbook.evaluate.contestants import Contestant, parents, parse_methods
from openbook.generate.closed import Closed
from openbook.generate.generate import Generate
from openbook.models.prompts import ANSWER, template
from openbook.project import Project
from openbook.stage import methods
from openbook.testing import FakeLM, ToyRuntime, toy_adapter
from openbook.types import LM, Query

TRAINED = {name for name, made in methods().items() if made.objectives}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project.create(tmp_path / "project")
    for name, objective in (("facts", "qa"), ("책", "raft"), ("pages", "text")):
        toy_adapter(made.adapters.folder / name, objective)
    return made


def test_the_ladder() -> None:
    found = methods()
    assert {name: found[name].parent for name in sorted(TRAINED)} == {
        "finetuned": "standard",
        "finetuned_rag": "naive_rag",
        "raft": "finetuned_rag",
        "raft_tuned_retriever": "raft",
    }


def test_a_name_is_a_parameter(project: Project) -> None:
    name, stage = project.method("raft:책", k=3)
    assert name == "raft:책"
    assert stage == project.method("raft", adapter="책", k=3)[1]
    assert project.method("raft", adapter="책")[0] == "raft:책"
    (reads,) = (part for part in walk(stage) if isinstance(part, Generate))
    assert (reads.model, reads.prompt, reads.k) == ("adapter:책", "rag", 3)
    assert adapters(stage) == ["책"]


def test_the_method_of_the_settings_may_have_an_adapter(project: Project) -> None:
    file = project.folder / "openbook.toml"
    file.write_text('[ask]\nmethod = "raft:책"\n\n[ask.parameters.raft]\nk = 2\n', "utf-8")
    name, stage = Project.open(project.folder).method()
    assert name == "raft:책"
    assert "k=2" in repr(stage)
    file.write_text('[ask]\nmethod = "raft"\n\n[ask.parameters.raft]\nadapter = "책"\n', "utf-8")
    again = Project.open(project.folder)
    assert again.method()[0] == "raft:책"
    toy_adapter(project.adapters.folder / "other", "raft")
    assert again.method("raft:other")[0] == "raft:other"


@pytest.mark.parametrize(
    ("name", "parameters", "said"),
    [
        ("raft", {}, r"the method raft needs an adapter.*These fit: raft:책\."),
        ("finetuned_rag", {}, r"These fit: finetuned_rag:facts\."),
        ("naive_rag:책", {}, r"naive_rag takes no adapter.*Write \"naive_rag\""),
        ("naive_rag", {"adapter": "책"}, r'has no parameter "adapter"'),
        ("raft:nothing", {}, r'there is no adapter "nothing"'),
        ("raft:../책", {}, "is not a name of an adapter"),
        ("raft:a/b", {}, "is not a name of an adapter"),
        ("raft:", {}, "is not a name of an adapter"),
        ("raftt:책", {}, r'there is no method "raftt"\. Did you mean "raft"'),
        ("raft:책", {"adapter": "facts"}, "two adapters are named: 책 and facts"),
    ],
)
def test_names_that_are_refused(
    project: Project, name: str, parameters: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        project.method(name, **parameters)


def test_without_any_adapter_it_says_how_to_make_one(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "empty")
    with pytest.raises(InputError, match="openbook tune generator --objective raft"):
        project.method("raft")
    with pytest.raises(InputError, match="Make one"):
        project.method("raft:책")
    for name in TRAINED:
        with pytest.raises(InputError, match="needs an adapter"):
            methods()[name]()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("raft:facts", "learnt qa; raft takes one that learnt raft.*These fit: 책"),
        ("finetuned:책", "learnt raft; finetuned takes one that learnt qa"),
        ("finetuned_rag:pages", "learnt text"),
    ],
)
def test_another_objective_is_refused(project: Project, name: str, said: str) -> None:
    with pytest.raises(AdapterError, match=said):
        project.method(name)


def test_a_prompt_that_was_not_learnt_is_refused_before_anything_is_loaded(
    project: Project,
) -> None:
    with pytest.raises(TemplateMismatchError, match='did not learn the prompt "rag", but closed'):
        project.method("naive_rag", model="adapter:facts")
    with pytest.raises(TemplateMismatchError, match='did not learn the prompt "closed", but rag'):
        project.method("standard", model="adapter:책")
    project.method("naive_rag", model="adapter:책")
    project.method("naive_rag", model="adapter:pages")  # it learnt no prompt
    toy_adapter(project.adapters.folder / "old", "raft", templates=["rag/en@00000000"])
    with pytest.raises(TemplateMismatchError, match="words have changed"):
        project.method("raft:old")


def test_a_plainly_tuned_model_may_read_passages_where_the_method_says_so(
    project: Project,
) -> None:
    _, stage = project.method("finetuned_rag:facts")
    (reads,) = (part for part in walk(stage) if isinstance(part, Generate))
    assert not reads.learnt
    assert "learnt" not in repr(reads)


@pytest.mark.parametrize("stage", [Generate(model="m"), Closed(model="m")])
def test_stages_refuse_it_too(stage: Any) -> None:
    """Whoever wires stages by hand is told as well: the model itself says what it learnt."""
    from openbook.types import Hit, Passage, Ranking

    query = Query("How many days?", "1")
    hit = Hit(Passage("d#0", "d", 0, 8, "15 days."), 1.0)
    value = query if isinstance(stage, Closed) else Ranking.of(query, [hit])
    lm: Any = FakeLM(lambda _: f"{ANSWER} 15")
    lm.templates = (template("steps", "en").id,)
    with pytest.raises(TemplateMismatchError):
        stage.run([value], ToyRuntime({LM: lm}))
    with pytest.raises(TemplateMismatchError):
        list(stage.stream(value, ToyRuntime({LM: lm})))
    lm.templates = (template(stage.prompt, "en").id,)
    assert stage.run([value], ToyRuntime({LM: lm}))[0].answers == ("15",)


def test_their_place_on_the_chart(project: Project) -> None:
    toy_adapter(project.adapters.folder / "enc", "", role="retriever")
    places = {
        name: place(project.method(name)[1]) for name in ("finetuned:facts", "raft:책", "naive_rag")
    }
    assert places["finetuned:facts"] == (0.8, 0.1 * 0)
    assert places["raft:책"] == (0.8, places["naive_rag"][1])
    _, whole = project.method("raft_tuned_retriever:책", encoder="adapter:enc")
    assert place(whole)[0] == 0.9
    assert adapters(whole) == ["enc", "책"]


def test_whom_they_are_paired_with() -> None:
    names = (
        "naive_rag,finetuned:a,finetuned_rag:a,finetuned_rag:b,raft:b,raft:b(k=2),raft:c,"
        "raft_tuned_retriever:c"
    )
    made = [
        Contestant(s.name, s.base.partition(":")[0], Generate(), adapter=s.base.partition(":")[2])  # type: ignore[arg-type]
        for s in parse_methods(names)
    ]
    found = parents(made, {name: method.parent for name, method in methods().items()})
    assert found == {
        "naive_rag": "",
        "finetuned:a": "naive_rag",
        "finetuned_rag:a": "naive_rag",
        "finetuned_rag:b": "naive_rag",
        "raft:b": "finetuned_rag:b",
        "raft:b(k=2)": "raft:b",
        "raft:c": "finetuned_rag:a",
        "raft_tuned_retriever:c": "raft:c",
    }
