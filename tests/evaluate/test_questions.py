"""Question files: what is read, what is refused, and with which words."""

import json
from pathlib import Path

import pytest

from openbook.errors import QuestionsError
from openbook.evaluate.questions import read_qrels, read_questions
from openbook.types import Turn

SAMPLE = Path(__file__).parents[2] / "examples"


def write(folder: Path, *rows: object, raw: str = "") -> Path:
    file = folder / "queries.jsonl"
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    file.write_text("\n".join(lines) + raw, "utf-8")
    return file


def test_all_keys_are_read(tmp_path: Path) -> None:
    row = {
        "_id": "q1",
        "text": " 며칠인가요? ",
        "answers": ["15일", "열닷새"],
        "gold": ["a.md"],
        "answerable": True,
        "language": "ko",
        "topic": "leave",
        "path": ["has", "days"],
        "split": "dev",
        "history": [{"question": "휴가?", "answer": "네"}],
        "answer_start": 3,
    }
    (example,) = read_questions(write(tmp_path, row))
    assert example.text == "며칠인가요?"
    assert example.answers == ("15일", "열닷새")
    assert example.gold == ("a.md",)
    assert example.answerable is True
    assert example.path == ("has", "days")
    assert example.split == "dev"
    assert example.history == (Turn("휴가?", "네"),)


def test_only_id_and_text_are_needed(tmp_path: Path) -> None:
    (example,) = read_questions(write(tmp_path, {"_id": 7, "text": "Why?"}, raw="\n\n"))
    assert (example.id, example.answers, example.answerable) == ("7", (), None)


def test_one_string_is_a_list_of_one_and_null_is_nothing(tmp_path: Path) -> None:
    rows = [{"_id": "1", "text": "a", "gold": "x"}, {"_id": "2", "text": "b", "gold": None}]
    assert [e.gold for e in read_questions(write(tmp_path, *rows))] == [("x",), ()]


def test_qrels_supply_gold_where_a_line_has_none(tmp_path: Path) -> None:
    (tmp_path / "qrels.tsv").write_text(
        "query-id\tcorpus-id\tscore\n1\td1\t1\n1\td2\t0\n1\td3\t2\n2\td9\t1\n", "utf-8"
    )
    rows = [{"_id": "1", "text": "a"}, {"_id": "2", "text": "b", "gold": ["own"]}]
    assert [e.gold for e in read_questions(write(tmp_path, *rows))] == [("d1", "d3"), ("own",)]


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"_id": "1", "text": "a"}\n')
    assert read_questions(file)[0].id == "1"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("{", "line 1: is not JSON"),
        ("[1]", "line 1: is not a JSON object"),
        ('{"_id": "1"}', 'line 1: lacks "text"'),
        ('{"_id": "1", "question": "a"}', 'Did you mean "text"?'),
        ('{"_id": "1", "text": "a", "anwsers": []}', 'Did you mean "answers"?'),
        ('{"_id": "1", "text": " "}', "empty"),
        ('{"_id": "1", "text": "a", "answerable": "yes"}', "true or false"),
        ('{"_id": "1", "text": "a", "split": "valid"}', "train, dev or test"),
        ('{"_id": "1", "text": "a", "answers": [{}]}', '"answers" is not text'),
        ('{"_id": "1", "text": "a", "history": "x"}', '"history" is not a list'),
        ('{"_id": "1", "text": "a"}\n{"_id": "1", "text": "b"}', "line 2"),
        ("", "holds no question"),
        ("[" * 100_000, "line 1"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, raw: str, said: str) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(raw, "utf-8")
    with pytest.raises(QuestionsError) as error:
        read_questions(file)
    assert said in str(error.value)
    assert "q.jsonl" in str(error.value)


def test_a_missing_or_binary_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionsError, match="there is no such file"):
        read_questions(tmp_path / "none.jsonl")
    binary = tmp_path / "b.jsonl"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(QuestionsError, match="cannot be read"):
        read_questions(binary)


def test_qrels_that_do_not_follow_the_layout_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "qrels.tsv"
    file.write_text("1\td1\tone\n", "utf-8")
    with pytest.raises(QuestionsError, match="line 1"):
        read_qrels(file)
    assert read_qrels(tmp_path / "none.tsv") == {}


@pytest.mark.parametrize("name", ["questions", "calibration", "ambiguous"])
def test_the_sample_is_read(name: str) -> None:
    assert len(read_questions(SAMPLE / f"{name}.jsonl")) >= 12


def test_several_wrong_lines_are_named_together(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    good, bad = '{"_id": "%d", "text": "When?"}\n', '{"_id": "%d", "texts": "When?"}\n'
    file.write_text(good % 1 + bad % 2 + "[]\n" + good % 1, "utf-8")
    with pytest.raises(QuestionsError) as caught:
        read_questions(file)
    assert str(caught.value) == (
        f'{file}, line 2: unknown key "texts". Did you mean "text"? Also line 3: is not a JSON '
        'object; line 4: the id "1" stands in line 1 already.'
    )
    file.write_text("".join(bad % i for i in range(9)), "utf-8")
    with pytest.raises(QuestionsError, match=r"line 5: unknown key .*; and more\.$"):
        read_questions(file)
