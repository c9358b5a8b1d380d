"""LlamaIndex: SimpleDirectoryReader, SentenceSplitter, BM25Retriever (over bm25s).

The way of its documentation's BM25 example: read a folder, split it into nodes, build the
retriever from the nodes, ``persist`` it, reopen it with ``from_persist_dir``.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path

from _harness import Found, Job, Laps
from llama_index.core import SimpleDirectoryReader
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import BaseNode, Document, MetadataMode
from llama_index.core.vector_stores.utils import metadata_dict_to_node
from llama_index.retrievers.bm25 import BM25Retriever

LABEL = "LlamaIndex"
PACKAGES = ("llama-index-core", "llama-index-retrievers-bm25", "llama-index-readers-file", "bm25s")
SETTINGS = {
    "load": "SimpleDirectoryReader with its Markdown reader, which makes a document of each "
    "section and keeps the headings above it; one process (its worker processes import the "
    "library anew and made these folders slower)",
    "split": "SentenceSplitter(chunk_size=chunk_chars, chunk_overlap=0, tokenizer=list), so "
    "that sizes are characters (its default counts OpenAI tokens, which is slower); the mean "
    "length of the metadata is added, because the splitter takes it off again",
    "index": "BM25Retriever.from_defaults(nodes=...).persist(...); the file's path is part of "
    "what is indexed, as by default, so every chunk knows the name of its law",
    "language": "ko: language='ko' (stop words); words between spaces, particles and all, as its "
    "stemmers (Snowball) have no Korean; the English one leaves Hangul as it is, and must stay, "
    "because persisting forgets skip_stemming. en: English stemmer and stop words",
    "update": "BM25 is built anew over all nodes, as there is no incremental way; only the "
    "changed file is read and split again, the other nodes come from the open retriever",
}


def read(files: Sequence[Path]) -> list[Document]:
    """Documents of files, one a section."""
    return SimpleDirectoryReader(input_files=[str(file) for file in files]).load_data()


def split(job: Job, documents: Sequence[Document]) -> list[BaseNode]:
    """Nodes of documents."""
    metadata = statistics.fmean(len(d.get_metadata_str(MetadataMode.EMBED)) for d in documents)
    splitter = SentenceSplitter(
        chunk_size=job.chunk_chars + int(metadata), chunk_overlap=0, tokenizer=list
    )
    return splitter.get_nodes_from_documents(documents)


def index(job: Job, nodes: list[BaseNode]) -> BM25Retriever:
    """A retriever of nodes, persisted."""
    retriever = BM25Retriever.from_defaults(
        nodes=nodes, similarity_top_k=job.k, language=job.language
    )
    retriever.persist(str(job.index))
    return retriever


def build(job: Job, lap: Laps) -> list[int]:
    """Index the folder; lengths of the nodes' texts."""
    documents = read(job.files())
    lap("load")
    nodes = split(job, documents)
    lap("split")
    index(job, nodes)
    lap("index and save")
    return [len(node.text) for node in nodes]


def open_index(job: Job) -> BM25Retriever:
    """The persisted retriever."""
    return BM25Retriever.from_persist_dir(str(job.index))


def search(opened: BM25Retriever, job: Job, text: str) -> list[Found]:
    """The best chunks."""
    return [
        Found(job.relative(hit.node.metadata["file_path"]), hit.node.text)
        for hit in opened.retrieve(text)
    ]


def update(opened: BM25Retriever, job: Job, changed: Path) -> BM25Retriever:
    """Replace the nodes of one file and index all nodes anew."""
    kept = [
        metadata_dict_to_node(entry)
        for entry in opened.corpus
        if entry["file_path"] != str(changed)
    ]
    return index(job, kept + split(job, read([changed])))
