"""CSV and TSV: one row a line, each under its column names."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from openbook.corpus.assemble import assemble
from openbook.corpus.blocks import Composer, Parsed
from openbook.corpus.decode import decode
from openbook.corpus.settings import Settings
from openbook.corpus.tables import render
from openbook.errors import DocumentError, LimitError

SUFFIXES = (".csv", ".tsv")
CONTENT = "text"
DELIMITERS = ",;\t|"
SAMPLE = 50  # lines that decide the delimiter


def read(name: str, data: bytes, settings: Settings) -> Iterator[Parsed]:
    """One document with one table."""
    text = decode(data, name)
    lines = text.split("\n")
    mark = delimiter(lines[:SAMPLE])
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in csv.reader(lines, delimiter=mark):
            cells += len(row)
            if cells > settings.max_cells:
                raise LimitError(f"it has more than {settings.max_cells:,} cells", where=name)
            rows.append(row)
    except csv.Error as error:
        raise DocumentError(
            f"row {len(rows) + 1:,} is not readable as CSV ({error})", where=name
        ) from error
    composer = Composer()
    while rows and sum(1 for cell in rows[0] if cell.strip()) < min(2, max(map(len, rows))):
        composer.add("paragraph", " ".join(rows.pop(0)))  # a title above the table
    composer.add("table", render(rows))
    parsed = assemble(name, composer)
    if parsed is not None:
        yield parsed


def delimiter(lines: list[str]) -> str:
    """The delimiter that cuts the sample into most columns, equally many in each row.

    >>> delimiter(["a;b;c", "1,5;2;3"])
    ';'
    """
    best, best_score = ",", 0.0
    for mark in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=mark) if row]
        except csv.Error:
            continue
        if not widths:
            continue
        usual = max(set(widths), key=widths.count)
        score = (usual - 1) * (widths.count(usual) / len(widths)) ** 2
        if score > best_score:
            best, best_score = mark, score
    return best
