"""Advanced RAG that does for each question what the question needs.

Adds to:  advanced_rag: intent routing, rounds of retrieval for questions of several facts, and
          filter-then-rerank where a large reranker is named
Idea:     most questions are easy; spend on the hard ones, and nothing on small talk.
Source:   modular RAG in Gao et al. (arXiv:2312.10997); filter-then-rerank: Ma et al.
          (arXiv:2303.08559); iteration: Shao et al. (arXiv:2305.15294).
Cost:     as advanced_rag, but for hard questions: rounds of retrieval, a large reranker.
Fails when the intent is misread: a fact asked as if it were small talk is not searched for.
"""

from openbook.errors import InputError
from openbook.flow import route
from openbook.generate.abstain import Abstain
from openbook.generate.closed import Closed
from openbook.generate.writer import writer as ends
from openbook.retrieve.expand import Expand
from openbook.retrieve.filter_rerank import FilterRerank
from openbook.retrieve.first import First, common
from openbook.retrieve.hybrid import LEARNT, retrieve
from openbook.retrieve.intent import CHAT, FACT, OUT, SEVERAL, Intent
from openbook.retrieve.iterate import Iterate
from openbook.retrieve.listwise import Listwise
from openbook.retrieve.ltr import LearntRank
from openbook.retrieve.reorder import How
from openbook.retrieve.rerank import Rerank
from openbook.retrieve.rewrite import Rewrite
from openbook.stage import Stage, method
from openbook.types import Answer, Query, Ranking


@method(parent="advanced_rag")
def modular_rag(
    *,
    k: int = 5,
    depth: int = 50,
    dense: float | str = LEARNT,
    rounds: int = 2,
    large: str = "",
    sure: float = 0.7,
    scope: bool = False,
    tokens: int = 1200,
    order: How = "sides",
    rewrite: str = "rules",
    writer: str = "model",
    model: str = "",
    strict: bool = False,
) -> Stage[Query, Answer]:
    """Build it.

    Args:
        k: passages kept after reranking.
        depth: passages reranked.
        dense: weight of the encoder's ranking, in [0, 1], or ``learnt``.
        rounds: rounds of retrieval for questions of several facts, at most.
        large: what reranks the hard questions after the learnt ranking has settled the easy ones:
            ``cross`` (the configured cross-encoder), ``model`` (the language model, listwise), or
            empty for nothing: then the learnt ranking settles all.
        sure: probability that its first passage is right from which a question is easy.
        scope: whether to abstain where the passages found do not cover the question.
        tokens: tokens that the passages may have together in the prompt; 0 reads them whole.
        order: how they are laid out: ``sides``, ``best`` or ``rising``.
        rewrite: follow-up questions by ``rules`` or by the configured ``model``.
        writer: ``model``, or ``extract`` to quote sentences without a language model.
        model: name of the language model; empty for the configured generator.
        strict: leave out sentences that no quote supports.
    """
    kept = k if writer == "model" else 2 * k
    found = Expand() >> retrieve(depth, 2 * depth, dense)
    end = ends(writer, k=k, tokens=tokens, order=order, model=model, strict=strict)
    chat: Stage[Query, Answer] = Closed(model=model) if writer == "model" else Abstain()
    return Rewrite(rewrite) >> route(
        {
            CHAT: chat,
            FACT: found >> _reranked(large, kept, depth, sure, model) >> end,
            SEVERAL: Iterate(found, k=kept, rounds=rounds) >> end,
            OUT: Abstain(),
        },
        by=Intent(found if scope else None),
    )


def _reranked(large: str, k: int, depth: int, sure: float, model: str) -> Stage[Ranking, Ranking]:
    """The small model for the easy questions, the large one for the hard ones."""
    if not large:
        return LearntRank(common(k, depth), depth) >> First(k)
    learnt = LearntRank(depth, depth)
    if large == "cross":
        return FilterRerank(learnt, Rerank(depth, depth), sure, k)
    if large == "model":
        return FilterRerank(learnt, Listwise(k, model=model), sure, k)
    raise InputError(f'large = "{large}" is not known', fix="Give cross, model, or nothing.")
