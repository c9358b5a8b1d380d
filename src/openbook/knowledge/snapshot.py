"""One version of the knowledge base, for reading. Others may write meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, cast

from openbook.errors import KnowledgeError
from openbook.knowledge.engine import ROW, Match, Store, Table
from openbook.knowledge.filters import condition
from openbook.knowledge.manifest import Manifest
from openbook.knowledge.sql import among, literal
from openbook.knowledge.tables import (
    DOCUMENT,
    MARK,
    PASSAGE,
    VECTOR,
    metadata,
    to_document,
    to_passage,
)
from openbook.types import Document, Filter, Passage, digest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


# The vector index keeps one bit a dimension in partitions of about 8,192 rows. Measured at
# 100 thousand passages (384 dimensions): recall@10 0.69 by the bits alone, 0.975 with 50
# candidates compared by their whole vectors, 0.998 with 200, in 3 ms.
PARTITION = 8192
LEAST_PROBES = 20
LEAST_REFINED = 5
REFINED = 200

DOCUMENTS_AT_ONCE = 500
"""Documents whose passages are looked up in one condition."""


class Snapshot:
    """What is known at one version, seen through the filters of whoever asks.

    A row handle is a number for a passage; it means something in this snapshot only.
    """

    def __init__(
        self,
        store: Store,
        generation: str,
        manifest: Manifest,
        filters: tuple[Filter, ...] = (),
        probes: int = 0,
    ) -> None:
        self._store = store
        self._manifest = manifest
        self._generation = generation
        self._probes = probes
        self.filters = filters
        self._metadata: dict[str, tuple[str, ...]] | None = None

    def __repr__(self) -> str:
        return f"Snapshot(version={self.version}, passages={self.size})"

    @property
    def version(self) -> int:
        """Number of the version."""
        return self._manifest.version

    @property
    def identity(self) -> str:
        """Version and filters: equal identities see the same passages."""
        seen = f"{self._generation}.{self.version}"
        if not self.filters:
            return seen
        parts = (part for f in self.filters for part in (f.field, f.operator, f.value))
        return f"{seen}+{digest(*parts)}"

    @property
    def encoder(self) -> str:
        """Name of the encoder that made the vectors; empty where there are none."""
        return self._manifest.encoder

    @property
    def analyser(self) -> str:
        """Fingerprint of the analyser that cut the terms."""
        return self._manifest.analyser

    @property
    def size(self) -> int:
        """Number of passages, whatever the filters."""
        return self._manifest.passages

    @property
    def manifest(self) -> Manifest:
        """What the version is made of."""
        return self._manifest

    def _table(self, what: str) -> Table:
        name, version = self._manifest.tables[what]
        return self._store.open(name, version)

    @cached_property
    def _passages(self) -> Table:
        return self._table("passages")

    @cached_property
    def _documents(self) -> Table:
        return self._table("documents")

    def _where(self, filters: tuple[Filter, ...]) -> str | None:
        return condition((*self.filters, *filters), self.values)

    def values(self, field: str) -> Sequence[str]:
        """Distinct values of a metadata field, sorted."""
        if self._metadata is None:
            found: dict[str, set[str]] = {}
            for part in self._documents.scan(["metadata"]):
                for text in set(part.column(0).to_pylist()):
                    for key, value in metadata(text):
                        found.setdefault(key, set()).add(value)
            self._metadata = {key: tuple(sorted(values)) for key, values in found.items()}
        return self._metadata.get(field, ())

    # --- searching

    def lexical(
        self, field: str, terms: str, k: int, filters: tuple[Filter, ...] = ()
    ) -> list[tuple[int, float]]:
        """Passages by BM25 over one field.

        Args:
            field: ``words`` or ``grams``.
            terms: terms joined by spaces, cut by the analyser of this snapshot.
            k: how many at most.
            filters: conditions beside the snapshot's own.

        Returns:
            Row handles and scores, best first, ties by row.
        """
        return self.lexical_many([(field, terms, k)], filters)[0]

    def lexical_many(
        self, requests: Sequence[Match], filters: tuple[Filter, ...] = ()
    ) -> list[list[tuple[int, float]]]:
        """Several :meth:`lexical` searches side by side: ``(field, terms, k)`` each, and where
        there are some, further terms with weights; their scores are added.
        """
        self._check_analyser()
        return self._passages.match(requests, self._where(filters))

    def dense(
        self, vectors: NDArray[np.float32], k: int, filters: tuple[Filter, ...] = ()
    ) -> list[list[tuple[int, float]]]:
        """Passages by cosine similarity.

        Args:
            vectors: one query a row, shape ``(n, dimension)``.
            k: how many for each.
            filters: conditions beside the snapshot's own.

        Returns:
            For each query, row handles and cosines, best first, ties by row.
        """
        if not self.encoder:
            raise KnowledgeError(
                "the knowledge base has no vectors",
                fix="Name an encoder in [models] of openbook.toml and sync again.",
            )
        if not self.size:
            return [[] for _ in vectors]
        return self._passages.near(
            VECTOR,
            vectors,
            k,
            self._where(filters),
            probes=self._probes or max(LEAST_PROBES, self.size // (2 * PARTITION)),
            refine=max(LEAST_REFINED, -(-REFINED // max(1, k))),
        )

    def _check_analyser(self) -> None:
        from openbook.text.terms import ANALYSER

        if self.analyser != ANALYSER:
            raise KnowledgeError(
                "the words of this version were cut by another version of the text analyser",
                fix="Run openbook sync; it analyses everything again.",
            )

    # --- reading

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Passages by row handle, in order."""
        found = self._passages.take(list(dict.fromkeys(rows)), PASSAGE)
        return [to_passage(found[row]) for row in rows]

    def vectors(self, rows: Sequence[int]) -> NDArray[np.float32]:
        """Vectors by row handle, shape ``(len(rows), dimension)``."""
        import numpy as np

        found = self._passages.take(list(dict.fromkeys(rows)), [VECTOR])
        shape = (len(rows), self._manifest.dimension)
        return np.array([found[row][VECTOR] for row in rows], np.float32).reshape(shape)

    def document(self, document_id: str) -> Document:
        """A document by id.

        Raises:
            KnowledgeError: there is none.
        """
        for part in self._documents.scan(DOCUMENT, f"id = {literal(document_id)}"):
            for row in part.to_pylist():
                return to_document(row)
        raise KnowledgeError(f'there is no document "{document_id}" in version {self.version}')

    def documents(self) -> Iterator[Document]:
        """All documents that the filters let through."""
        allowed = set(self.document_ids()) if self.filters else None
        for part in self._documents.scan(DOCUMENT, batch=256):
            for row in part.to_pylist():
                if allowed is None or row["id"] in allowed:
                    yield to_document(row)

    def document_ids(self) -> list[str]:
        """Ids of all documents that the filters let through, sorted."""
        if not self.filters:
            return sorted(self._documents.read(["id"]).column(0).to_pylist())
        seen: set[str] = set()
        for part in self._passages.scan(["document_id"], self._where(())):
            seen.update(part.column(0).to_pylist())
        return sorted(seen)

    def languages(self) -> dict[str, int]:
        """Number of documents by language, most frequent first, whatever the filters."""
        from collections import Counter

        found: Counter[str] = Counter()
        for part in self._documents.scan(["language"]):
            found.update(part.column(0).to_pylist())
        return dict(found.most_common())

    def all_passages(self) -> Iterator[Passage]:
        """All passages that the filters let through."""
        for part in self._passages.scan(PASSAGE, self._where(()), batch=1024):
            yield from map(to_passage, part.to_pylist())

    def passages_of(self, documents: Sequence[str]) -> Iterator[Passage]:
        """The passages of some documents that the filters let through."""
        for start in range(0, len(documents), DOCUMENTS_AT_ONCE):
            chosen = among("document_id", documents[start : start + DOCUMENTS_AT_ONCE])
            parts = (f"({part})" for part in (self._where(()), chosen) if part)
            for rows in self._passages.scan(PASSAGE, " AND ".join(parts), batch=1024):
                yield from map(to_passage, rows.to_pylist())

    def names(self) -> Iterator[str]:
        """Titles and headings of all passages that the filters let through, each once."""
        seen: set[str] = set()
        for part in self._passages.scan(["title", "heading"], self._where(()), batch=4096):
            titles, paths = (
                set(part.column(part.schema.get_field_index(column)).to_pylist())
                for column in ("title", "heading")
            )
            new = (titles | {part for path in paths for part in path.split(MARK)}) - seen
            yield from sorted(filter(None, new))
            seen |= new

    def stored(self, rows: Sequence[int], field: str) -> list[str]:
        """Terms of passages by row handle, in order, as the index keeps them."""
        found = self._passages.take(list(dict.fromkeys(rows)), [field])
        return [found[row][field] for row in rows]

    def terms(self, field: str) -> Iterator[tuple[int, str]]:
        """Row handle and terms of every passage that the filters let through."""
        for part in self._passages.scan([field], self._where(()), rows=True, batch=4096):
            rows = part.column(part.schema.get_field_index(ROW)).to_pylist()
            texts = part.column(part.schema.get_field_index(field)).to_pylist()
            yield from cast(Iterator[tuple[int, str]], zip(rows, texts, strict=True))
