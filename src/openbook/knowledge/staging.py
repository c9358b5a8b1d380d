"""Prepared rows, kept until a version has them.

A task's rows lie in two files (documents and passages) beside a note that was written
last. The note's name is the task's key, so rows are taken again only for the same bytes,
settings and analyser; anything incomplete is ignored and goes with the next clearing.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openbook.knowledge.prepare import FileOutcome, Staged, Task

if TYPE_CHECKING:
    import pyarrow as pa


def staged_from(loaded: Mapping[str, Any]) -> Staged:
    """A prepared task from its note."""
    files = [FileOutcome(**item) for item in loaded["files"]]
    return Staged(loaded["key"], files, loaded["documents"], loaded["passages"])


def find(task: Task, folder: Path) -> Staged | None:
    """Rows of a task that an earlier sync prepared and did not come to use."""
    note = folder / f"{task.key}.json"
    try:
        staged = staged_from(json.loads(note.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    transient = any(file.unread or not file.sha256 for file in staged.files)
    return staged if not transient and _whole(staged, folder) else None


def _whole(staged: Staged, folder: Path) -> bool:
    import pyarrow as pa

    try:
        return all(
            sum(part.num_rows for part in rows(staged, folder, kind)) == count
            for kind, count in (("documents", staged.documents), ("passages", staged.passages))
        )
    except (OSError, pa.ArrowInvalid):
        return False


def rows(staged: Staged, folder: Path, kind: str) -> Iterator[pa.RecordBatch]:
    """Prepared rows of a kind, in batches."""
    import pyarrow as pa

    if not staged.documents:
        return
    with pa.memory_map(str(staged.path(folder, kind))) as file, pa.ipc.open_stream(file) as stream:
        yield from stream


def waiting(folder: Path) -> int:
    """How many prepared tasks an interrupted sync left."""
    return sum(1 for _ in folder.glob("*.json")) if folder.is_dir() else 0


def clear(folder: Path) -> None:
    """Forget everything prepared."""
    shutil.rmtree(folder, ignore_errors=True)
