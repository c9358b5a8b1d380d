"""A ranking model (LambdaMART) learns from graded passages what answers questions here.

Its trees read what :mod:`openbook.retrieve.features` knows of a candidate beside the other
candidates, so the candidates are what retrieval finds, as when a question is asked. They are
graded by the rows. What no row grades counts as no answer where it ranks clearly below the
passage that answers, and is left out where it ranks about as high or higher: it may well answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openbook.errors import InputError
from openbook.retrieve.features import table
from openbook.retrieve.ltr import RankingModel
from openbook.retrieve.ltr_train import Grades, Growth, train
from openbook.settings import setting
from openbook.stage import Runtime, Stage
from openbook.synthesize.pairs import CLOSE
from openbook.tune.judged import BEST, Judged, identity_of, key
from openbook.tune.rows import Parts, learnt_from
from openbook.tune.run import Outcome
from openbook.types import Encoder, Query, Ranking

TOGETHER = 32
"""Questions that are searched together."""


@dataclass(frozen=True)
class RankerSettings:
    """How a ranking model is trained. All of it decides what comes out."""

    trees: int = setting(40, "Trees that are added to the base's.", least=1)
    leaves: int = setting(8, "Leaves of a tree.", least=2)
    learning_rate: float = setting(0.05, "How much a tree counts.")
    smallest: int = setting(50, "Candidates in a leaf, at least.", least=1)
    depth: int = setting(50, "Candidates that a question has.", least=2)
    held_out: float = setting(
        0.2, "Share of the documents to hold out where no row is of the split dev; 0: none."
    )
    seed: int = setting(0, "Decides the split, and what each tree looks at.")

    def check(self) -> None:
        """Refuse what is out of range.

        Raises:
            InputError: naming the setting.
        """
        least = {"trees": 1, "leaves": 2, "smallest": 1, "depth": 2}
        low = [name for name, bound in least.items() if getattr(self, name) < bound]
        low += ["learning_rate"] if not 0 < self.learning_rate <= 1 else []
        low += ["held_out"] if not 0 <= self.held_out < 1 else []
        if low:
            raise InputError(
                f"{low[0]} = {getattr(self, low[0])} is out of range",
                fix="`openbook tune reranker --help` says what is accepted.",
            )

    @property
    def growth(self) -> Growth:
        """As the trees are told."""
        return Growth(
            trees=self.trees, leaves=self.leaves, rate=self.learning_rate,
            smallest=self.smallest, seed=self.seed,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Asked:
    """A question as a ranking model sees it: its candidates' features and former scores.

    Args:
        grades: 0 to :data:`~openbook.tune.judged.BEST`; -1 where nobody can say.
    """

    rows: NDArray[np.float64]
    scores: Sequence[float]
    grades: NDArray[np.int64]

    def place(self, model: RankingModel) -> int:
        """The rank, from 1, of the first candidate that answers best; 0 where none was found."""
        if not len(self.rows):
            return 0
        order = np.argsort(-np.array(model.values(self.rows, self.scores)), kind="stable")
        found = np.flatnonzero(self.grades[order] == BEST)
        return int(found[0]) + 1 if len(found) else 0

    @property
    def taught(self) -> Grades:
        """The candidates of which something is known."""
        known = self.grades >= 0
        return Grades(self.rows[known], self.grades[known])


def asked(
    rows: Sequence[Judged],
    runtime: Runtime,
    stage: Stage[Query, Ranking],
    encoder: Encoder,
    told: Callable[[int], None] = lambda n: None,
) -> list[Asked]:
    """Questions with what retrieval finds for them.

    Args:
        rows: the questions, and grades of some passages.
        runtime: over the knowledge base.
        stage: finds the candidates.
        encoder: makes the cosines among the features.
        told: told how many more questions are done.
    """
    found: list[Asked] = []
    for at in range(0, len(rows), TOGETHER):
        some = rows[at : at + TOGETHER]
        rankings = runtime.run(stage, [Query(row.question) for row in some])
        found += [_asked(row, one, encoder) for row, one in zip(some, rankings, strict=True)]
        told(len(some))
    return found


def _asked(row: Judged, ranking: Ranking, encoder: Encoder) -> Asked:
    hits = ranking.hits
    given = [row.known.get(key(hit.passage)) for hit in hits]
    own = max((h.score for h, g in zip(hits, given, strict=True) if g == BEST), default=None)
    grades = [
        grade if grade is not None else -1 if own is None or hit.score >= CLOSE * own else 0
        for hit, grade in zip(hits, given, strict=True)
    ]
    rows = table(ranking.query, hits, encoder)
    return Asked(rows, [hit.score for hit in hits], np.array(grades, np.int64))


@dataclass(eq=False)
class RankerJob:
    """A training of a ranking model; :func:`openbook.tune.adapter.publish` makes it a folder.

    Args:
        base: name of the ranking model whose trees come first.
        begin: that model, and its trees' text.
        divided: the rows.
        groups: the candidates of those that are learnt.
        knowledge: identity of the snapshot that was searched.
        version: of the knowledge base.
    """

    base: str
    begin: RankingModel
    text: str = field(repr=False)
    fingerprint: str
    settings: RankerSettings
    divided: Parts[Judged] = field(repr=False)
    groups: Sequence[Asked] = field(repr=False)
    encoder: Encoder = field(repr=False)
    knowledge: str = ""
    version: int = 0

    @property
    def steps(self) -> int:
        """Trees that are added."""
        return self.settings.trees

    @property
    def used(self) -> list[Judged]:
        """The rows whose answer is among the candidates."""
        each = zip(self.divided.learnt, self.groups, strict=True)
        return [row for row, one in each if (one.grades == BEST).any()]

    def spec(self) -> Mapping[str, Any]:
        """Base, data and settings, as hashes and numbers."""
        return {
            "kind": "lambdarank",
            "objective": "",
            "base": self.fingerprint,
            "data": identity_of(self.divided.learnt),
            "held_out": identity_of(self.divided.held),
            "searched": self.knowledge,
            "settings": asdict(self.settings),
            "seed": self.settings.seed,
        }

    def learn(self, folder: Path) -> RankingModel:
        """Grow the trees and write the model's folder.

        Raises:
            InputError: too few questions whose answer is found.
            MissingExtraError: LightGBM is not installed.
        """
        taught = [one.taught for one in self.groups if (one.grades == BEST).any()]
        return train(
            taught,
            folder,
            self.encoder,
            name=self.begin.encoder,
            knowledge=self.knowledge,
            growth=self.settings.growth,
            share=self.begin.share,
            begin=self.text,
            made={"base": {"name": self.base, "fingerprint": self.fingerprint}},
        )

    def save(self, folder: Path) -> None:
        """As :meth:`learn`: the same trees, by the same seed."""
        self.learn(folder)

    def manifest(self) -> Mapping[str, Any]:
        """What the manifest says beside what :func:`publish` knows."""
        return {
            "role": "ranker",
            "rows": len(self.used),
            "dropped": len(self.divided.learnt) - len(self.used),
            "knowledge": {"version": self.version},
        }

    def learnt(self) -> list[Mapping[str, Any]]:
        """The lines of ``learnt.jsonl``."""
        return learnt_from(self.used)

    def outcome(self, seconds: float) -> Outcome:
        """How it ended: always at its end, it takes seconds."""
        tokens = sum(len(one.rows) for one in self.groups)
        return Outcome(self.steps, True, 0.0, tokens, seconds)
