"""Learning to rank: gradient-boosted trees order the candidates by what is known of each.

Source: LambdaMART, Burges, "From RankNet to LambdaRank to LambdaMART: An Overview", 2010, as
LightGBM trains it (``objective = lambdarank``). The trees are walked in numpy, so ranking needs
no extra; training (:mod:`openbook.retrieve.ltr_train`) needs ``openbook[rank]``.

A ranking model is a folder:

    model.txt      the trees, as LightGBM writes them
    ranker.json    the features by name, the encoder, what it was learnt from, its scores
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from openbook.errors import ModelError
from openbook.retrieve.features import FINGERPRINT, NAMES, table
from openbook.retrieve.ltr_match import Rows
from openbook.retrieve.ltr_trees import Trees
from openbook.retrieve.normalise import convex
from openbook.stage import Runtime, Stage, positive
from openbook.types import Encoder, Hit, Ranking

BUNDLED = Path(__file__).resolve().parent / "bundled" / "openbook-ranker"
FORMAT = 1


@dataclass(frozen=True, eq=False)
class RankingModel:
    """A ranking model. Make one with :meth:`open`.

    ``encoder`` is the name by which its encoder is asked for, ``vectors`` that encoder's
    fingerprint; ``share`` is how much the trees count beside the ranking that they reorder;
    ``made`` says what it was learnt from.
    """

    name: str
    encoder: str
    vectors: str
    share: float
    made: Mapping[str, Any] = field(repr=False)
    trees: Trees = field(repr=False)

    @classmethod
    def open(cls, folder: Path) -> RankingModel:
        """Read a folder.

        Raises:
            ModelError: a file is missing or damaged, or it was learnt on other features.
        """
        try:
            made = json.loads((folder / "ranker.json").read_text("utf-8"))
            text = (folder / "model.txt").read_text("utf-8")
            listed = [str(feature["name"]) for feature in made["features"]]
            encoder, vectors = str(made["encoder"]["name"]), str(made["encoder"]["fingerprint"])
            version, fingerprint = int(made["format"]), str(made["fingerprint"])
            share = float(made["share"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(
                f"holds no ranking model ({type(error).__name__}: {error})",
                where=str(folder),
                fix="Train one there, or name another.",
            ) from error
        trees = Trees.parse(text, str(folder / "model.txt"))
        if version != FORMAT or fingerprint != FINGERPRINT or listed != list(trees.names):
            odd = sorted(set(listed) ^ set(NAMES)) or ["their meaning or order"]
            raise ModelError(
                f"was learnt on other features than this openbook makes ({', '.join(odd[:5])})",
                where=str(folder),
                fix="Train it again with this version.",
            )
        return cls(folder.name, encoder, vectors, share, made, trees)

    def checked(self, encoder: Encoder) -> Encoder:
        """The encoder, if it is the one that the model learnt with.

        Raises:
            ModelError: it is another, whose cosines the model would misread.
        """
        if encoder.name != self.vectors:
            raise ModelError(
                f'the ranking model "{self.name}" learnt with the encoder "{self.vectors}", '
                f'and this is "{encoder.name}"',
                fix="Train the ranking model again with this encoder.",
            )
        return encoder

    def values(self, rows: Rows, scores: Sequence[float]) -> list[float]:
        """One value a candidate, in [0, 1]: trees and former scores, each scaled over the list.

        Args:
            rows: features, one row a candidate.
            scores: what the candidates were ranked by before.
        """
        trees = dict(enumerate(self.trees.values(rows).tolist()))
        lists = (trees, dict(enumerate(scores)))
        found = convex(lists, (self.share, 1.0 - self.share), ("minmax", "minmax"))
        return [found[n] for n in range(len(scores))]


@lru_cache(maxsize=1)
def bundled() -> RankingModel:
    """The ranking model that comes with openbook."""
    return RankingModel.open(BUNDLED)


@dataclass(frozen=True)
class LearntRank(Stage[Ranking, Ranking]):
    """The ``k`` best of the first ``depth`` hits by a learnt ranking model.

    The score, in [0, 1], adds what the trees say and the score that a hit came with, each scaled
    over the question's candidates: the trees know more, and the former score keeps them from
    turning habits of what they learnt from into rules. How far the first hit is ahead says how
    sure it is.

    Args:
        k: hits returned.
        depth: hits scored; what ranks lower is dropped.
        model: name of a ranking model of the project; empty means the one that comes with
            openbook.
    """

    k: int = 10
    depth: int = 50
    model: str = ""

    def __post_init__(self) -> None:
        positive("learnt_rank", k=self.k, depth=self.depth)

    @property
    def resources(self) -> tuple[tuple[type, str], ...]:
        """The ranking model, which names its encoder."""
        return ((RankingModel, self.model),)

    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Ranking]:
        """One ranking a ranking; an empty one stays empty.

        Raises:
            ModelError: no such model, or another encoder than it learnt with.
        """
        if not any(ranking.hits for ranking in batch):
            return list(batch)
        model = runtime.resolve(RankingModel, self.model) if self.model else bundled()
        encoder = model.checked(runtime.resolve(Encoder, model.encoder))  # type: ignore[type-abstract]
        return [self._one(ranking, model, encoder) for ranking in batch]

    def _one(self, ranking: Ranking, model: RankingModel, encoder: Encoder) -> Ranking:
        head = ranking.hits[: self.depth]
        if not head:
            return ranking
        rows = table(ranking.query, head, encoder)
        values = model.values(rows, [hit.score for hit in head])
        hits = [
            Hit(hit.evidence, value, (*hit.why, (self.label, value)))
            for hit, value in zip(head, values, strict=True)
        ]
        return Ranking.of(ranking.query, hits, self.k)
