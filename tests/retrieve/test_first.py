"""Rankings cut at a common depth, then to what is asked: the hits are those of a cut at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openbook.errors import InputError
from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.snapshot import Snapshot
from openbook.retrieve.dense import Dense
from openbook.retrieve.diversify import Diversify
from openbook.retrieve.first import First, common
from openbook.retrieve.fuse import Fuse
from openbook.retrieve.hybrid import retrieve
from openbook.retrieve.lexical import Lexical
from openbook.retrieve.rerank import Rerank
from openbook.stage import Chain, Stage
from openbook.testing import HashEncoder, ToyRuntime
from openbook.types import CrossEncoder, Encoder, Hit, Query, Ranking

QUERIES = [
    Query("paid leave days", "1"),
    Query("연차 휴가는 며칠인가요?", "2"),
    Query("paid leave 연차 휴가", "3"),
    Query("zzz", "4"),
]


class Lengths:
    """A cross-encoder that likes short passages; many are as long as each other."""

    name = "length"

    def score(self, pairs: Any) -> Any:
        import numpy as np

        return np.array([-len(passage) for _, passage in pairs], np.float32)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToyRuntime]:
    """Forty documents in two languages, where each text stands four times, and so ties."""
    folder: Path = tmp_path_factory.mktemp("first")
    (folder / "docs").mkdir()
    for n in range(20):
        more = "staff " * (n // 4)
        korean = "직원 " * (n // 4)
        (folder / "docs" / f"en{n}.txt").write_text(f"{more}have paid leave days.\n", "utf-8")
        (folder / "docs" / f"ko{n}.txt").write_text(f"{korean}연차 휴가는 15일이다.\n", "utf-8")
    base = KnowledgeBase(folder / "kb")
    base.sync([folder / "docs"], encoder=HashEncoder())
    found = base.snapshot()
    yield ToyRuntime(
        {Snapshot: found, Encoder: HashEncoder(), CrossEncoder: Lengths()}, snapshot=found.identity
    )


def fused(k: int, depth: int) -> Stage[Query, Ranking]:
    return Fuse((Lexical(depth, depth), Dense(depth)), (0.5, 0.5), "convex", k)


@pytest.mark.parametrize(
    ("shared", "at_once"),
    [
        (retrieve(3), Lexical(3, 100)),
        (retrieve(5), Lexical(5, 100)),
        (retrieve(7, 20), Lexical(7, 20)),
        (retrieve(5, 8), Lexical(5, 8)),
        (retrieve(5, 3), Lexical(5, 5)),
        (retrieve(12), Lexical(12, 100)),
        (retrieve(5, dense=0.5), fused(5, 100)),
        (retrieve(6, 9, dense=0.5), fused(6, 9)),
        (retrieve(5, rerank=12), Lexical(12, 100) >> Rerank(5, 12)),
        (retrieve(20, rerank=4), Lexical(20, 100) >> Rerank(20, 4)),
        (retrieve(5, 20, diversity=0.4), Lexical(20, 20) >> Diversify(5, 0.6, 20)),
        (
            retrieve(5, 20, rerank=8, diversity=0.4),
            Lexical(20, 20) >> Rerank(20, 8) >> Diversify(5, 0.6, 20),
        ),
    ],
    ids=repr,
)
def test_the_hits_are_those_of_a_cut_at_once(
    many: ToyRuntime, shared: Stage[Query, Ranking], at_once: Stage[Query, Ranking]
) -> None:
    found = many.run(shared, QUERIES)
    assert found == many.run(at_once, QUERIES)
    assert found[0].hits
    assert found[1].hits


def test_some_of_these_cuts_fall_between_ties(many: ToyRuntime) -> None:
    (ranking,) = many.run(Lexical(10), QUERIES[:1])
    scores = [hit.score for hit in ranking.hits]
    assert any(scores[k - 1] == scores[k] for k in (3, 5, 7))


def test_different_cuts_have_the_costly_stage_in_common() -> None:
    def first(stage: Stage[Query, Ranking]) -> Stage[Any, Any]:
        return stage.steps[0] if isinstance(stage, Chain) else stage

    assert first(retrieve(3)) == first(retrieve(5)) == first(retrieve(10)) == Lexical(10, 100)
    assert first(retrieve(3, dense=0.5)) == first(retrieve(8, dense=0.5))
    three, five = retrieve(3, rerank=20), retrieve(5, rerank=20)
    assert isinstance(three, Chain)
    assert isinstance(five, Chain)
    assert three.steps[:2] == five.steps[:2]


@pytest.mark.parametrize(
    ("k", "most", "depth"),
    [(1, 100, 10), (10, 100, 10), (11, 100, 50), (51, 100, 100), (101, 200, 101), (5, 8, 5)],
)
def test_common_depths(k: int, most: int, depth: int) -> None:
    assert common(k, most) == depth


def test_first_keeps_order_scores_and_question(many: ToyRuntime) -> None:
    (ranking,) = many.run(Lexical(10), QUERIES[:1])
    turned = Ranking(ranking.query, tuple(Hit(h.evidence, h.score) for h in ranking.hits[::-1]))
    (cut,) = many.run(First(3), [turned])
    assert cut == Ranking(ranking.query, turned.hits[:3])
    assert many.run(First(3), []) == []
    for build in (First, retrieve):
        with pytest.raises(InputError):
            build(0)
