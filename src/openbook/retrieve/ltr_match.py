"""Which terms of a question stand where in the candidates of a ranking.

Passages are searched for the few terms of the question, not cut into words, so fifty of them
take a few milliseconds. Sentences are cut at stops and line breaks, without the rules for
abbreviations: what is looked for here is where matches lie close together.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from openbook.text import overlap
from openbook.types import Passage

Rows = NDArray[np.float64]
_STOP = re.compile(r"[.!?…。！？][\"'”’)\]」』]*\s+|\n+")
WINDOW = 160
"""Characters within which matches count as close together."""
BESIDE = 24
"""Characters between the beginnings of two terms that stand together."""
FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Matches:
    """How well each term (columns) matches each candidate (rows), and where matches gather.

    ``text`` and ``head`` (title and headings) hold degrees in [0, 1]. ``rarity`` weighs terms
    by how rare they are in general, ``local`` also by how few of the candidates hold them;
    both sum to 1. ``best`` is the number of the sentence with the most local weight and
    ``cover`` that weight; ``spans`` are the sentences' offsets in the folded text.
    """

    terms: tuple[overlap.Term, ...]
    rarity: Rows
    local: Rows
    text: Rows
    head: Rows
    best: NDArray[np.int64]
    cover: Rows
    window: Rows
    pairs: Rows
    folded: tuple[str, ...]
    spans: tuple[tuple[tuple[int, int], ...], ...]

    def sentence(self, row: int) -> str:
        """The best sentence of a candidate, folded."""
        if not self.spans[row]:
            return ""
        return self.folded[row][slice(*self.spans[row][self.best[row]])]


def matches(question: str, passages: Sequence[Passage]) -> Matches:
    """The terms of a question in some passages."""
    wanted = overlap.terms(question)
    prepared = [glance(p.text) for p in passages]
    found = [[overlap.places(term, read) for term in wanted] for read, _ in prepared]
    shape = (len(passages), len(wanted))
    text = np.array([[degree for degree, _ in row] for row in found]).reshape(shape)
    heads = {key: _head(key, wanted) for key in dict.fromkeys(map(above, passages))}
    head = np.array([heads[above(p)] for p in passages]).reshape(shape)
    general = np.array([overlap.rarity(term.form) for term in wanted])
    spread = (np.maximum(text, head) > 0).sum(axis=0)
    local = general * np.log(1.0 + len(passages) / (1.0 + spread))
    weight, near = _shares(general), _shares(local)
    gathered = [
        _gathered([at for _, at in row], [d for d, _ in row], near, spans)
        for row, (_, spans) in zip(found, prepared, strict=True)
    ]
    table = np.array(gathered).reshape(len(passages), 4)
    return Matches(
        wanted, weight, near, text, head, table[:, 0].astype(np.int64), table[:, 1], table[:, 2],
        table[:, 3], tuple(r.folded for r, _ in prepared), tuple(s for _, s in prepared),
    )  # fmt: skip


def above(passage: Passage) -> str:
    """Title and headings of a passage, a line each, nothing said twice."""
    return "\n".join(dict.fromkeys(part for part in (passage.title, *passage.heading) if part))


@lru_cache(maxsize=1 << 13)
def glance(text: str) -> tuple[overlap.Glance, tuple[tuple[int, int], ...]]:
    """A passage for look-up and the spans of its sentences; remembered, passages come again."""
    read = overlap.glance(text)
    edges = [0, *(stop.end() for stop in _STOP.finditer(read.folded)), len(read.folded)]
    spans = pairwise(edges)
    return read, tuple((a, b) for a, b in spans if read.folded[a:b].strip())


def _head(text: str, wanted: Sequence[overlap.Term]) -> list[float]:
    read, _ = glance(text)
    return [overlap.places(term, read)[0] if text else 0.0 for term in wanted]


def _shares(weights: Rows) -> Rows:
    total = weights.sum()
    return weights / total if total > 0 else weights


def _gathered(
    places: Sequence[Sequence[int]],
    degrees: Sequence[float],
    weight: Rows,
    spans: Sequence[tuple[int, int]],
) -> tuple[float, float, float, float]:
    """The best sentence's number and weight, the best window's weight, the share of
    neighbouring terms that stand together in order.
    """
    starts = [a for a, _ in spans]
    held: dict[int, set[int]] = {}
    spots: list[tuple[int, int]] = []
    for term, found in enumerate(places):
        for at in found:
            held.setdefault(max(0, bisect_right(starts, at) - 1), set()).add(term)
            spots.append((at, term))
    value = [w * d for w, d in zip(weight.tolist(), degrees, strict=True)]
    sums = {number: sum(value[t] for t in terms) for number, terms in held.items()}
    best = max(sums, key=lambda number: (sums[number], -number), default=0)
    together = sum(
        any(0 < right - left <= BESIDE for left in places[i] for right in places[i + 1])
        for i in range(len(places) - 1)
    )
    return (
        best,
        sums.get(best, 0.0),
        _window(sorted(spots), value),
        together / max(1, len(places) - 1),
    )


def _window(spots: Sequence[tuple[int, int]], value: Sequence[float]) -> float:
    """The most weight of different terms that begin within :data:`WINDOW` characters."""
    best, total, first = 0.0, 0.0, 0
    count: dict[int, int] = {}
    for at, term in spots:
        count[term] = count.get(term, 0) + 1
        total += value[term] if count[term] == 1 else 0.0
        while at - spots[first][0] > WINDOW:
            gone = spots[first][1]
            count[gone] -= 1
            total -= value[gone] if not count[gone] else 0.0
            first += 1
        best = max(best, total)
    return best
