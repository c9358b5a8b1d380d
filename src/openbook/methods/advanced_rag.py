"""Naive RAG with everything around the model done well.

Adds to:  naive_rag: further search terms, hybrid retrieval, a learnt reranking, a context cut
          to what matters and laid out with the best passages at both ends
Idea:     find more, put it in order, and read less of it.
Source:   advanced RAG in Gao et al. (arXiv:2312.10997); the stages name theirs.
Cost:     one generation a question, over at most `tokens` tokens; some 20 ms for the rest.
Fails when the answer is spread over documents that the question does not name; its reranking
          also loses on pages of links that are asked for by their title.
"""

from openbook.generate.writer import writer as ends
from openbook.retrieve.expand import Expand
from openbook.retrieve.first import First, common
from openbook.retrieve.hybrid import LEARNT, retrieve
from openbook.retrieve.ltr import LearntRank
from openbook.retrieve.reorder import How
from openbook.retrieve.rewrite import Rewrite
from openbook.stage import Stage, method
from openbook.types import Answer, Query


@method(parent="naive_rag")
def advanced_rag(
    *,
    k: int = 5,
    depth: int = 50,
    dense: float | str = LEARNT,
    tokens: int = 1200,
    order: How = "sides",
    rewrite: str = "rules",
    writer: str = "model",
    model: str = "",
    ranker: str = "",
    strict: bool = False,
) -> Stage[Query, Answer]:
    """Build it.

    Args:
        k: passages kept after reranking.
        depth: passages reranked.
        dense: weight of the encoder's ranking, in [0, 1], or ``learnt``.
        tokens: tokens that the passages may have together in the prompt; 0 reads them whole.
        order: how they are laid out: ``sides``, ``best`` or ``rising``.
        rewrite: follow-up questions by ``rules`` or by the configured ``model``.
        writer: ``model``, or ``extract`` to quote sentences without a language model.
        model: name of the language model; empty for the configured generator.
        ranker: a tuned ranking model, ``adapter:NAME``; empty for the one that comes with openbook.
        strict: leave out sentences that no quote supports.
    """
    kept = k if writer == "model" else 2 * k
    ranks = LearntRank(common(kept, depth), depth, ranker)
    found = Expand() >> retrieve(depth, 2 * depth, dense) >> ranks
    end = ends(writer, k=k, tokens=tokens, order=order, model=model, strict=strict)
    return Rewrite(rewrite) >> found >> First(kept) >> end
