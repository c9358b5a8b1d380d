"""Prepared rows into the tables, and the tables into a new version.

Nothing here is seen by readers until :meth:`Shelf.set_head`; a kill before it leaves
tables ahead of HEAD, which :func:`recover` takes back.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from openbook.knowledge import staging
from openbook.knowledge.delta import Delta
from openbook.knowledge.engine import FTS, Store, Table, among
from openbook.knowledge.manifest import Manifest, Shelf
from openbook.knowledge.prepare import Staged
from openbook.knowledge.settings import Settings
from openbook.knowledge.tables import FileRow, file_table, schema
from openbook.text.terms import FIELDS

if TYPE_CHECKING:
    import pyarrow as pa

TABLES = ("files", "documents", "passages")
DELETE_AT_ONCE = 2_000


def recover(shelf: Shelf, store: Store, generation: str, manifest: Manifest | None) -> None:
    """Take back what an interrupted writer left: tables ahead of HEAD, tables and
    generations that no version names, manifests that were never published.

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
    if manifest is None:
        return
    for name, version in manifest.tables.values():
        table = store.open(name)
        if table.version != version:
            table.restore(version)


@dataclass(slots=True)
class Writer:
    """The tables of the current version, open for writing."""

    store: Store
    manifest: Manifest
    settings: Settings

    def table(self, what: str) -> Table:
        """A table of the version that is being written; new and empty if there is none."""
        named = self.manifest.tables.get(what)
        return self.store.open(named[0]) if named else self.store.create(what, schema(what))

    def name(self, what: str) -> str:
        """Name of a table."""
        named = self.manifest.tables.get(what)
        return named[0] if named else what

    def files(self) -> dict[str, FileRow]:
        """Rows of all files by id."""
        if "files" not in self.manifest.tables:
            return {}
        columns = [field.name for field in schema("files")]
        found = self.table("files").read(columns).to_pylist()
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


def fill(
    table: Table, kind: pa.Schema, stream: Callable[[], Iterator[pa.RecordBatch]], count: int
) -> None:
    """Append a stream of rows in one version of the table, if there are any."""
    if count:
        table.add(schema=kind, stream=stream)


def remove(table: Table, column: str, values: Sequence[str]) -> None:
    """Remove rows by the values of a column."""
    for start in range(0, len(values), DELETE_AT_ONCE):
        table.delete(among(column, values[start : start + DELETE_AT_ONCE]))


def prepared_rows(
    staged: Sequence[Staged], folder: Path, kind: str, delta: Delta, key: str
) -> Iterator[pa.RecordBatch]:
    """Prepared rows of a kind, without the documents that must not go in.

    Args:
        staged: prepared tasks, in order.
        folder: where their rows lie.
        kind: ``documents`` or ``passages``.
        delta: says what is left out.
        key: the column that holds the document's id.
    """
    for piece in staged:
        left_out = delta.left_out.get(piece.key)
        for part in staging.rows(piece, folder, kind):
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


def index_terms(table: Table, settings: Settings, fragments: int) -> bool:
    """See that both lexical fields have an index, and merge new rows in when they are many.

    Returns:
        Whether the table was optimised as a whole.
    """
    total = table.count()
    if not total:
        return False
    indexes = table.indexes()
    for column in FIELDS:
        if column not in indexes:
            table.index(column, FTS())
    late = max((indexes[c][1] for c in FIELDS if c in indexes), default=0)
    if late > settings.optimise_share * total or fragments > settings.optimise_fragments:
        table.optimise()
        return True
    return False
