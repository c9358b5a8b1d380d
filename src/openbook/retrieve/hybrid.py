"""The usual retrievers by name, and the one that methods begin with."""

from __future__ import annotations

from typing import Any, Literal, get_type_hints

from openbook.errors import InputError, nearest
from openbook.retrieve.dense import Dense
from openbook.retrieve.diversify import Diversify
from openbook.retrieve.first import First, common
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
"""Weight of the dense ranking in ``hybrid`` for an encoder that has learnt none."""

LEARNT = "learnt"
"""As weight of the dense ranking: what its encoder has learnt for the question's language."""


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
        if key != "dense" and not fits(value, known[key]):
            raise InputError(f"{key} = {value!r} is not accepted", fix="See `search --help`.")
    depth = max(DEPTH, k)
    if name in ("lexical", "hybrid"):
        dense = settings.pop("dense", LEARNT if name == "hybrid" else 0.0)
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
    dense: float | str = 0.0,
    *,
    fusion: str = "convex",
    rerank: int = 0,
    diversity: float = 0.0,
    encoder: str = "",
) -> Stage[Query, Ranking]:
    """Lexical retrieval; fused with dense retrieval, reranked and diversified where asked.

    Args:
        k: passages returned.
        depth: passages that each retriever proposes.
        dense: weight of the encoder's ranking, in [0, 1]; 0 needs no encoder; ``learnt`` takes
            what the encoder has learnt for the question's language (:data:`DENSE` where it has
            learnt nothing).
        fusion: ``convex`` (weighted scores) or ``rrf`` (reciprocal ranks).
        rerank: passages that the configured cross-encoder reads; 0 for none.
        diversity: how much unlike passages are preferred, in [0, 1]; 0 for not at all
            (maximal marginal relevance).
        encoder: name of the encoder; empty means the configured one.

    Rankings are cut at a common depth before the first ``k`` are taken, so that methods that read
    different numbers of passages share them; the hits are the same.

    Raises:
        InputError: a weight outside [0, 1], or another fusion.
    """
    weight = DENSE if dense == LEARNT else dense
    for label, value in (("dense", weight), ("diversity", diversity)):
        if not fits(value, float) or not 0.0 <= float(value) <= 1.0:
            more = f", or {LEARNT}" if label == "dense" else ""
            raise InputError(f"{label} = {value} is not accepted", fix=f"Give one in [0, 1]{more}.")
    if fusion not in ("convex", "rrf"):
        raise InputError(f'there is no fusion "{fusion}"', fix="Give convex or rrf.")
    asked = max(k, rerank, depth if diversity else 0)
    pool = common(asked, depth)
    stage: Stage[Query, Ranking] = Lexical(pool, max(depth, pool))
    if weight := float(weight):
        both = (Lexical(depth, depth), Dense(depth, encoder))
        how: Literal["convex", "rrf"] = "rrf" if fusion == "rrf" else "convex"
        stage = Fuse(both, (1.0 - weight, weight), how, pool, learnt=dense == LEARNT)
    if rerank:
        stage = stage >> Rerank(k=rerank, depth=rerank)
    if diversity:
        return stage >> Diversify(k=k, trade=1.0 - diversity, depth=asked)
    return stage if k == (rerank or pool) else stage >> First(k)
