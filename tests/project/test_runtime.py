"""The runtime: once each, lengths checked, times remembered, traces in order."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from openbook.errors import ProjectError, WiringError
from openbook.project.runtime import Runtime
from openbook.stage import Runtime as AnyRuntime
from openbook.stage import Stage
from openbook.types import LM, Answer, Query, Ranking

CALLS: list[tuple[str, int]] = []


@dataclass(frozen=True)
class Find(Stage[Query, Ranking]):
    name: str = "find"

    def run(self, batch: Sequence[Query], runtime: AnyRuntime) -> list[Ranking]:
        CALLS.append((self.name, len(batch)))
        return [Ranking(query) for query in batch]


@dataclass(frozen=True)
class Join(Stage[Query, Ranking]):
    stages: tuple[Stage[Query, Ranking], ...]

    def run(self, batch: Sequence[Query], runtime: AnyRuntime) -> list[Ranking]:
        for stage in self.stages:
            runtime.run(stage, batch)
        return [Ranking(query) for query in batch]


@dataclass(frozen=True)
class Reply(Stage[Ranking, Answer]):
    word: str

    def run(self, batch: Sequence[Ranking], runtime: AnyRuntime) -> list[Answer]:
        CALLS.append((self.word, len(batch)))
        return [Answer("answered", self.word, r.query) for r in batch]


@dataclass(frozen=True)
class Loses(Stage[Query, Ranking]):
    def run(self, batch: Sequence[Query], runtime: AnyRuntime) -> list[Ranking]:
        return []


@pytest.fixture(autouse=True)
def fresh() -> None:
    CALLS.clear()


def runtime() -> Runtime:
    return Runtime("v1", {})


def test_a_shared_prefix_runs_once() -> None:
    run = runtime()
    queries = [Query("a", "1"), Query("b", "2")]
    one = run.ask(Find() >> Reply("x"), queries, "one")
    two = run.ask(Find() >> Reply("y"), queries, "two")
    assert CALLS == [("find", 2), ("x", 2), ("y", 2)]
    assert [a.text for a in one + two] == ["x", "x", "y", "y"]
    assert [a.method for a in one + two] == ["one", "one", "two", "two"]
    assert one[0].trace[0] == two[0].trace[0]


def test_equal_values_run_once_and_come_back_in_order() -> None:
    run = runtime()
    answers = run.ask(Find() >> Reply("x"), [Query("a"), Query("b"), Query("a")])
    assert CALLS == [("find", 2), ("x", 2)]
    assert [a.query.text for a in answers] == ["a", "b", "a"]
    run.ask(Find() >> Reply("x"), [Query("c"), Query("a")])
    assert CALLS[2:] == [("find", 1), ("x", 1)]


def test_traces_name_stages_in_order_and_inner_ones() -> None:
    (answer,) = runtime().ask(Join((Find("a"), Find("b"))) >> Reply("x"), [Query("q")])
    assert [name for name, _ in answer.trace] == ["join", "join/find", "join/find", "reply"]
    assert all(seconds >= 0 for _, seconds in answer.trace)


def test_a_streamed_answer_has_a_whole_trace() -> None:
    (answer,) = runtime().stream(Find() >> Reply("x"), Query("q"), "m")
    assert isinstance(answer, Answer)
    assert [name for name, _ in answer.trace] == ["find", "reply"]


def test_lost_values_are_an_error_naming_the_stage() -> None:
    with pytest.raises(WiringError, match="loses: returned 0 values for 1"):
        runtime().run(Loses(), [Query("q")])


def test_resources_open_once_and_unknown_ones_are_named() -> None:
    opened: list[str] = []

    def provide(name: str) -> str:
        opened.append(name)
        return f"model {name}"

    run = Runtime("v1", {str: provide})
    assert [run.resolve(str, "a"), run.resolve(str, "a"), run.resolve(str)] == [
        "model a",
        "model a",
        "model ",
    ]
    assert opened == ["a", ""]
    with pytest.raises(ProjectError, match="nothing here provides a LM"):
        run.resolve(LM)
