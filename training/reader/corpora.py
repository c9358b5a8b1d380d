"""The encyclopedias as a stream of documents, both languages in turn."""

from __future__ import annotations

import json
import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path

from tasks._corpus import left_out


def documents(data: Path, language: str, held_out: bool = False) -> Iterator[str]:
    """Title and text of every document of a language, in the corpora's own order, but for those
    that share a passage with a measurement (``left_out.json``). One in twenty, by its title, is
    held out from all training; ``held_out`` gives those alone.
    """
    skipped = left_out(language)
    for path in sorted((data / "corpora").glob(f"{language}-*.jsonl.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                held = json.loads(line)
                out = zlib.crc32(held["title"].encode()) % 20 == 0
                if held["title"] in skipped or out != held_out:
                    continue
                yield f"{held['title']}\n{held['text']}"


def mixed(data: Path, megabytes: float, languages: tuple[str, ...] = ("en", "ko")) -> Iterator[str]:
    """Documents of all languages until so much text has been given, an equal share of bytes
    for each as long as it lasts.
    """
    streams = {language: documents(data, language) for language in languages}
    given = dict.fromkeys(streams, 0)
    while streams and sum(given.values()) < megabytes * 1e6:
        language = min(streams, key=lambda name: given[name])
        text = next(streams[language], None)
        if text is None:
            del streams[language]
            continue
        given[language] += len(text.encode())
        yield text
