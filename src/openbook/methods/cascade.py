"""A small model answers, and a large one only what the small one is not sure of.

Adds to:  naive_rag: a cheaper answerer goes first
Idea:     most answers do not need the large model.
Source:   Chen et al., FrugalGPT (arXiv:2305.05176).
Cost:     one generation a question by the small model (none where it extracts), and one by the
          large model for the unsure ones.
Fails when the small model is sure and wrong; `openbook calibrate` makes the extractive one's
confidence mean something on your documents.
"""

from openbook.generate.cascade import Cascade
from openbook.generate.extract import Extract
from openbook.generate.generate import Generate
from openbook.retrieve.first import First
from openbook.retrieve.hybrid import retrieve
from openbook.retrieve.rewrite import Rewrite
from openbook.stage import Stage, method
from openbook.types import Answer, Query, Ranking


@method(parent="naive_rag")
def cascade(
    *,
    k: int = 5,
    depth: int = 100,
    dense: float | str = 0.0,
    small: str = "",
    large: str = "",
    sure: float = 0.5,
    rewrite: str = "rules",
    strict: bool = False,
) -> Stage[Query, Answer]:
    """Build it.

    Args:
        k: passages that a language model reads.
        depth: passages each retriever proposes.
        dense: weight of the encoder's ranking, in [0, 1], or ``learnt``; 0 needs no encoder.
        small: name of the small language model; empty to quote sentences without one.
        large: name of the large language model; empty for the configured generator.
        sure: confidence in [0, 1] from which the small one's answer is given.
        rewrite: follow-up questions by ``rules`` or by the configured ``model``.
        strict: leave out sentences that no quote supports.
    """
    first: Stage[Ranking, Answer] = Extract()
    if small:
        first = Generate(model=small, k=k, strict=strict)
    last = First(k) >> Generate(model=large, k=k, strict=strict)
    return Rewrite(rewrite) >> retrieve(2 * k, depth, dense) >> Cascade(first, last, sure)
