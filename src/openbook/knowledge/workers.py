"""Tasks to several processes, outcomes back as they come.

Processes of our own rather than a pool of :mod:`multiprocessing`: they do not import the
caller's main module, they end with their parent even when it is killed, and one that dies
on a hostile file costs that file only.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from openbook.errors import KnowledgeError
from openbook.knowledge.prepare import FileOutcome, Staged, Task, prepare
from openbook.knowledge.staging import staged_from

Outcome = Staged | list[Task] | KnowledgeError | None
"""A prepared task, smaller tasks to try instead, why nothing more will come, or that one
worker has ended."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


GRACE = 2.0
"""Seconds that a worker has to end by itself."""


class _Worker:
    def __init__(self, folder: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(
            # -P: a json.py in the folder that we stand in is data, not a module of ours.
            [sys.executable, "-P", "-m", "openbook.knowledge.worker", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment,
        )

    def ask(self, task: Task) -> str:
        """The outcome's line; empty when the worker died."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(task.to_json() + "\n")
            self._process.stdin.flush()
            return self._process.stdout.readline()
        except (BrokenPipeError, ValueError):
            return ""

    def end(self, kill: bool = False) -> int:
        if kill:
            self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        try:
            return self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def prepared(tasks: Sequence[Task], folder: Path, processes: int) -> Iterator[Staged]:
    """Prepare tasks, with worker processes or, for ``processes < 2``, in this one.

    Yields:
        Outcomes as they come, in any order.

    Raises:
        KnowledgeError: the staging folder cannot be written to (the disk is full).
    """
    if processes < 2:
        for task in tasks:
            try:
                yield prepare(task, folder)
            except OSError as error:
                raise _disk(folder, error.strerror or str(error)) from error
        return
    yield from _parallel(tasks, folder, min(processes, len(tasks)))


def _disk(folder: Path, text: str) -> KnowledgeError:
    return KnowledgeError(
        f"prepared documents cannot be written ({text})",
        where=str(folder),
        fix="Free some space and run the command again; it goes on where it stopped.",
    )


def _parallel(tasks: Sequence[Task], folder: Path, processes: int) -> Iterator[Staged]:
    waiting: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
    for task in tasks:
        waiting.put(task)
    done: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    workers: list[_Worker] = []
    stop = threading.Event()

    def drive() -> None:
        try:
            _drive(waiting, done, folder, workers, stop)
        except OSError as error:
            done.put(_disk(folder, error.strerror or str(error)))
        finally:
            done.put(None)

    threads = [threading.Thread(target=drive, daemon=True) for _ in range(processes)]
    for thread in threads:
        thread.start()
    try:
        pending, ended = len(tasks), 0
        while pending:
            outcome = done.get()
            if outcome is None:
                ended += 1
                if ended == len(threads):
                    raise KnowledgeError("all worker processes ended early", where=str(folder))
                continue
            if isinstance(outcome, KnowledgeError):
                raise outcome
            if isinstance(outcome, list):
                pending += len(outcome) - 1
                for task in outcome:
                    waiting.put(task)
                continue
            pending -= 1
            yield outcome
    finally:
        stop.set()
        for _ in threads:
            waiting.put(None)
        for worker in list(workers):
            worker.end(kill=True)
        for thread in threads:
            thread.join()


def _drive(
    waiting: queue.SimpleQueue[Task | None],
    done: queue.SimpleQueue[Outcome],
    folder: Path,
    workers: list[_Worker],
    stop: threading.Event,
) -> None:
    worker: _Worker | None = None
    while (task := waiting.get()) is not None and not stop.is_set():
        if worker is None:
            worker = _Worker(folder)
            workers.append(worker)
        line = worker.ask(task)
        if stop.is_set():
            return
        if line:
            done.put(_outcome(line, folder))
            continue
        code = worker.end()
        worker = None
        # One of several files did it: try each alone to find out which.
        done.put(_died(task, code) if len(task.files) == 1 else single(task))


def _outcome(line: str, folder: Path) -> Staged | KnowledgeError:
    told = json.loads(line)
    if "error" in told:
        return _disk(folder, told["error"]["text"])
    return staged_from(told["staged"])


def _died(task: Task, code: int) -> Staged:
    why = f"signal {-code}" if code < 0 else f"status {code}"
    problem = f"its reader died ({why}); what was known of it stays, the next sync tries again"
    files = [FileOutcome(f.id, "", f.size, problem=problem, unread=True) for f in task.files]
    return Staged(task.key, files)


def single(task: Task) -> list[Task]:
    """A task for each file of a task."""
    return [replace(task, files=(file,)) for file in task.files]
