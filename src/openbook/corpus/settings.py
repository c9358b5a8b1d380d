"""Settings of the corpus room: passage sizes and the limits against hostile input."""

from __future__ import annotations

from dataclasses import dataclass

from openbook.settings import setting


@dataclass(frozen=True)
class Settings:
    """How documents are cut, and how much of a file is ever read."""

    max_tokens: int = setting(
        256,
        "Largest passage, in estimated tokens; only a longer sentence is ever cut inside.",
        least=16,
    )
    record_tokens: int = setting(
        1024,
        "Largest passage made of one JSON line, in estimated tokens; a shorter record stays whole.",
        least=16,
    )
    max_file_mb: int = setting(256, "Largest file that is read, in megabytes.", least=1)
    max_lines_mb: int = setting(
        8192,
        "Largest JSONL file that is read, in megabytes; such files are read line by line.",
        least=1,
    )
    max_line_mb: int = setting(16, "Longest line of a JSONL file, in megabytes.", least=1)
    max_archive_mb: int = setting(
        512, "Largest unpacked size of an Office or HWPX file, in megabytes.", least=1
    )
    max_archive_ratio: int = setting(
        250,
        "Largest ratio of unpacked to packed size of a part of an Office or HWPX file.",
        least=1,
    )
    max_archive_entries: int = setting(20_000, "Most parts inside an Office or HWPX file.", least=1)
    max_nesting: int = setting(200, "Deepest nesting of HTML, XML or JSON, in levels.", least=1)
    max_pages: int = setting(5_000, "Most pages, slides or sheets of one file.", least=1)
    max_cells: int = setting(5_000_000, "Most table cells of one file.", least=1)
    max_seconds: float = setting(
        120.0, "Longest time for reading one PDF before its reader is stopped, in seconds.", least=1
    )
    max_memory_mb: int = setting(
        4096, "Most memory the separate PDF reader may take, in megabytes; 0 for no limit."
    )
