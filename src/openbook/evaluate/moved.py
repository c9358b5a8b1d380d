"""Did quality move between two runs: another model, another version of the documents?

Questions match by id and text. Where a method and a measure have values for matching
questions in both runs, the difference is paired on them; else all questions of each run are
compared as independent samples, which says less. A total that is no mean of its questions (a
ratio) is compared without an interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from openbook.errors import InputError, nearest
from openbook.evaluate.record import Measured, Record, Total
from openbook.evaluate.results import MAIN, SHOWN
from openbook.evaluate.statistics import as_rows, holm, mean, paired, resampled

How = Literal["paired", "unpaired", "totals"]
Word = Literal["better", "worse", "none"]

FEWEST, ENOUGH = 2, 30
"""Matching questions below which nothing is paired, and from which on all is; between them it
is where half of the smaller run matches.
"""

ROUNDS, MOST_DEALT = 5000, 20_000_000
"""Rounds of a permutation test, and numbers dealt in all of them together."""


@dataclass(frozen=True)
class Move:
    """One measure of one method in both runs. ``difference`` is new minus old.

    ``shown`` is ``better`` or ``worse`` where the Holm-corrected p value, over all moves of a
    report, is at most 0.05; ``n`` counts the questions of the new run that it rests on.
    """

    method: str
    measure: str
    old: float
    new: float
    difference: float
    low: float | None
    high: float | None
    p: float | None
    p_holm: float | None
    n: int
    n_old: int
    how: How
    shown: Word = "none"


@dataclass(frozen=True)
class Moved:
    """Two runs compared. ``only_old`` and ``only_new`` name methods that one of them lacks."""

    moves: tuple[Move, ...]
    matching: int
    old_questions: int
    new_questions: int
    only_old: tuple[str, ...] = ()
    only_new: tuple[str, ...] = ()

    @property
    def worse(self) -> tuple[Move, ...]:
        """Moves that are shown to be for the worse."""
        return tuple(move for move in self.moves if move.shown == "worse")


def moved(old: Record, new: Record, *, measures: Sequence[str] = (), seed: int = 0) -> Moved:
    """Compare two runs, method by method and measure by measure.

    Args:
        old: the earlier run.
        new: the later one.
        measures: names of the measures; none means those that methods are tested in.
        seed: of the bootstrap.

    Raises:
        InputError: no method is in both runs, or a measure that neither has.
    """
    both = [name for name in new.names if name in old.names]
    if not both:
        raise InputError(
            f"the runs have no method in common ({', '.join(old.names)} against "
            f"{', '.join(new.names)})",
            fix="Compare runs of the same methods.",
        )
    wanted = _measures(old, new, measures)
    matching = match(old, new)
    runs = _Runs(old, new, matching, seed)
    found = [
        move
        for method in both
        for measure in wanted
        if (move := _move(runs, method, measure)) is not None
    ]
    tested = [index for index, move in enumerate(found) if move[0].p is not None]
    corrected = dict(zip(tested, holm([float(found[i][0].p or 0.0) for i in tested]), strict=True))
    moves = tuple(
        _judged(move, measure, corrected.get(index)) for index, (move, measure) in enumerate(found)
    )
    return Moved(
        moves,
        len(matching),
        len(old.questions),
        len(new.questions),
        tuple(name for name in old.names if name not in new.names),
        tuple(name for name in new.names if name not in old.names),
    )


def _measures(old: Record, new: Record, names: Sequence[str]) -> list[Measured]:
    known = {m.name: m for m in new.measures if old.measure(m.name) is not None}
    for name in names:
        if name not in known:
            raise InputError(f'"{name}" was not measured in both runs', fix=nearest(name, known))
    chosen = names or [name for name in MAIN if name in known] or list(known)
    return [known[name] for name in chosen]


def match(old: Record, new: Record) -> list[tuple[int, int]]:
    """Places of the same questions in both runs: equal ids and equal texts."""
    places = {(q.id, q.text): index for index, q in enumerate(old.questions)}
    return [
        (places[q.id, q.text], index)
        for index, q in enumerate(new.questions)
        if (q.id, q.text) in places
    ]


@dataclass(frozen=True)
class _Runs:
    """Two runs, the places of their matching questions, and the seed."""

    old: Record
    new: Record
    matching: Sequence[tuple[int, int]]
    seed: int


def _move(runs: _Runs, method: str, measure: Measured) -> tuple[Move, Measured] | None:
    """The move of one measure; None where one of the runs has no value."""
    old, new, seed = runs.old, runs.new, runs.seed
    before, after = old.total(method, measure.name), new.total(method, measure.name)
    if before.value is None or after.value is None:
        return None
    ours, theirs = new.column(method, measure.name), old.column(method, measure.name)
    if not (_is_mean(ours, after.value) and _is_mean(theirs, before.value)):
        return _of_totals(method, measure, before, after), measure
    pairs = [(ours[j], theirs[i]) for i, j in runs.matching]
    whole = [(a, b) for a, b in pairs if a is not None and b is not None]
    if len(whole) >= max(FEWEST, min(ENOUGH, min(before.n, after.n) / 2)):
        found = paired([a for a, _ in whole], [b for _, b in whole], seed=seed)
        assert found is not None
        return (
            Move(
                method,
                measure.name,
                sum(b for _, b in whole) / len(whole),
                sum(a for a, _ in whole) / len(whole),
                found.mean,
                found.low,
                found.high,
                found.p,
                None,
                found.n,
                found.n,
                "paired",
            ),
            measure,
        )
    return _unpaired(method, measure, ours, theirs, seed), measure


def _is_mean(column: Sequence[float | None], total: float) -> bool:
    known = [value for value in column if value is not None]
    return bool(known) and math.isclose(sum(known) / len(known), total, rel_tol=1e-6, abs_tol=1e-7)


def _of_totals(method: str, measure: Measured, before: Total, after: Total) -> Move:
    """A ratio or a quantile: its difference without an interval."""
    old, new = before.value or 0.0, after.value or 0.0
    return Move(
        method, measure.name, old, new, new - old, None, None, None, None, after.n, before.n,
        "totals",
    )  # fmt: skip


def _unpaired(
    method: str,
    measure: Measured,
    ours: Sequence[float | None],
    theirs: Sequence[float | None],
    seed: int,
) -> Move:
    """Independent samples: means resampled apart, and their differences."""
    after = [value for value in ours if value is not None]
    before = [value for value in theirs if value is not None]
    drawn = resampled(as_rows(after), mean, seed=seed + 1)
    other = resampled(as_rows(before), mean, seed=seed + 2)
    size = min(len(drawn), len(other))
    low, high = np.quantile(drawn[:size] - other[:size], (0.025, 0.975))
    new, old = sum(after) / len(after), sum(before) / len(before)
    return Move(
        method, measure.name, old, new, new - old, float(low), float(high),
        permutation(after, before, seed=seed), None, len(after), len(before), "unpaired",
    )  # fmt: skip


def permutation(
    ours: Sequence[float], theirs: Sequence[float], *, seed: int = 0, rounds: int = ROUNDS
) -> float:
    """Two-sided p value that two samples have one mean: labels are dealt anew at random, and
    ``(1 + as extreme) / (1 + rounds)`` (Fisher; Pitman, Journal of the Royal Statistical
    Society 1937).
    """
    pooled = np.array([*ours, *theirs], np.float64)
    observed = abs(float(np.mean(ours) - np.mean(theirs)))
    random = np.random.default_rng(seed)
    total, size = float(pooled.sum()), len(ours)
    rounds = max(1000, min(rounds, MOST_DEALT // len(pooled)))
    extreme = 0
    for _ in range(rounds):
        part = float(random.permutation(pooled)[:size].sum())
        gap = abs(part / size - (total - part) / (len(pooled) - size))
        extreme += gap >= observed - 1e-12
    return (1 + extreme) / (1 + rounds)


def _judged(move: Move, measure: Measured, p: float | None) -> Move:
    """The move with its corrected p value, and whether it is shown to be one."""
    if p is None or p > SHOWN or move.difference == 0:
        return replace(move, p_holm=p)
    better = (move.difference > 0) == measure.higher_is_better
    return replace(move, p_holm=p, shown="better" if better else "worse")
