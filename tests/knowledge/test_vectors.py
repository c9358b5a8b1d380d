"""Vectors: exact, reused where nothing changed, rebuilt for another encoder."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from openbook.errors import KnowledgeError
from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.settings import Settings
from openbook.testing import HashEncoder
from openbook.types import Filter


@dataclass
class Counting(HashEncoder):
    """Notes what it is asked to encode."""

    seen: list[str] = field(default_factory=list)

    def encode_passages(self, texts):  # type: ignore[no-untyped-def]
        self.seen += texts
        return super().encode_passages(texts)


def cosines(encoder: HashEncoder, base: KnowledgeBase, question: str) -> NDArray[np.float32]:
    return encoder.encode_queries([question])


def test_nearest_passages_are_those_of_numpy(base: KnowledgeBase, docs: Path) -> None:
    encoder = Counting()
    base.sync([docs], encoder=encoder)
    snapshot = base.snapshot()
    assert (snapshot.encoder, snapshot.manifest.dimension) == ("hash-64", 64)
    rows = [row for row, _ in snapshot.terms("words")]
    vectors = snapshot.vectors(rows)
    queries = encoder.encode_queries(["paid leave days", "phishing mail"])
    hits = snapshot.dense(queries, 3)
    for query, some in zip(queries, hits, strict=True):
        exact = sorted(zip(vectors @ query, rows, strict=True), key=lambda p: (-p[0], p[1]))[:3]
        assert [row for row, _ in some] == [row for _, row in exact]
        np.testing.assert_allclose([s for _, s in some], [s for s, _ in exact], atol=1e-5)
    only = snapshot.dense(queries[:1], 9, (Filter("source", "~", "refund"),))
    assert {p.document_id for p in snapshot.passages([r for r, _ in only[0]])} == {"docs/refund.md"}


def test_unchanged_passages_keep_their_vectors(base: KnowledgeBase, docs: Path) -> None:
    base.sync([docs], encoder=Counting())
    text = (docs / "leave.md").read_text("utf-8")
    (docs / "leave.md").write_text(text.replace("Five days", "Six days"), "utf-8")
    encoder = Counting()
    base.sync(encoder=encoder)
    assert len(encoder.seen) == 1 and "Six days" in encoder.seen[0]


def test_another_encoder_rebuilds_all_vectors(base: KnowledgeBase, docs: Path) -> None:
    base.sync([docs], encoder=Counting())
    passages = base.snapshot().size
    other = Counting(32, "hash-32")
    report = base.sync(encoder=other)
    assert report.nothing and report.version == 2 and len(other.seen) == passages
    now, before = base.snapshot(), base.snapshot(1)
    assert (now.encoder, before.encoder) == ("hash-32", "hash-64")
    assert len(now.dense(other.encode_queries(["leave"]), 2)[0]) == 2
    assert len(before.dense(HashEncoder().encode_queries(["leave"]), 2)[0]) == 2
    assert now.lexical("words", "leav", 5) and before.lexical("words", "leav", 5)
    again = Counting(32, "hash-32")
    assert base.sync(encoder=again).version == 2 and not again.seen


def test_without_an_encoder_the_vectors_go(base: KnowledgeBase, docs: Path) -> None:
    base.sync([docs], encoder=HashEncoder())
    base.sync()
    assert base.snapshot().encoder == ""
    with pytest.raises(KnowledgeError, match="no vectors"):
        base.snapshot().dense(np.zeros((1, 64), np.float32), 3)


def test_forgetting_and_purging_leave_the_vectors(
    base: KnowledgeBase, docs: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.md").write_text("# X\n\nSomething else.\n", "utf-8")
    encoder = HashEncoder()
    base.sync([docs], encoder=encoder)
    base.sync([other], encoder=encoder)
    base.forget(docs)
    assert base.snapshot().encoder == "hash-64"
    base.purge("docs/leave.md")
    assert base.snapshot(1).encoder == "hash-64"
    assert len(base.snapshot(2).dense(encoder.encode_queries(["leave"]), 9)[0]) == 3


def test_an_encoder_that_fails_loses_nothing(base: KnowledgeBase, docs: Path) -> None:
    class Failing(HashEncoder):
        def encode_passages(self, texts):  # type: ignore[no-untyped-def]
            raise KnowledgeError("no server")

    base.sync([docs])
    (docs / "new.md").write_text("# N\n\nNew.\n", "utf-8")
    with pytest.raises(KnowledgeError, match="no server"):
        base.sync(encoder=Failing())
    assert base.version == 1 and base.snapshot().encoder == ""
    assert base.sync(encoder=HashEncoder()).version == 2


def test_an_index_finds_what_an_exact_search_finds(
    tmp_path: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["leave", "refund", "policy", "security", "report", "expense", "travel", "fee"]
    random = np.random.default_rng(0)
    for number in range(400):
        text = " ".join(random.choice(words, 12)) + f" the case{number}"
        (docs / f"n{number}.txt").write_text(text + ".\n", "utf-8")
    exact = KnowledgeBase(tmp_path / "exact", Settings(workers=1))
    index = KnowledgeBase(tmp_path / "index", Settings(workers=1, exact_below=300))
    encoder = HashEncoder(128, "hash-128")
    exact.sync([docs], encoder=encoder)
    index.sync([docs], encoder=encoder)
    assert "vector" in index.snapshot()._passages.indexes()
    assert "vector" not in exact.snapshot()._passages.indexes()
    queries = encoder.encode_queries(["refund policy of case7", "travel fee expense"])
    for left, right in zip(
        exact.snapshot().dense(queries, 10), index.snapshot().dense(queries, 10), strict=True
    ):
        assert len(left) == len(right) == 10
        assert left[0][1] == pytest.approx(right[0][1], abs=1e-5)
        assert len({r for r, _ in left} & {r for r, _ in right}) >= 8
