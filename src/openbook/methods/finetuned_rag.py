"""A model that studied the documents without passages now reads passages.

Adds to:  naive_rag: the model that reads has studied the documents, without passages
Idea:     open the book that was studied; the model never learnt to use it.
Source:   DSF + RAG in RAFT, arXiv:2403.10131.
Cost:     one generation a question, over k passages; training first.
Fails when tuning on bare questions has made the model forget to read; RAFT is the remedy.
"""

from openbook.generate.generate import Generate
from openbook.retrieve.hybrid import retrieve
from openbook.retrieve.rewrite import Rewrite
from openbook.stage import Stage, method
from openbook.tune.registry import model_of
from openbook.types import Answer, Query


@method(parent="naive_rag", needs=("qa",))
def finetuned_rag(
    *,
    adapter: str = "",
    k: int = 5,
    depth: int = 100,
    dense: float | str = 0.0,
    rewrite: str = "rules",
    strict: bool = False,
) -> Stage[Query, Answer]:
    """Build it.

    Args:
        adapter: name of an adapter that learnt questions and answers (objective ``qa``). It reads
            a prompt that it did not learn, which is what this method is about.
        k: passages put into the prompt.
        depth: passages each retriever proposes.
        dense: weight of the encoder's ranking, in [0, 1], or ``learnt``; 0 needs no encoder.
        rewrite: follow-up questions by ``rules`` or by the configured ``model``.
        strict: leave out sentences that no quote supports.
    """
    model = model_of(adapter, "finetuned_rag", "qa")
    reads = Generate(model=model, k=k, strict=strict, learnt=False)
    return Rewrite(rewrite) >> retrieve(k, depth, dense) >> reads
