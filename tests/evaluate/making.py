"""Outcomes for tests: an example and an answer put together in a line.

Tests read this file with ``runpy``.
"""

from __future__ import annotations

from typing import Any

from openbook.evaluate.outcome import Outcome
from openbook.types import (
    Answer,
    Example,
    Hit,
    Passage,
    Query,
    Quote,
    Ranking,
    Sentence,
    Usage,
)


def outcome(
    said: str = "",
    *,
    answers: tuple[str, ...] = (),
    short: tuple[str, ...] = (),
    gold: tuple[str, ...] = (),
    found: tuple[str, ...] = (),
    quoted: tuple[str, ...] = (),
    supported: tuple[bool, ...] = (),
    kind: str = "",
    answerable: bool | None = None,
    language: str = "en",
    seconds: float | None = None,
    level: str = "document",
    usage: Usage | None = None,
    name: str = "q",
) -> Outcome:
    """One question, ``said`` being the text of its answer; nothing said is an abstention.

    ``found`` are ids of passages, ``DOCUMENT#PART`` in order of rank; ``quoted`` likewise.
    """
    example = Example(name, "?", answers, gold, answerable, language)
    query = Query("?", name)
    hits = tuple(
        Hit(Passage(one, one.split("#")[0], 0, 0, ""), float(len(found) - rank))
        for rank, one in enumerate(found)
    )
    given: Any = kind or ("answered" if said else "abstained")
    answer = Answer(
        given,
        said or "The documents do not answer this.",
        query,
        answers=short,
        quotes=tuple(Quote("x", one.split("#")[0], 0, 1, passage_id=one) for one in quoted),
        sentences=tuple(Sentence(i, i + 1, value) for i, value in enumerate(supported)),
        ranking=Ranking(query, hits),
        usage=usage or Usage(),
    )
    documents = tuple(dict.fromkeys(one.split("#")[0] for one in gold))
    return Outcome(example, answer, seconds, level, documents)  # type: ignore[arg-type]
