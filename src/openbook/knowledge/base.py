"""The knowledge base: a folder of documents made searchable, kept in sync, with versions."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from openbook.corpus.settings import Settings as CorpusSettings
from openbook.errors import InputError
from openbook.knowledge import staging
from openbook.knowledge.commit import Referred, Writer, nothing, recover
from openbook.knowledge.delta import delta
from openbook.knowledge.engine import Store
from openbook.knowledge.lock import writing
from openbook.knowledge.manifest import Changes, Manifest, Shelf, Version
from openbook.knowledge.plan import Plan
from openbook.knowledge.progress import Progress, Silence
from openbook.knowledge.purge import purged
from openbook.knowledge.settings import Settings
from openbook.knowledge.snapshot import Snapshot
from openbook.knowledge.sync import Sync, SyncReport, problems
from openbook.types import Encoder, Filter

__all__ = ["KnowledgeBase", "Status", "SyncReport"]


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
    purged: int = 0


class KnowledgeBase:
    """A knowledge base in a folder. Cheap to make; opens what it needs when it is needed.

    Args:
        folder: where it is.
        settings: how it keeps, locks, prepares and searches.
        referred: tells the versions that something trained was made from: they are kept.
    """

    def __init__(
        self, folder: Path, settings: Settings | None = None, referred: Referred = nothing
    ) -> None:
        self.folder = folder
        self._referred = referred
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
        told = progress or Silence()
        with self._writing("sync", told) as writer:
            job = Sync(writer, self.staging, corpus or CorpusSettings(), encoder, told)
            return job.run(paths)

    def forget(self, path: Path, *, progress: Progress | None = None) -> SyncReport:
        """Stop syncing a folder and remove its documents from the newest version on.

        Raises:
            InputError: that folder is not synced.
        """
        told = progress or Silence()
        with self._writing("forget", told) as writer:
            before = writer.manifest
            root = str(path.expanduser().resolve())
            if root not in before.roots:
                raise InputError(
                    "this folder is not synced",
                    where=str(path),
                    fix=f"Synced are: {', '.join(before.roots) or 'none'}.",
                )
            rows = writer.files()
            owners, _ = writer.owners()
            plan = Plan(gone=[row.id for row in rows.values() if row.root == root])
            change = delta(plan, [], rows, owners)
            job = Sync(writer, self.staging, CorpusSettings(), None, told, keep=True)
            made = job.commit(change, [], tuple(r for r in before.roots if r != root), "forget")
            return SyncReport(
                made.version,
                removed=tuple(change.removed),
                unchanged=made.documents,
                passages=made.passages,
            )

    def rollback(self, version: int) -> Version:
        """Make a kept version the current one again, as a new version. It is pinned: only an
        explicit sync goes on from it.

        Raises:
            UnknownVersionError: that version is not kept.
        """
        with self._writing("rollback", Silence()) as writer:
            before = writer.manifest
            _, old = self._shelf.read(version)
            made = replace(
                old,
                version=before.version + 1,
                created=time.time(),
                parent=before.version,
                what=f"rollback to {version}",
                roots=before.roots,
                purged=before.purged,
                optimised=before.optimised,
                pinned=True,
                changes=difference(writer, before, old),
            )
            self._shelf.write(writer.generation, made)
            self._shelf.set_head(writer.generation, made.version)
            return made

    def purge(self, document_id: str, *, progress: Progress | None = None) -> Version:
        """Erase a document from every kept version, and its rows from the disk.

        Its id (kept as a hash) is left out by all later syncs, whatever its file says then;
        under another name the file is another document and goes in.

        Raises:
            KnowledgeError: no kept version has it.
        """
        told = progress or Silence()
        with self._writing("purge", told) as writer:
            made = purged(writer, document_id, told)
            staging.clear(self.staging)
        return made

    def status(self) -> Status:
        """The state of the knowledge base; of an empty one too."""
        head = self._shelf.head()
        size = sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())
        waiting = staging.waiting(self.staging)
        if head is None:
            return Status(size=size, interrupted=waiting)
        generation, now = self._shelf.read()
        rows = Writer(self._shelf, generation, self._store(generation), now, self.settings).files()
        return Status(
            now.version, now.created, now.documents, now.passages, now.files, now.encoder,
            now.analyser, now.pinned, len(self.history()), size, now.roots,
            tuple(root for root in now.roots if not Path(root).exists()),
            problems(rows, set(), set(now.roots)), waiting, len(now.purged),
        )  # fmt: skip

    @property
    def staging(self) -> Path:
        """Where prepared documents wait for a commit."""
        return self.folder / "staging"

    @contextmanager
    def _writing(self, what: str, progress: Progress) -> Iterator[Writer]:
        def notice(text: str) -> None:
            progress.start(text, 0)

        with writing(self.folder, what, self.settings.lock_wait_s, notice):
            head = self._shelf.head()
            generation = head[0] if head else "g1"
            manifest = self._shelf.read()[1] if head else None
            self._shelf.tables(generation).mkdir(parents=True, exist_ok=True)
            store = self._store(generation)
            recover(self._shelf, store, generation)
            now = manifest or Manifest(0, time.time())
            yield Writer(self._shelf, generation, store, now, self.settings, self._referred)


def difference(writer: Writer, now: Manifest, then: Manifest) -> Changes:
    """What changes when an older version takes the place of the current one."""
    marks = []
    for manifest in (now, then):
        name, version = manifest.tables["documents"]
        read = writer.store.open(name, version).read(["id", "content"])
        marks.append(dict(zip(*(column.to_pylist() for column in read.columns), strict=True)))
    here, there = marks
    return Changes.of(
        added=[name for name in there if name not in here],
        changed=[name for name in there if name in here and here[name] != there[name]],
        removed=[name for name in here if name not in there],
    )
