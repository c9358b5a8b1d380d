"""Answers of a comparison on disk: what survives, what is dropped, what was paid."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbook.artifacts import Lines
from openbook.errors import InputError
from openbook.evaluate.kept import METHOD_FILE, Kept, decode, encode
from openbook.types import (
    Answer,
    Hit,
    Message,
    Passage,
    Query,
    Quote,
    Ranking,
    Sentence,
    Triple,
    Usage,
)
from openbook.types import Path as Chain

QUERY = Query("연차는 며칠인가요?", "q1")
PASSAGE = Passage("handbook/휴가.md#0", "handbook/휴가.md", 3, 20, "연차는 15일이다.")
CHAIN = Chain((Triple("연차", "일수", "15일"), Triple("15일", "근거", "제3조")))
ANSWER = Answer(
    "answered",
    '연차는 "15일"\n입니다.',
    QUERY,
    answers=("15일",),
    quotes=(
        Quote("15일", "handbook/휴가.md", 7, 10, "handbook/휴가.md", "휴가", ("휴가", "연차"), 2,
              "handbook/휴가.md#0"),
        Quote("a", "b.pdf", 0, 1),
    ),
    paths=(CHAIN,),
    sentences=(Sentence(0, 12, True), Sentence(12, 15, False, ("15일",))),
    confidence=0.25,
    ranking=Ranking(QUERY, (Hit(PASSAGE, 1.5), Hit(CHAIN, 0.5))),
    usage=Usage(10, 3, 0.5, 0.002),
    trace=(("rewrite", 0.1), ("generate", 0.4)),
    method="m",
    prompt=(Message("user", "연차는 며칠인가요?"),),
)  # fmt: skip
MADE: dict[str, dict[str, Any]] = {
    "m": {"expression": "M()", METHOD_FILE: "1", "seed": 0},
    "n(k=3)": {"expression": "N(k=3)", "seed": 0},
}


def changed(name: str, **other: Any) -> dict[str, dict[str, Any]]:
    return {**MADE, name: {**MADE[name], **other}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A comparison of two methods, each with two answers and one of them timed."""
    made = Kept(tmp_path, MADE)
    for name in MADE:
        made.add(name, [ANSWER, replace(ANSWER, query=Query("?", "q2"))])
        row = {"_id": "q1", "method": name, "models": {"qwen": True}, "cost": 0.5, "calls": 2}
        made.seconds.add([{**row, "seconds": 0.25}])
    made.stages.add([{"_id": "q1", "stages": [], "cost": 1.0, "calls": 3}])
    return tmp_path


def test_an_answer_comes_back_with_quotes_and_paths() -> None:
    line = json.loads(json.dumps(encode(ANSWER), ensure_ascii=False))
    back = decode(line, QUERY, "m")
    ranking = Ranking(QUERY, (Hit(Passage(PASSAGE.id, PASSAGE.document_id, 0, 0, ""), 1.5),))
    assert back == replace(ANSWER, ranking=ranking, prompt=())
    assert back.quotes[0].heading == ("휴가", "연차")
    assert back.paths == (CHAIN,)


def test_nothing_that_was_read_is_no_ranking_of_nothing() -> None:
    silent = Answer("abstained", "문서에 없습니다.", QUERY)
    back = decode(encode(silent), QUERY)
    assert back == replace(silent, ranking=Ranking(QUERY, ()))


def test_what_was_kept_is_found_again(folder: Path) -> None:
    again = Kept(folder, MADE)
    for name in MADE:
        assert list(again.answers[name]) == ["q1", "q2"]
        assert decode(again.answers[name]["q1"], QUERY).text == ANSWER.text
        assert again.timed(name) == {"q1": 0.25}
        assert again.models(name) == {"qwen": True}
    assert (again.paid, again.calls) == (2.0, 7)


@pytest.mark.parametrize("cut", [1, 2, 40])
def test_the_line_that_a_kill_tore_is_dropped(folder: Path, cut: int) -> None:
    file = folder / "answers" / "m.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole[:-cut])
    again = Kept(folder, MADE)
    assert list(again.answers["m"]) == ["q1"]
    assert len(again.answers["n(k=3)"]) == 2
    again.add("m", [replace(ANSWER, query=Query("?", "q2"))])
    assert file.read_bytes() == whole


def test_a_line_torn_inside_a_character_is_dropped(folder: Path) -> None:
    file = folder / "answers" / "m.jsonl"
    first, second = file.read_bytes().splitlines(keepends=True)
    at = second.index("연".encode()) + 1
    file.write_bytes(first + second[:at])
    assert list(Kept(folder, MADE).answers["m"]) == ["q1"]
    assert file.read_bytes() == first


def test_a_torn_time_is_taken_again_and_what_was_paid_before_counts(folder: Path) -> None:
    file = folder / "seconds.jsonl"
    file.write_bytes(file.read_bytes()[:-5])
    again = Kept(folder, MADE)
    assert (again.timed("m"), again.timed("n(k=3)")) == ({"q1": 0.25}, {})
    assert (again.paid, again.calls) == (1.5, 5)


def test_answers_without_a_record_of_what_made_them_are_dropped(folder: Path) -> None:
    (folder / "answers" / "m.json").unlink()
    again = Kept(folder, MADE)
    assert again.answers["m"] == {}
    assert json.loads((folder / "answers" / "m.json").read_text("utf-8")) == MADE["m"]


def test_answers_of_an_edited_method_are_dropped_and_what_they_cost_stays(folder: Path) -> None:
    """The text of the user's own method, and with it its stages, may change."""
    now = changed("m", **{METHOD_FILE: "2", "expression": "M(k=2)"})
    again = Kept(folder, now)
    assert again.answers["m"] == {}
    assert len(again.answers["n(k=3)"]) == 2
    assert (again.timed("m"), again.timed("n(k=3)")) == ({}, {"q1": 0.25})
    assert (again.paid, again.calls) == (2.0, 7)
    assert json.loads((folder / "answers" / "m.json").read_text("utf-8")) == now["m"]
    assert Kept(folder, now).answers["m"] == {}


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (changed("n(k=3)", expression="N(k=4)"), r"answers of n\(k=3\) .*\(other expression\)"),
        (changed("m", seed=1), r"answers of m .*\(other seed\)"),
        (changed("m", seed=1, **{METHOD_FILE: "2"}), "other method file, other seed|other seed"),
        ({"m": {"expression": "M()", METHOD_FILE: "1"}}, "with other makes"),
    ],
)
def test_answers_of_other_makes_are_refused_and_stay(
    folder: Path, now: dict[str, dict[str, Any]], said: str
) -> None:
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    with pytest.raises(InputError, match=said):
        Kept(folder, now)
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before


def test_fresh_forgets_everything_and_methods_may_be_added(folder: Path) -> None:
    more = Kept(folder, {**MADE, "third": {"seed": 0}})
    assert (len(more.answers["m"]), more.answers["third"]) == (2, {})
    fresh = Kept(folder, MADE, fresh=True)
    assert fresh.answers == {name: {} for name in MADE}
    assert (fresh.paid, fresh.calls, fresh.timed("m")) == (0.0, 0, {})


def test_methods_with_parameters_have_files_of_their_own(folder: Path) -> None:
    names = {file.name for file in (folder / "answers").glob("*.jsonl")}
    assert "m.jsonl" in names
    (other,) = names - {"m.jsonl"}
    assert other.startswith("n-")
    Kept(folder, {"n(k=4)": {"seed": 0}, "n(k=3)": MADE["n(k=3)"]})
    assert len(list((folder / "answers").glob("n-*.json"))) == 2


# --- any answer, any cut


texts = st.text(max_size=12)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    query = Query(draw(texts), draw(st.text(min_size=1, max_size=5)))
    quote = st.builds(
        Quote, texts, texts, st.integers(0, 9), st.integers(0, 9), texts, texts,
        st.lists(texts, max_size=2).map(tuple), st.none() | st.integers(1, 9), texts,
    )  # fmt: skip
    hit = st.builds(lambda a, b, s: Hit(Passage(a, b, 0, 0, ""), s), texts, texts, st.floats(-9, 9))
    path = st.lists(st.builds(Triple, texts, texts, texts), max_size=2).map(
        lambda triples: Chain(tuple(triples))
    )
    missing = st.lists(texts, max_size=2).map(tuple)
    sentence = st.builds(Sentence, st.integers(0, 9), st.integers(0, 9), st.booleans(), missing)

    def some(strategy: Any) -> Any:
        return draw(st.lists(strategy, max_size=2).map(tuple))

    return Answer(
        draw(st.sampled_from(["answered", "abstained", "asks"])),
        draw(texts),
        query,
        answers=some(texts),
        quotes=some(quote),
        paths=some(path),
        sentences=some(sentence),
        confidence=draw(st.floats(0, 1)),
        ranking=Ranking(query, some(hit)),
        usage=Usage(1, 2, 0.5, draw(st.floats(0, 9))),
        trace=some(st.tuples(texts, st.floats(0, 9))),
        method="m",
    )


@settings(deadline=None)
@given(answers())
def test_an_answer_survives_its_line(answer: Answer) -> None:
    line = json.loads(json.dumps(encode(answer), ensure_ascii=False))
    assert decode(line, answer.query, "m") == answer


@settings(deadline=None)
@given(st.lists(st.dictionaries(texts, texts), max_size=4), st.integers(0, 400))
def test_lines_survive_any_cut(rows: list[dict[str, str]], cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.jsonl"
        Lines(file).add(rows)
        raw = file.read_bytes()
        file.write_bytes(raw[: min(cut, len(raw))])
        again = Lines(file)
        assert again.held == rows[: len(again.held)]
        assert file.read_bytes() == b"".join(raw.splitlines(keepends=True)[: len(again.held)])
        again.add(rows[len(again.held) :])
        assert file.read_bytes() == raw
