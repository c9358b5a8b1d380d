"""Stages that choose, repeat and fan out: ``route``, ``repeat`` and ``each``.

    route({"chat": a, "fact": b}, by=c)   every value to the stage of its label
    repeat(a, until=b, most=3)            the same stage again, on what it gave
    each(split, a, gather)                one value made several, and several made one

Each is a stage like any other: frozen, hashable, one output a value. What they run, they run
through the Runtime, so that parts are remembered and timed one by one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from openbook.errors import InputError, WiringError, nearest
from openbook.stage import Chain, Recall, Runtime, Stage, positive

I = TypeVar("I")  # noqa: E741
J = TypeVar("J")
O = TypeVar("O")  # noqa: E741
P = TypeVar("P")
S = TypeVar("S")


def ends(stage: Stage[Any, Any]) -> tuple[Any, Any]:
    """The types that a stage takes and gives; ``Any`` where it does not say."""
    return stage.ends if isinstance(stage, Chain) else (stage.takes, stage.gives)


def _typed(stage: Stage[Any, Any], takes: Any, gives: Any) -> None:
    """Say what a stage made of stages takes and gives, for chains to check."""
    object.__setattr__(stage, "takes", takes)
    object.__setattr__(stage, "gives", gives)


def _agreed(kinds: Sequence[Any], where: str) -> Any:
    known = [kind for kind in kinds if kind is not Any]
    if any(kind is not known[0] for kind in known):
        names = " and a ".join(dict.fromkeys(kind.__name__ for kind in known))
        raise WiringError(
            f"its stages differ: a {names}",
            where=where,
            fix="Give stages that take one type, and give one.",
        )
    return known[0] if known else Any


# --- route


@dataclass(frozen=True)
class Route(Stage[I, O]):
    """Sends every value to the stage of its label; values of a batch may go different ways.

    Args:
        by: gives the label of a value.
        branches: a stage a label.
        otherwise: the stage of every other label; without one, another label is an error.
    """

    by: Stage[I, str]
    branches: tuple[tuple[str, Stage[I, O]], ...]
    otherwise: Stage[I, O] | None = None

    def __post_init__(self) -> None:
        if not self.branches:
            raise InputError("there is no branch", where="route", fix="Give a stage a label.")
        stages = self._stages
        asked = cast(Stage[Any, Any], self.by)
        takes = _agreed([ends(stage)[0] for stage in (asked, *stages)], "route")
        _typed(self, takes, _agreed([ends(stage)[1] for stage in stages], "route"))

    @property
    def _stages(self) -> tuple[Stage[I, O], ...]:
        branches = tuple(stage for _, stage in self.branches)
        return branches if self.otherwise is None else (*branches, self.otherwise)

    @property
    def inner(self) -> tuple[Stage[Any, Any], ...]:
        """The classifier and the branches."""
        return (self.by, *self._stages)

    def within(self, value: I, recall: Recall) -> Iterator[tuple[Stage[Any, Any], Any]]:
        """The classifier and the one branch that the value took."""
        yield self.by, value
        label = recall(self.by, value)
        if label is not None:
            yield self._branch(label), value

    def run(self, batch: Sequence[I], runtime: Runtime) -> list[O]:
        """One output a value, in order; each branch runs once, on all of its values.

        Raises:
            WiringError: a label without a branch.
        """
        chosen = [self._branch(label) for label in runtime.run(self.by, batch)]
        found: dict[int, O] = {}
        for stage in dict.fromkeys(chosen):
            at = [n for n, one in enumerate(chosen) if one == stage]
            found |= dict(zip(at, runtime.run(stage, [batch[n] for n in at]), strict=True))
        return [found[n] for n in range(len(batch))]

    def stream(self, value: I, runtime: Runtime) -> Iterator[str | O]:
        """Streams the branch that the value takes."""
        (label,) = runtime.run(self.by, [value])
        yield from self._branch(label).stream(value, runtime)

    def _branch(self, label: str) -> Stage[I, O]:
        branch = dict(self.branches).get(label, self.otherwise)
        if branch is None:
            raise WiringError(
                f'no branch has the label "{label}"',
                where=f"route by {self.by.label}",
                fix=nearest(label, dict(self.branches)),
            )
        return branch


def route(
    branches: Mapping[str, Stage[I, O]],
    *,
    by: Stage[I, str],
    otherwise: Stage[I, O] | None = None,
) -> Route[I, O]:
    """A stage a label, and a stage that gives the label."""
    return Route(by, tuple(branches.items()), otherwise)


# --- repeat


@dataclass(frozen=True)
class Repeat(Stage[S, S]):
    """Runs a stage on what it gave, until each value is done.

    Values of a batch end after different numbers of rounds. The value carries what the rounds
    hand on (a draft, what was seen already).

    Args:
        stage: one round.
        until: whether a value is done; asked after each round.
        most: rounds at most.
        seconds: no further round begins after this time (for the whole batch); 0 for no limit.
    """

    stage: Stage[S, S]
    until: Stage[S, bool]
    most: int = 3
    seconds: float = 0.0

    def __post_init__(self) -> None:
        positive("repeat", most=self.most)
        if self.seconds < 0:
            raise InputError(f"seconds = {self.seconds}", where="repeat", fix="Give 0 or more.")
        kind = _agreed([*ends(self.stage), ends(self.until)[0]], "repeat")
        _typed(self, kind, kind)

    def within(self, value: S, recall: Recall) -> Iterator[tuple[Stage[Any, Any], Any]]:
        """Each round with the value it began with."""
        given: S | None = value
        for _ in range(self.most):
            yield self.stage, given
            given = recall(self.stage, given)
            if given is None:
                return
            done = recall(self.until, given)
            if done is None:
                return
            yield self.until, given
            if done:
                return

    def run(self, batch: Sequence[S], runtime: Runtime) -> list[S]:
        """What the last round gave for each value, in order."""
        values = list(batch)
        going = list(range(len(values)))
        start = time.perf_counter()
        for _ in range(self.most):
            given = runtime.run(self.stage, [values[at] for at in going])
            values = _replaced(values, going, given)
            done = runtime.run(self.until, given)
            going = [at for at, over in zip(going, done, strict=True) if not over]
            if not going or 0 < self.seconds <= time.perf_counter() - start:
                break
        return values


def _replaced(values: Sequence[S], at: Sequence[int], new: Sequence[S]) -> list[S]:
    changed = dict(zip(at, new, strict=True))
    return [changed.get(n, value) for n, value in enumerate(values)]


def repeat(
    stage: Stage[S, S], *, until: Stage[S, bool], most: int = 3, seconds: float = 0.0
) -> Repeat[S]:
    """One round, whether it was the last, and how many at most."""
    return Repeat(stage, until, most, seconds)


# --- each


@dataclass(frozen=True)
class Each(Stage[I, P]):
    """Makes several values of one, runs a stage on all of them, and makes one of what it gave.

    All parts of all values go through the stage as one batch.

    Args:
        split: the parts of a value; there may be none.
        stage: what is done with each part.
        gather: makes one of a value and the outputs of its parts, in their order.
    """

    split: Stage[I, tuple[J, ...]]  # type: ignore[valid-type]
    stage: Stage[J, O]  # type: ignore[valid-type]
    gather: Stage[tuple[I, tuple[O, ...]], P]  # type: ignore[valid-type]

    def __post_init__(self) -> None:
        _typed(self, ends(self.split)[0], ends(self.gather)[1])

    def within(self, value: I, recall: Recall) -> Iterator[tuple[Stage[Any, Any], Any]]:
        """The split, the stage on every part, and the gathering."""
        yield self.split, value
        parts = recall(self.split, value)
        if parts is None:
            return
        for part in dict.fromkeys(parts):
            yield self.stage, part
        found = tuple(recall(self.stage, part) for part in parts)
        if None not in found:
            yield self.gather, (value, found)

    def run(self, batch: Sequence[I], runtime: Runtime) -> list[P]:
        """One output a value, in order."""
        parts = runtime.run(self.split, batch)
        done = iter(runtime.run(self.stage, [part for some in parts for part in some]))
        gathered = [
            (value, tuple(next(done) for _ in some))
            for value, some in zip(batch, parts, strict=True)
        ]
        return runtime.run(cast(Stage[Any, P], self.gather), gathered)


def each(
    split: Stage[I, tuple[J, ...]],
    stage: Stage[J, O],
    gather: Stage[tuple[I, tuple[O, ...]], P],
) -> Each[I, P]:
    """Split, run, gather."""
    return Each(split, stage, gather)
