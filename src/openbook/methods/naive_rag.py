"""Retrieve passages, then let a language model answer from them.

Adds to:  extractive: a language model writes the answer
Idea:     put the passages in front of the question.
Source:   Lewis et al., Retrieval-Augmented Generation, NeurIPS 2020 (arXiv:2005.11401).
Cost:     one generation a question, over k passages.
Fails when the right passage is not among the first k, or the model does not read it.
"""

from openbook.generate.generate import Generate
from openbook.retrieve.hybrid import retrieve
from openbook.retrieve.rewrite import Rewrite
from openbook.stage import Stage, method
from openbook.types import Answer, Query


@method(parent="extractive")
def naive_rag(
    *,
    k: int = 5,
    depth: int = 100,
    dense: float | str = 0.0,
    fusion: str = "convex",
    rerank: int = 0,
    diversity: float = 0.0,
    rewrite: str = "rules",
    model: str = "",
    strict: bool = False,
) -> Stage[Query, Answer]:
    """Build it.

    Args:
        k: passages put into the prompt.
        depth: passages each retriever proposes.
        dense: weight of the encoder's ranking, in [0, 1], or ``learnt``; 0 needs no encoder.
        fusion: ``convex`` or ``rrf``, where dense retrieval takes part.
        rerank: passages that the configured cross-encoder reads; 0 for none.
        diversity: how much unlike passages are preferred, in [0, 1].
        rewrite: follow-up questions by ``rules`` or by the configured ``model``.
        model: name of the language model; empty for the configured generator.
        strict: leave out sentences that no quote supports.
    """
    found = retrieve(k, depth, dense, fusion=fusion, rerank=rerank, diversity=diversity)
    return Rewrite(rewrite) >> found >> Generate(model=model, k=k, strict=strict)
