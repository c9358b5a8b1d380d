"""Which files a folder holds. Links that lead out, special files and hard names are refused."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from openbook.corpus.formats import suffixes
from openbook.corpus.settings import Settings
from openbook.errors import InputError

# Documents that people keep and that are not read: better named than silently missed.
LINES = (".jsonl", ".ndjson")
"""Formats with a document a line, which may be larger than others and are read in parts."""

UNREAD = {
    ".doc": ".docx",
    ".ppt": ".pptx",
    ".xls": ".xlsx",
    ".hwp": ".hwpx",
    ".rtf": ".docx",
    ".odt": ".docx",
    ".odp": ".pptx",
    ".ods": ".xlsx",
    ".epub": ".html",
    ".mht": ".html",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be read. ``id`` is the same on any machine, in NFC; size in bytes."""

    id: str
    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A file (or folder, its name ending in ``/``) that is not read, and why, in a sentence."""

    source: str
    reason: str


def find(paths: Sequence[Path], settings: Settings) -> tuple[list[Source], list[Problem]]:
    """All files under ``paths`` that have a known format.

    A file's id is its folder's name and its path in it (``handbook/leave/kr.md``), the name
    alone for a file that was given itself. Hidden files and unknown formats are passed over;
    a file reached twice is listed once, under the path given first. Links are not followed:
    one that stays inside the folder leads to what is listed anyway.

    Returns:
        Sources and problems, each sorted by id.

    Raises:
        InputError: a path that does not exist.
    """
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    seen: set[Path] = set()
    for path in paths:
        root = path.expanduser()
        try:
            root = root.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise InputError(
                "no such file or folder",
                where=str(path),
                fix="Check the path.",
            ) from error
        for found in _folder(root, settings) if root.is_dir() else _single(root, settings):
            if isinstance(found, Problem):
                problems.append(found)
            elif found.path not in seen:
                seen.add(found.path)
                other = sources.setdefault(found.id, found)
                if other is not found:
                    problems.append(Problem(found.id, f"its id is already that of {other.path}"))
    return (
        sorted(sources.values(), key=lambda source: source.id),
        sorted(set(problems), key=lambda problem: (problem.source, problem.reason)),
    )


def _single(file: Path, settings: Settings) -> Iterator[Source | Problem]:
    name = unicodedata.normalize("NFC", file.name)
    if not _encodable(name):
        yield Problem(ascii(name), "its name is not valid text; rename it")
    elif not file.is_file():
        yield Problem(name, "it is not a regular file")
    elif file.suffix.lower() not in suffixes():
        yield _unread(name, file.suffix.lower()) or Problem(
            name, f'the format "{file.suffix}" is not known; known are {", ".join(suffixes())}'
        )
    else:
        yield _sized(name, file, file.stat().st_size, settings)


def _folder(root: Path, settings: Settings) -> Iterator[Source | Problem]:
    """Files under a folder, without recursion, so that deep trees are no danger."""
    waiting = [(root, unicodedata.normalize("NFC", root.name))]
    while waiting:
        folder, prefix = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield Problem(f"{prefix}/", f"the folder cannot be read ({error.strerror})")
            continue
        for entry in entries:
            if entry.name.startswith((".", "~$")):
                continue
            name = f"{prefix}/{unicodedata.normalize('NFC', entry.name)}".lstrip("/")
            if not _encodable(name):
                yield Problem(ascii(name), "its name is not valid text; rename it")
            elif entry.is_symlink():
                yield from _link(entry, name, root)
            elif entry.is_dir(follow_symlinks=False):
                waiting.append((Path(entry.path), name))
            else:
                yield from _entry(entry, name, settings)


def _entry(entry: os.DirEntry[str], name: str, settings: Settings) -> Iterator[Source | Problem]:
    suffix = os.path.splitext(entry.name)[1].lower()  # noqa: PTH122 (called for every file)
    if suffix not in suffixes():
        problem = _unread(name, suffix)
        if problem:
            yield problem
        return
    try:
        if not entry.is_file(follow_symlinks=False):
            yield Problem(name, "it is not a regular file")
            return
        size = entry.stat(follow_symlinks=False).st_size
    except OSError as error:
        yield Problem(name, f"it cannot be read ({error.strerror})")
        return
    yield _sized(name, Path(entry.path), size, settings)


def _link(entry: os.DirEntry[str], name: str, root: Path) -> Iterator[Problem]:
    try:
        target = Path(entry.path).resolve(strict=True)
    except (OSError, RuntimeError):
        yield Problem(name, "it is a link that leads nowhere")
        return
    if not target.is_relative_to(root):
        yield Problem(name, "it is a link that leads out of the folder; sync its target instead")


def _unread(name: str, suffix: str) -> Problem | None:
    if suffix not in UNREAD:
        return None
    return Problem(name, f"files of type {suffix} are not read; save it as {UNREAD[suffix]}")


def _sized(name: str, path: Path, size: int, settings: Settings) -> Source | Problem:
    limit = settings.max_lines_mb if path.suffix.lower() in LINES else settings.max_file_mb
    if size > limit << 20:
        return Problem(name, f"it has {size >> 20:,} MB, more than the limit of {limit:,} MB")
    return Source(name, path, size)


def _encodable(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
