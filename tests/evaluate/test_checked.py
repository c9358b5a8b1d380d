"""Questions held against a knowledge base: what is refused, with which lines."""

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from openbook.errors import QuestionsError
from openbook.evaluate.checked import check, near_path
from openbook.types import Passage


@dataclass
class Shelf:
    """Three documents, two passages each."""

    asked_for_passages: int = 0

    def document_ids(self) -> list[str]:
        return ["handbook/a.md", "handbook/b.md", "handbook/휴가.md"]

    def all_passages(self) -> list[Passage]:
        self.asked_for_passages += 1
        return [
            Passage(f"{name}#{i}", name, 0, 1, "x") for name in self.document_ids() for i in (1, 2)
        ]


def questions(folder: Path, *rows: dict[str, Any]) -> Path:
    file = folder / "q.jsonl"
    lines = [json.dumps({"_id": str(i), "text": "Why?", **row}) for i, row in enumerate(rows, 1)]
    file.write_text("\n".join(lines), "utf-8")
    return file


def test_documents_and_passages_are_told_apart(tmp_path: Path) -> None:
    file = questions(
        tmp_path,
        {"gold": ["handbook/a.md"]},
        {"gold": ["handbook/b.md#1", "handbook/b.md#2"]},
        {},
    )
    found = check(file, Shelf())
    assert found.levels == {"1": "document", "2": "passage"}
    assert found.documents == {"1": ("handbook/a.md",), "2": ("handbook/b.md",)}
    assert len(found.examples) == 3


def test_passages_are_read_only_where_they_are_named(tmp_path: Path) -> None:
    shelf = Shelf()
    check(questions(tmp_path, {"gold": ["handbook/a.md"]}, {}), shelf)
    assert shelf.asked_for_passages == 0


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [{}, {"gold": ["handbook/c.md"]}],
            'q.jsonl, line 2: has the gold evidence "handbook/c.md',
        ),
        ([{"gold": ["handbok/a.md"]}], 'Did you mean "handbook/a.md"?'),
        ([{"gold": ["x"]}, {}, {"gold": ["y"]}, {"gold": ["z"]}], "(so have lines 3, 4)"),
        ([{"gold": ["x"]}], "Ids begin with the synced folder's name."),
        ([{"gold": ["handbook/a.md", "handbook/b.md#1"]}], "documents and passages at once"),
        (
            [
                {"gold": ["handbook/a.md"], "split": "test"},
                {"gold": ["handbook/b.md"], "split": "train"},
                {"gold": ["handbook/a.md#2"], "split": "train"},
            ],
            'line 3: is in the split train, and asks about "handbook/a.md", as line 1 of the split',
        ),
        (
            [
                {"gold": ["handbook/휴가.md"], "split": "train"},
                {"gold": ["handbook/a.md", "handbook/휴가.md"], "split": "dev"},
            ],
            "Split the questions by document.",
        ),
        ([{"_id": "9"}, {"_id": "9"}], 'line 2: the id "9" stands in line 1 already'),
        ([{"anwsers": ["a"]}], 'line 1: unknown key "anwsers"'),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(
    tmp_path: Path, rows: list[dict[str, Any]], said: str
) -> None:
    with pytest.raises(QuestionsError) as caught:
        check(questions(tmp_path, *rows), Shelf())
    assert said in str(caught.value)


HANDBOOK = [
    "handbook/ko/leave.md",
    "handbook/en/leave.md",
    "handbook/en/travel.md",
    "handbook/en/leave.pdf",
    "handbook/ko/휴가.md",
    "faq/rows.jsonl#7",
    "faq/a.md",
]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ko/leave.md", "handbook/ko/leave.md"),
        ("travel.md", "handbook/en/travel.md"),
        ("travle.md", "handbook/en/travel.md"),
        ("handbok/en/leave.md", "handbook/en/leave.md"),
        ("docs/handbook/en/leave.md", "handbook/en/leave.md"),
        ("handbook/en/leave.pfd", "handbook/en/leave.md"),
        ("en/leave.pdf", "handbook/en/leave.pdf"),
        ("handbook/ko/Leave.MD", "handbook/ko/leave.md"),
        ("handbook/ko/leave.md#99", "handbook/ko/leave.md"),
        (unicodedata.normalize("NFD", "휴가.md"), "handbook/ko/휴가.md"),
        ("rows.jsonl#7", "faq/rows.jsonl#7"),
        ("handbook/en/refund.md", ""),
        ("faq/c.md", ""),
        ("", ""),
    ],
)
def test_the_path_that_is_meant(name: str, meant: str) -> None:
    assert near_path(name, HANDBOOK) == meant


def test_a_passage_that_a_document_lacks_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(QuestionsError, match=r'document "handbook/a.md" is there, and has no such'):
        check(questions(tmp_path, {"gold": ["handbook/a.md#9"]}), Shelf())
    with pytest.raises(QuestionsError, match=r'Did you mean "handbook/a.md"\?'):
        check(questions(tmp_path, {"gold": ["a.md"]}), Shelf())


def test_splits_by_document_pass(tmp_path: Path) -> None:
    file = questions(
        tmp_path,
        {"gold": ["handbook/a.md"], "split": "train"},
        {"gold": ["handbook/a.md#1"], "split": "train"},
        {"gold": ["handbook/b.md"], "split": "dev"},
        {"gold": ["handbook/휴가.md"], "split": "test"},
        {"gold": ["handbook/b.md"]},
    )
    assert len(check(file, Shelf()).examples) == 5


def test_labels_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionsError, match=r'lines? 2: has "answers" and says'):
        check(
            questions(tmp_path, {"answers": ["a"]}, {"answers": ["b"], "answerable": False}),
            Shelf(),
        )
    assert len(check(questions(tmp_path, {}, {"answerable": False}), Shelf()).examples) == 2
