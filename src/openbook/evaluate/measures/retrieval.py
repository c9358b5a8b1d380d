"""Measures of what a method read, against the gold evidence, by ir-measures.

What is judged is the ranking that the answer was made from. Gold ids name documents (each
found by its best passage) or passages. A question for which nothing was found scores 0; one
without gold evidence is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openbook.errors import need
from openbook.evaluate.measure import Measure, Values
from openbook.evaluate.outcome import Outcome

KINDS = {
    "nDCG": ("nDCG", "Normalised discounted cumulative gain of the first {k} that were read"),
    "MRR": ("RR", "1 / rank of the first gold evidence among the first {k}"),
    "Recall": ("R", "Share of the gold evidence among the first {k}"),
    "P": ("P", "Share of the first {k} that is gold evidence"),
    "hit": ("Success", "1 where any gold evidence is among the first {k}"),
}
"""Our names, those of ir-measures, and what they are."""

_SOURCE = "Järvelin and Kekäläinen, TOIS 2002"
_NAME = re.compile(rf"({'|'.join(KINDS)})@([1-9]\d{{0,4}})")


@dataclass(frozen=True)
class Retrieval(Measure):
    """A measure of rankings at a depth ``k``."""

    kind: str = "nDCG"
    k: int = 10

    def values(self, outcomes: Sequence[Outcome]) -> Values:
        """In [0, 1]; None for questions without gold evidence."""
        judged = {str(i): o for i, o in enumerate(outcomes) if o.example.gold}
        library: Any = need("ir_measures", "compare")
        measure = getattr(library, KINDS[self.kind][0]) @ self.k
        gold = {i: dict.fromkeys(o.example.gold, 1) for i, o in judged.items()}
        run = {i: _scores(o.found) for i, o in judged.items() if o.found}
        scored = (
            {m.query_id: m.value for m in library.iter_calc([measure], gold, run)} if run else {}
        )
        return [
            float(scored.get(str(i), 0.0)) if str(i) in judged else None
            for i in range(len(outcomes))
        ]


def _scores(ids: Sequence[str]) -> dict[str, float]:
    """Scores that keep an order."""
    return {name: float(len(ids) - rank) for rank, name in enumerate(ids)}


def parse(name: str) -> Retrieval | None:
    """``nDCG@10`` and its like."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    kind, k = match[1], int(match[2])
    doc = KINDS[kind][1].format(k=k)
    source = f" ({_SOURCE})" if kind == "nDCG" else ""
    return Retrieval(name, f"{doc}{source}.", kind=kind, k=k)


MEASURES = tuple(
    made for name in ("nDCG@10", "MRR@10", "Recall@5", "P@5", "hit@5") if (made := parse(name))
)
