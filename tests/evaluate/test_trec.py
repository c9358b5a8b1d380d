"""TREC runs: layout, best passage of each document, ids with spaces."""

import pytest

from openbook.errors import InputError
from openbook.evaluate.trec import run_lines
from openbook.types import Hit, Passage, Query, Ranking


def hit(document: str, number: int, score: float) -> Hit:
    return Hit(Passage(f"{document}#{number}", document, 0, 1, "x"), score)


RANKING = Ranking.of(
    Query("q", id="q1"), [hit("a.md", 1, 0.9), hit("b c.md", 1, 0.8), hit("a.md", 2, 0.7)]
)


def test_documents_stand_once_with_their_best_passage() -> None:
    assert list(run_lines([RANKING])) == [
        "q1 Q0 a.md 1 0.900000 openbook",
        "q1 Q0 b%20c.md 2 0.800000 openbook",
    ]


def test_passages_stand_for_themselves_and_k_limits() -> None:
    lines = list(run_lines([RANKING], passages=True, k=2, tag="mine"))
    assert [line.split()[2] for line in lines] == ["a.md#1", "b%20c.md#1"]
    assert lines[0].endswith(" mine")


def test_a_question_without_an_id_is_refused() -> None:
    with pytest.raises(InputError, match="no id"):
        list(run_lines([Ranking.of(Query("q"), [hit("a", 1, 1.0)])]))
