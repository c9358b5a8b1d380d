"""From composed blocks to a parsed document: title, language, date, metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping

from openbook.corpus.blocks import Composer, Parsed
from openbook.corpus.frontmatter import field_date, field_language, field_title
from openbook.text.language import detect
from openbook.types import Document, pairs

SAMPLE = 1000  # characters that decide the language


def assemble(
    name: str, composer: Composer, fields: Mapping[str, str] | None = None, title: str = ""
) -> Parsed | None:
    """A parsed document, or None where nothing visible was composed.

    The title is the field ``title``, else ``title``, else the first outermost heading, else
    the file's name in words.
    """
    text = composer.text
    if not text:
        return None
    fields = fields or {}
    document = Document(
        id=name,
        text=text,
        title=field_title(fields) or title or composer.first_heading() or file_title(name),
        source=name,
        language=field_language(fields) or detect(text[:SAMPLE]),
        date=field_date(fields),
        metadata=pairs(fields) if fields else (),
    )
    return Parsed(document, tuple(composer.blocks))


def file_title(name: str) -> str:
    """A file's name as words.

    >>> file_title("handbook/en/leave-us_2024.md")
    'leave us 2024'
    """
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return re.sub(r"[-_]+", " ", stem).strip() or name
