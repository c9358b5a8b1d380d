"""The usual retrievers by name, and the one that methods begin with."""

from __future__ import annotations

from typing import Any, get_type_hints

from openbook.errors import InputError, nearest
from openbook.retrieve.dense import Dense
from openbook.retrieve.diversify import Diversify
from openbook.retrieve.fuse import Fuse
from openbook.retrieve.lexical import Lexical
from openbook.retrieve.rerank import Rerank
from openbook.stage import Stage, fits
from openbook.types import Query, Ranking

RETRIEVERS = ("lexical", "tfidf", "dense", "hybrid")
"""Names that :func:`retriever_of` knows."""

DEPTH = 100
"""Passages that each retriever proposes before fusing."""

DENSE = 0.5
"""Weight of the dense ranking in ``hybrid``."""


def retriever_of(name: str, k: int = 10, **settings: Any) -> Stage[Query, Ranking]:
    """The retriever of a name in :data:`RETRIEVERS` (a ``KeyError`` for any other).

    Args:
        k: passages returned.
        settings: further parameters of :func:`retrieve`.
    """
    known = get_type_hints(retrieve)
    for key, value in settings.items():
        if key not in known:
            raise InputError(f'there is no parameter "{key}"', fix=nearest(key, known))
        if not fits(value, known[key]):
            raise InputError(f"{key} = {value!r} is not accepted", fix="See `search --help`.")
    depth = max(DEPTH, k)
    if name in ("lexical", "hybrid"):
        dense = settings.pop("dense", DENSE if name == "hybrid" else 0.0)
        return retrieve(**{"k": k, "depth": depth, "dense": dense, **settings})
    built: dict[str, Stage[Query, Ranking]] = {
        "tfidf": Lexical(k, depth, scheme="tfidf"),
        "dense": Dense(k),
    }
    if settings:
        raise InputError(f"the retriever {name} takes no parameters", fix="Use lexical or hybrid.")
    return built[name]


def retrieve(
    k: int = 10,
    depth: int = DEPTH,
    dense: float = 0.0,
    *,
    fusion: str = "convex",
    rerank: int = 0,
    diversity: float = 0.0,
) -> Stage[Query, Ranking]:
    """Lexical retrieval; fused with dense retrieval, reranked and diversified where asked.

    Args:
        k: passages returned.
        depth: passages that each retriever proposes.
        dense: weight of the encoder's ranking, in [0, 1]; 0 needs no encoder.
        fusion: ``convex`` (weighted scores) or ``rrf`` (reciprocal ranks).
        rerank: passages that the configured cross-encoder reads; 0 for none.
        diversity: how much unlike passages are preferred, in [0, 1]; 0 for not at all
            (maximal marginal relevance).

    Raises:
        InputError: a weight outside [0, 1], or another fusion.
    """
    for label, value in (("dense", dense), ("diversity", diversity)):
        if not 0.0 <= value <= 1.0:
            raise InputError(f"{label} = {value} is not accepted", fix="Give one in [0, 1].")
    if fusion not in ("convex", "rrf"):
        raise InputError(f'there is no fusion "{fusion}"', fix="Give convex or rrf.")
    pool = max(k, rerank, depth if diversity else 0)
    stage: Stage[Query, Ranking] = Lexical(pool, max(depth, pool))
    if dense > 0.0:
        both = (Lexical(depth, depth), Dense(depth))
        stage = Fuse(both, (1.0 - dense, dense), "rrf" if fusion == "rrf" else "convex", pool)
    if rerank:
        stage = stage >> Rerank(k=pool if diversity else k, depth=rerank)
    if diversity:
        stage = stage >> Diversify(k=k, trade=1.0 - diversity, depth=pool)
    return stage
