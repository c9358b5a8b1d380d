"""One writer at a time, across processes; readers never ask.

The lock is the operating system's (it goes with its process, however that ends); a note
beside it names the holder for the message.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from openbook.errors import LockedError

NOTICE_S = 0.5
"""How long to wait in silence before saying who is waited for."""


def holder(folder: Path) -> str:
    """Who writes, as the note says: ``process 4711 (sync, for 12 s)``; empty if unknown."""
    try:
        note = json.loads((folder / "lock.json").read_text("utf-8"))
        seconds = max(0.0, time.time() - float(note["since"]))
        return f"process {note['pid']} ({note['what']}, for {seconds:.0f} s)"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


@contextmanager
def writing(
    folder: Path, what: str, wait_s: float, notice: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Hold the writer lock of a knowledge base.

    Args:
        folder: the knowledge base.
        what: what is being done, for others' messages.
        wait_s: seconds to wait for another writer.
        notice: told once, with the holder, when waiting takes longer than half a second.

    Raises:
        LockedError: another process is still writing after ``wait_s``.
    """
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=min(NOTICE_S, wait_s))
    except Timeout:
        who = holder(folder) or "another process"
        if notice is not None and wait_s > NOTICE_S:
            notice(f"waiting for {who} to finish writing")
        try:
            lock.acquire(timeout=max(0.0, wait_s - NOTICE_S))
        except Timeout as error:
            who = holder(folder) or "another process"
            raise LockedError(
                f"{who} is writing to it",
                where=str(folder),
                fix="Wait until it has finished, or stop it, and run the command again.",
            ) from error
    try:
        note = {"pid": os.getpid(), "what": what, "since": time.time()}
        (folder / "lock.json").write_text(json.dumps(note), "utf-8")
        yield
    finally:
        lock.release()
