"""Routing, repeating and fanning out: order, batches, traces, streams, wiring."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.errors import InputError, WiringError
from openbook.flow import Each, Repeat, Route, each, repeat, route
from openbook.project.runtime import Runtime
from openbook.stage import Stage
from openbook.testing import ToyRuntime
from openbook.types import Answer, Query, Ranking


@dataclass(frozen=True)
class Parity(Stage[int, str]):
    def run(self, batch: Sequence[int], runtime: object) -> list[str]:
        return ["even" if n % 2 == 0 else "odd" for n in batch]


@dataclass(frozen=True)
class Add(Stage[int, int]):
    n: int = 1

    def run(self, batch: Sequence[int], runtime: object) -> list[int]:
        return [value + self.n for value in batch]


@dataclass(frozen=True)
class AtLeast(Stage[int, bool]):
    n: int = 10

    def run(self, batch: Sequence[int], runtime: object) -> list[bool]:
        return [value >= self.n for value in batch]


@dataclass(frozen=True)
class Digits(Stage[int, tuple[int, ...]]):
    def run(self, batch: Sequence[int], runtime: object) -> list[tuple[int, ...]]:
        return [tuple(map(int, str(n))) if n else () for n in batch]


@dataclass(frozen=True)
class Sum(Stage[tuple[int, tuple[int, ...]], int]):
    def run(self, batch: Sequence[tuple[int, tuple[int, ...]]], runtime: object) -> list[int]:
        return [sum(parts) for _, parts in batch]


@dataclass(frozen=True)
class Find(Stage[Query, Ranking]):
    def run(self, batch: Sequence[Query], runtime: object) -> list[Ranking]:
        return [Ranking(query) for query in batch]


@dataclass(frozen=True)
class Talk(Stage[Ranking, Answer]):
    word: str = "hello"

    def run(self, batch: Sequence[Ranking], runtime: object) -> list[Answer]:
        return [Answer("answered", self.word, ranking.query) for ranking in batch]

    def stream(self, value: Ranking, runtime: object) -> Iterator[str | Answer]:
        yield self.word
        yield from self.run([value], runtime)


@dataclass(frozen=True)
class Language(Stage[Query, str]):
    def run(self, batch: Sequence[Query], runtime: object) -> list[str]:
        return ["ko" if "가" <= query.text[0] <= "힣" else "en" for query in batch]


def memory() -> Runtime:
    return Runtime("toy", {})


BY_PARITY = route({"even": Add(100), "odd": Add(1) >> Add(1)}, by=Parity())


@pytest.mark.parametrize("make", [ToyRuntime, memory])
@given(batch=st.lists(st.integers(0, 50)))
def test_each_value_takes_its_branch_and_order_is_kept(
    make: Callable[[], Runtime], batch: list[int]
) -> None:
    assert make().run(BY_PARITY, batch) == [n + 100 if n % 2 == 0 else n + 2 for n in batch]


def test_a_branch_runs_once_for_all_of_its_values() -> None:
    runtime = ToyRuntime()
    runtime.run(BY_PARITY, [1, 2, 3, 4])
    assert [ran for ran in runtime.ran if ran[0] in ("add", "chain")] == [
        ("chain", 2), ("add", 2), ("add", 2), ("add", 2),
    ]  # fmt: skip


def test_a_label_without_a_branch_is_an_error_unless_there_is_another_way() -> None:
    only = route({"even": Add()}, by=Parity())
    with pytest.raises(WiringError, match='no branch has the label "odd"'):
        ToyRuntime().run(only, [1])
    assert ToyRuntime().run(route({"even": Add()}, by=Parity(), otherwise=Add(9)), [1]) == [10]
    with pytest.raises(InputError, match="no branch"):
        route({}, by=Parity())


@pytest.mark.parametrize("text, word", [("휴가는?", "안녕"), ("Leave?", "hi")])
def test_a_route_streams_the_branch_and_shows_in_the_trace(text: str, word: str) -> None:
    stage = route({"ko": Find() >> Talk("안녕"), "en": Find() >> Talk("hi")}, by=Language())
    *told, answer = memory().stream(stage, Query(text))
    assert told == [word]
    assert isinstance(answer, Answer) and answer.text == word
    (asked,) = memory().ask(stage, [Query(text)])
    assert [label for label, _ in asked.trace] == [
        "route", "route/language", "route/find", "route/talk",
    ]  # fmt: skip


def test_wiring_is_checked_through_routes() -> None:
    with pytest.raises(WiringError, match="its stages differ: a Ranking and a str"):
        route({"ko": Find(), "en": Language()}, by=Language())  # type: ignore[dict-item]
    with pytest.raises(WiringError, match="route gives a Ranking"):
        route({"ko": Find()}, by=Language()) >> Find()  # type: ignore[operator]
    assert route({"ko": Find()}, by=Language()) >> Talk()


@given(st.lists(st.integers(0, 30)), st.integers(1, 12))
def test_repeating_ends_for_each_value_by_itself(batch: list[int], most: int) -> None:
    stage = repeat(Add(), until=AtLeast(10), most=most)
    wanted = [n + 1 if n >= 9 else min(10, n + most) for n in batch]
    assert ToyRuntime().run(stage, batch) == wanted
    assert memory().run(stage, batch) == wanted


def test_rounds_of_a_repeat_show_in_the_trace_each() -> None:
    runtime = memory()
    stage = repeat(Add(), until=AtLeast(10), most=5)
    runtime.run(stage, [8])
    labels = [label for label, _ in runtime._trace(stage, 8)]
    assert labels == ["repeat", "repeat/add", "repeat/at_least", "repeat/add", "repeat/at_least"]


def test_no_round_begins_after_the_time_is_spent() -> None:
    assert ToyRuntime().run(repeat(Add(), until=AtLeast(99), most=50, seconds=1e-9), [0]) == [1]
    with pytest.raises(InputError):
        repeat(Add(), until=AtLeast(), most=0)
    with pytest.raises(InputError):
        repeat(Add(), until=AtLeast(), seconds=-1.0)


@given(st.lists(st.integers(0, 999)))
def test_parts_are_gathered_in_their_order(batch: list[int]) -> None:
    stage = each(Digits(), Add(), Sum())
    wanted = [sum(int(d) + 1 for d in str(n)) if n else 0 for n in batch]
    assert ToyRuntime().run(stage, batch) == wanted
    assert memory().run(stage, batch) == wanted


def test_parts_of_all_values_are_one_batch_and_show_in_the_trace() -> None:
    runtime = ToyRuntime()
    stage = each(Digits(), Add(), Sum())
    runtime.run(stage, [12, 345])
    assert ("add", 5) in runtime.ran
    remembered = memory()
    remembered.run(stage, [121])
    labels = [label for label, _ in remembered._trace(stage, 121)]
    assert labels == ["each", "each/digits", "each/add", "each/add", "each/sum"]


@pytest.mark.parametrize(
    "stage",
    [BY_PARITY, repeat(Add(), until=AtLeast()), each(Digits(), Add(), Sum())],
)
def test_they_equal_their_twins_hash_print_and_name_their_stages(
    stage: Stage[int, int],
) -> None:
    import copy

    twin = copy.deepcopy(stage)
    assert stage == twin
    assert hash(stage) == hash(twin)
    assert repr(stage).startswith(type(stage).__name__)
    assert stage.inner
    assert memory().run(stage, []) == []
    assert isinstance(stage, (Route, Repeat, Each))
