"""Retrieve passages, and let a model read them that learnt to tell the right one from others.

Adds to:  finetuned_rag: the model studied for the open book: passages, some of them beside the
          point, and answers that quote the right one
Idea:     studying for an open-book exam means practising with the book open.
Source:   RAFT, arXiv:2403.10131.
Cost:     one generation a question, over k passages; training first.
Fails when the right passage is not among the first k, or passages look unlike those it learnt
          with.
"""

from openbook.generate.generate import Generate
from openbook.retrieve.hybrid import retrieve
from openbook.retrieve.rewrite import Rewrite
from openbook.stage import Stage, method
from openbook.tune.registry import model_of
from openbook.types import Answer, Query


@method(parent="finetuned_rag", needs=("raft",))
def raft(
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
        adapter: name of an adapter that learnt RAFT rows (objective ``raft``).
        k: passages put into the prompt.
        depth: passages each retriever proposes.
        dense: weight of the encoder's ranking, in [0, 1], or ``learnt``; 0 needs no encoder.
        rewrite: follow-up questions by ``rules`` or by the configured ``model``.
        strict: leave out sentences that no quote supports.
    """
    model = model_of(adapter, "raft", "raft")
    reads = Generate(model=model, k=k, strict=strict)
    return Rewrite(rewrite) >> retrieve(k, depth, dense) >> reads
