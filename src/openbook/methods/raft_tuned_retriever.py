"""RAFT behind a retriever and a reranker that were tuned on the same documents.

Adds to:  raft: a tuned encoder finds, a tuned reranker orders
Idea:     what the reader learnt is lost where the passage does not reach it.
Source:   "all of the above" of fine-tuning and RAG; RAFT, arXiv:2403.10131.
Cost:     as raft, with one pass of the encoder and some milliseconds of ranking; three trainings.
Fails when the documents change: the encoder's vectors must then be made anew, too.
"""

from openbook.errors import InputError
from openbook.generate.generate import Generate
from openbook.retrieve.first import First, common
from openbook.retrieve.hybrid import LEARNT, retrieve
from openbook.retrieve.ltr import LearntRank
from openbook.retrieve.rerank import Rerank
from openbook.retrieve.rewrite import Rewrite
from openbook.stage import Stage, method
from openbook.tune.registry import model_of
from openbook.types import Answer, Query, Ranking


@method(parent="raft", needs=("raft",))
def raft_tuned_retriever(
    *,
    adapter: str = "",
    encoder: str = "",
    reranker: str = "",
    ranker: str = "",
    k: int = 5,
    depth: int = 50,
    dense: float | str = LEARNT,
    rewrite: str = "rules",
    strict: bool = False,
) -> Stage[Query, Answer]:
    """Build it.

    Args:
        adapter: name of an adapter that learnt RAFT rows (objective ``raft``).
        encoder: the tuned encoder, ``adapter:NAME``, whose vectors the knowledge base keeps; empty
            for the configured one.
        reranker: a tuned cross-encoder, ``adapter:NAME``; empty for none.
        ranker: a tuned ranking model, ``adapter:NAME``, where no cross-encoder is named; empty for
            the one that comes with openbook.
        k: passages kept after reranking.
        depth: passages reranked.
        dense: weight of the encoder's ranking, in [0, 1], or ``learnt``.
        rewrite: follow-up questions by ``rules`` or by the configured ``model``.
        strict: leave out sentences that no quote supports.
    """
    if reranker and ranker:
        raise InputError(
            "a reranker and a ranker are named",
            where="method raft_tuned_retriever",
            fix="Name one of them.",
        )
    model = model_of(adapter, "raft_tuned_retriever", "raft")
    ranks: Stage[Ranking, Ranking] = LearntRank(common(k, depth), depth, ranker)
    if reranker:
        ranks = Rerank(common(k, depth), depth, reranker)
    found = retrieve(depth, 2 * depth, dense, encoder=encoder) >> ranks
    return Rewrite(rewrite) >> found >> First(k) >> Generate(model=model, k=k, strict=strict)
