"""The border to parsers of others: whatever they raise becomes one named reason."""

from __future__ import annotations

from collections.abc import Iterator

from openbook.corpus.blocks import Parsed
from openbook.corpus.formats import Format
from openbook.corpus.settings import Settings
from openbook.errors import DocumentError, LimitError, OpenbookError


def guarded(name: str, form: Format, data: bytes, settings: Settings) -> Iterator[Parsed]:
    """Run a parser; anything it raises on damaged input becomes a named reason."""
    documents = form.read(name, data, settings)
    count = 0
    try:
        for parsed in documents:
            count += 1
            yield parsed
    except (OpenbookError, GeneratorExit):
        raise
    except MemoryError as error:
        raise LimitError("reading it takes more memory than there is", where=name) from error
    except RecursionError as error:
        raise LimitError("it is nested too deeply", where=name) from error
    # The border of the house: parsers of others raise nearly anything on damaged input
    # (KeyError, struct.error, zlib.error, lxml's and YAML's own trees), and no list is whole.
    except Exception as error:
        detail = " ".join(str(error).split())[:200]
        raise DocumentError(
            f"it is damaged ({type(error).__name__}{': ' + detail if detail else ''})",
            where=name,
            fix="Restore the file, or save it again.",
        ) from error
    if not count:
        raise DocumentError(
            "there is no text in it",
            where=name,
            fix="A scanned document needs text recognition first.",
        )
