"""The tables under the knowledge base, on LanceDB's engine: stores, tables, searches."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from openbook.errors import DamagedError
from openbook.knowledge.native import FTS, BooleanQuery, IvfRq, MatchQuery, core, valid, wait

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["DISTANCE", "FTS", "ROW", "SCORE", "IvfRq", "Match", "Store", "Table", "Weighted"]

T = TypeVar("T")

Weighted = tuple[tuple[str, float], ...]
"""Terms joined by spaces, and what their score is multiplied by."""

Match = tuple[str, str, int] | tuple[str, str, int, Weighted]
"""A full-text search: column, terms joined by spaces, how many rows, and weighted terms whose
scores are added."""

SCORE = "_score"
DISTANCE = "_distance"
ROW = "_rowid"


@dataclass(frozen=True, slots=True)
class _Scannable:
    """Rows for the engine to read: a schema, their number where known, and a reader."""

    schema: Any
    num_rows: int | None
    reader: Callable[[], Any]
    rescannable: bool


class Store:
    """A folder of tables."""

    def __init__(self, folder: Path, cache_mb: int = 2048) -> None:
        self.folder = folder
        engine = core()
        session = engine.Session(cache_mb << 20, 256 << 20)

        async def connect() -> Any:
            uri = str(folder)
            return await engine.connect(uri, None, None, None, None, None, None, None, session)

        self._connection = wait(connect, str(folder))

    def names(self) -> list[str]:
        """Names of the tables."""
        listed: list[str] = wait(
            lambda: self._connection.table_names(None, None, None), str(self.folder)
        )
        return listed

    def create(self, name: str, schema: pa.Schema) -> Table:
        """A new, empty table."""
        where = str(self.folder / name)
        inner = wait(lambda: self._connection.create_empty_table(name, "create", schema), where)
        return Table(inner, where)

    def open(self, name: str, version: int | None = None) -> Table:
        """A table, at a version (read only) or at its newest."""
        where = str(self.folder / name)
        if not (self.folder / f"{name}.lance").is_dir():
            raise DamagedError(
                "this table is missing",
                where=f"{where}.lance",
                fix="Restore the folder from a backup, or delete it and sync again.",
            )

        async def go() -> Any:
            inner = await self._connection.open_table(name)
            if version is not None:
                await inner.checkout(version)
            return inner

        return Table(wait(go, where), where)

    def drop(self, name: str) -> None:
        """Remove a table and its files."""
        wait(lambda: self._connection.drop_table(name), str(self.folder / name))


class Table:
    """A table of the store, at its newest version or at the one it was opened at."""

    def __init__(self, inner: Any, where: str) -> None:
        self._inner = inner
        self.where = where

    def _do(self, call: Callable[..., Awaitable[T]], *args: Any, **named: Any) -> T:
        return wait(lambda: call(*args, **named), self.where)

    # --- state

    @property
    def version(self) -> int:
        """Number of the version this handle reads."""
        number: int = self._do(self._inner.version)
        return number

    def restore(self, version: int) -> None:
        """Make a new version that equals an old one, and read the newest."""
        self._do(self._inner.checkout, version)
        self._do(self._inner.restore)

    def versions(self) -> dict[int, int]:
        """Version -> when it was made, in nanoseconds since 1970."""
        listed: list[dict[str, Any]] = self._do(self._inner.list_versions)
        return {int(v["version"]): int(v["timestamp"]) for v in listed}

    def count(self, where: str | None = None) -> int:
        """Number of rows, or of those that a condition holds for."""
        counted: int = self._do(self._inner.count_rows, where)
        return counted

    def schema(self) -> pa.Schema:
        """Columns and their types."""
        return self._do(self._inner.schema)

    # --- writing

    def add(self, rows: pa.Table) -> None:
        """Append rows in one version."""
        scan = _Scannable(rows.schema, rows.num_rows, rows.to_reader, True)
        self._do(self._inner.add, scan, "append")

    def stream(self, kind: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        """Append batches of a schema as they come, in one version.

        Raises:
            Exception: what the iterator raises; then nothing was appended.
        """
        import pyarrow as pa

        failed: list[BaseException] = []

        def told() -> Iterator[pa.RecordBatch]:
            try:
                yield from batches
            except BaseException as error:
                failed.append(error)
                raise

        reader = pa.RecordBatchReader.from_batches(kind, told())
        try:
            self._do(self._inner.add, _Scannable(kind, None, lambda: reader, False), "append")
        except DamagedError:
            if failed:  # the engine has made a text of it
                raise failed[0] from None
            raise

    def delete(self, where: str) -> None:
        """Remove the rows that a condition holds for."""
        self._do(self._inner.delete, where)

    def index(self, column: str, kind: Any) -> None:
        """Build an index over a column, replacing one that is there."""
        self._do(
            self._inner.create_index,
            column,
            kind,
            replace=True,
            wait_timeout=None,
            name=None,
            train=True,
        )

    def indexes(self) -> dict[str, tuple[int, int]]:
        """Column -> rows in its index and rows not in it yet."""
        listed: list[Any] = self._do(self._inner.list_indices)
        return {
            i.columns[0]: (int(i.num_indexed_rows or 0), int(i.num_unindexed_rows or 0))
            for i in listed
        }

    def optimise(self, older_than_ms: int | None = None) -> None:
        """Merge small pieces, bring new rows into the indexes, and, given an age in
        milliseconds, remove what only versions older than that need.

        The caller holds the writer lock, so leftovers of interrupted writes may go as well.
        """
        self._do(
            self._inner.optimize,
            cleanup_since_ms=older_than_ms,
            delete_unverified=older_than_ms is not None,
        )

    # --- reading

    def scan(
        self,
        columns: Sequence[str],
        where: str | None = None,
        *,
        rows: bool = False,
        batch: int | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Batches of some columns, with row handles (``_rowid``) where asked."""
        query = self._inner.query()
        query.select_columns(list(columns))
        if where:
            query.where(where)
        if rows:
            query.with_row_id()
        stream = self._do(query.execute, batch, None)
        while True:
            got = wait(lambda: _next(stream), self.where)
            if got is None:
                return
            yield got

    def read(
        self, columns: Sequence[str], where: str | None = None, *, rows: bool = False
    ) -> pa.Table:
        """All of some columns, in memory."""
        import pyarrow as pa

        batches = list(self.scan(columns, where, rows=rows))
        if batches:
            return pa.Table.from_batches(batches)
        schema = self.schema()
        fields = [schema.field(c) for c in columns]
        return pa.schema(fields + [pa.field(ROW, pa.uint64())] * rows).empty_table()

    def take(self, rows: Sequence[int], columns: Sequence[str]) -> dict[int, dict[str, Any]]:
        """Rows by handle. Costs about a millisecond for ten, at any size of table.

        Returns:
            Handle -> values by column; handles of removed rows are left out.
        """
        if not rows:
            return {}
        query = self._inner.take_row_ids(list(rows))
        query.select([(c, f"`{c}`") for c in columns])
        query.with_row_id()

        async def go() -> list[Any]:
            return [batch async for batch in await query.execute()]

        found: dict[int, dict[str, Any]] = {}
        for batch in wait(go, self.where):
            for record in batch.to_pylist():
                found[record.pop(ROW)] = record
        return found

    def match(
        self, requests: Sequence[Match], where: str | None = None
    ) -> list[list[tuple[int, float]]]:
        """Full-text searches, side by side.

        Args:
            requests: column, terms joined by spaces, how many rows, and where there are some
                further terms with weights, for each search.
            where: a condition that rows must meet before they are scored.

        Returns:
            Row handles with BM25 scores for each request, best first, ties by handle.
        """
        queries = [self._match(where, *request) for request in requests]

        return self._best(queries, SCORE, 1)

    def _match(
        self, where: str | None, column: str, terms: str, k: int, also: Weighted = ()
    ) -> Any:
        parts = [
            MatchQuery(valid(text), column, weight)
            for text, weight in ((terms, 1.0), *also)
            if text.strip() and weight > 0
        ]
        if not parts or k < 1:
            return None
        query = self._inner.query()
        query.select_columns([SCORE])
        query.with_row_id()
        query.limit(k)
        if where:
            query.where(where)
        asked = parts[0] if len(parts) == 1 else BooleanQuery([("SHOULD", p) for p in parts])
        return query.nearest_to_text({"query": asked})

    def near(
        self,
        column: str,
        vectors: Any,
        k: int,
        where: str | None = None,
        *,
        probes: int = 0,
        refine: int = 0,
    ) -> list[list[tuple[int, float]]]:
        """Rows nearest to each vector by cosine, side by side.

        Args:
            column: of vectors.
            vectors: shape ``(n, dimension)``, float32.
            k: how many rows for each.
            where: a condition that rows must meet before they are compared.
            probes: partitions of the index to read; 0 leaves it to the engine.
            refine: how many times ``k`` rows to compare by their whole vectors, where an
                index holds short ones; 0 for none.

        Returns:
            Row handles and cosines for each vector, best first, ties by handle.
        """
        import pyarrow as pa

        queries = []
        for vector in vectors:
            plain = self._inner.query()
            plain.select_columns([DISTANCE])
            plain.with_row_id()
            plain.limit(k)
            if where:
                plain.where(where)
            query = plain.nearest_to(pa.array(vector, pa.float32()))
            query.column(column)
            query.distance_type("cosine")
            if probes:
                query.nprobes(probes)
            if refine:
                query.refine_factor(refine)
            queries.append(query)

        return self._best(queries, DISTANCE, -1)

    def _best(self, queries: Sequence[Any], score: str, sign: int) -> list[list[tuple[int, float]]]:
        """Run searches side by side; rows and scores, best first, ties by row."""

        async def one(query: Any) -> list[tuple[int, float]]:
            if query is None:
                return []
            stream = await query.execute(None, None)
            return [pair async for batch in stream for pair in _scored(batch, score, sign)]

        async def go() -> list[list[tuple[int, float]]]:
            return list(await asyncio.gather(*map(one, queries)))

        return [sorted(hits, key=lambda hit: (-hit[1], hit[0])) for hits in wait(go, self.where)]


def _scored(batch: Any, column: str, sign: int) -> Iterator[tuple[int, float]]:
    rows = batch.column(ROW).to_pylist()
    scores = batch.column(column).to_pylist()
    return zip(rows, scores if sign == 1 else (1.0 - s for s in scores), strict=True)


async def _next(stream: Any) -> Any:
    try:
        return await stream.__anext__()
    except StopAsyncIteration:
        return None
