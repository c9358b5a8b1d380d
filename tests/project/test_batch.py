"""Questions in a file, answers in a file: resumable, never two runs in one file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from openbook.errors import InputError
from openbook.project.batch import CHUNK, answer_file
from openbook.project.runtime import Runtime
from openbook.stage import Runtime as AnyRuntime
from openbook.stage import Stage
from openbook.types import Answer, Example, Query

SEEN: list[str] = []


@dataclass(frozen=True)
class Echo(Stage[Query, Answer]):
    fail_at: str = ""

    def run(self, batch: Sequence[Query], runtime: AnyRuntime) -> list[Answer]:
        if self.fail_at in [query.id for query in batch]:
            raise KeyboardInterrupt
        SEEN.extend(query.id for query in batch)
        return [Answer("answered", query.text, query) for query in batch]


EXAMPLES = [Example(f"q{n}", f"질문 {n}") for n in range(3 * CHUNK + 1)]


@pytest.fixture(autouse=True)
def fresh() -> None:
    SEEN.clear()


def read(file: Path) -> list[str]:
    return [json.loads(line)["_id"] for line in file.read_text("utf-8").splitlines()]


def go(out: Path, stage: Echo, snapshot: str = "v1", **options: bool) -> int:
    return answer_file(Runtime(snapshot, {}), stage, "echo", EXAMPLES, out, **options)


def test_answers_stand_in_the_order_of_the_questions(tmp_path: Path) -> None:
    out = tmp_path / "A.jsonl"
    told: list[int] = []
    made = answer_file(Runtime("v1", {}), Echo(), "echo", EXAMPLES, out, advance=told.append)
    assert made == len(EXAMPLES) == sum(told)
    assert read(out) == [example.id for example in EXAMPLES]
    first = json.loads(out.read_text("utf-8").splitlines()[0])
    assert first["text"] == "질문 0"
    assert {"text", "quotes", "abstained", "method", "seconds", "_id"} <= set(first)


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    out = tmp_path / "A.jsonl"
    with pytest.raises(KeyboardInterrupt):
        go(out, Echo(fail_at=f"q{2 * CHUNK}"))
    assert read(out) == [f"q{n}" for n in range(2 * CHUNK)]
    with out.open("a") as file:
        file.write('{"_id": "q99", "te')  # a line cut by a kill
    (out.parent / "A.jsonl.run.json").write_text(
        (out.parent / "A.jsonl.run.json").read_text().replace(f"q{2 * CHUNK}", "")
    )
    SEEN.clear()
    assert go(out, Echo()) == CHUNK + 1
    assert read(out) == [example.id for example in EXAMPLES]
    assert [f"q{n}" for n in range(2 * CHUNK, 3 * CHUNK + 1)] == SEEN


def test_another_run_is_refused_and_fresh_replaces(tmp_path: Path) -> None:
    out = tmp_path / "A.jsonl"
    go(out, Echo())
    with pytest.raises(InputError, match=r"other snapshot.*--fresh"):
        go(out, Echo(), "v2")
    assert len(read(out)) == len(EXAMPLES)
    assert go(out, Echo(), "v2", fresh=True) == len(EXAMPLES)
    assert go(out, Echo(), "v2") == 0


def test_a_foreign_file_is_not_touched(tmp_path: Path) -> None:
    out = tmp_path / "A.jsonl"
    out.write_text("my notes\n")
    with pytest.raises(InputError, match="left no record"):
        go(out, Echo())
    assert out.read_text() == "my notes\n"


def test_damaged_records_are_refused_not_raised(tmp_path: Path) -> None:
    out = tmp_path / "A.jsonl"
    go(out, Echo())
    record = out.with_name("A.jsonl.run.json")
    for text in ("[1]", "{", ""):
        record.write_text(text)
        with pytest.raises(InputError, match="left no record"):
            go(out, Echo())
    record.unlink()
    assert go(out, Echo(), fresh=True) == len(EXAMPLES)
    out.write_text("[1]\n" + out.read_text("utf-8"), "utf-8")
    assert go(out, Echo()) == len(EXAMPLES)
