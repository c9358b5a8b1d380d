"""The store's BM25 against an independent one, also after additions and deletions that were merged.

Until a sync merges new rows (setting ``optimise_rows``), they are scored by the statistics of
their own part: measured in docs/decisions/0001-lexical-fields.md.
"""

import math
from collections import Counter
from pathlib import Path

import pytest

from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.settings import Settings
from openbook.knowledge.snapshot import Snapshot
from openbook.retrieve.tfidf import search
from openbook.text.terms import FIELDS, analyse

WORDS = "환불 구독 연차 refund leave 보증 travel security 급여 invoice 14 30".split()  # noqa: SIM905


def page(n: int) -> str:
    picked = [WORDS[(n * step + step) % len(WORDS)] for step in (1, 2, 3, 5, 7)[: 2 + n % 4]]
    return f"# Page {n}\n\n{' '.join(picked)} {'규정입니다. ' * (n % 5)}\n"


def reference(snapshot: Snapshot, field: str, terms: str) -> dict[int, float]:
    """Lucene's BM25, k1 = 1.2 and b = 0.75, terms of the question counted as often as they come."""
    texts = {row: text.split() for row, text in snapshot.terms(field)}
    mean = sum(map(len, texts.values())) / len(texts)
    df = Counter(term for words in texts.values() for term in set(words))
    scores: dict[int, float] = {}
    for row, words in texts.items():
        counts = Counter(words)
        length = 1.2 * (1 - 0.75 + 0.75 * len(words) / mean)
        total = 0.0
        for term in terms.split():
            if counts[term]:
                idf = math.log(1 + (len(texts) - df[term] + 0.5) / (df[term] + 0.5))
                total += idf * counts[term] * 2.2 / (counts[term] + length)
        if total:
            scores[row] = total
    return scores


def agree(snapshot: Snapshot, tolerance: float) -> None:
    for question in ("환불 규정", "refund leave 14", "구독 보증 travel travel"):
        terms = analyse([question], query=True)[0]
        for field in FIELDS:
            wanted = reference(snapshot, field, getattr(terms, field))
            found = dict(snapshot.lexical(field, getattr(terms, field), 1000))
            assert found.keys() == wanted.keys()
            assert found == pytest.approx(wanted, rel=tolerance)


def test_scores_are_lucenes_bm25_also_after_additions_and_deletions(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for n in range(60):
        (docs / f"{n}.md").write_text(page(n), "utf-8")
    base = KnowledgeBase(tmp_path / "kb", Settings(optimise_rows=0))
    base.sync([docs])
    agree(base.snapshot(), 1e-5)
    for n in range(60, 90):
        (docs / f"{n}.md").write_text(page(n), "utf-8")
    for n in range(0, 30, 2):
        (docs / f"{n}.md").unlink()
    base.sync([docs])
    agree(base.snapshot(), 1e-5)


def test_tfidf_is_a_cosine_and_ranks_the_exact_match_first(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for n in range(12):
        (docs / f"{n}.md").write_text(page(n), "utf-8")
    base = KnowledgeBase(tmp_path / "kb")
    base.sync([docs])
    snapshot = base.snapshot()
    row, words = next(snapshot.terms("words"))
    found = search(snapshot, words, 5)
    assert next(iter(found)) == row
    assert found[row] == pytest.approx(1.0)
    assert all(0.0 <= score <= 1.0 for score in found.values())
