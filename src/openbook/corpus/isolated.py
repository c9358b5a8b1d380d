"""Native parsers run in a process of their own.

PDFium is C++: damaged input can bring a process down or keep it busy for ever, and neither
can be caught from Python. So a child process reads such files, one after another, under a
time and a memory limit; when it dies, the file is named and the next one gets a new child.
Starting it costs about 0.2 s once; what it returns is plain JSON, never a pickle.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO, Any

from openbook.corpus.blocks import Block, Parsed
from openbook.corpus.settings import Settings
from openbook.errors import DocumentError, LimitError
from openbook.types import Document


class Reader:
    """The child process, started when first needed, and again after it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._lock = threading.Lock()

    def read(self, form: str, name: str, data: bytes, settings: Settings) -> Iterator[Parsed]:
        """The documents of a file, as the format module ``form`` reads them.

        Raises:
            LimitError: it took too long, or a limit of the format.
            DocumentError: the parser failed or crashed.
        """
        with self._lock:
            answer = self._ask(form, name, data, settings)
        if "error" in answer:
            kind = LimitError if answer["kind"] == "LimitError" else DocumentError
            raise kind(answer["error"], where=answer["where"], fix=answer["fix"])
        for item in answer["documents"]:
            fields = item["document"]
            fields["metadata"] = tuple((key, value) for key, value in fields["metadata"])
            yield Parsed(Document(**fields), tuple(Block(*block) for block in item["blocks"]))

    def _ask(self, form: str, name: str, data: bytes, settings: Settings) -> dict[str, Any]:
        process = self._running(settings)
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(settings.max_seconds, stop)
        timer.start()
        try:
            request = {"form": form, "name": name, "settings": asdict(settings)}
            with contextlib.suppress(BrokenPipeError):
                _send(process.stdin, json.dumps(request).encode(), data)
            answer = _receive(process.stdout)
        except BaseException:  # Ctrl-C too: an answer left in the pipe would be the next one's
            self.close()
            raise
        finally:
            timer.cancel()
        if answer is not None:
            reply: dict[str, Any] = json.loads(answer)
            return reply
        self.close()
        if late.is_set():
            raise LimitError(
                f"reading it took longer than {settings.max_seconds:.0f} s",
                where=name,
                fix="Raise max_seconds in [corpus] of openbook.toml if you trust it.",
            )
        raise DocumentError(
            "it is damaged: its parser crashed on it",
            where=name,
            fix="Restore the file, or save it again.",
        )

    def _running(self, settings: Settings) -> subprocess.Popen[bytes]:
        """The living child of this process (a forked worker starts its own)."""
        if self._process is not None and self._owner == os.getpid():
            if self._process.poll() is None:
                return self._process
            self.close()
        self._owner = os.getpid()
        self._process = subprocess.Popen(
            # -P: a module lying in the current folder, among the documents, is not imported.
            [sys.executable, "-P", "-m", "openbook.corpus.isolated", str(settings.max_memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self._process

    def forget(self) -> None:
        """In a forked process: the child and the lock are the parent's."""
        self._process, self._lock = None, threading.Lock()

    def close(self) -> None:
        """End the child, if there is one."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        process.wait()


READER = Reader()
"""The one child of this process. It remembers nothing between files."""
atexit.register(READER.close)
if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=READER.forget)


def _send(stream: IO[bytes], *parts: bytes) -> None:
    for part in parts:
        stream.write(len(part).to_bytes(8, "little"))
        stream.write(part)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes | None:
    """One part, or None where the other side is gone."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    size = int.from_bytes(head, "little")
    data = stream.read(size)
    return data if len(data) == size else None


def _answer(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    """What the child says about a file."""
    from openbook.corpus.formats import formats
    from openbook.corpus.guard import guarded

    settings = Settings(**request["settings"])
    form = formats()[request["form"]]
    try:
        documents = [
            {"document": asdict(parsed.document), "blocks": parsed.blocks}
            for parsed in guarded(request["name"], form, data, settings)
        ]
    except DocumentError as error:
        return {
            "error": error.what,
            "where": error.where,
            "fix": error.fix,
            "kind": type(error).__name__,
        }
    return {"documents": documents}


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    if megabytes:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


def serve() -> None:
    """The child's loop: a request, an answer, until the parent is gone."""
    _limit_memory(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    source, target = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    while True:
        request, data = _receive(source), _receive(source)
        if request is None or data is None:
            return
        _send(target, json.dumps(_answer(json.loads(request), data)).encode())


if __name__ == "__main__":
    serve()
