"""Text from a model that writes in another thread, piece by piece."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from openbook.errors import ModelError

_WAIT_S = 0.2


class _Pieces:
    """Gets tokens from ``generate`` (the interface of transformers' streamers)."""

    def __init__(self) -> None:
        self.queue: queue.Queue[int | BaseException | None] = queue.Queue()
        self.begun = False

    def put(self, value: Any) -> None:
        """Tokens; the first call brings the prompt, which is not wanted."""
        if not self.begun:
            self.begun = True
            return
        for token in value.reshape(-1).tolist():
            self.queue.put(int(token))

    def end(self) -> None:
        """Called by ``generate``; the thread itself says when it is done."""


def stream_text(
    write: Callable[[Any, threading.Event], Any],
    decode: Callable[[Sequence[int]], str],
    stop: Sequence[str],
) -> Iterator[str]:
    """Run a writing function in a thread and yield its text.

    Text is held back while its last character is incomplete, or while it could be the
    beginning of a stop string. Closing the iterator ends the thread.

    Args:
        write: writes with a streamer until done or until the event is set.
        decode: token ids to text.
        stop: strings at which the text ends.

    Raises:
        ModelError: what the writing function raised.
    """
    pieces, stopped = _Pieces(), threading.Event()
    thread = threading.Thread(target=_work, args=(write, pieces, stopped), daemon=True)
    thread.start()
    try:
        yield from _texts(pieces, thread, decode, stop)
    finally:
        stopped.set()
        thread.join()


def _work(
    write: Callable[[Any, threading.Event], Any], pieces: _Pieces, stopped: threading.Event
) -> None:
    try:
        write(pieces, stopped)
    except ModelError as error:
        pieces.queue.put(error)
    else:
        pieces.queue.put(None)


def _texts(
    pieces: _Pieces,
    thread: threading.Thread,
    decode: Callable[[Sequence[int]], str],
    stop: Sequence[str],
) -> Iterator[str]:
    ids: list[int] = []
    shown = 0
    while True:
        token = _next(pieces, thread)
        if isinstance(token, BaseException):
            raise token
        if token is not None:
            ids.append(token)
        text = decode(ids)
        ended = token is None
        ends = [at for word in stop if word and (at := text.find(word)) >= 0]
        if ends:
            text, ended = text[: min(ends)], True
        safe = text if ended else text[: len(text) - _held(text, stop)]
        if len(safe) > shown:
            yield safe[shown:]
            shown = len(safe)
        if ended:
            return


def _next(pieces: _Pieces, thread: threading.Thread) -> int | BaseException | None:
    """The next token; an error if the thread died without a word."""
    while True:
        try:
            return pieces.queue.get(timeout=_WAIT_S)
        except queue.Empty:
            if not thread.is_alive() and pieces.queue.empty():
                raise ModelError("the model stopped while writing") from None


def _held(text: str, stop: Sequence[str]) -> int:
    """Characters at the end of a text that may still change or be cut."""
    incomplete = len(text) - len(text.rstrip("\ufffd"))
    partial = [n for word in stop for n in range(1, len(word)) if text.endswith(word[:n])]
    return max([incomplete, *partial])
