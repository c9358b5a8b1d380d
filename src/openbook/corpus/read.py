"""A file to parsed documents. Whatever is wrong with it comes out as one named reason."""

from __future__ import annotations

from collections.abc import Iterator

from openbook.corpus.blocks import Parsed
from openbook.corpus.formats import Format, formats, suffixes
from openbook.corpus.guard import guarded
from openbook.corpus.isolated import READER as READER_PROCESS
from openbook.corpus.settings import Settings
from openbook.corpus.sniff import NAMES, sniff
from openbook.corpus.walk import LINES, Source
from openbook.errors import DocumentError, LimitError

READER = "3"
"""Version of the parsers and the splitter: raise it when they give other text or passages for
the same bytes, so that a knowledge base knows its passages are stale."""


def read(source: Source, data: bytes, settings: Settings) -> Iterator[Parsed]:
    """The documents of a file: one, or one a line for JSONL.

    Args:
        source: where the bytes came from; its suffix names the format.
        data: the whole file.
        settings: limits.

    Raises:
        LimitError: beyond a limit against hostile input.
        DocumentError: damaged, locked, or not what its name says.
    """
    suffix = source.path.suffix.lower()
    form = formats().get(suffix)
    if form is None:
        raise DocumentError(
            f'the format "{suffix}" is not known',
            where=source.id,
            fix=f"Known are {', '.join(suffixes())}.",
        )
    limit = settings.max_lines_mb if suffix in LINES else settings.max_file_mb
    if len(data) > limit << 20:
        raise LimitError(
            f"it has {len(data) >> 20:,} MB, more than the limit of {limit:,} MB",
            where=source.id,
            fix="Raise the limit in [corpus] of openbook.toml if you trust it.",
        )
    if not data.strip():
        raise DocumentError("the file is empty", where=source.id)
    _check_content(source, suffix, form, sniff(data))
    if getattr(form, "ISOLATED", False):
        yield from READER_PROCESS.read(suffix, source.id, data, settings)
    else:
        yield from guarded(source.id, form, data, settings)


def _check_content(source: Source, suffix: str, form: Format, content: str) -> None:
    """Refuse a file whose bytes are not what its name says."""
    if content == form.CONTENT:
        return
    if content == "locked":
        raise DocumentError(
            "it is protected by a password",
            where=source.id,
            fix="Save it without a password.",
        )
    fix = "Restore it, or rename it if the name is wrong."
    for other, module in formats().items():
        if content == module.CONTENT and content != "text":
            fix = f"Rename it to {other}."
    raise DocumentError(
        f"its name ends in {suffix} but its content is {NAMES.get(content, content)}",
        where=source.id,
        fix=fix,
    )
