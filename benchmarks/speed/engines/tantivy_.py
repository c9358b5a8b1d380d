"""tantivy: two fields split at spaces, asked one after the other; row numbers stored fast."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import tantivy

Hits = list[tuple[int, float]]


def _schema() -> Any:
    made = tantivy.SchemaBuilder()
    made.add_integer_field("row", stored=False, fast=True)
    for field in ("words", "grams"):
        made.add_text_field(field, stored=False, tokenizer_name="whitespace", index_option="freq")
    return made.build()


def build(rows: Any, folder: Path) -> None:
    index = tantivy.Index(_schema(), path=str(folder))
    writer = index.writer(500_000_000, 2)
    columns = [rows.column(field).to_pylist() for field in ("words", "grams")]
    for row, (words, grams) in enumerate(zip(*columns, strict=True)):
        writer.add_document(tantivy.Document(row=row, words=words, grams=grams))
    writer.commit()
    writer.wait_merging_threads()


def opened(folder: Path) -> Callable[[str, str, int], list[Hits]]:
    index = tantivy.Index.open(str(folder))
    index.reload()
    searcher = index.searcher()
    schema = index.schema

    def one(field: str, terms: str, k: int) -> Hits:
        queries = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, field, term, "freq"))
            for term in dict.fromkeys(terms.split())
        ]
        found = searcher.search(tantivy.Query.boolean_query(queries), k, count=False)
        return [(address.doc, score) for score, address in found.hits]

    def search(words: str, grams: str, k: int) -> list[Hits]:
        return [one("words", words, k), one("grams", grams, k)]

    return search
