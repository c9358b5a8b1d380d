"""``openbook synthesize`` as it is typed: files, reports, and what is refused."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from openbook.project import Project
from openbook.synthesize.rows import ListRow, PairRow, RaftRow, read_rows
from openbook.testing import FakeLM
from openbook.types import Prompt

MORE = {
    "대여.md": """# 장비 대여 안내

| 장비 | 보관 장소 | 대여 기간 |
|---|---|---|
| 빔프로젝터 | 7층 비품실 | 최장 3일 |
| 미러리스 카메라 | 8층 홍보팀 | 최장 7일 |
""",
    "보안.md": "# 정보보안 규정\n\n접속 기록은 2년 동안 보관하며 매월 점검합니다.\n",
    "plans.md": """# Medical plans

| Plan | Deductible | Monthly cost |
|---|---|---|
| Summit PPO | USD 750 | USD 62 |
| Prairie HMO | USD 500 | USD 38 |
""",
    "conduct.md": "# Code of conduct\n\nA decision can be appealed to the panel within 20 days.\n",
}


@pytest.fixture
def filled(project: Path, documents: Path, openbook: Any) -> Path:
    for name, text in MORE.items():
        (documents / name).write_text(text, "utf-8")
    assert openbook(f"sync {documents}").status == 0
    return project


def objects(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_from_documents_to_rows(filled: Path, openbook: Any) -> None:
    done = openbook("synthesize questions --n 14 --out Q.jsonl --split train=0.5,test=0.5 --show 2")
    assert done.status == 0, done.err
    assert re.search(r"\d+ rows in Q.jsonl\n  .*rules:table", done.out)
    made = objects(filled / "Q.jsonl")
    assert {q["language"] for q in made} == {"ko", "en"}
    assert {q["split"] for q in made} == {"train", "test"}
    assert not (filled / "Q.jsonl.partial").exists()
    before = (filled / "Q.jsonl").read_bytes()
    openbook("synthesize questions --n 14 --out Q.jsonl --split train=0.5,test=0.5")
    assert (filled / "Q.jsonl").read_bytes() == before

    done = openbook(
        "synthesize raft --questions Q.jsonl --p 0.5 --distractors 1 --out R.jsonl --json"
    )
    assert done.status == 0, done.err
    rows = read_rows(filled / "R.jsonl", RaftRow)
    assert done.json["made"] == len(rows)
    assert sum(row.oracle is not None for row in rows) == int(len(rows) / 2 + 0.5)

    done = openbook("synthesize pairs --questions Q.jsonl --negatives 2 --out P.jsonl --show 1")
    assert done.status == 0, done.err
    assert "\n  + " in done.out
    assert "\n  - " in done.out
    assert read_rows(filled / "P.jsonl", PairRow)
    done = openbook("synthesize lists --n 5 --negatives 2 --out L.jsonl --show 1")
    assert done.status == 0, done.err
    assert read_rows(filled / "L.jsonl", ListRow)


@pytest.mark.parametrize("rows", ["questions", "pairs", "lists"])
def test_fewer_than_asked_for_is_said(filled: Path, openbook: Any, rows: str) -> None:
    done = openbook(f"synthesize {rows} --n 400 --out R.jsonl")
    assert done.status == 0, done.err
    assert "400 were asked for; the documents gave no more" in done.err
    told = openbook(f"synthesize {rows} --n 400 --out R.jsonl --json").json
    assert 0 < told["made"] < told["asked"] == 400


def test_all_rows_of_a_file_of_questions_are_as_many_as_there_are(
    filled: Path, openbook: Any
) -> None:
    openbook("synthesize questions --n 10 --out Q.jsonl --split ''")
    done = openbook("synthesize pairs --questions Q.jsonl --out P.jsonl --negatives 1")
    assert "were asked for" not in done.err


def test_compare_takes_the_questions(filled: Path, openbook: Any) -> None:
    done = openbook("synthesize questions --n 10 --out Q.jsonl")
    assert "too few documents for a split" in done.err
    assert {q["split"] for q in objects(filled / "Q.jsonl")} == {""}
    done = openbook("compare --questions Q.jsonl --methods extractive --out C --alone 0")
    assert done.status == 0, done.err


def test_other_layouts_and_back(filled: Path, openbook: Any) -> None:
    openbook("synthesize questions --n 10 --out Q.jsonl --split ''")
    line = "synthesize raft --questions Q.jsonl --distractors 1 --seed 3"
    assert openbook(f"{line} --layout chat --out chat.jsonl").status == 0
    for chat in objects(filled / "chat.jsonl"):
        assert [m["role"] for m in chat["messages"]] == ["system", "user", "assistant"]
    assert openbook(f"{line} --layout raft --out published.jsonl").status == 0
    assert openbook(f"{line} --out R.jsonl").status == 0
    done = openbook("synthesize import published.jsonl --out back.jsonl --show 1")
    assert done.status == 0, done.err
    one, other = (read_rows(filled / name, RaftRow) for name in ("R.jsonl", "back.jsonl"))
    assert [row.completion for row in one] == [row.completion for row in other]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("questions --out no/such/Q.jsonl", "mkdir -p no/such"),
        ("questions --out .", "is a folder"),
        ("questions --out Q.jsonl --model nobody", 'there is no model "nobody"'),
        ("questions --out Q.jsonl --split valid=1", "is not a share"),
        ("questions --out Q.jsonl --split train=0.98,test=0.02", "no document is left"),
        ("questions --out Q.jsonl --unanswerable 1", "unanswerable questions"),
        ("raft --questions missing.jsonl --out R.jsonl", "there is no such file"),
        ("raft --questions Q.jsonl --out Q.jsonl", "would be written over"),
        ("raft --questions Q.jsonl --out R.jsonl --distractors 90", "too many for 6 documents"),
        ("raft --questions Q.jsonl --out R.jsonl --p 2", "is not a share"),
        ("import Q.jsonl --out R.jsonl", "is not of the layout published with RAFT"),
        ("pairs --questions missing.jsonl --out P.jsonl", "there is no such file"),
    ],
)
def test_bad_input_is_refused_before_anything_is_written(
    filled: Path, openbook: Any, line: str, said: str
) -> None:
    asked = {"_id": "1", "text": "When may one appeal?", "answers": ["20 days"]}
    (filled / "Q.jsonl").write_text(json.dumps(asked) + "\n", "utf-8")
    before = {file: file.read_bytes() for file in filled.glob("*.jsonl")}
    done = openbook(f"synthesize {line}")
    assert done.status in (1, 2)
    assert said in done.err
    assert {file: file.read_bytes() for file in filled.glob("*.jsonl")} == before


def test_an_empty_knowledge_base_is_refused(
    tmp_path: Path, openbook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "empty"
    openbook(f"init {place}")
    monkeypatch.chdir(place)
    done = openbook("synthesize questions --out Q.jsonl")
    assert done.status == 1
    assert "empty" in done.err or "sync" in done.err
    assert not (place / "Q.jsonl").exists()


@dataclass
class Writer(FakeLM):
    """Asks for the answer that it is given, and finds it again; a dollar a thousand tokens."""

    fails_after: int = 10_000

    @property
    def prices(self) -> tuple[float, float]:
        return (1000.0, 1000.0)

    def complete(self, prompts: Any, **how: Any) -> Any:
        if len(self.seen) >= self.fails_after:
            raise KeyboardInterrupt
        return super().complete(prompts, **how)


def reply(prompt: Prompt) -> str:
    given = prompt[-1].content
    asked = re.search(r"<question>\n(.*?)\n</question>", given, re.DOTALL)
    assert asked
    title = re.search(r'title="([^"]*)"', given)
    if "<write>questions" in given:
        korean = any("가" <= sign <= "힣" for sign in given.split("<passage", 1)[1])
        name = title[1] if title else ""
        known[name] = asked[1]
        return f"{name}에서 정한 값은 무엇인가요?" if korean else f"Which value is set in {name}?"
    found = next((text for name, text in known.items() if name and name in asked[1]), "")
    return f"<ANSWER>: {found}" if found and found in given else "<ANSWER>: I do not know."


known: dict[str, str] = {}


def test_a_model_writes_and_a_stopped_run_goes_on(
    filled: Path, openbook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Writer(reply, "writer", fails_after=4)
    monkeypatch.setattr(Project, "model", lambda self, name: model)
    line = "synthesize questions --n 4 --unanswerable 0 --out Q.jsonl --model openbook-reader"
    line += " --split '' --k 9"
    assert openbook(line).status == 130
    assert (filled / "Q.jsonl.partial").exists()
    assert not (filled / "Q.jsonl").exists()
    asked = len(model.seen)
    model.fails_after = 10_000
    done = openbook(line)
    assert done.status == 0, done.err
    assert "estimate: about 12 calls" in done.err
    assert {q["source"] for q in objects(filled / "Q.jsonl")} == {"writer"}
    assert not (filled / "Q.jsonl.partial").exists()
    whole = Writer(reply, "writer")
    monkeypatch.setattr(Project, "model", lambda self, name: whole)
    before = (filled / "Q.jsonl").read_bytes()
    assert openbook(line).status == 0
    assert (filled / "Q.jsonl").read_bytes() == before
    assert len(model.seen) == len(whole.seen) >= asked


def test_a_cap_stops_before_it_is_passed(
    filled: Path, openbook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Project, "model", lambda self, name: Writer(reply, "writer"))
    line = "synthesize questions --n 4 --out Q.jsonl --model openbook-reader --split ''"
    done = openbook(f"{line} --max-cost 0.01")
    assert done.status == 1
    assert "more than --max-cost 0.01" in done.err
    assert "--max-cost to go on" in done.err
    assert not (filled / "Q.jsonl").exists()
