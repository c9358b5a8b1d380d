"""Synthesis in a project: its knowledge base, models, caps and files put together."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from openbook.artifacts import write_atomic
from openbook.errors import InputError
from openbook.evaluate.estimate import WRITTEN, Estimate
from openbook.evaluate.questions import read_questions
from openbook.evaluate.spending import Meter, Metered
from openbook.knowledge.progress import Progress, Silence
from openbook.knowledge.snapshot import Snapshot
from openbook.models.open import describe
from openbook.models.settings import Settings as ModelSettings
from openbook.models.window import length, usage
from openbook.project.folder import Project
from openbook.project.runtime import Runtime
from openbook.retrieve.lexical import Lexical
from openbook.synthesize import make, raft, written
from openbook.synthesize import pairs as pairing
from openbook.synthesize.asked import Asked, Question, lines
from openbook.synthesize.checks import Dropped
from openbook.synthesize.layouts import as_lines, imported
from openbook.synthesize.pairs import Mined
from openbook.synthesize.partial import Remembering, partial
from openbook.synthesize.rows import ListRow, PairRow, RaftRow, write_rows
from openbook.synthesize.shelf import Shelf
from openbook.text.language import detect
from openbook.types import LM, Prompt, Query, digest

READ = 3
"""Passages over which a model must refuse a near miss."""

SAMPLED = 16
"""Prompts from which the cost is estimated."""

LIKELY = 1.5
"""Passages asked about for each question that is kept, on average."""


@dataclass(frozen=True)
class Report:
    """What was made, and what was dropped on the way.

    Args:
        made: rows in the file.
        asked: rows that were asked for; 0 where as many as there are.
        kinds: rows by sort (source, policy, split).
        calls: prompts put to a language model now; what was held is not counted.
    """

    out: Path
    made: int
    dropped: Dropped
    asked: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    cost: float = 0.0


@dataclass
class Synthesis:
    """Makes files of rows in a project.

    Args:
        out: the file that is made.
        model: a language model that writes; empty for rules alone.
        cap: US dollars that may be spent; None for any.
        told: told the estimate of what a priced model will be asked.

    Raises:
        InputError: ``out`` lies in no folder, or is one.
        UnknownModelError: no such model.
    """

    project: Project
    out: Path
    model: str = ""
    cap: float | None = None
    progress: Progress = field(default_factory=Silence)
    told: Callable[[Estimate], None] = lambda estimate: None

    def __post_init__(self) -> None:
        ready(self.out)
        if self.model:
            settings = self.project.settings.of(ModelSettings)
            describe(self.model, settings, self.project.folder, "generator")

    @cached_property
    def runtime(self) -> Runtime:
        """Over the newest version of the knowledge base."""
        return self.project.runtime()

    @cached_property
    def shelf(self) -> Shelf:
        """The passages of that version."""
        snapshot = self.runtime.resolve(Snapshot)
        return Shelf.of(snapshot.all_passages(), snapshot.version)

    @cached_property
    def meter(self) -> Meter:
        """Counts what the model is asked."""
        return Meter(self.cap)

    def writer(self, parameters: str) -> Remembering:
        """The language model; what it says is kept beside ``out`` until that is whole."""
        model = Metered(self.project.model(self.model), self.meter)
        run = digest(parameters, self.runtime.snapshot)
        return Remembering(model, partial(self.out), run)

    # --- questions

    def questions(self, order: make.Order) -> tuple[Report, tuple[Question, ...]]:
        """Make questions, write them, and say how it went."""
        made = self._made(order)
        if not made.questions:
            raise InputError(
                f"no question could be made of {len(self.shelf.documents)} documents "
                f"(dropped: {made.dropped})",
                where="synthesize questions",
                fix="Sync documents with sentences, tables or headings, or name a --model.",
            )
        self._finish(lines(made.questions))
        kinds = Counter(q.source for q in made.questions)
        kinds.update(f"split {q.split}" for q in made.questions if q.split)
        kinds["unanswerable"] = len(made.questions) - made.answerable
        report = Report(self.out, len(made.questions), made.dropped, order.n, kinds, *self._spent())
        return report, made.questions

    def _made(self, order: make.Order) -> make.Made:
        if not self.model:
            with self._phase("asking", order.n):
                return make.make(self.shelf, self.runtime, order, advance=self.progress.advance)
        writer = self.writer(repr(order))
        count = order.n - order.near
        given = [p for _, _, p in _first(written.prompts(self.shelf, order.seed, count))]
        self._announce(writer, given, round(2 * LIKELY * count) + order.near)
        with self._phase("asking", order.n):
            return make.make(
                self.shelf,
                self.runtime,
                order,
                written.by_model(writer),
                advance=self.progress.advance,
                confirm=lambda asked: self._refused(writer, asked, order.seed),
            )

    def _refused(self, writer: LM, asked: Sequence[Asked], seed: int) -> list[bool]:
        rankings = self.runtime.run(Lexical(k=READ), [Query(one.text) for one in asked])
        return written.refuses(writer, asked, [r.passages for r in rankings], seed)

    # --- rows

    def raft(
        self, source: Path, order: raft.Order, layout: str = "rows"
    ) -> tuple[Report, list[RaftRow]]:
        """Make RAFT rows of a file of questions."""
        questions = self._read(source)
        writer = self.writer(repr(order)) if self.model else None
        if writer is not None:
            some = raft.prompts(self.shelf, questions[:SAMPLED])
            self._announce(writer, some, sum(q.answerable for q in questions))
        built = raft.build(
            self.shelf, self.runtime, questions, order, teacher=writer, progress=self.progress
        )
        self.progress.finish()
        if layout == "rows":
            write_rows(self.out, built.rows)
            self._finish(None)
        else:
            self._finish(as_lines(built.rows, layout))
        kinds = Counter(str(row.policy) for row in built.rows)
        kinds.update(f"split {row.origin.split}" for row in built.rows if row.origin.split)
        report = Report(self.out, len(built.rows), built.dropped, 0, kinds, *self._spent())
        return report, built.rows

    def pairs(
        self, source: Path | None, order: make.Order, negatives: int
    ) -> tuple[Report, list[PairRow]]:
        """Make rows for a retriever, of a file of questions or of those that rules ask."""
        mined, dropped = self._mined(source, order, negatives)
        rows = pairing.pair_rows(mined)
        write_rows(self.out, rows)
        kinds = Counter({"hard negatives": sum(m.hard for m in mined)})
        kinds["random negatives"] = sum(len(m.negatives) - m.hard for m in mined)
        asked = 0 if source else order.n
        return Report(self.out, len(rows), dropped, asked, kinds), rows

    def lists(
        self, source: Path | None, order: make.Order, negatives: int
    ) -> tuple[Report, list[ListRow]]:
        """Make rows for a reranker."""
        mined, dropped = self._mined(source, order, negatives)
        rows = pairing.list_rows(mined, order.seed)
        write_rows(self.out, rows)
        kinds = Counter(f"grade {grade}" for row in rows for grade in row.grades)
        asked = 0 if source else order.n
        return Report(self.out, len(rows), dropped, asked, kinds), rows

    def _mined(
        self, source: Path | None, order: make.Order, negatives: int
    ) -> tuple[list[Mined], Dropped]:
        questions = self._read(source) if source else list(self._made(order).questions)
        with self._phase("mining", len(questions)):
            return pairing.mine(
                self.shelf,
                self.runtime,
                questions,
                negatives=negatives,
                seed=order.seed,
                progress=self.progress,
            )

    # --- parts

    def _read(self, source: Path) -> list[Question]:
        if source.resolve() == self.out.resolve():
            raise InputError(
                "would be written over while it is read",
                where=str(source),
                fix="Name another file for the rows.",
            )
        return read(source, self.shelf.version)

    def _announce(self, writer: Remembering, given: Sequence[Prompt], calls: int) -> None:
        """Tell what a model with prices will be asked, before it is."""
        if not given or not usage(writer, 1_000_000, 1_000_000, 0.0).cost:
            return
        read_ = sum(length(writer, prompt) for prompt in given) / len(given)
        tokens = round(read_ * calls), WRITTEN // 2 * calls
        self.told(Estimate(calls, *tokens, usage(writer, *tokens, 0.0).cost))

    def _finish(self, text: str | None) -> None:
        if text is not None:
            write_atomic(self.out, text)
        partial(self.out).unlink(missing_ok=True)

    def _spent(self) -> tuple[int, float]:
        return self.meter.calls, self.meter.spent.cost

    @contextmanager
    def _phase(self, what: str, total: int) -> Iterator[None]:
        self.progress.start(what, total)
        try:
            yield
        finally:
            self.progress.finish()


def _first(
    every: Iterator[tuple[object, str, Prompt]],
) -> list[tuple[object, str, Prompt]]:
    return [item for _, item in zip(range(SAMPLED), every, strict=False)]


def ready(out: Path) -> None:
    """Refuse a place where no file can be written.

    Raises:
        InputError: its folder is not there, or it is a folder itself.
    """
    if not out.resolve().parent.is_dir():
        raise InputError(
            f"the folder {out.parent} does not exist",
            where=f"--out {out}",
            fix=f"Make it first: mkdir -p {out.parent}",
        )
    if out.is_dir():
        raise InputError("is a folder", where=f"--out {out}", fix="Name a file.")


def read(path: Path, version: int) -> list[Question]:
    """Questions of a file, with what synthesis wrote beside them.

    Args:
        version: of the knowledge base, for questions that do not say theirs.

    Raises:
        QuestionsError: as :func:`~openbook.evaluate.questions.read_questions`.
    """
    examples = read_questions(path)
    values = [json.loads(line) for line in path.read_text("utf-8-sig").split("\n") if line.strip()]
    beside = {str(value.get("_id")): value for value in values}
    found = []
    for e in examples:
        more = beside.get(e.id, {})
        made = more.get("version")
        found.append(
            Question(
                e.id, e.text, e.answers, e.gold,
                answerable=bool(e.answers) and e.answerable is not False,
                language=e.language or detect(e.text),
                split=e.split,
                source=e.source,
                version=made if isinstance(made, int) else version,
                passage=str(more.get("passage") or ""),
                quote=str(more.get("quote") or ""),
            )
        )  # fmt: skip
    return found


def bring(path: Path, out: Path) -> tuple[Report, list[RaftRow]]:
    """Read a file in the published RAFT layout, and write its rows.

    Raises:
        RowsError: another layout, or no row that can be used.
    """
    ready(out)
    rows, dropped = imported(path)
    write_rows(out, rows)
    return Report(out, len(rows), dropped, 0, Counter(str(row.policy) for row in rows)), rows
