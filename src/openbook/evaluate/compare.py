"""A comparison: every method answers every question, over one runtime.

Questions go through all methods chunk by chunk: what a stage returned is remembered within
a chunk, so methods that begin alike share that work, and memory stays bounded. Every answer
is on disk before the next chunk begins. A second pass asks a sample of the questions one at
a time, with nothing remembered, for the latency that a person would see.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from openbook.errors import CostError, MethodError, ModelError, OpenbookError
from openbook.evaluate.contestants import Contestant
from openbook.evaluate.kept import Kept
from openbook.evaluate.spending import Meter
from openbook.evaluate.stages import Counter
from openbook.knowledge.progress import Progress, Silence
from openbook.stage import Runtime, Stage
from openbook.types import Answer, Example, Query, Usage, digest

CHUNK = 8
"""Questions that go through all methods together: what a kill can cost at most, and the steps
in which progress is told. As many as models are asked at once by default (``batch_size`` and
``concurrency`` of a model's settings): fewer would be slower, more would be told later.
"""

ALONE = 20
"""Questions that are asked one at a time, unless told otherwise."""


class Asked(Runtime, Protocol):
    """A runtime that remembers, can forget, and knows what was spent."""

    observer: Callable[[Stage[Any, Any], Sequence[Any]], None] | None

    @property
    def spent(self) -> Usage:
        """What models were asked, with that of remembered runs."""
        ...

    def ask(
        self, method: Stage[Query, Answer], queries: Sequence[Query], name: str = ""
    ) -> list[Answer]:
        """Answers with their traces."""
        ...

    def forget(self) -> None:
        """Drop remembered runs."""
        ...


@dataclass
class Comparison:
    """What a comparison runs with.

    Args:
        contestants: the methods, in order.
        examples: the questions.
        runtime: one snapshot and its resources.
        kept: where answers are.
        meter: what counts the calls of the runtime's models.
        progress: told how far it is.
        chunk: questions that go through all methods together.
    """

    contestants: Sequence[Contestant]
    examples: Sequence[Example]
    runtime: Asked
    kept: Kept
    meter: Meter
    progress: Progress
    chunk: int = CHUNK

    def run(self) -> None:
        """Make the answers that are missing.

        Raises:
            MethodError: a method raised; names it and the question.
            CostError: asking on could cost more than is allowed.
        """
        answers = [self.kept.answers[contestant.name] for contestant in self.contestants]
        missing = sum(e.id not in held for held in answers for e in self.examples)
        self.progress.start("answering", missing)
        for start in range(0, len(self.examples), self.chunk):
            self._chunk(self.examples[start : start + self.chunk])
        self.progress.finish()

    def _chunk(self, examples: Sequence[Example]) -> None:
        counter, before = Counter(), (self.meter.spent, self.meter.calls)
        self.runtime.observer = counter
        self.runtime.forget()
        try:
            for contestant in self.contestants:
                held = self.kept.answers[contestant.name]
                missing = [example.query for example in examples if example.id not in held]
                if missing:
                    self._ask(contestant, missing)
                    self.progress.advance(len(missing))
        finally:
            self.runtime.observer = None
            self.runtime.forget()
            if counter.runs:
                line = {"_id": examples[0].id, "stages": counter.lines()}
                self.kept.stages.add([{**line, **self._paid(before)}])

    def _paid(self, before: tuple[Usage, int]) -> dict[str, float]:
        """What was really asked of models since then."""
        spent = self.meter.spent.cost - before[0].cost
        return {"cost": spent, "calls": self.meter.calls - before[1]}

    def _ask(self, contestant: Contestant, queries: Sequence[Query]) -> None:
        """Ask a chunk. Where a method raises, it is asked one question at a time up to the one
        that it raises for; a model's failure (a server that does not answer) is not tried again.
        """
        try:
            self.kept.add(contestant.name, self._answers(contestant, queries))
        except CostError:
            raise
        except ModelError as error:
            raise told(contestant, queries, error) from error
        except Exception as error:
            for query in queries if len(queries) > 1 else ():
                self._ask(contestant, [query])
            raise told(contestant, queries, error) from error

    def _answers(self, contestant: Contestant, queries: Sequence[Query]) -> list[Answer]:
        """Answers whose usage is all that was spent on them: what no answer accounts for (a
        model that rewrote the question) is spread over the chunk.
        """
        before = self.runtime.spent
        answers = self.runtime.ask(contestant.stage, queries, contestant.name)
        after = self.runtime.spent
        own = sum((answer.usage for answer in answers), Usage())
        return [
            replace(answer, usage=_with_rest(answer.usage, before, after, own, len(answers)))
            for answer in answers
        ]

    # --- one question at a time

    def alone(self, count: int = ALONE) -> None:
        """Time a sample of the questions, asked one at a time with nothing remembered. Each
        method is asked one question first that does not count, so that its models are open.
        """
        sample = drawn(self.examples, count, self.runtime.seed)
        timed = {c.name: self.kept.timed(c.name) for c in self.contestants}
        open_: set[str] = set()
        missing = sum(e.id not in held for held in timed.values() for e in sample)
        self.progress.start("timing one question at a time", missing)
        for example in sample:
            for contestant in self.contestants:
                if example.id not in timed[contestant.name]:
                    before = (self.meter.spent, self.meter.calls)
                    if contestant.name not in open_:
                        self._seconds(contestant, sample[-1])
                        open_.add(contestant.name)
                    seconds = self._seconds(contestant, example)
                    row = {"_id": example.id, "method": contestant.name, "seconds": seconds}
                    models = {"models": dict(self.meter.models)}
                    self.kept.seconds.add([{**row, **models, **self._paid(before)}])
                    self.progress.advance()
        self.progress.finish()

    def _seconds(self, contestant: Contestant, example: Example) -> float:
        self.runtime.forget()
        self.meter.models.clear()
        start = time.perf_counter()
        try:
            self.runtime.ask(contestant.stage, [example.query], contestant.name)
        except CostError:
            raise
        except Exception as error:
            raise told(contestant, [example.query], error) from error
        return float(time.perf_counter() - start)


def told(contestant: Contestant, queries: Sequence[Query], error: Exception) -> MethodError:
    """What was raised, by which method, for which question, and how to go on."""
    said = str(error) if isinstance(error, OpenbookError) else f"{type(error).__name__}: {error}"
    others = f" or one of the {len(queries) - 1} after it" if len(queries) > 1 else ""
    return MethodError(
        said.rstrip("."),
        where=f"method {contestant.name}, question {queries[0].id}{others}",
        fix="Answers so far are kept: mend it, then run the same command to go on.",
    )


def _with_rest(own: Usage, before: Usage, after: Usage, sum_: Usage, n: int) -> Usage:
    """An answer's usage, and its share of what no answer of the chunk accounts for."""

    def rest(field: str) -> float:
        spent = float(getattr(after, field) - getattr(before, field))
        return max(0.0, spent - float(getattr(sum_, field))) / n

    return Usage(
        own.input_tokens + round(rest("input_tokens")),
        own.output_tokens + round(rest("output_tokens")),
        own.seconds,
        own.cost + rest("cost"),
    )


def drawn(examples: Sequence[Example], count: int, seed: int) -> list[Example]:
    """A sample of the questions without replacement, in their order."""
    if count >= len(examples):
        return list(examples)
    chosen = random.Random(f"sample-{seed}").sample(range(len(examples)), count)
    return [examples[index] for index in sorted(chosen)]


def compare(
    contestants: Sequence[Contestant],
    examples: Sequence[Example],
    runtime: Asked,
    kept: Kept,
    meter: Meter,
    *,
    alone: int = ALONE,
    progress: Progress | None = None,
) -> None:
    """Answer all questions with all methods, then time a sample one at a time.

    Raises:
        MethodError: a method raised.
        CostError: the cap on costs was reached.
    """
    run = Comparison(contestants, examples, runtime, kept, meter, progress or Silence())
    run.run()
    run.alone(alone)


def makes_of(
    contestant: Contestant, examples: Sequence[Example], runtime: Runtime
) -> Mapping[str, Any]:
    """Everything that decides a method's answers."""
    texts = (repr((e.id, e.text, e.history)) for e in examples)
    return {
        "method": contestant.name,
        "expression": repr(contestant.stage),
        "knowledge base": runtime.snapshot,
        "seed": runtime.seed,
        "questions": digest(*texts),
        **dict(contestant.makes),
    }
