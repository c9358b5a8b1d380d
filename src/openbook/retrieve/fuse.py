"""Rankings of several retrievers made one: convex combination, or reciprocal rank fusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from openbook.errors import InputError, ModelError
from openbook.retrieve.dense import Dense
from openbook.retrieve.normalise import Scale, convex, reciprocal
from openbook.stage import Runtime, Stage
from openbook.types import Hit, Query, Ranking


@dataclass(frozen=True)
class Fuse(Stage[Query, Ranking]):
    """Runs retrievers on the same queries and fuses what they found.

    Convex (the default) adds weighted scores after scaling each list to [0, 1]; RRF looks at
    ranks alone and takes no weights. A dense stage whose encoder does not know a question's
    language is left out for that question, and every hit says so in ``why``.

    Args:
        stages: retrievers.
        weights: one a stage, not negative; ignored by RRF.
        how: ``convex`` or ``rrf``.
        k: passages returned.
        scale: how a list's scores are scaled, see :mod:`openbook.retrieve.normalise`.
    """

    stages: tuple[Stage[Query, Ranking], ...]
    weights: tuple[float, ...]
    how: Literal["convex", "rrf"] = "convex"
    k: int = 10
    scale: Scale = "minmax"

    def __post_init__(self) -> None:
        if len(self.stages) != len(self.weights) or not self.stages:
            raise InputError(
                f"{len(self.stages)} stages have {len(self.weights)} weights",
                where="fuse",
                fix="Give each stage one weight.",
            )
        if min(self.weights) < 0 or sum(self.weights) <= 0:
            raise InputError(
                f"the weights {self.weights} cannot be used",
                where="fuse",
                fix="Give weights that are not negative, one of them above 0.",
            )

    @property
    def inner(self) -> tuple[Stage[Any, Any], ...]:
        """The retrievers."""
        return self.stages

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[Ranking]:
        """A ranking a query.

        Raises:
            ModelError: every stage refuses a query.
        """
        notes: list[list[tuple[str, float]]] = [[] for _ in batch]
        lists: list[list[Ranking | None]] = []
        for stage in self.stages:
            take = []
            for at, query in enumerate(batch):
                refused = stage.refuses(query, runtime) if isinstance(stage, Dense) else ""
                if refused:
                    notes[at].append((f"{stage.label} refused: {refused}", 0.0))
                else:
                    take.append(at)
            found = dict(
                zip(take, runtime.run(stage, [batch[at] for at in take]), strict=True)
                if take
                else ()
            )
            lists.append([found.get(at) for at in range(len(batch))])
        return [
            self._one(query, [found[at] for found in lists], notes[at])
            for at, query in enumerate(batch)
        ]

    def _one(
        self, query: Query, rankings: Sequence[Ranking | None], notes: Sequence[tuple[str, float]]
    ) -> Ranking:
        if all(ranking is None for ranking in rankings):
            raise ModelError("no stage can answer", where="fuse", fix=notes[0][0])
        hits: dict[str, Hit] = {}
        why: dict[str, list[tuple[str, float]]] = {}
        lists: list[Mapping[str, float]] = []
        for ranking in rankings:
            for hit in ranking.hits if ranking else ():
                hits.setdefault(hit.evidence.id, hit)
                why.setdefault(hit.evidence.id, []).extend(hit.why)
            lists.append({h.evidence.id: h.score for h in ranking.hits} if ranking else {})
        if self.how == "rrf":
            fused = reciprocal(lists)
        else:
            fused = convex(lists, self.weights, [self.scale] * len(lists))
        return Ranking.of(
            query,
            [Hit(hits[i].evidence, s, (*why[i], *notes)) for i, s in fused.items()],
            self.k,
        )


def fuse(
    *stages: Stage[Query, Ranking],
    weights: Sequence[float] | None = None,
    how: Literal["convex", "rrf"] = "convex",
    k: int = 10,
) -> Fuse:
    """Fuse retrievers; equal weights unless given."""
    return Fuse(stages, tuple(weights or (1.0 / len(stages),) * len(stages)), how, k)
