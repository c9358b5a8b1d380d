"""TREC runs: rankings in the layout that trec_eval and its successors read.

A line is ``question Q0 document rank score tag``, ranks from 1, scores not rising.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from openbook.errors import InputError
from openbook.types import Ranking

TAG = "openbook"


def run_lines(
    rankings: Sequence[Ranking], *, k: int = 100, passages: bool = False, tag: str = TAG
) -> Iterator[str]:
    """Lines of a run, question by question, without line ends.

    Args:
        rankings: one a question; the question needs an id.
        k: lines a question, at most.
        passages: name passages; else documents, each by its best passage.
        tag: the last column.

    Raises:
        InputError: a question without an id.
    """
    for ranking in rankings:
        best: dict[str, float] = {}
        for hit in ranking.hits:
            name = hit.passage.id if passages else hit.passage.document_id
            best.setdefault(name, hit.score)
        for rank, (name, score) in enumerate(list(best.items())[:k], 1):
            yield f"{_plain(ranking.query.id)} Q0 {_plain(name)} {rank} {score:.6f} {tag}"


def _plain(name: str) -> str:
    """An id as one token: white space in file names is escaped as in an address (%20)."""
    if not name:
        raise InputError("a question has no id", where="TREC run", fix="Give each question an _id.")
    return "".join(quote(c) if c.isspace() else c for c in name)
