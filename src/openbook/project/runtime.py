"""The concrete Runtime: one snapshot, one principal, resources by name, memory of runs.

A stage is run once for each distinct value; what it returned and how long it took are
remembered for the runtime's life, so methods that share a beginning share its work, and
the time a stage took travels with its result, also into the time of a stage that runs it
inside. The memory's key needs neither the version nor the principal: a runtime belongs to
one of each. A comparison gives the runtime an observer, which is told of every run, and a
meter, which counts what language models are asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

from openbook.errors import ProjectError, WiringError
from openbook.evaluate.spending import Meter, Metered
from openbook.stage import Chain, Stage
from openbook.types import LM, Answer, Query, Usage

I = TypeVar("I")  # noqa: E741
O = TypeVar("O")  # noqa: E741
T = TypeVar("T")

Provider = Callable[[str], Any]
"""Opens a resource by name; an empty name means the configured default."""


Observer = Callable[[Stage[Any, Any], Sequence[Any]], None]
"""Told of a stage and the values that it is run on."""


@dataclass(frozen=True, slots=True)
class _Run:
    value: Any
    usage: Usage

    @property
    def seconds(self) -> float:
        return self.usage.seconds


@dataclass
class Runtime:
    """Runs stages over one snapshot.

    Args:
        snapshot: identity of the version and the principal's filters.
        providers: for each kind of resource, a function from a name to it. A resource is
            opened when first asked for and kept.
        seed: seed of whatever a stage draws at random.
        observer: told of every stage and the values it is run on; not of what is remembered.
        meter: counts what language models are asked, and stops at its cap.
    """

    snapshot: str
    providers: Mapping[type, Provider]
    seed: int = 0
    observer: Observer | None = None
    meter: Meter | None = None
    _recalled: Usage = field(default_factory=Usage)
    _open: dict[tuple[type, str], Any] = field(default_factory=dict)
    _memory: dict[tuple[Stage[Any, Any], Hashable], _Run] = field(default_factory=dict)

    def resolve(self, kind: type[T], name: str = "") -> T:
        """The resource of a kind by name, opened once."""
        key = (kind, name)
        if key not in self._open:
            if kind not in self.providers:
                raise ProjectError(
                    f"nothing here provides a {kind.__name__}",
                    fix=f"Known: {', '.join(sorted(k.__name__ for k in self.providers))}.",
                )
            self._open[key] = self._opened(kind, name)
        return cast(T, self._open[key])

    def _opened(self, kind: type, name: str) -> Any:
        made = self.providers[kind](name)
        return Metered(made, self.meter) if self.meter is not None and kind is LM else made

    def run(self, stage: Stage[I, O], batch: Sequence[I]) -> list[O]:
        """Run a stage on the values of a batch that it has not seen yet.

        Raises:
            WiringError: the stage returned fewer or more values than it was given.
        """
        keys = [(stage, cast(Hashable, value)) for value in batch]
        distinct = dict.fromkeys(keys)
        new = {key: key[1] for key in distinct if key not in self._memory}
        for key in distinct:
            if key not in new:
                self._recalled += self._memory[key].usage
        if new:
            self._run_new(stage, new)
        return [cast(O, self._memory[key].value) for key in keys]

    def _run_new(self, stage: Stage[Any, Any], new: Mapping[Any, Any]) -> None:
        """Run a stage, and remember each output with its share of what the batch took: time
        and tokens of its own, and those of the inner runs that were remembered.
        """
        if self.observer is not None:
            self.observer(stage, list(new.values()))
        before, start = self.spent, time.perf_counter()
        recalled = self._recalled.seconds
        outputs = stage.run(list(new.values()), self)
        seconds = time.perf_counter() - start + self._recalled.seconds - recalled
        if len(outputs) != len(new):
            raise WiringError(
                f"returned {len(outputs)} values for {len(new)}",
                where=stage.label,
                fix="A stage gives one output for each input, in order.",
            )
        used = _share(before, self.spent, seconds, len(new))
        for key, output in zip(new, outputs, strict=True):
            self._memory[key] = _Run(output, used)

    @property
    def spent(self) -> Usage:
        """What language models were asked, with that of remembered runs: the difference before
        and after a method is what the method would use alone. Needs a meter.
        """
        return self._recalled + self.meter.spent if self.meter is not None else self._recalled

    def forget(self) -> None:
        """Drop remembered runs (long batches of questions do, chunk by chunk)."""
        self._memory.clear()

    def ask(
        self, method: Stage[Query, Answer], queries: Sequence[Query], name: str = ""
    ) -> list[Answer]:
        """Answers with their traces, one a query, in order."""
        answers = self.run(method, list(queries))
        return [
            replace(answer, trace=tuple(self._trace(method, query)), method=name)
            for query, answer in zip(queries, answers, strict=True)
        ]

    def stream(
        self, method: Stage[Query, Answer], query: Query, name: str = ""
    ) -> Iterator[str | Answer]:
        """Provisional text, then the one checked answer with its trace."""
        start = time.perf_counter()
        for piece in method.stream(query, self):
            if isinstance(piece, str):
                yield piece
                continue
            trace = tuple(self._trace(method, query))
            last = method.steps[-1].label if isinstance(method, Chain) else method.label
            if not trace or trace[-1][0] != last:
                spent = sum(seconds for label, seconds in trace if "/" not in label)
                trace += ((last, time.perf_counter() - start - spent),)
            yield replace(piece, trace=trace, method=name)

    def _trace(self, stage: Stage[Any, Any], value: Any) -> Iterator[tuple[str, float]]:
        """Stages with seconds for one value, in order; inner ones as ``outer/inner``."""
        if isinstance(stage, Chain):
            for step in stage.steps:
                yield from self._trace(step, value)
                run = self._memory.get((step, value))
                if run is None:
                    return
                value = run.value
            return
        run = self._memory.get((stage, value))
        if run is None:
            return
        yield stage.label, run.seconds
        for part, given in stage.within(value, self._recall):
            for label, seconds in self._trace(part, given):
                yield f"{stage.label}/{label}", seconds

    def _recall(self, stage: Stage[Any, Any], value: Any) -> Any:
        run = self._memory.get((stage, value))
        return None if run is None else run.value


def _share(before: Usage, after: Usage, seconds: float, n: int) -> Usage:
    """What one of ``n`` values took. Tokens are whole: the sum may differ by less than n."""
    return Usage(
        round((after.input_tokens - before.input_tokens) / n),
        round((after.output_tokens - before.output_tokens) / n),
        seconds / n,
        (after.cost - before.cost) / n,
    )
