"""PDF: pages, headings by font size, paragraphs joined from lines, tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openbook.corpus.assemble import assemble
from openbook.corpus.blocks import Composer, Parsed
from openbook.corpus.decode import clean
from openbook.corpus.frontmatter import iso_date
from openbook.corpus.pdflayout import compose
from openbook.corpus.pdfpage import Line, page_lines
from openbook.corpus.pdfstreams import damaged_stream
from openbook.corpus.settings import Settings
from openbook.errors import DocumentError, LimitError

SUFFIXES = (".pdf",)
CONTENT = "pdf"
ISOLATED = True


def read(name: str, data: bytes, settings: Settings) -> Iterator[Parsed]:
    """One document."""
    broken = damaged_stream(data)
    if broken >= 0:
        raise DocumentError(
            f"it is damaged (the stream at byte {broken + 1:,} does not unpack)",
            where=name,
            fix="Restore the file, or print it to a new PDF.",
        )
    pdf = _opened(name, data)
    try:
        if len(pdf) > settings.max_pages:
            raise LimitError(
                f"it has {len(pdf):,} pages, more than the limit of {settings.max_pages:,}",
                where=name,
            )
        pages = [_page(pdf, position, name) for position in range(len(pdf))]
        fields = _fields(pdf)
    finally:
        pdf.close()
    composer = Composer()
    compose(pages, composer)
    parsed = assemble(name, composer, fields, composer.first_heading())
    if parsed is not None:
        yield parsed


def _opened(name: str, data: bytes) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error):
            raise DocumentError(
                "it is protected by a password", where=name, fix="Save it without a password."
            ) from error
        raise DocumentError(
            f"it is damaged ({error})", where=name, fix="Restore the file, or save it again."
        ) from error


def _page(pdf: Any, position: int, name: str) -> list[Line]:
    import pypdfium2

    try:
        page = pdf[position]
    except pypdfium2.PdfiumError as error:
        raise DocumentError(
            f"its page {position + 1} is damaged",
            where=name,
            fix="Restore the file, or save it again.",
        ) from error
    try:
        return page_lines(page, position + 1)
    finally:
        page.close()


def _fields(pdf: Any) -> dict[str, str]:
    """Title, author and dates, where they were set by a person and not by the writer."""
    found = pdf.get_metadata_dict(skip_empty=True)
    fields: dict[str, str] = {}
    for key in ("Title", "Author", "Subject", "Keywords"):
        value = " ".join(clean(found.get(key, "")).split())
        if value and value.lower() not in {"untitled", "anonymous", "unspecified"}:
            fields[key.lower()] = value
    title = fields.get("title", "")
    if title.startswith("Microsoft ") or title.lower().endswith((".doc", ".docx", ".hwp", ".pptx")):
        del fields["title"]
    for key, name in (("ModDate", "modified"), ("CreationDate", "created")):
        date = iso_date(found.get(key, "").removeprefix("D:"))
        if date and date != "2000-01-01":  # what reproducible writers put
            fields[name] = date
    return fields
