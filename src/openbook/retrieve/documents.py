"""Rankings of documents: each by its best passage."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from openbook.stage import Runtime, Stage
from openbook.types import Hit, Query, Ranking

DEEPER = 4
"""How many times more passages are asked for where they come from too few documents."""

DEEPEST = 10_000
"""Passages asked for at most."""


def document_rankings(
    retriever: Callable[[int], Stage[Query, Ranking]],
    queries: Sequence[Query],
    runtime: Runtime,
    k: int,
) -> list[Ranking]:
    """The ``k`` best documents of each query, each shown by its best passage.

    Many passages may belong to one document, so retrievers are asked for more passages
    until enough documents are found or no more passages match.

    Args:
        retriever: from a number of passages to the stage that finds them.
        k: documents a query.
    """
    found: dict[int, Ranking] = {}
    waiting = list(range(len(queries)))
    depth = k
    while waiting:
        rankings = runtime.run(retriever(depth), [queries[at] for at in waiting])
        again = []
        for at, ranking in zip(waiting, rankings, strict=True):
            found[at] = _best(ranking, k)
            if len(found[at].hits) < k and len(ranking.hits) >= depth and depth < DEEPEST:
                again.append(at)
        waiting = again
        depth = min(DEEPER * depth, DEEPEST)
    return [found[at] for at in range(len(queries))]


def _best(ranking: Ranking, k: int) -> Ranking:
    first: dict[str, Hit] = {}
    for hit in ranking.hits:
        first.setdefault(hit.passage.document_id, hit)
    return Ranking(ranking.query, tuple(first.values())[:k])
