"""A document out of every version: all kept versions are written again without it.

The versions of a table share files, so erasing means a new generation: the oldest kept
version is copied without the document, then the differences to each next one are applied
in turn. HEAD moves to the new generation by one rename; then the old one is deleted. A
kill before the rename leaves everything as it was, one after it leaves files that the next
writer deletes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from openbook.errors import KnowledgeError
from openbook.knowledge.commit import TABLES, Writer, build_indexes, remove
from openbook.knowledge.engine import Store, Table
from openbook.knowledge.manifest import Changes, Manifest
from openbook.knowledge.progress import Progress
from openbook.knowledge.sql import among, literal
from openbook.types import digest

if TYPE_CHECKING:
    import pyarrow as pa

COPY_AT_ONCE = 1024
DOCUMENTS_AT_ONCE = 500
KEY = {"files": "id", "documents": "id", "passages": "document_id"}


def purged(writer: Writer, document_id: str, progress: Progress) -> Manifest:
    """Write a generation without a document, and make it the current one.

    Raises:
        KnowledgeError: no kept version has the document.
    """
    history = writer.shelf.history()
    if not any(_holds(writer, manifest, document_id) for manifest in history):
        raise KnowledgeError(
            f'no kept version has a document "{document_id}"',
            where=str(writer.shelf.folder),
            fix="openbook status and openbook search show ids of documents.",
        )
    generation = _next_name(writer.generation)
    folder = writer.shelf.tables(generation)
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.mkdir(parents=True)
    replay = _Replay(writer, Store(folder, writer.settings.index_cache_mb), document_id)
    progress.start(f"writing {len(history)} versions again", len(history))
    for manifest in history:
        writer.shelf.write(generation, replay.version(manifest))
        progress.advance()
    last = replay.version(history[-1])
    mark = digest(document_id)
    made = last.next(
        last.version + 1,
        "purge",
        changes=Changes({"purged": 1}, {}),
        purged=tuple(sorted({*last.purged, mark})),
    )
    writer.shelf.write(generation, made)
    writer.shelf.set_head(generation, made.version)
    shutil.rmtree(writer.shelf.generation(writer.generation))
    progress.finish()
    return made


def _next_name(generation: str) -> str:
    return f"g{int(generation[1:]) + 1}"


def _holds(writer: Writer, manifest: Manifest, document_id: str) -> bool:
    name, version = manifest.tables["documents"]
    return writer.store.open(name, version).count(f"id = {literal(document_id)}") > 0


@dataclass(slots=True)
class _Replay:
    """Old versions, one after another, in a new store."""

    writer: Writer
    store: Store
    document_id: str
    done: dict[tuple[str, int], int] = field(default_factory=dict)
    state: dict[str, Manifest] = field(default_factory=dict)
    """Table name -> the manifest whose rows the new table holds now."""

    def version(self, manifest: Manifest) -> Manifest:
        """Bring the new tables to a version, and give its manifest without the document."""
        tables = {
            what: (name, self._table(what, name, version, manifest))
            for what, (name, version) in manifest.tables.items()
        }
        opened = {what: self.store.open(*tables[what]) for what in TABLES}
        ids = {
            kind: tuple(name for name in names if name != self.document_id)
            for kind, names in manifest.changes.ids.items()
        }
        return replace(
            manifest,
            tables=tables,
            documents=opened["documents"].count(),
            passages=opened["passages"].count(),
            changes=Changes(manifest.changes.counts, ids),
        )

    def _table(self, what: str, name: str, version: int, manifest: Manifest) -> int:
        if (name, version) in self.done:
            return self.done[name, version]
        old = self.writer.store.open(name, version)
        if name in self.state:
            table = self.store.open(name)
            self._difference(what, table, old, (self.state[name], manifest))
        else:
            table = self.store.create(name, old.schema())
            self._copy(what, table, old)
        if what == "passages":
            build_indexes(table, self.writer.settings, manifest.dimension)
        self.state[name] = manifest
        self.done[name, version] = table.version
        return table.version

    def _copy(self, what: str, table: Table, old: Table, where: str | None = None) -> None:
        """Rows of an old table that a condition holds for, without the document's."""
        apart = None if what == "files" else f"{KEY[what]} != {literal(self.document_id)}"
        condition = " AND ".join(f"({part})" for part in (apart, where) if part) or None
        if not old.count(condition):
            return
        kind = old.schema()

        def stream() -> Iterator[pa.RecordBatch]:
            for part in old.scan(kind.names, condition, batch=COPY_AT_ONCE):
                yield part.select(kind.names).cast(kind)

        table.stream(kind, stream())

    def _difference(
        self, what: str, table: Table, old: Table, between: tuple[Manifest, Manifest]
    ) -> None:
        """Bring a new table from one version's rows to another's."""
        if what == "files":
            table.delete("true")
            self._copy(what, table, old)
            return
        was, now = map(self._marks, between)
        remove(table, KEY[what], [name for name in was if now.get(name) != was[name]])
        new = [name for name in now if was.get(name) != now[name]]
        for start in range(0, len(new), DOCUMENTS_AT_ONCE):
            chunk = new[start : start + DOCUMENTS_AT_ONCE]
            self._copy(what, table, old, among(KEY[what], chunk))

    def _marks(self, manifest: Manifest) -> dict[str, tuple[str, str]]:
        name, version = manifest.tables["documents"]
        read = self.writer.store.open(name, version).read(["id", "content", "file_id"])
        names, contents, files = (column.to_pylist() for column in read.columns)
        return dict(zip(names, zip(contents, files, strict=True), strict=True))
