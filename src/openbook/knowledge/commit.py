"""Prepared rows into the tables, and the tables into a new version.

Nothing here is seen by readers until :meth:`Shelf.set_head`; a kill before it leaves
tables ahead of HEAD, which the next writer takes back.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from openbook.knowledge.delta import Delta
from openbook.knowledge.engine import FTS, IvfRq, Store, Table
from openbook.knowledge.manifest import Manifest, Shelf
from openbook.knowledge.prepare import Staged
from openbook.knowledge.retention import age_to_remove, expired
from openbook.knowledge.settings import Settings
from openbook.knowledge.sql import among
from openbook.knowledge.tables import VECTOR, FileRow, file_table, schema
from openbook.text.terms import FIELDS

if TYPE_CHECKING:
    import pyarrow as pa

TABLES = ("files", "documents", "passages")
DELETE_AT_ONCE = 2_000

Referred = Callable[[], Collection[int]]
"""Versions that something trained was made from, which are not to be pruned."""


def nothing() -> Collection[int]:
    """Nothing trained refers to a version."""
    return ()


def recover(shelf: Shelf, store: Store, generation: str) -> None:
    """Remove what an interrupted writer left: tables and generations that no version names,
    manifests that were never published.

    Only the holder of the writer lock calls this.
    """
    for path in shelf.unpublished():
        path.unlink(missing_ok=True)
    for folder in (shelf.folder / "generations").glob("*"):
        if folder.name != generation:
            shutil.rmtree(folder, ignore_errors=True)
    kept = {name for m in shelf.history() for name, _ in m.tables.values()}
    for name in store.names():
        if name not in kept:
            store.drop(name)


@dataclass(slots=True)
class Writer:
    """The tables of the current version, open for writing by whoever holds the lock."""

    shelf: Shelf
    generation: str
    store: Store
    manifest: Manifest
    settings: Settings
    referred: Referred = nothing

    def table(self, what: str) -> Table:
        """A table of the current version, for reading."""
        return self.store.open(*self.manifest.tables[what])

    def open(self, what: str, name: str, dimension: int) -> Table:
        """A table to write into: that of the current version, or a new one.

        A table that is ahead of the current version, after a kill or a rollback, is taken
        back to it first.
        """
        named = self.manifest.tables.get(what)
        if named and named[0] == name:
            table = self.store.open(name)
            if table.version != named[1]:
                table.restore(named[1])
            return table
        return self.store.create(name, schema(what, dimension if what == "passages" else 0))

    def name(self, what: str) -> str:
        """Name of a table."""
        named = self.manifest.tables.get(what)
        return named[0] if named else what

    def files(self) -> dict[str, FileRow]:
        """Rows of all files of the current version by id."""
        if "files" not in self.manifest.tables:
            return {}
        found = self.table("files").read(schema("files").names).to_pylist()
        return {row["id"]: FileRow(**row) for row in found}

    def owners(self) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        """Document id -> file id, and file id -> document id -> content hash."""
        owners: dict[str, str] = {}
        known: dict[str, dict[str, str]] = {}
        if "documents" not in self.manifest.tables:
            return owners, known
        for part in self.table("documents").scan(["id", "file_id", "content"]):
            for name, file, mark in zip(*(c.to_pylist() for c in part.columns), strict=True):
                owners[name] = file
                known.setdefault(file, {})[name] = mark
        return owners, known


def remove(table: Table, column: str, values: Sequence[str]) -> None:
    """Remove rows by the values of a column."""
    for start in range(0, len(values), DELETE_AT_ONCE):
        table.delete(among(column, values[start : start + DELETE_AT_ONCE]))


def prepared_rows(
    staged: Sequence[Staged],
    rows: Callable[[Staged], Iterator[pa.RecordBatch]],
    delta: Delta,
    key: str,
) -> Iterator[pa.RecordBatch]:
    """Prepared rows without the documents that must not go in.

    Args:
        staged: prepared tasks, in order.
        rows: the batches of a task.
        delta: says what is left out.
        key: the column that holds the document's id.
    """
    for piece in staged:
        left_out = delta.left_out.get(piece.key)
        for part in rows(piece):
            yield without(part, key, left_out) if left_out else part


def without(part: pa.RecordBatch, column: str, values: set[str]) -> pa.RecordBatch:
    """A batch without the rows whose column holds one of some values."""
    import pyarrow as pa

    names = part.column(part.schema.get_field_index(column)).to_pylist()
    return part.filter(pa.array([name not in values for name in names]))


def write_files(table: Table, delta: Delta) -> None:
    """Bring the table of files up to date."""
    remove(table, "id", [*delta.drop, *(row.id for row in delta.put)])
    if delta.put:
        table.add(file_table(delta.put))


def build_indexes(
    passages: Table, settings: Settings, dimension: int, *, again: bool = False
) -> None:
    """Build the indexes that are missing.

    Args:
        passages: the table.
        settings: from how many passages on vectors have an index.
        dimension: of the vectors; 0 where there are none.
        again: build those that are there anew.
    """
    total = passages.count()
    if not total:
        return
    there = () if again else passages.indexes()
    for column in FIELDS:
        if column not in there:
            passages.index(column, FTS())
    if dimension and total > settings.exact_below and VECTOR not in there:
        passages.index(VECTOR, IvfRq())


def maintain(writer: Writer, done: Manifest) -> Manifest:
    """From time to time bring new rows into the indexes, and, more rarely, merge small
    pieces and remove what no kept version needs.

    The version is visible already and its rows stay the same: only its manifest comes to
    name the tables as they are now. A kill in between costs this work, nothing else.
    """
    settings = writer.settings
    tables = {what: writer.store.open(name) for what, (name, _) in done.tables.items()}
    late = max((rows for _, rows in tables["passages"].indexes().values()), default=0)
    if done.version - done.optimised >= settings.optimise_every:
        kept = drop_expired(writer)
        for what, table in tables.items():
            table.optimise(age_to_remove(table, done.tables[what][0], kept))
        done = replace(done, optimised=done.version)
    elif late > max(settings.optimise_rows, done.passages // 1000):
        # Building the indexes anew takes two thirds of the time of merging with optimise(),
        # which also rewrites the rows.
        build_indexes(tables["passages"], settings, done.dimension, again=True)
    else:
        return done
    now = {what: (done.tables[what][0], table.version) for what, table in tables.items()}
    made = replace(done, tables=now)
    writer.shelf.write(writer.generation, made)
    return made


def drop_expired(writer: Writer) -> list[Manifest]:
    """Take versions that are no longer kept out of the history, and give the others."""
    history = writer.shelf.history()
    gone = {m.version for m in expired(history, writer.settings, time.time(), writer.referred())}
    for version in gone:
        writer.shelf.remove(writer.generation, version)
    return [m for m in history if m.version not in gone]


def publish(
    writer: Writer, tables: Mapping[str, Table], names: Mapping[str, str], made: Manifest
) -> Manifest:
    """Make a version the current one: its manifest is on disk, then HEAD names it."""
    files = tables["files"]
    done = replace(
        made,
        tables={what: (names[what], table.version) for what, table in tables.items()},
        files=files.count("sha256 != ''"),
        documents=tables["documents"].count(),
        passages=tables["passages"].count(),
        problems=files.count("problem != ''"),
    )
    writer.shelf.write(writer.generation, done)
    writer.shelf.set_head(writer.generation, done.version)
    return done
