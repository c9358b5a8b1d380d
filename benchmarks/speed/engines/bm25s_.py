"""bm25s: an index a field, Lucene's formula; its scores are all computed when it is built."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bm25s

Hits = list[tuple[int, float]]
FIELDS = ("words", "grams")


def build(rows: Any, folder: Path) -> None:
    for field in FIELDS:
        made = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        made.index([text.split() for text in rows.column(field).to_pylist()], show_progress=False)
        made.save(str(folder / field))


def opened(folder: Path) -> Callable[[str, str, int], list[Hits]]:
    indexes = [bm25s.BM25.load(str(folder / field)) for field in FIELDS]

    def search(words: str, grams: str, k: int) -> list[Hits]:
        hits: list[Hits] = []
        for index, terms in zip(indexes, (words, grams), strict=True):
            if not terms:
                hits.append([])
                continue
            ids, scores = index.retrieve([terms.split()], k=k, show_progress=False, n_threads=0)
            hits.append(list(zip(ids[0].tolist(), scores[0].tolist(), strict=True)))
        return hits

    return search
