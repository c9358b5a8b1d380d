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
    language is left out for that question, and every hit says so in ``why``. Where the knowledge
    base has no vectors and the encoder is a quick one, a dense stage scores what the stages before
    it have found.

    Args:
        stages: retrievers.
        weights: one a stage, not negative; ignored by RRF.
        how: ``convex`` or ``rrf``.
        k: passages returned.
        scale: how a list's scores are scaled, see :mod:`openbook.retrieve.normalise`.
        learnt: where the encoder of a dense stage has learnt a weight for the question's
            language, that stage gets it, and the others share the rest as ``weights`` say.
    """

    stages: tuple[Stage[Query, Ranking], ...]
    weights: tuple[float, ...]
    how: Literal["convex", "rrf"] = "convex"
    k: int = 10
    scale: Scale = "minmax"
    learnt: bool = False

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
        if not batch:
            return []
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
            asked = [batch[at] for at in take]
            if isinstance(stage, Dense) and lists and asked and stage.afresh(runtime):
                earlier = [[one[at] for one in lists] for at in take]
                rankings = stage.among(asked, earlier, runtime)
            else:
                rankings = runtime.run(stage, asked) if asked else []
            found = dict(zip(take, rankings, strict=True))
            lists.append([found.get(at) for at in range(len(batch))])
        return [
            self._one(
                query,
                [found[at] for found in lists],
                self._weights(query, runtime) if self.learnt else self.weights,
                notes[at],
            )
            for at, query in enumerate(batch)
        ]

    def _weights(self, query: Query, runtime: Runtime) -> tuple[float, ...]:
        """The weights for a question, with what its dense stage's encoder has learnt."""
        at = next((n for n, stage in enumerate(self.stages) if isinstance(stage, Dense)), None)
        weight = None if at is None else self.stages[at].weight(query, runtime)  # type: ignore[attr-defined]
        rest = 0.0 if at is None else sum(self.weights) - self.weights[at]
        if at is None or weight is None or rest <= 0:
            return self.weights
        return tuple(
            weight if n == at else (1.0 - weight) * given / rest
            for n, given in enumerate(self.weights)
        )

    def _one(
        self,
        query: Query,
        rankings: Sequence[Ranking | None],
        weights: Sequence[float],
        notes: Sequence[tuple[str, float]],
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
            fused = convex(lists, weights, [self.scale] * len(lists))
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
