"""txtai: Textractor with a chunker, a keyword index (BM25, terms in SQLite) with content.

``Embeddings(keyword=True, content=True)`` is its documentation's sparse keyword index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from _harness import Found, Job, Laps
from txtai import Embeddings
from txtai.pipeline import Textractor

LABEL = "txtai"
PACKAGES = ("txtai", "chonkie", "torch")
CONFIG: dict[str, Any] = {"keyword": True, "content": True}
SETTINGS = {
    "load": "Textractor(backend=None): no file converter is needed for text and Markdown",
    "split": "Textractor(chunker='recursive', chunk_size=chunk_chars), by chonkie, characters",
    "index": "Embeddings(keyword=True, content=True): BM25, terms and content in SQLite",
    "language": "its default: words by Unicode's rules (Annex 29), which for Korean are words "
    "between spaces, particles and all; no stems, no stop words",
    "update": "delete of the file's chunks, upsert of its new ones, save",
}


def extract(job: Job, files: Iterable[Path]) -> Iterator[tuple[str, dict[str, str]]]:
    """Chunks with ids ``file#number`` and their file."""
    textractor = Textractor(chunker="recursive", chunk_size=job.chunk_chars, backend=None)
    for file in files:
        source = job.relative(file)
        for at, text in enumerate(textractor(str(file))):
            yield f"{source}#{at}", {"text": text, "source": source}


def build(job: Job, lap: Laps) -> list[int]:
    """Index the folder; lengths of the chunks."""
    return build_with(CONFIG, job, lap)


def build_with(config: dict[str, Any], job: Job, lap: Laps) -> list[int]:
    """Index the folder with a configuration of ``Embeddings``."""
    chunks = list(extract(job, job.files()))
    lap("load and split")
    embeddings = Embeddings(**config)
    embeddings.index(chunks)
    lap("index")
    embeddings.save(str(job.index))
    lap("save")
    return [len(chunk["text"]) for _, chunk in chunks]


def open_index(job: Job) -> Embeddings:
    """The saved index."""
    embeddings = Embeddings()
    embeddings.load(str(job.index))
    return embeddings


def search(opened: Embeddings, job: Job, text: str) -> list[Found]:
    """The best chunks."""
    hits = opened.search(text, job.k)
    return [Found(hit["id"].rpartition("#")[0], hit["text"]) for hit in hits]


def update(opened: Embeddings, job: Job, changed: Path) -> Embeddings:
    """Delete the chunks of one file, add its new ones, save the index."""
    old = opened.search(
        "select id from txtai where source = :source",
        1_000_000,
        parameters={"source": job.relative(changed)},
    )
    opened.delete([row["id"] for row in old])
    opened.upsert(extract(job, [changed]))
    opened.save(str(job.index))
    return opened
