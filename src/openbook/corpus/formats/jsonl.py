"""JSON lines: one document a line. A BEIR ``corpus.jsonl`` keeps its ids."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any

from openbook.corpus.blocks import Block, Composer, Parsed
from openbook.corpus.decode import clean, decode
from openbook.corpus.frontmatter import field_date, field_language, flat
from openbook.corpus.settings import Settings
from openbook.errors import DocumentError, LimitError
from openbook.text.language import detect
from openbook.types import Document, pairs

SUFFIXES = (".jsonl", ".ndjson")
CONTENT = "text"
BLOCK = 1 << 20
SAMPLE = 300  # characters that decide the language of a line
TEXT_FIELDS = ("text", "body", "content", "contents", "본문", "내용")
TITLE_FIELDS = (
    *("title", "name", "term", "question", "subject", "headline"),
    *("제목", "이름", "용어", "질문"),
)


TOLD = 3
"""Bad lines of a file that are named; the rest are counted."""


def read(name: str, data: bytes, settings: Settings) -> Iterator[Parsed]:
    """One document a line.

    Its id is the line's ``_id`` (BEIR), else the file's id with the line's own ``id``, else
    with its number. A line without a text field becomes ``key: value`` lines. Lines that
    cannot be read are left out; after the last good one an error names them.

    Raises:
        DocumentError: after all documents, if lines were left out.
    """
    seen: dict[str, int] = {}
    bad: list[str] = []
    for number, line in _lines(data, name):
        if not line or line.isspace():
            continue
        try:
            parsed = _parsed(name, number, _record(line, settings))
        except DocumentError as error:
            bad.append(f"line {number:,}: {error.what}")
            continue
        if parsed is None:
            continue
        first = seen.setdefault(parsed.document.id, number)
        if first != number:
            bad.append(f'line {number:,}: the id "{parsed.document.id}" stands in line {first:,}')
            continue
        yield parsed
    if bad:
        more = f"; and {len(bad) - TOLD:,} more" if len(bad) > TOLD else ""
        raise DocumentError(
            f"lines left out: {len(bad):,} ({'; '.join(bad[:TOLD])}{more})",
            where=name,
            fix="Write one JSON object a line, each with an id of its own.",
        )


def _lines(data: bytes, name: str) -> Iterator[tuple[int, bytes | str]]:
    """Numbered lines, without a second copy of a large file."""
    wide = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    if wide or not _is_utf8(data):
        try:
            text = decode(data, name)
        except DocumentError:
            if wide:
                raise
            text = ""  # damaged UTF-8: the lines that are whole are read below
        if text:
            yield from enumerate(text.split("\n"), 1)
            return
    start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    number = 0
    while start < len(data):
        number += 1
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        yield number, data[start:end]
        start = end + 1


def _is_utf8(data: bytes) -> bool:
    """Whether all of it is UTF-8; a file may begin with lines that are plain ASCII."""
    try:
        for _ in codecs.iterdecode(
            (data[at : at + BLOCK] for at in range(0, len(data), BLOCK)), "utf-8"
        ):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _record(line: bytes | str, settings: Settings) -> dict[str, Any]:
    if len(line) > settings.max_line_mb << 20:
        raise LimitError(f"it is longer than {settings.max_line_mb} MB")
    try:
        record = json.loads(line)
    except RecursionError as error:
        raise LimitError("it is nested too deeply") from error
    except ValueError as error:
        raise DocumentError("it is not a JSON object") from error
    if not isinstance(record, dict):
        raise DocumentError(f"it is a JSON {type(record).__name__}, not an object")
    return record


def _parsed(name: str, number: int, record: dict[str, Any]) -> Parsed | None:
    text_field = next((key for key in TEXT_FIELDS if isinstance(record.get(key), str)), "")
    title_field = next((key for key in TITLE_FIELDS if isinstance(record.get(key), str)), "")
    title = " ".join(clean(record[title_field]).split()) if title_field else ""
    own = record.get("_id", "")
    if isinstance(own, str | int) and str(own).strip():
        id_ = clean(str(own)).strip()
    else:
        key = record.get("id")
        own = clean(str(key)).strip() if isinstance(key, str | int) else ""
        id_ = f"{name}#{own or f'line-{number}'}"
    if text_field:
        rest = {k: v for k, v in record.items() if k not in {text_field, title_field, "_id"}}
        text = clean(record[text_field]).strip() or title
        blocks: tuple[Block, ...] = (Block("record", 0, len(text)),)
    else:
        rest = {}
        composer = Composer()
        composer.add("record", "\n".join(_fields(record)))
        text, blocks = composer.text, tuple(composer.blocks)
    if not text:
        return None
    fields = flat(rest)
    document = Document(
        id=id_,
        text=text,
        title=title,
        source=name,
        language=field_language(fields) or detect(text[:SAMPLE]),
        date=field_date(fields),
        metadata=pairs(fields) if fields else (),
    )
    return Parsed(document, blocks)


def _fields(value: Any, path: str = "") -> Iterator[str]:
    """``key: value`` lines of a record; inner keys are joined by dots."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _fields(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        for item in value:
            yield from _fields(item, path)
    elif isinstance(value, list):
        yield from _fields(", ".join(str(item) for item in value), path)
    elif value is not None and str(value).strip():
        shown = (
            {True: "true", False: "false"}.get(value, value) if value in (True, False) else value
        )
        yield " ".join(clean(f"{path}: {shown}").split())
