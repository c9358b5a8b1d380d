"""The best sentences of the best passages, quoted, without a language model.

Adds to:  nothing: it is the baseline
Idea:     what answers a question usually stands in one sentence; find it and quote it.
Source:   answer sentence selection, as in WikiQA (Yang et al., EMNLP 2015).
Cost:     milliseconds a question on one core, no tokens.
Fails when the answer must be put together from several places or said in other words.
"""

from openbook.generate.extract import Extract
from openbook.retrieve.hybrid import retrieve
from openbook.retrieve.rewrite import Rewrite
from openbook.stage import Stage, method
from openbook.types import Answer, Query


@method()
def extractive(
    *,
    k: int = 10,
    depth: int = 100,
    dense: float | str = 0.0,
    fusion: str = "convex",
    rerank: int = 0,
    diversity: float = 0.0,
    rewrite: str = "rules",
    sentences: int = 2,
) -> Stage[Query, Answer]:
    """Build it.

    Args:
        k: passages read.
        depth: passages each retriever proposes.
        dense: weight of the encoder's ranking, in [0, 1], or ``learnt``; 0 needs no encoder.
        fusion: ``convex`` or ``rrf``, where dense retrieval takes part.
        rerank: passages that the configured cross-encoder reads; 0 for none.
        diversity: how much unlike passages are preferred, in [0, 1].
        rewrite: follow-up questions by ``rules`` or by the configured ``model``.
        sentences: sentences quoted, at most.
    """
    found = retrieve(k, depth, dense, fusion=fusion, rerank=rerank, diversity=diversity)
    return Rewrite(rewrite) >> found >> Extract(sentences=sentences, passages=k)
