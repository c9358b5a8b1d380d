"""Train a ranking model from labelled questions, with LightGBM (``openbook[rank]``).

Every question gives a group of candidates with grades. Values may not fall where a feature
that can only help rises (:class:`~openbook.retrieve.features.Feature`), so that a model learnt on
some collections does not turn their accidents into rules for others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openbook.artifacts import write_atomic
from openbook.errors import InputError, need
from openbook.retrieve.features import FEATURES, FINGERPRINT, NAMES, table
from openbook.retrieve.ltr import FORMAT, RankingModel
from openbook.retrieve.ltr_trees import slim
from openbook.types import Encoder, Ranking, digest

Rows = NDArray[np.float64]
FEWEST = 50
"""Questions with an answer among their candidates that it takes to learn."""

SHARE = 0.6
"""How much trees count; chosen as the bundled model's was (``training/ranking/make.py``)."""


@dataclass(frozen=True)
class Growth:
    """How trees are grown. The defaults are those of the bundled model; larger and slower growth
    was not compared with them.
    """

    trees: int = 150
    leaves: int = 15
    rate: float = 0.08
    smallest: int = 100
    """Candidates in a leaf, at least."""
    columns: float = 0.5
    """Share of the features that a tree may look at."""
    groups: float = 0.7
    """Share of the questions that a tree learns from."""
    ridge: float = 10.0
    truncation: int = 15
    """Ranks from the top whose order counts."""
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Grades:
    """A question's candidates: features (a row each), grades from 0 to 3, and the question's
    weight.
    """

    rows: Rows
    grades: NDArray[np.int64]
    weight: float = 1.0


def grades(ranking: Ranking, given: Sequence[int], encoder: Encoder, weight: float = 1.0) -> Grades:
    """The candidates of a labelled question.

    Args:
        ranking: what retrieval found.
        given: a grade a hit: 0 (not relevant) to 3.
        encoder: makes the cosines.
        weight: how much the question counts.

    Raises:
        InputError: not one grade a hit, or one out of range.
    """
    if len(given) != len(ranking.hits) or any(not 0 <= grade <= 3 for grade in given):
        raise InputError(
            f"{len(given)} grades for {len(ranking.hits)} hits, from {min(given, default=0)} to "
            f"{max(given, default=0)}",
            fix="Give each hit one grade, 0 to 3.",
        )
    rows = table(ranking.query, ranking.hits, encoder)
    return Grades(rows, np.array(given, np.int64), weight)


def grow(groups: Sequence[Grades], growth: Growth = Growth(), begin: str = "") -> Any:
    """A LightGBM booster.

    Args:
        groups: from :func:`grades`, one a question.
        growth: how trees are grown.
        begin: a model's text, whose trees come first; empty: none.

    Raises:
        InputError: fewer than :data:`FEWEST` questions to learn from.
        MissingExtraError: LightGBM is not installed.
    """
    used = [g for g in groups if g.grades.any() and not g.grades.all()]
    if len(used) < FEWEST:
        raise InputError(
            f"{len(used)} questions have an answer among their candidates",
            where="ranking model",
            fix=f"Give at least {FEWEST} labelled questions that retrieval finds answers to.",
        )
    lightgbm = need("lightgbm", "rank")
    data = lightgbm.Dataset(
        np.concatenate([g.rows for g in used]),
        label=np.concatenate([g.grades for g in used]),
        group=[len(g.grades) for g in used],
        weight=np.concatenate([np.full(len(g.grades), g.weight) for g in used]),
        feature_name=list(NAMES),
        free_raw_data=False,
    )
    before = lightgbm.Booster(model_str=begin) if begin else None
    return lightgbm.train(
        _parameters(growth), data, num_boost_round=growth.trees, init_model=before
    )


def _parameters(growth: Growth) -> dict[str, Any]:
    return {
        "objective": "lambdarank",
        "lambdarank_truncation_level": growth.truncation,
        "num_leaves": growth.leaves,
        "learning_rate": growth.rate,
        "min_data_in_leaf": growth.smallest,
        "feature_fraction": growth.columns,
        "bagging_fraction": growth.groups,
        "bagging_freq": 1,
        "bagging_by_query": True,
        "lambda_l2": growth.ridge,
        "monotone_constraints": [feature.rises for feature in FEATURES],
        "monotone_constraints_method": "basic",
        "use_missing": False,
        "seed": growth.seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbosity": -1,
    }


def train(
    groups: Sequence[Grades],
    folder: Path,
    encoder: Encoder,
    *,
    name: str = "openbook-encoder",
    knowledge: str = "",
    growth: Growth = Growth(),
    share: float = SHARE,
    begin: str = "",
    made: Mapping[str, Any] | None = None,
) -> RankingModel:
    """Learn from labelled questions and write the model's folder.

    Args:
        groups: from :func:`grades`, one a question.
        folder: written to; what stands there is replaced.
        encoder: the one that made the cosines.
        name: what that encoder is called in ``[models]``.
        knowledge: identity of the snapshot that was searched.
        growth: how trees are grown.
        share: how much the trees count beside the ranking that they reorder, in [0, 1].
        begin: text of a model whose trees come first; empty: none.
        made: more to keep about the training (scores, sources).

    Raises:
        InputError: too few questions, or a share outside [0, 1].
        MissingExtraError: LightGBM is not installed.
    """
    if not 0.0 <= share <= 1.0:
        raise InputError(f"the share is {share}", where="ranking model", fix="Give one in [0, 1].")
    booster = grow(groups, growth, begin)
    text = slim(booster.model_to_string(num_iteration=-1))
    gains = booster.feature_importance("gain")
    record = {
        "format": FORMAT,
        "fingerprint": FINGERPRINT,
        "features": [
            {"name": f.name, "what": f.what, "range": [f.low, f.high], "gain": round(float(g), 1)}
            for f, g in zip(FEATURES, gains, strict=True)
        ],
        "encoder": {"name": name, "fingerprint": encoder.name},
        "share": share,
        "knowledge": knowledge,
        "data": data_hash(groups),
        "questions": len(groups),
        "growth": asdict(growth),
        "lightgbm": need("lightgbm", "rank").__version__,
        **(made or {}),
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_atomic(folder / "model.txt", text)
    write_atomic(folder / "ranker.json", json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    return RankingModel.open(folder)


def data_hash(groups: Sequence[Grades]) -> str:
    """Identifies what was learnt from: all features and grades, in order."""
    parts = (g.rows.round(6).tobytes().hex() + g.grades.tobytes().hex() for g in groups)
    return digest(*(digest(part) for part in parts))
