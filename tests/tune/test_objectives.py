"""What the objectives make of data, in the words that serving uses, in Korean and English."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openbook.errors import InputError, RowsError
from openbook.evaluate.questions import read_questions
from openbook.models.prompts import ANSWER, ignorance, numbered, render, template
from openbook.synthesize.rows import Origin, RaftRow, write_rows
from openbook.tune.data import read, read_any
from openbook.tune.objectives import objective, objectives
from openbook.types import Passage, digest

PASSAGES = tuple(
    Passage(f"d{n}#1", f"d{n}", 0, 5, text, title=f"T{n}")
    for n, text in enumerate(["Staff have 15 days.", "Rain falls.", "연차는 15일입니다."])
)


def raft(number: int = 0, question: str = "How many days do staff have?") -> RaftRow:
    done = f"##begin_quote## Staff have 15 days. ##end_quote##\n{ANSWER} 15 days"
    return RaftRow(
        f"r{number}", question, PASSAGES, 0, ("15 days",), done, origin=Origin(4, "rules")
    )


def written(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


@pytest.mark.parametrize(
    ("question", "language"), [("How many days are there?", "en"), ("연차는 며칠인가요?", "ko")]
)
def test_raft_asks_as_serving_does(question: str, language: str) -> None:
    (row,) = objective("raft").rows([raft(question=question)])
    assert row.prompt == render("rag", language, passages=numbered(PASSAGES), question=question)
    assert row.template == template("rag", language).id and row.completion == raft().completion
    assert (row.document, row.version, row.id) == ("d0", 4, "r0")
    assert [s.text for s in row.sources] == [digest(PASSAGES[0].text)]


def test_qa_learns_answers_and_ignorance(tmp_path: Path) -> None:
    file = written(
        tmp_path / "q.jsonl",
        {"_id": "1", "text": "연차는 며칠인가요?", "answers": ["15일", "열닷새"], "gold": ["d2"]},
        {"_id": "2", "text": "Who is the king of staff?", "answers": [], "answerable": False},
        {"_id": "3", "text": "Who knows?"},
    )
    first, second = read(file, objective("qa"), read_questions)
    assert first.prompt == render("closed", "ko", question="연차는 며칠인가요?")
    assert first.completion == f"{ANSWER} 15일" and first.document == "d2"
    assert second.completion == f"{ANSWER} {ignorance('en')}"
    (row,) = objective("qa").rows([raft()])
    assert row.completion == f"{ANSWER} 15 days"
    assert row.template == template("closed", "en").id


def test_style_and_text(tmp_path: Path) -> None:
    file = written(tmp_path / "s.jsonl", {"text": "Why?", "answer": "Because, dear reader."})
    (row,) = read(file, objective("style"), read_questions)
    assert row.completion == f"{ANSWER} Because, dear reader."
    file = written(tmp_path / "t.jsonl", {"text": "One."}, {"text": "둘."})
    assert [(r.prompt, r.completion) for r in read(file, objective("text"), read_questions)] == [
        ((), "One."),
        ((), "둘."),
    ]
    rows = objective("text").rows([raft(0), raft(1), *PASSAGES])
    assert [row.completion for row in rows] == [p.text for p in PASSAGES]


def test_general_data_is_read_by_its_layout(tmp_path: Path) -> None:
    write_rows(tmp_path / "r.jsonl", [raft()])
    assert read_any(tmp_path / "r.jsonl", read_questions)[0].template.startswith("rag/")
    file = written(tmp_path / "t.jsonl", {"text": "One."})
    assert read_any(file, read_questions)[0].prompt == ()


def test_files_of_another_layout_are_refused(tmp_path: Path) -> None:
    questions = written(tmp_path / "q.jsonl", {"_id": "1", "text": "Who?", "answers": ["I"]})
    with pytest.raises(RowsError, match=r"of the layout questions, and .* from raft\. .*qa"):
        read(questions, objective("raft"), read_questions)
    with pytest.raises(RowsError, match="none of the layouts raft, style, questions, text"):
        read(written(tmp_path / "o.jsonl", {"a": 1}), objective("raft"), read_questions)
    with pytest.raises(RowsError, match="holds no row"):
        read(written(tmp_path / "e.jsonl"), objective("raft"), read_questions)
    with pytest.raises(RowsError, match="cannot be read"):
        read(tmp_path / "none.jsonl", objective("raft"), read_questions)
    (tmp_path / "bad.jsonl").write_text('{"text": "a", "answer": "b"}\nnonsense\n')
    with pytest.raises(RowsError, match="line 2: is not a JSON object"):
        read(tmp_path / "bad.jsonl", objective("style"), read_questions)
    half = written(tmp_path / "half.jsonl", {"text": "a", "answer": "b"}, {"text": "c"})
    with pytest.raises(RowsError, match="line 2: is not a row of the layout style"):
        read(half, objective("style"), read_questions)
    none = written(tmp_path / "n.jsonl", {"_id": "1", "text": "Who?"})
    with pytest.raises(InputError, match="nothing that the objective qa can learn"):
        read(none, objective("qa"), read_questions)


def test_an_unknown_objective_is_refused_with_the_nearest() -> None:
    assert set(objectives()) >= {"raft", "qa", "text", "style"}
    with pytest.raises(InputError, match='Did you mean "raft"'):
        objective("rafts")
