"""What openbook is measured beside: bm25s with good tokenisers, and BM25 over whitespace."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sets import Collection

Run = dict[str, dict[str, float]]
"""Scores by document by question."""

DEPTH = 100


def whitespace(texts: list[str]) -> list[list[str]]:
    return [text.split() for text in texts]


def english(texts: list[str]) -> list[list[str]]:
    """What the documentation of bm25s advises: its splitter, stop words, Snowball stems."""
    import bm25s
    import Stemmer

    cut = bm25s.tokenize(
        texts,
        stopwords="en",
        stemmer=Stemmer.Stemmer("english"),
        return_ids=False,
        show_progress=False,
    )
    return [list(tokens) for tokens in cut]


def english_plain(texts: list[str]) -> list[list[str]]:
    """Stems, no stop words taken out."""
    import bm25s
    import Stemmer

    cut = bm25s.tokenize(
        texts,
        stopwords=None,
        stemmer=Stemmer.Stemmer("english"),
        return_ids=False,
        show_progress=False,
    )
    return [list(tokens) for tokens in cut]


@lru_cache(maxsize=1)
def _kiwi() -> Any:
    from kiwipiepy import Kiwi

    return Kiwi()


def kiwi_content(texts: list[str]) -> list[list[str]]:
    """Morphemes of whole texts by Kiwi with all its dictionaries, particles left out."""
    drop = ("J", "E", "S")
    keep = ("SL", "SH", "SN")
    return [
        [t.form.lower() for t in tokens if t.tag in keep or not t.tag.startswith(drop)]
        for tokens in _kiwi().tokenize(texts)
    ]


def kiwi_all(texts: list[str]) -> list[list[str]]:
    """All morphemes by Kiwi."""
    return [[t.form.lower() for t in tokens] for tokens in _kiwi().tokenize(texts)]


def bigrams(texts: list[str]) -> list[list[str]]:
    """Character bigrams within words."""
    return [
        [w[i : i + 2] for w in text.lower().split() for i in range(max(1, len(w) - 1))]
        for text in texts
    ]


TOKENISERS: dict[str, dict[str, Callable[[list[str]], list[list[str]]]]] = {
    "en": {"stem+stopwords": english, "stem": english_plain},
    "ko": {"kiwi": kiwi_content, "kiwi-all": kiwi_all, "bigrams": bigrams},
}


def bm25(collection: Collection, cut: Callable[[list[str]], list[list[str]]]) -> Run:
    """bm25s with its own defaults (Lucene's formula, k1 = 1.5, b = 0.75)."""
    import bm25s

    index = bm25s.BM25()
    index.index(cut(list(collection.texts)), show_progress=False)
    depth = min(DEPTH, len(collection.ids))
    queries = cut(list(collection.questions.values()))
    run: Run = {}
    for query, tokens in zip(collection.questions, queries, strict=True):
        known = [token for token in tokens if token in index.vocab_dict]
        if not known:
            run[query] = {}
            continue
        rows, scores = index.retrieve([known], k=depth, show_progress=False, n_threads=1)
        run[query] = {
            collection.ids[row]: float(score)
            for row, score in zip(rows[0], scores[0], strict=True)
            if score > 0
        }
    return run
