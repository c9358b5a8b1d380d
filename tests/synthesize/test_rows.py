"""Rows come back as they were written; what is no row is named with its line."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from openbook.errors import RowsError
from openbook.synthesize.rows import ListRow, Origin, PairRow, RaftRow, read_rows, write_rows
from openbook.types import Passage

ONE = Passage("docs/휴가.md#1", "docs/휴가.md", 3, 12, "연차는 15일이다", ("휴가", "연차"))
TWO = Passage("docs/b.md#1", "docs/b.md", 0, 9, "A refund.", page=2, title="Refunds")
RAFT = RaftRow(
    "1", "연차는?", (TWO, ONE), 1, ("15일",), "…", "oracle", "ko", Origin(3, "rules", "dev")
)


def test_rows_come_back_as_they_were_written(tmp_path: Path) -> None:
    refusal = RaftRow("2", "왜?", (TWO,), None, (), "없습니다.", "refuse")
    write_rows(tmp_path / "r.jsonl", [RAFT, refusal])
    assert read_rows(tmp_path / "r.jsonl", RaftRow) == [RAFT, refusal]
    pair = PairRow("1", "연차는?", ONE, (TWO,), "ko", Origin(1, "rules:heading", "train"))
    write_rows(tmp_path / "p.jsonl", [pair])
    assert read_rows(tmp_path / "p.jsonl", PairRow) == [pair]
    listed = ListRow("1", "연차는?", (ONE, TWO), (2, 0))
    write_rows(tmp_path / "l.jsonl", [listed])
    assert read_rows(tmp_path / "l.jsonl", ListRow) == [listed]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"oracle": 2}, "oracle 2 is none of 2 passages"),
        ({"oracle": None}, "the policy oracle has an oracle"),
        ({"policy": "guess"}, "policy: Input should be 'oracle', 'answer' or 'refuse'"),
        ({"question": 3}, "question: Input should be a valid string"),
        ({"passages": "a"}, "passages: Input should be a valid"),
        ({"passages": [{"id": "a", "text": "b"}]}, "passages.0.document_id: Field required"),
        ({"origin": {"version": "new"}}, "origin.version: Input should be a valid integer"),
    ],
)
def test_what_is_no_row_is_named_with_its_line(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    file = tmp_path / "r.jsonl"
    good = asdict(RAFT)
    file.write_text(f"{json.dumps(good)}\n\n{json.dumps({**good, **change})}\n", "utf-8")
    with pytest.raises(RowsError, match="line 3: is not a row of the layout raft") as caught:
        read_rows(file, RaftRow)
    assert said in str(caught.value)
    assert "openbook synthesize raft" in str(caught.value)


def test_a_file_of_another_layout_is_refused(tmp_path: Path) -> None:
    write_rows(tmp_path / "r.jsonl", [RAFT])
    with pytest.raises(RowsError, match=r"layout pairs \(positive: Field required\)"):
        read_rows(tmp_path / "r.jsonl", PairRow)
    (tmp_path / "e.jsonl").write_text("\n", "utf-8")
    with pytest.raises(RowsError, match="holds no row"):
        read_rows(tmp_path / "e.jsonl", PairRow)
    with pytest.raises(RowsError, match="cannot be read"):
        read_rows(tmp_path / "no.jsonl", PairRow)
