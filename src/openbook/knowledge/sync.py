"""One sync, from folders to a new version. Runs under the writer lock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from openbook.corpus.settings import Settings as CorpusSettings
from openbook.errors import KnowledgeError
from openbook.knowledge import staging
from openbook.knowledge.commit import (
    TABLES,
    Writer,
    build_indexes,
    maintain,
    prepared_rows,
    publish,
    remove,
    without,
    write_files,
)
from openbook.knowledge.delta import Delta, delta
from openbook.knowledge.engine import Table
from openbook.knowledge.manifest import Changes, Manifest
from openbook.knowledge.plan import Plan, Work, compare, resolve, tasks
from openbook.knowledge.prepare import Staged, Task
from openbook.knowledge.progress import Progress
from openbook.knowledge.tables import FileRow, schema
from openbook.knowledge.vectors import Vectors, renewal
from openbook.knowledge.workers import cores, prepared
from openbook.text.terms import ANALYSER
from openbook.types import Encoder, digest

if TYPE_CHECKING:
    import pyarrow as pa

RENEW_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did: ids of documents, problems by file, the version it led to.

    ``passages`` counts all of that version; ``problems`` are those of the synced folders,
    also where they are not new.
    """

    version: int
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    problems: tuple[tuple[str, str], ...] = ()
    passages: int = 0
    seconds: float = 0.0

    @property
    def nothing(self) -> bool:
        """Whether no document changed."""
        return not (self.added or self.changed or self.removed)


@dataclass(slots=True)
class Sync:
    """What a sync works with. ``keep`` leaves analyser and encoder as they are."""

    writer: Writer
    staging: Path
    corpus: CorpusSettings
    encoder: Encoder | None
    progress: Progress
    keep: bool = False

    def run(self, paths: Sequence[Path]) -> SyncReport:
        """Find what changed, prepare it, commit it."""
        begun = time.perf_counter()
        before = self.writer.manifest
        rows = self.writer.files()
        roots = self._roots(paths)
        plan = self._plan(roots, rows)
        change, staged = self.prepared(plan, rows)
        kept = tuple(dict.fromkeys([*before.roots, *map(str, roots)]))
        made = before
        if not change.empty or kept != before.roots or before.pinned or self._stale:
            made = self.commit(change, staged, kept)
        staging.clear(self.staging)
        rows.update({row.id: row for row in change.put})
        return SyncReport(
            made.version,
            tuple(sorted(change.added)),
            tuple(sorted(change.changed)),
            tuple(change.removed),
            before.documents - len(change.changed) - len(change.removed),
            problems(rows, set(change.drop), {str(root) for root in roots}),
            made.passages,
            time.perf_counter() - begun,
        )

    # --- what there is to do

    @property
    def _analysed_otherwise(self) -> bool:
        before = self.writer.manifest
        return bool(before.tables) and not self.keep and before.analyser != ANALYSER

    @property
    def _encoder(self) -> tuple[str, int]:
        """Name and dimension of what makes the vectors of the next version."""
        before = self.writer.manifest
        if self.keep:
            return before.encoder, before.dimension
        return (self.encoder.name, self.encoder.dimension) if self.encoder else ("", 0)

    @property
    def _encoded_otherwise(self) -> bool:
        before = self.writer.manifest
        return bool(before.tables) and (before.encoder, before.dimension) != self._encoder

    @property
    def _stale(self) -> bool:
        before = self.writer.manifest
        return not before.version or self._analysed_otherwise or self._encoded_otherwise

    def _roots(self, paths: Sequence[Path]) -> list[Path]:
        before = self.writer.manifest.roots
        roots = resolve(paths, before)
        if self._analysed_otherwise:  # everything is read again where it can be
            roots = list(dict.fromkeys([*roots, *map(Path, before)]))
        if not roots:
            raise KnowledgeError(
                "there is nothing to sync yet",
                where=str(self.staging.parent),
                fix="Name a folder: openbook sync FOLDER.",
            )
        return roots

    def _plan(self, roots: Iterable[Path], rows: Mapping[str, FileRow]) -> Plan:
        plan = Plan()
        recipe = recipe_of(self.corpus)
        self.progress.start("looking for changes", 0)
        for root in roots:
            mine = {name: row for name, row in rows.items() if row.root == str(root)}
            if root.exists():
                plan.merge(compare(root, mine, recipe, self.corpus))
            elif root.name in mine:  # a file that was named itself
                plan.gone += mine
            else:
                plan.missing(root)
        self.progress.finish()
        return plan

    def prepared(self, plan: Plan, rows: Mapping[str, FileRow]) -> tuple[Delta, list[Staged]]:
        """Read, split and analyse what a plan names: what changes, and where it is staged."""
        if plan.empty:
            return Delta(), []
        owners, known = self.writer.owners()
        purged = self.writer.manifest.purged
        work = Work(recipe_of(self.corpus), self.corpus, known, self.staging, purged)
        staged = self._prepare(tasks(plan, work), plan)
        change = delta(plan, staged, rows, owners)
        if self.encoder is not None:
            same = not self._encoded_otherwise and "passages" in self.writer.manifest.tables
            old = self.writer.table("passages") if same else None
            Vectors(self.encoder, self.staging).encode(staged, old, self.progress)
        return change, staged

    @property
    def _processes(self) -> int:
        return self.writer.settings.workers or cores()

    def _prepare(self, work: Sequence[Task], plan: Plan) -> list[Staged]:
        if not work:
            return []
        self.staging.mkdir(parents=True, exist_ok=True)
        done = {task.key: found for task in work if (found := staging.find(task, self.staging))}
        rest = [task for task in work if task.key not in done]
        small = plan.bytes <= self.writer.settings.inline_bytes
        self.progress.start("reading and analysing", sum(len(task.files) for task in work))
        for found in done.values():
            self.progress.advance(len(found.files))
        alone: list[Staged] = []  # files of a task that a worker died on
        keys = {task.key for task in work}
        for made in prepared(rest, self.staging, 1 if small else self._processes):
            if made.key in keys:
                done[made.key] = made
            else:
                alone.append(made)
            self.progress.advance(len(made.files))
        self.progress.finish()
        ordered = [done[task.key] for task in work if task.key in done]
        return ordered + sorted(alone, key=lambda piece: piece.files[0].id)

    # --- into the tables

    def commit(
        self, change: Delta, staged: Sequence[Staged], roots: tuple[str, ...], what: str = "sync"
    ) -> Manifest:
        """Write the next version and make it the current one."""
        self.progress.start("writing", 0)
        writer, before = self.writer, self.writer.manifest
        version = before.version + 1
        names = {kind: writer.name(kind) for kind in TABLES}
        if self._encoded_otherwise or self._analysed_otherwise:
            names["passages"] = f"passages-{version}"
        encoder, dimension = self._encoder
        tables = {kind: writer.open(kind, names[kind], dimension) for kind in TABLES}
        self._documents(tables["documents"], change, staged)
        self._passages(tables["passages"], names["passages"], change, staged)
        write_files(tables["files"], change)
        made = before.next(
            version,
            what,
            analyser=before.analyser if self.keep else ANALYSER,
            encoder=encoder,
            dimension=dimension,
            changes=Changes.of(added=change.added, changed=change.changed, removed=change.removed),
            roots=roots,
            pinned=False,
        )
        build_indexes(tables["passages"], writer.settings, dimension)
        done = maintain(writer, publish(writer, tables, names, made))
        self.progress.finish()
        return done

    def _documents(self, table: Table, change: Delta, staged: Sequence[Staged]) -> None:
        remove(table, "id", change.replaced)
        if sum(piece.documents for piece in staged):
            rows = partial(staging.rows, folder=self.staging, kind="documents")
            table.stream(schema("documents"), prepared_rows(staged, rows, change, "id"))

    def _passages(self, table: Table, name: str, change: Delta, staged: Sequence[Staged]) -> None:
        encoder = self.encoder
        if name == self.writer.name("passages"):
            remove(table, "document_id", change.replaced)
            kind = table.schema()
        else:
            old = self.writer.table("passages")
            kind = schema("passages", encoder.dimension if encoder else 0)
            if old.count():
                table.stream(kind, self._renewed(old, change))
        if sum(piece.passages for piece in staged):
            rows: Callable[[Staged], Iterator[pa.RecordBatch]]
            rows = partial(staging.rows, folder=self.staging, kind="passages")
            if encoder is not None:
                rows = Vectors(encoder, self.staging).rows
            table.stream(kind, prepared_rows(staged, rows, change, "document_id"))

    def _renewed(self, old: Table, change: Delta) -> Iterator[pa.RecordBatch]:
        gone = set(change.replaced)
        renew = renewal(
            self.encoder, terms=self._analysed_otherwise, vectors=self._encoded_otherwise
        )
        for part in old.scan(old.schema().names, batch=RENEW_AT_ONCE):
            yield renew(without(part, "document_id", gone))


def problems(
    rows: Mapping[str, FileRow], dropped: set[str], roots: set[str]
) -> tuple[tuple[str, str], ...]:
    """Problems of some folders by file, sorted."""
    found = (row for row in rows.values() if row.problem and row.root in roots)
    return tuple(sorted((row.id, row.problem) for row in found if row.id not in dropped))


def recipe_of(corpus: CorpusSettings) -> str:
    """Fingerprint of everything that decides a file's rows beside its bytes."""
    from openbook.corpus.read import READER

    settings = (f"{name}={value}" for name, value in sorted(asdict(corpus).items()))
    return digest(READER, ANALYSER, *settings)
