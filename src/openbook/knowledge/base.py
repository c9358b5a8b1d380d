"""The knowledge base: a folder of documents made searchable, kept in sync, with versions."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from openbook.corpus.settings import Settings as CorpusSettings
from openbook.errors import KnowledgeError
from openbook.knowledge import staging
from openbook.knowledge.commit import (
    TABLES,
    Writer,
    fill,
    index_terms,
    prepared_rows,
    recover,
    remove,
    write_files,
)
from openbook.knowledge.delta import Delta, delta
from openbook.knowledge.engine import Store
from openbook.knowledge.lock import writing
from openbook.knowledge.manifest import Changes, Manifest, Shelf, Version
from openbook.knowledge.plan import Plan, compare, resolve, tasks
from openbook.knowledge.prepare import Staged, Task
from openbook.knowledge.progress import Progress, Silence
from openbook.knowledge.settings import Settings
from openbook.knowledge.snapshot import Snapshot
from openbook.knowledge.tables import FileRow, schema
from openbook.knowledge.workers import cores, prepared
from openbook.types import Encoder, Filter, digest


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did: ids of documents, problems by file, the version it led to."""

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


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a knowledge base. Sizes in bytes."""

    version: int = 0
    created: float = 0.0
    documents: int = 0
    passages: int = 0
    files: int = 0
    encoder: str = ""
    analyser: str = ""
    pinned: bool = False
    versions: int = 0
    size: int = 0
    roots: tuple[str, ...] = ()
    missing_roots: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    interrupted: int = 0


class KnowledgeBase:
    """A knowledge base in a folder. Cheap to make; opens what it needs when it is needed."""

    def __init__(self, folder: Path, settings: Settings | None = None) -> None:
        self.folder = folder
        self.settings = settings or Settings()
        self._shelf = Shelf(folder)
        self._stores: dict[str, Store] = {}

    def _store(self, generation: str) -> Store:
        if generation not in self._stores:
            folder = self._shelf.tables(generation)
            self._stores = {generation: Store(folder, self.settings.index_cache_mb)}
        return self._stores[generation]

    # --- reading

    def snapshot(self, version: int | None = None, filters: tuple[Filter, ...] = ()) -> Snapshot:
        """A version for reading, the current one without a number.

        Raises:
            KnowledgeError: nothing was ever synced.
            UnknownVersionError: that version is not kept.
        """
        generation, manifest = self._shelf.read(version)
        store = self._store(generation)
        return Snapshot(store, generation, manifest, filters, self.settings.probes)

    def history(self) -> list[Version]:
        """The kept versions, oldest first."""
        return self._shelf.history()

    @property
    def version(self) -> int:
        """Number of the current version; 0 where nothing was ever synced."""
        head = self._shelf.head()
        return head[1] if head else 0

    @property
    def roots(self) -> tuple[str, ...]:
        """Folders and files that are kept in sync."""
        return () if self._shelf.head() is None else self._shelf.read()[1].roots

    # --- writing

    def sync(
        self,
        paths: Sequence[Path] = (),
        *,
        corpus: CorpusSettings | None = None,
        encoder: Encoder | None = None,
        progress: Progress | None = None,
    ) -> SyncReport:
        """Bring documents up to date with the files they come from.

        Every file is hashed; only what changed is read. Without ``paths`` the folders
        synced before are synced again; other folders' documents stay as they are.

        Args:
            paths: folders and files.
            corpus: how files are read and split.
            encoder: makes the vectors; without one there are none.
            progress: told how far it is.

        Raises:
            InputError: a path that is not there, or that overlaps another.
            LockedError: another process is writing.
            KnowledgeError: the disk is full, or the knowledge base cannot be used.
        """
        begun = time.perf_counter()
        told = progress or Silence()
        with writing(self.folder, "sync", self.settings.lock_wait_s, _notice(told)):
            return self._sync(paths, corpus or CorpusSettings(), told, begun)

    def _sync(
        self, paths: Sequence[Path], corpus: CorpusSettings, progress: Progress, begun: float
    ) -> SyncReport:
        generation, writer = self._writer()
        before = writer.manifest
        rows = writer.files()
        roots = resolve(paths, before.roots)
        if not roots:
            raise KnowledgeError(
                "there is nothing to sync yet",
                where=str(self.folder),
                fix="Name a folder: openbook sync FOLDER.",
            )
        recipe = recipe_of(corpus)
        plan = _compared(roots, rows, recipe, corpus, progress)
        staged: list[Staged] = []
        owners: dict[str, str] = {}
        if plan.changed or plan.gone or plan.problems:
            owners, known = writer.owners()
            work = tasks(plan, recipe, corpus, known, before.purged, self._processes())
            staged = self._prepare(work, plan, progress)
        change = delta(plan, staged, rows, owners)
        kept_roots = tuple(dict.fromkeys([*before.roots, *map(str, roots)]))
        version = before.version
        passages = before.passages
        if not change.empty or kept_roots != before.roots or before.pinned or not version:
            progress.start("writing", 0)
            made = self._commit(generation, writer, change, staged, kept_roots)
            version, passages = made.version, made.passages
            progress.finish()
        staging.clear(self._staging)
        current = rows | {row.id: row for row in change.put}
        problems = tuple(
            (row.id, row.problem)
            for row in current.values()
            if row.problem and row.id not in change.drop and row.root in set(map(str, roots))
        )
        return SyncReport(
            version, tuple(sorted(change.added)), tuple(sorted(change.changed)),
            tuple(change.removed),
            max(0, before.documents - len(change.changed) - len(change.removed)),
            tuple(sorted(problems)), passages, time.perf_counter() - begun,
        )  # fmt: skip

    @property
    def _staging(self) -> Path:
        return self.folder / "staging"

    def _processes(self) -> int:
        return self.settings.workers or cores()

    def _writer(self) -> tuple[str, Writer]:
        head = self._shelf.head()
        generation = head[0] if head else "g1"
        manifest = self._shelf.read()[1] if head else None
        self._shelf.tables(generation).mkdir(parents=True, exist_ok=True)
        store = self._store(generation)
        recover(self._shelf, store, generation, manifest)
        writer = Writer(store, manifest or Manifest(0, time.time()), self.settings)
        return generation, writer

    def _prepare(self, work: Sequence[Task], plan: Plan, progress: Progress) -> list[Staged]:
        folder = self._staging
        folder.mkdir(parents=True, exist_ok=True)
        done = {task.key: found for task in work if (found := staging.find(task, folder))}
        rest = [task for task in work if task.key not in done]
        processes = 1 if plan.bytes <= self.settings.inline_bytes else self._processes()
        progress.start("reading and analysing", sum(len(task.files) for task in work))
        for found in done.values():
            progress.advance(len(found.files))
        extra: list[Staged] = []
        keys = {task.key for task in work}
        for made in prepared(rest, folder, processes):
            if made.key in keys:
                done[made.key] = made
            else:
                extra.append(made)
            progress.advance(len(made.files))
        progress.finish()
        ordered = [done[task.key] for task in work if task.key in done]
        return ordered + sorted(extra, key=lambda piece: piece.files[0].id)

    def _commit(
        self,
        generation: str,
        writer: Writer,
        change: Delta,
        staged: Sequence[Staged],
        roots: tuple[str, ...],
    ) -> Manifest:
        before = writer.manifest
        tables = {what: writer.table(what) for what in TABLES}
        folder = self._staging
        for what, key in (("documents", "id"), ("passages", "document_id")):
            remove(tables[what], key, change.replaced)
            fill(
                tables[what], schema(what),
                lambda what=what, key=key: prepared_rows(staged, folder, what, change, key),  # type: ignore[misc]
                sum(getattr(piece, what) for piece in staged),
            )  # fmt: skip
        write_files(tables["files"], change)
        index_terms(tables["passages"], self.settings, 0)
        from openbook.text.terms import ANALYSER

        manifest = before.next(
            before.version + 1,
            "sync",
            tables={what: (writer.name(what), table.version) for what, table in tables.items()},
            analyser=ANALYSER,
            files=tables["files"].count("sha256 != ''"),
            documents=tables["documents"].count(),
            passages=tables["passages"].count(),
            problems=tables["files"].count("problem != ''"),
            changes=Changes.of(added=change.added, changed=change.changed, removed=change.removed),
            roots=roots,
            pinned=False,
        )
        self._shelf.write(generation, manifest)
        self._shelf.set_head(generation, manifest.version)
        return manifest


def recipe_of(corpus: CorpusSettings) -> str:
    """Fingerprint of everything that decides a file's rows beside its bytes."""
    from openbook.corpus.read import READER
    from openbook.text.terms import ANALYSER

    settings = (f"{name}={value}" for name, value in sorted(asdict(corpus).items()))
    return digest(READER, ANALYSER, *settings)


def _compared(
    roots: Iterable[Path],
    rows: Mapping[str, FileRow],
    recipe: str,
    corpus: CorpusSettings,
    progress: Progress,
) -> Plan:
    plan = Plan()
    progress.start("looking for changes", 0)
    for root in roots:
        if root.exists():
            mine = {name: row for name, row in rows.items() if row.root == str(root)}
            plan.merge(compare(root, mine, recipe, corpus))
    progress.finish()
    return plan


def _notice(progress: Progress):  # type: ignore[no-untyped-def]
    def tell(what: str) -> None:
        progress.start(what, 0)

    return tell
