"""The tables' columns, and rows from and to the values of :mod:`openbook.types`.

    files       one row a file (and one a problem that is no file): where it was, its hash
    documents   one row a document: its whole text
    passages    one row a passage: its text, what filters need, its terms, its vector

A passage repeats what its document says of title, source, language and date, because
filters apply before scoring and a quote must be shown without a second look-up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from openbook.knowledge.native import valid
from openbook.types import Document, Pairs, Passage, digest

if TYPE_CHECKING:
    import pyarrow as pa

MARK = "\x1f"
"""Unit separator: parts headings, and a metadata field from its value."""

VECTOR = "vector"
PASSAGE = (
    "id", "document_id", "start", "end", "text", "heading", "page", "title", "source", "language",
)  # fmt: skip
"""Columns that make a :class:`~openbook.types.Passage`."""
DOCUMENT = ("id", "text", "title", "source", "language", "date", "metadata")
"""Columns that make a :class:`~openbook.types.Document`."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as it was when last read; ``sha256`` is empty for a problem that is no file."""

    id: str
    root: str
    sha256: str = ""
    size: int = 0
    recipe: str = ""
    problem: str = ""
    documents: int = 0


@lru_cache(maxsize=8)
def schema(table: str, dimension: int = 0) -> pa.Schema:
    """Columns of a table; passages have vectors where ``dimension`` is given."""
    import pyarrow as pa

    text, number = pa.string(), pa.int64()
    columns: dict[str, Any] = {
        "files": {
            "id": text, "root": text, "sha256": text, "size": number, "recipe": text,
            "problem": text, "documents": number,
        },
        "documents": {
            "id": text, "file_id": text, "text": text, "title": text, "source": text,
            "language": text, "date": text, "metadata": text, "content": text,
        },
        "passages": {
            "id": text, "document_id": text, "start": number, "end": number, "text": text,
            "heading": text, "page": pa.int32(), "title": text, "source": text,
            "language": text, "date": text, "tags": pa.list_(text), "words": text, "grams": text,
        },
    }[table]  # fmt: skip
    fields = list(columns.items())
    if dimension:
        fields.append((VECTOR, pa.list_(pa.float32(), dimension)))
    return pa.schema(fields)


def content(document: Document, recipe: str) -> str:
    """Hash of all that a document says and of how it was read, split and analysed: equal
    hashes mean equal passages.
    """
    return digest(
        recipe, document.text, document.title, document.source, document.language, document.date,
        *(part for pair in document.metadata for part in pair), size=16,
    )  # fmt: skip


def heading_text(heading: Sequence[str]) -> str:
    """A path of headings as one column: a mark before each, and one at the end.

    >>> heading_text(("A", "B")).split(MARK)
    ['', 'A', 'B', '']
    """
    if not heading:
        return ""
    return MARK + MARK.join(part.replace(MARK, " ") for part in heading) + MARK


def tag(key: str, value: str) -> str:
    """A metadata field with its value, as one string."""
    return f"{key.replace(MARK, ' ')}{MARK}{value}"


def document_batch(documents: Sequence[tuple[Document, str, str]]) -> pa.RecordBatch:
    """Rows of documents, each with its file's id and its :func:`content`."""
    whole = [document for document, _, _ in documents]
    columns: dict[str, list[Any]] = {
        name: [getattr(document, name) for document in whole]
        for name in ("id", "text", "title", "source", "language", "date")
    }
    columns["file_id"] = [file_id for _, file_id, _ in documents]
    columns["content"] = [mark for _, _, mark in documents]
    columns["metadata"] = [json.dumps(d.metadata, ensure_ascii=False) for d in whole]
    return batch(columns, schema("documents"))


def passage_batch(
    passages: Sequence[tuple[Passage, Document]], words: list[str], grams: list[str]
) -> pa.RecordBatch:
    """Rows of passages with their documents and terms, without vectors."""
    columns: dict[str, list[Any]] = {
        name: [getattr(passage, name) for passage, _ in passages]
        for name in PASSAGE
        if name != "heading"
    }
    columns["heading"] = [heading_text(passage.heading) for passage, _ in passages]
    columns["date"] = [document.date for _, document in passages]
    columns["tags"] = [_tags(document.metadata) for _, document in passages]
    columns["words"], columns["grams"] = words, grams
    return batch(columns, schema("passages"))


@lru_cache(maxsize=256)
def _tags(fields: Pairs) -> list[str]:
    return [tag(key, value) for key, value in fields]


def metadata(text: str) -> Pairs:
    """Metadata from its column."""
    return tuple((str(key), str(value)) for key, value in json.loads(text or "[]"))


def to_document(row: Mapping[str, Any]) -> Document:
    """A document from its columns."""
    return Document(
        row["id"], row["text"], row["title"], row["source"], row["language"], row["date"],
        metadata(row["metadata"]),
    )  # fmt: skip


def to_passage(row: Mapping[str, Any]) -> Passage:
    """A passage from its columns."""
    heading = tuple(row["heading"].strip(MARK).split(MARK)) if row["heading"] else ()
    return Passage(
        row["id"], row["document_id"], row["start"], row["end"], row["text"], heading,
        row["page"], row["title"], row["source"], row["language"],
    )  # fmt: skip


def file_table(rows: Iterable[FileRow]) -> pa.Table:
    """Rows of the table of files."""
    import pyarrow as pa

    kind = schema("files")
    values = list(rows)
    return pa.Table.from_arrays(
        [pa.array([getattr(r, f.name) for r in values], f.type) for f in kind], schema=kind
    )


def batch(columns: Mapping[str, list[Any]], kind: pa.Schema) -> pa.RecordBatch:
    """Columns as a batch of a schema; text that is not valid Unicode is mended."""
    import pyarrow as pa

    made = []
    for field in kind:
        values = columns[field.name]
        try:
            made.append(pa.array(values, field.type))
        except UnicodeEncodeError:
            made.append(pa.array([_clean(value) for value in values], field.type))
    return pa.RecordBatch.from_arrays(made, schema=kind)


def _clean(value: Any) -> Any:
    return valid(value) if isinstance(value, str) else [valid(item) for item in value]
