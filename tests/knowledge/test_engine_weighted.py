"""Weighted terms are added to a search exactly, on new rows and on indexed ones."""

import random
from pathlib import Path

import pytest

from openbook.knowledge.engine import FTS, Store, Table

WORDS = [f"w{n}" for n in range(60)]


def made(folder: Path, rows: int) -> Table:
    import pyarrow as pa

    chance = random.Random(3)
    kind = pa.schema({"words": pa.string()})
    table = Store(folder / "tables").create("t", kind)
    texts = [" ".join(chance.choices(WORDS, k=chance.randint(3, 30))) for _ in range(rows)]
    table.add(pa.Table.from_pydict({"words": texts}, schema=kind))
    table.index("words", FTS())
    return table


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Table:
    return made(tmp_path_factory.mktemp("weighted"), 3000)


@pytest.mark.parametrize("k", [5, 100])
def test_scores_of_weighted_terms_are_added(table: Table, k: int) -> None:
    chance = random.Random(5)
    for _ in range(20):
        own, first, second = (" ".join(chance.sample(WORDS, n)) for n in (3, 2, 1))
        weights = chance.uniform(0.05, 1.5), chance.uniform(0.05, 1.5)
        whole = [
            dict(one) for one in table.match([("words", t, 4000) for t in (own, first, second)])
        ]
        sums: dict[int, float] = {}
        for scores, weight in zip(whole, (1.0, *weights), strict=True):
            for row, score in scores.items():
                sums[row] = sums.get(row, 0.0) + weight * score
        also = ((first, weights[0]), (second, weights[1]))
        (found,) = table.match([("words", own, k, also)])
        best = sorted(sums.values(), reverse=True)[:k]
        assert [score for _, score in found] == pytest.approx(best, rel=1e-4)
        assert all(score == pytest.approx(sums[row], rel=1e-4) for row, score in found)


def test_terms_alone_may_be_weighted_ones(table: Table) -> None:
    (alone,) = table.match([("words", "w1", 10)])
    (weighted,) = table.match([("words", "", 10, (("w1", 0.5),))])
    assert [row for row, _ in weighted] == [row for row, _ in alone]
    assert table.match([("words", "", 10, (("w1", 0.0), (" ", 1.0)))]) == [[]]


def test_rows_that_are_not_indexed_yet_count_too(tmp_path: Path) -> None:
    import pyarrow as pa

    table = made(tmp_path, 50)
    table.add(pa.Table.from_pydict({"words": ["new w1"]}, schema=table.schema()))
    (found,) = table.match([("words", "absent", 100, (("new", 0.5),))])
    assert len(found) == 1
