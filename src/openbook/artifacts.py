"""Build once, keep by content: atomic files and content-addressed folders.

A thing that took work (a calibration, a tuned model, a set of rows) is an artifact: a
folder named by the hash of everything that made it, with a ``manifest.json`` beside its
content. Building the same thing again returns the folder that is there. A folder appears
under its name by one rename, so it is either whole or absent.
"""

from __future__ import annotations

import ctypes
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from openbook.types import digest

MANIFEST = "manifest.json"


def canonical(value: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no spare spaces: equal mappings give equal text.

    >>> canonical({"b": 1, "a": "가"})
    '{"a":"가","b":1}'
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def fsync_folder(folder: Path) -> None:
    """Make renames inside a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomic(path: Path, data: str | bytes) -> None:
    """Write a file so that readers see the old content or the new, never a part.

    Its permissions are those of any new file. The data is on disk before the rename, and the
    rename is on disk before this returns.
    """
    raw = data.encode("utf-8") if isinstance(data, str) else data
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


def usual_modes(folder: Path) -> None:
    """Give a folder and all in it the permissions of new files and folders: temporary folders,
    and files that libraries write through temporary ones, are closed to others.
    """
    probe = folder / f".probe.{secrets.token_hex(4)}"
    probe.mkdir()
    inside = probe / "file"
    inside.touch()
    folders, files = (path.stat().st_mode & 0o777 for path in (probe, inside))
    shutil.rmtree(probe)
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(folders if path.is_dir() else files)


def exchange(new: Path, old: Path) -> None:
    """Let two folders of one file system change their names: ``new`` is ``old`` afterwards.

    In one step where the system can (Linux: ``renameat2``); elsewhere in two, between which
    ``old`` is for a moment not there.
    """
    if _exchanged(new, old):
        return
    aside = old.with_name(f".{old.name}.{secrets.token_hex(4)}")
    old.rename(aside)
    try:
        new.rename(old)
    except BaseException:
        aside.rename(old)
        raise
    aside.rename(new)


def _exchanged(new: Path, old: Path) -> bool:
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    here, both = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return bool(rename(here, os.fsencode(new), here, os.fsencode(old), both) == 0)


class Lines:
    """A file of JSON lines that grows while work goes on; a line that a kill cut is dropped."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.held: list[dict[str, Any]] = []
        if file.exists():
            whole = list(_whole(file))
            self.held = [json.loads(line) for line in whole]
            if sum(len(line.encode()) for line in whole) != file.stat().st_size:
                write_atomic(file, "".join(whole))

    def add(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Append lines; they are on the disk before this returns."""
        new = [dict(line) for line in lines]
        with self.file.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in new)
            file.flush()
            os.fsync(file.fileno())
        self.held += new


def _whole(file: Path) -> Iterator[str]:
    """Lines up to the first that is cut or is no JSON object."""
    with file.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                value = json.loads(line)
            except json.JSONDecodeError:
                return
            if not line.endswith("\n") or not isinstance(value, dict):
                return
            yield line


def build(root: Path, kind: str, spec: Mapping[str, Any], make: Callable[[Path], None]) -> Path:
    """The folder of the artifact that ``spec`` describes, made now if it is not there.

    Args:
        root: folder of all artifacts.
        kind: what it is (``calibration``); the first part of the path.
        spec: everything that decides the content: hashes of inputs, settings, seeds.
        make: fills an empty folder. What it raises leaves nothing behind.

    Returns:
        ``root/kind/<hash of spec>``, complete, with ``manifest.json`` holding ``spec``.
    """
    target = root / kind / digest(kind, canonical(spec), size=12)
    if (target / MANIFEST).is_file():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    working = Path(tempfile.mkdtemp(dir=target.parent, prefix=".making-"))
    try:
        make(working)
        write_atomic(working / MANIFEST, json.dumps(spec, indent=1, ensure_ascii=False) + "\n")
        _publish(working, target)
    finally:
        shutil.rmtree(working, ignore_errors=True)
    return target


def _publish(working: Path, target: Path) -> None:
    try:
        working.rename(target)
    except OSError:
        if not (target / MANIFEST).is_file():  # somebody else did not finish first
            raise
    fsync_folder(target.parent)


def manifest(folder: Path) -> dict[str, Any]:
    """What made an artifact."""
    loaded: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    return loaded
