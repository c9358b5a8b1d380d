"""Haystack: converters, DocumentSplitter, InMemoryDocumentStore, InMemoryBM25Retriever.

The components of its documentation's keyword search, which is its only one that needs no
server; the store is saved with ``save_to_disk`` (one JSON file), reopened with
``load_from_disk``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from _harness import Found, Job, Laps
from haystack import Document
from haystack.components.converters import MarkdownToDocument, TextFileToDocument
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.document_stores.types import DuplicatePolicy

LABEL = "Haystack"
PACKAGES = ("haystack-ai", "markdown-it-py", "mdit_plain")
SETTINGS = {
    "load": "MarkdownToDocument(extract_frontmatter=True) and TextFileToDocument",
    "split": "DocumentSplitter(split_by='word', split_length=chunk_words): the best of four set-"
    "ups tried on samples (front matter left in the text, MarkdownHeaderSplitter with a word "
    "limit, and RecursiveDocumentSplitter by characters found fewer sections)",
    "index": "InMemoryDocumentStore, BM25L as by default; counts of every chunk are kept, there "
    "is no inverted index, each question scores all chunks",
    "language": "its default expression: words, and Hangul as single characters",
    "update": "delete_by_filter on the file's path, write_documents of its new chunks, "
    "save_to_disk of the whole store",
}


class Opened(NamedTuple):
    """A store and a retriever over it."""

    store: InMemoryDocumentStore
    retriever: InMemoryBM25Retriever


def read(files: Sequence[Path]) -> list[Document]:
    """One document a file."""
    markdown = MarkdownToDocument(
        progress_bar=False, store_full_path=True, extract_frontmatter=True
    )
    plain = TextFileToDocument(store_full_path=True)
    found: list[Document] = markdown.run([f for f in files if f.suffix == ".md"])["documents"]
    return found + plain.run([f for f in files if f.suffix != ".md"])["documents"]


def split(job: Job, documents: list[Document]) -> list[Document]:
    """Chunks of documents."""
    splitter = DocumentSplitter(split_by="word", split_length=job.chunk_words)
    chunks: list[Document] = splitter.run(documents=documents)["documents"]
    return chunks


def build(job: Job, lap: Laps) -> list[int]:
    """Index the folder; lengths of the chunks."""
    documents = read(job.files())
    lap("load")
    chunks = split(job, documents)
    lap("split")
    store = InMemoryDocumentStore()
    store.write_documents(chunks, policy=DuplicatePolicy.OVERWRITE)
    lap("index")
    store.save_to_disk(str(job.index / "store.json"))
    lap("save")
    return [len(chunk.content or "") for chunk in chunks]


def open_index(job: Job) -> Opened:
    """The saved store and a retriever over it."""
    store = InMemoryDocumentStore.load_from_disk(str(job.index / "store.json"))
    return Opened(store, InMemoryBM25Retriever(document_store=store, top_k=job.k))


def search(opened: Opened, job: Job, text: str) -> list[Found]:
    """The best chunks."""
    return [
        Found(job.relative(document.meta["file_path"]), document.content or "")
        for document in opened.retriever.run(query=text)["documents"]
    ]


def update(opened: Opened, job: Job, changed: Path) -> Opened:
    """Delete the chunks of one file, add its new ones, save the store."""
    store = opened.store
    store.delete_by_filter({"field": "meta.file_path", "operator": "==", "value": str(changed)})
    store.write_documents(split(job, read([changed])), policy=DuplicatePolicy.OVERWRITE)
    store.save_to_disk(str(job.index / "store.json"))
    return opened
