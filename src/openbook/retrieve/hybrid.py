"""The usual retrievers by name, and the one that methods begin with."""

from __future__ import annotations

from openbook.retrieve.dense import Dense
from openbook.retrieve.fuse import Fuse
from openbook.retrieve.lexical import Lexical
from openbook.stage import Stage
from openbook.types import Query, Ranking

RETRIEVERS = ("lexical", "tfidf", "dense", "hybrid")
"""Names that :func:`retriever_of` knows."""

DEPTH = 100
"""Passages that each retriever proposes before fusing."""

DENSE = 0.5
"""Weight of the dense ranking in ``hybrid``."""


def retriever_of(name: str, k: int = 10) -> Stage[Query, Ranking]:
    """The retriever of a name in :data:`RETRIEVERS` (a ``KeyError`` for any other)."""
    depth = max(DEPTH, k)
    built: dict[str, Stage[Query, Ranking]] = {
        "lexical": Lexical(k, depth),
        "tfidf": Lexical(k, depth, scheme="tfidf"),
        "dense": Dense(k),
        "hybrid": retrieve(k, depth, DENSE),
    }
    return built[name]


def retrieve(k: int = 10, depth: int = DEPTH, dense: float = 0.0) -> Stage[Query, Ranking]:
    """Lexical retrieval, fused with dense retrieval where that has a weight.

    Args:
        k: passages returned.
        depth: passages that each retriever proposes.
        dense: weight of the encoder's ranking, in [0, 1]; 0 needs no encoder.
    """
    if dense <= 0.0:
        return Lexical(k, depth)
    return Fuse((Lexical(depth, depth), Dense(depth)), (1.0 - dense, dense), "convex", k)
