"""Which stage ran on how many questions, and how often: the proof that nothing ran twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openbook.stage import Chain, Stage


class Counter:
    """Observes a runtime. Counts, for each stage, the values it ran on and the distinct ones."""

    def __init__(self) -> None:
        self.runs: dict[Stage[Any, Any], int] = {}
        self._values: dict[Stage[Any, Any], set[int]] = {}

    def __call__(self, stage: Stage[Any, Any], values: Sequence[Any]) -> None:
        """A stage is run on some values. Chains are their steps, and are not counted."""
        if isinstance(stage, Chain):
            return
        self.runs[stage] = self.runs.get(stage, 0) + len(values)
        self._values.setdefault(stage, set()).update(map(hash, values))

    def lines(self) -> list[list[Any]]:
        """``[label, stage, distinct values, runs]`` for each stage, in the order of first runs."""
        return [
            [stage.label, repr(stage), len(self._values[stage]), runs]
            for stage, runs in self.runs.items()
        ]


def totals(chunks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Counts of all chunks together, as :meth:`Counter.lines` gave them.

    A chunk that stands there again (a method was added later, or a kill came in between) is
    about the same questions: its runs add up, its distinct values do not.
    """
    runs: dict[tuple[str, str], int] = {}
    queries: dict[tuple[str, str], dict[str, int]] = {}
    for chunk in chunks:
        for label, stage, distinct, times in chunk["stages"]:
            key = (label, stage)
            runs[key] = runs.get(key, 0) + times
            by_chunk = queries.setdefault(key, {})
            by_chunk[chunk["_id"]] = max(distinct, by_chunk.get(chunk["_id"], 0))
    return [
        {
            "stage": label,
            "expression": stage,
            "queries": sum(queries[label, stage].values()),
            "runs": times,
        }
        for (label, stage), times in runs.items()
    ]
