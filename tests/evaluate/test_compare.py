"""The comparison: shared work runs once, answers survive, spending stops, errors name places."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbook.errors import CostError, InputError, MethodError, ServerError
from openbook.evaluate import stages
from openbook.evaluate.compare import Comparison, compare, drawn, makes_of
from openbook.evaluate.contestants import Contestant, parents, parse_methods
from openbook.evaluate.estimate import Rehearsal, rehearse
from openbook.evaluate.kept import Kept
from openbook.evaluate.spending import Meter
from openbook.knowledge.progress import Silence
from openbook.models.window import usage
from openbook.project.runtime import Runtime
from openbook.stage import Runtime as AnyRuntime
from openbook.stage import Stage
from openbook.testing import FakeLM
from openbook.types import (
    LM,
    Answer,
    Completion,
    Example,
    Hit,
    Message,
    Passage,
    Prompt,
    Query,
    Ranking,
    Usage,
)

RAN: list[tuple[str, str]] = []
"""Every stage and question that ran, told by the stages themselves."""

FAULTS: dict[str, BaseException] = {}
"""What the stage ``Say`` raises for a question, by its id."""


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    RAN.clear()
    FAULTS.clear()
    yield


@dataclass(frozen=True)
class Find(Stage[Query, Ranking]):
    """Finds one passage named after the question."""

    depth: int = 1

    def run(self, batch: Sequence[Query], runtime: AnyRuntime) -> list[Ranking]:
        RAN.extend((f"find{self.depth}", q.id) for q in batch)
        return [Ranking(q, (Hit(Passage(f"{q.id}#{self.depth}", q.id, 0, 0, ""), 1.0),))
                for q in batch]  # fmt: skip


@dataclass(frozen=True)
class Say(Stage[Ranking, Answer]):
    """Says something about a ranking."""

    text: str = "x"

    def run(self, batch: Sequence[Ranking], runtime: AnyRuntime) -> list[Answer]:
        for ranking in batch:
            RAN.append((self.text, ranking.query.id))
            if ranking.query.id in FAULTS:
                raise FAULTS[ranking.query.id]
        return [Answer("answered", self.text, r.query, ranking=r) for r in batch]


@dataclass(frozen=True)
class Ask(Stage[Query, Query]):
    """Asks a model to rewrite the question: nobody writes down what that takes."""

    def run(self, batch: Sequence[Query], runtime: AnyRuntime) -> list[Query]:
        model: LM = runtime.resolve(LM)  # type: ignore[type-abstract]
        model.complete([(Message("user", q.text),) for q in batch], max_tokens=10)
        return [replace(q, text=q.text + "!") for q in batch]


@dataclass(frozen=True)
class Write(Stage[Ranking, Answer]):
    """Lets a model answer, with its usage."""

    def run(self, batch: Sequence[Ranking], runtime: AnyRuntime) -> list[Answer]:
        model: LM = runtime.resolve(LM)  # type: ignore[type-abstract]
        done = model.complete([(Message("user", r.query.text),) for r in batch], max_tokens=10)
        return [
            Answer("answered", c.text, r.query, ranking=r, usage=c.usage)
            for r, c in zip(batch, done, strict=True)
        ]


@dataclass
class Dear(FakeLM):
    """A fake model with prices: 1 dollar for a million tokens read, 2 for a million written."""

    prices: tuple[float, float] = (1e6, 2e6)

    def complete(self, prompts: Sequence[Prompt], **how: Any) -> list[Completion]:
        done = super().complete(prompts, **how)
        return [
            Completion(c.text, usage(self, c.usage.input_tokens, c.usage.output_tokens, 0.0))
            for c in done
        ]


def examples(count: int = 7) -> list[Example]:
    return [Example(f"q{i}", f"question {i}", ("x",), (f"q{i}",)) for i in range(count)]


def one(name: str, stage: Stage[Query, Answer]) -> Contestant:
    return Contestant(name, name.split("(", maxsplit=1)[0], stage)


def runtime(model: Any = None) -> tuple[Runtime, Meter]:
    meter = Meter()
    made = Runtime("snapshot", {LM: lambda name: model or FakeLM()}, meter=meter)
    return made, meter


def kept(
    folder: Path, contestants: list[Contestant], asked: list[Example], fresh: bool = False
) -> Kept:
    made, _ = runtime()
    return Kept(folder, {c.name: makes_of(c, asked, made) for c in contestants}, fresh=fresh)


def run(
    folder: Path,
    contestants: list[Contestant],
    asked: list[Example],
    model: Any = None,
    *,
    cap: float | None = None,
    alone: int = 0,
    chunk: int = 3,
) -> Kept:
    made, meter = runtime(model)
    found = kept(folder, contestants, asked)
    meter.cap, meter.spent, meter.calls = cap, Usage(cost=found.paid), found.calls
    job = Comparison(contestants, asked, made, found, meter, Silence(), chunk)
    job.run()
    job.alone(alone)
    return found


THREE = [
    one("a", Find() >> Say("a")),
    one("b", Find() >> Say("b")),
    one("c", Find(2) >> Say("a")),
]


# --- what runs


def test_each_pair_of_stage_and_question_runs_exactly_once(tmp_path: Path) -> None:
    found = run(tmp_path, THREE, examples())
    assert len(RAN) == len(set(RAN)) + 7  # Say("a") runs on two different rankings
    assert [name for name, _ in RAN].count("find1") == 7
    counted = {row["expression"]: row for row in stages.totals(found.stages.held)}
    assert {row["queries"] for row in counted.values()} == {7, 14}
    assert all(row["runs"] == row["queries"] for row in counted.values())
    by_hand = {"Find(depth=1)": 7, "Find(depth=2)": 7, "Say(text='a')": 14, "Say(text='b')": 7}
    assert {name: row["runs"] for name, row in counted.items()} == by_hand


def test_a_stage_that_runs_twice_shows(tmp_path: Path) -> None:
    """What the counter proves, it can also disprove: a runtime that forgets too often."""
    made, meter = runtime()
    ask = made.ask

    def forgetful(*given: Any) -> list[Answer]:
        made.forget()
        return ask(*given)

    made.ask = forgetful  # type: ignore[method-assign]
    found = kept(tmp_path, THREE, examples())
    Comparison(THREE, examples(), made, found, meter, Silence(), 3).run()
    rows = {row["expression"]: row for row in stages.totals(found.stages.held)}
    assert (rows["Find(depth=1)"]["queries"], rows["Find(depth=1)"]["runs"]) == (7, 14)


def test_a_method_that_is_added_later_counts_what_it_repeats(tmp_path: Path) -> None:
    run(tmp_path, THREE[:1], examples())
    found = run(tmp_path, THREE[:2], examples())
    rows = {row["expression"]: row for row in stages.totals(found.stages.held)}
    assert (rows["Find(depth=1)"]["queries"], rows["Find(depth=1)"]["runs"]) == (7, 14)
    assert (rows["Say(text='b')"]["queries"], rows["Say(text='b')"]["runs"]) == (7, 7)


def test_memory_holds_a_chunk_at_most(tmp_path: Path) -> None:
    made, meter = runtime()
    most = 0

    class Watching(Silence):
        def advance(self, n: int = 1) -> None:
            nonlocal most
            most = max(most, len(made._memory))

    found = kept(tmp_path, THREE, examples(50))
    Comparison(THREE, examples(50), made, found, meter, Watching(), 5).run()
    assert 0 < most <= 5 * 8  # five stages and three chains
    assert not made._memory


class Told(Silence):
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.steps: dict[str, list[int]] = {}

    def start(self, what: str, total: int) -> None:
        self.steps[what] = [total]

    def advance(self, n: int = 1) -> None:
        self.steps[list(self.steps)[-1]].append(n)


def test_progress_counts_the_answers_that_are_made(tmp_path: Path) -> None:
    run(tmp_path, THREE[:1], examples(20))
    made, meter = runtime()
    told, found = Told(), kept(tmp_path, THREE[:2], examples(20))
    compare(THREE[:2], examples(20), made, found, meter, alone=3, progress=told)
    total, *steps = told.steps["answering"]
    assert total == sum(steps) == 20, "those of the first method were there"
    assert max(steps) <= 8
    assert told.steps["timing one question at a time"] == [6, 1, 1, 1, 1, 1, 1]


def test_time_of_remembered_work_stays_with_those_who_use_it() -> None:
    import time

    @dataclass(frozen=True)
    class Slow(Stage[Query, Query]):
        def run(self, batch: Sequence[Query], runtime: AnyRuntime) -> list[Query]:
            time.sleep(0.05)
            return list(batch)

    @dataclass(frozen=True)
    class Outer(Stage[Query, Query]):
        part: Stage[Query, Query] = Slow()
        tag: str = ""

        def run(self, batch: Sequence[Query], runtime: AnyRuntime) -> list[Query]:
            return runtime.run(self.part, batch)

    made, _ = runtime()
    query = Query("q")
    for tag in "ab":
        made.run(Outer(tag=tag), [query])
    assert made._memory[(Outer(tag="b"), query)].seconds >= 0.05


# --- resuming


def test_an_interrupted_comparison_goes_on(tmp_path: Path) -> None:
    FAULTS["q4"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "x", THREE, examples())
    assert set(kept(tmp_path / "x", THREE, examples()).answers["a"]) == {"q0", "q1", "q2"}
    FAULTS.clear()
    RAN.clear()
    found = run(tmp_path / "x", THREE, examples())
    assert {question for _, question in RAN} == {"q3", "q4", "q5", "q6"}
    whole = run(tmp_path / "y", THREE, examples())
    assert {n: _timeless(a) for n, a in found.answers.items()} == {
        n: _timeless(a) for n, a in whole.answers.items()
    }


def _timeless(answers: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: {**line, "trace": [], "usage": {}} for name, line in answers.items()}


def test_a_cut_line_is_made_again(tmp_path: Path) -> None:
    run(tmp_path, THREE, examples())
    file = tmp_path / "answers" / "a.jsonl"
    file.write_bytes(file.read_bytes()[:-9])
    RAN.clear()
    found = run(tmp_path, THREE, examples())
    assert RAN == [("find1", "q6"), ("a", "q6")]
    assert len(found.answers["a"]) == 7
    assert all(json.loads(line) for line in file.read_text("utf-8").splitlines())


def test_answers_of_other_makes_are_refused(tmp_path: Path) -> None:
    run(tmp_path, THREE[:1], examples())
    with pytest.raises(InputError, match=r"another run \(other expression\)"):
        kept(tmp_path, [one("a", Find(2) >> Say("a"))], examples())
    with pytest.raises(InputError, match=r"other questions.*--fresh"):
        kept(tmp_path, THREE[:1], examples(6))
    assert kept(tmp_path, THREE[:1], examples(6), fresh=True).answers["a"] == {}


def test_fresh_leaves_other_files_alone(tmp_path: Path) -> None:
    run(tmp_path, THREE[:1], examples())
    (tmp_path / "notes.txt").write_text("mine")
    kept(tmp_path, THREE[:1], examples(), fresh=True)
    assert (tmp_path / "notes.txt").read_text() == "mine"


# --- errors


def test_a_method_that_raises_is_named_with_its_question(tmp_path: Path) -> None:
    FAULTS["q4"] = ZeroDivisionError("oh")
    with pytest.raises(MethodError) as caught:
        run(tmp_path, THREE, examples())
    said = str(caught.value)
    assert "method a, question q4: ZeroDivisionError: oh" in said
    assert "run the same command to go on" in said
    assert set(kept(tmp_path, THREE, examples()).answers["a"]) == {"q0", "q1", "q2", "q3"}


def test_a_server_that_fails_is_not_asked_again(tmp_path: Path) -> None:
    FAULTS["q3"] = ServerError("the server takes no more requests")
    with pytest.raises(MethodError, match="question q3 or one of the 2 after it: the server takes"):
        run(tmp_path, THREE[:1], examples())
    assert RAN.count(("a", "q3")) == 1


# --- what it costs


def test_usage_holds_what_no_answer_accounts_for(tmp_path: Path) -> None:
    """A question of 2 words: rewriting reads 2 and writes 2, answering reads 2 and writes 2."""
    rewriting = one("rewriting", Ask() >> Find() >> Write())
    sharing = one("sharing", Ask() >> Find(2) >> Write())
    plain = one("plain", Find() >> Write())
    found = run(tmp_path, [rewriting, sharing, plain], examples(3), Dear())
    cost = {n: [a["usage"]["cost"] for a in by.values()] for n, by in found.answers.items()}
    assert cost["plain"] == [6.0, 6.0, 6.0]
    assert cost["rewriting"] == cost["sharing"] == [12.0, 12.0, 12.0]
    read = [a["usage"]["input_tokens"] for a in found.answers["sharing"].values()]
    assert read == [4, 4, 4]
    assert found.paid == 3 * (6 + 6 + 6 + 6)  # rewriting is paid once for both
    assert found.calls == 12


def test_the_cap_stops_before_it_is_passed(tmp_path: Path) -> None:
    """A prompt of 2 words and 8 tokens around them, and at most 10 written, could cost 30; it
    costs 6 in fact.
    """
    method = [one("m", Find() >> Write())]
    with pytest.raises(CostError, match="cap of 40"):
        run(tmp_path, method, examples(), Dear(), cap=40.0, chunk=1)
    held = kept(tmp_path, method, examples())
    assert held.paid <= 40
    assert len(held.answers["m"]) == 2  # after 12, another could lead to 42
    found = run(tmp_path, method, examples(), Dear(), cap=70.0, chunk=1)
    assert len(found.answers["m"]) == 7
    assert found.paid == 42


def test_without_a_cap_or_a_price_nothing_stops(tmp_path: Path) -> None:
    found = run(tmp_path, [one("m", Find() >> Write())], examples(), FakeLM(), cap=0.0)
    assert found.paid == 0.0
    assert len(found.answers["m"]) == 7


def test_an_estimate_is_what_is_then_asked() -> None:
    made, meter = runtime(Rehearsal("m", (1.0, 2.0)))
    methods = [one("m", Ask() >> Find() >> Write()), one("n", Ask() >> Find(2) >> Write())]
    guessed = rehearse(methods, examples(10), made, meter, chunk=10, alone=4)
    assert guessed.calls == 10 * 3 + 4 * 4
    assert guessed.tokens_out == guessed.calls * 10
    assert guessed.cost == pytest.approx((guessed.tokens_in + 2 * guessed.tokens_out) / 1e6)


def test_a_method_that_raises_in_rehearsal_is_named() -> None:
    FAULTS["q1"] = ZeroDivisionError("oh")
    made, meter = runtime(Rehearsal("m", (1.0, 2.0)))
    with pytest.raises(MethodError, match="method a"):
        rehearse(THREE[:1], examples(3), made, meter, chunk=3, alone=0)


# --- one at a time


def test_the_latency_pass_asks_alone_and_remembers_nothing(tmp_path: Path) -> None:
    found = run(tmp_path, THREE[:2], examples(), alone=4)
    assert [row["method"] for row in found.seconds.held] == ["a", "b"] * 4
    assert all(row["seconds"] > 0 for row in found.seconds.held)
    sample = [e.id for e in drawn(examples(), 4, 0)]
    assert list(found.timed("a")) == sample
    alone = RAN[-8 - 8 - 4 :]  # a warm question and four each, two stages
    assert sum(name == "find1" for name, _ in alone) == 10
    RAN.clear()
    run(tmp_path, THREE[:2], examples(), alone=4)
    assert not RAN


def test_models_of_a_method_are_those_that_it_asks_alone(tmp_path: Path) -> None:
    methods = [one("m", Find() >> Write()), THREE[0]]
    found = run(tmp_path, methods, examples(), FakeLM(), alone=2)
    assert found.models("m") == {"fake": False}
    assert found.models("a") == {}


@settings(deadline=None)
@given(st.integers(0, 30), st.integers(0, 40), st.integers(0, 5))
def test_a_sample_keeps_the_order(count: int, size: int, seed: int) -> None:
    asked = examples(count)
    found = drawn(asked, size, seed)
    assert len(found) == min(size, count)
    assert found == sorted(found, key=asked.index)
    assert found == drawn(asked, size, seed)


def test_compare_does_both(tmp_path: Path) -> None:
    made, meter = runtime()
    found = kept(tmp_path, THREE, examples())
    compare(THREE, examples(), made, found, meter, alone=2)
    assert len(found.answers["c"]) == 7
    assert len(found.timed("c")) == 2


# --- names and parents


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b", [("a", {}), ("b", {})]),
        ("a( k = 3 , x=1.5)", [("a(k=3, x=1.5)", {"k": 3, "x": 1.5})]),
        ('a(model="m,(1)"), b', [('a(model="m,(1)")', {"model": "m,(1)"}), ("b", {})]),
        ("a(model=qwen)", [("a(model=qwen)", {"model": "qwen"})]),
        ("a(k=[1, 2])", [("a(k=[1, 2])", {"k": [1, 2]})]),
        ("raft:handbook,", [("raft:handbook", {})]),
    ],
)
def test_methods_as_they_are_written(text: str, expected: list[tuple[str, Any]]) -> None:
    assert [(spec.name, spec.parameters) for spec in parse_methods(text)] == expected


@pytest.mark.parametrize("text", ["", ",", "a,a", "a(k)", "a(k=)", "a(3=k)", "a(k=1", "a b"])
def test_methods_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="--methods"):
        parse_methods(text)


PARENTS = {"extractive": "", "naive": "extractive", "advanced": "naive", "raft": "finetuned"}
PARENTS |= {"finetuned": "", "loop": "loop2", "loop2": "loop"}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("extractive,naive,advanced", ["", "extractive", "naive"]),
        ("extractive,advanced", ["", "extractive"]),
        ("naive,extractive", ["extractive", ""]),
        ("extractive,raft", ["", "extractive"]),
        ("naive(k=3),naive", ["naive", ""]),
        ("extractive,naive(k=3),naive(k=5)", ["", "extractive", "naive(k=3)"]),
        ("extractive,naive(k=3),advanced", ["", "extractive", "naive(k=3)"]),
        ("loop,loop2", ["loop2", "loop"]),
    ],
)
def test_whom_a_method_is_paired_with(names: str, expected: list[str]) -> None:
    contestants = [one(spec.name, Find() >> Say()) for spec in parse_methods(names)]
    assert list(parents(contestants, PARENTS).values()) == expected
