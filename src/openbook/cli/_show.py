"""How verbs print: JSON, answers, passages, progress."""

from __future__ import annotations

import json
import math
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

from openbook.types import Answer, Passage, Quote

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

PATIENCE = 1.0
"""Seconds before a progress bar appears."""

PAUSE = 10.0
"""Seconds between two lines about progress where there is no terminal."""


def emit(value: Any) -> None:
    """One JSON value to standard output, readable where it is a terminal."""
    indent = 2 if sys.stdout.isatty() else None
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=indent) + "\n")
    sys.stdout.flush()


def say(text: str = "") -> None:
    """A line to standard output."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """A line to standard error, where it does not mix with results."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def safe(text: str) -> str:
    """Text of a document for a terminal: any space is a blank, control characters are gone."""
    kept = (" " if c.isspace() and c != "\n" else c for c in text)
    return "".join(c for c in kept if c == "\n" or c.isprintable() or c == "\u200d")


PAGES = {"pptx": "slide", "xlsx": "sheet"}
"""What a page is called in formats that have another word for it."""


def place(item: Quote | Passage) -> str:
    """Where words stand: ``file, page 3, Heading > Subheading``."""
    source = line(item.source or item.document_id)
    parts = [source]
    if item.page is not None:
        parts.append(f"{PAGES.get(source.rpartition('.')[2].lower(), 'page')} {item.page}")
    if item.heading:
        parts.append(" > ".join(item.heading))
    return ", ".join(parts)


def _marked(answer: Answer) -> str:
    """The text, each sentence that no passage supports followed by a warning that names what is
    not there."""
    warning = "문서에서 확인되지 않음" if _korean(answer.text) else "not in the documents"
    text, at = "", 0
    for sentence in answer.sentences:
        missing = f": {'; '.join(sentence.missing)}" if sentence.missing else ""
        text += answer.text[at : sentence.end]
        text += "" if sentence.supported else f" [{warning}{missing}]"
        at = sentence.end
    return text + answer.text[at:]


def _korean(text: str) -> bool:
    return any("가" <= c <= "힣" for c in text)


def show_answer(answer: Answer, *, stages: bool = True) -> None:
    """The answer, its quotes with their places, and what each stage took."""
    say(safe(_marked(answer)))
    for number, quote in enumerate(answer.quotes, 1):
        say()
        say(f'  [{number}] "{safe(" ".join(quote.text.split()))}"')
        say(f"      {safe(place(quote))}")
    if not stages:
        return
    outer = [(name, spent) for name, spent in answer.trace if "/" not in name]
    total = sum(spent for _, spent in outer)
    spent = ", ".join(f"{name} {seconds * 1000:.0f} ms" for name, seconds in outer)
    note(
        f"\n{answer.method}: {answer.kind}, confidence {answer.confidence:.2f}, "
        f"{total * 1000:.0f} ms ({spent})"
    )


def line(text: str) -> str:
    """Text for one line of a terminal: line breaks (file names may have them) are blanks."""
    return " ".join(safe(text).split())


def about(seconds: float) -> str:
    """A length of time, roughly.

    >>> about(3), about(48), about(150), about(9000)
    ('about 5 s', 'about 50 s', 'about 3 min', 'about 2.5 h')
    """
    if seconds < 55:
        return f"about {max(5, math.ceil(seconds / 5) * 5)} s"
    return (
        f"about {math.ceil(seconds / 60)} min"
        if seconds < 5400
        else f"about {seconds / 3600:.1f} h"
    )


class Progress:
    """How far work is and about how long it will take, on standard error.

    A bar that appears after a second of work; where standard error is no terminal, a line about
    every ten seconds: ``answering 48/300, about 2 min left``.
    """

    def __init__(self) -> None:
        self._bar: Bar | None = None
        self._task: Any = None
        self._what = ""
        self._total = 0
        self._done = self._first = 0
        self._extra = ""
        self._began = 0.0
        self._said = 0.0

    def start(self, what: str, total: int) -> None:
        """Begin a phase of ``total`` steps (0: not known)."""
        self.finish()
        self._what, self._total, self._done, self._first, self._extra = what, total, 0, 0, ""
        self._began = self._said = time.monotonic()

    def reach(self, done: int, extra: str = "") -> None:
        """So many steps of all are done; what was done before the first call took no time here."""
        if not self._done:
            self._first = done - 1
        self._extra = extra
        self.advance(done - self._done)

    def advance(self, n: int = 1) -> None:
        """So many more steps are done."""
        self._done += n
        now = time.monotonic()
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done, left=self._told(now))
        elif not sys.stderr.isatty():
            if now - self._said >= PAUSE:
                self._said = now
                of, left = (f"/{self._total:,}" if self._total else ""), self._told(now)
                note(f"{self._what} {self._done:,}{of}{', ' if left else ''}{left}")
        elif now - self._began > PATIENCE:
            self._appear(now)

    def _told(self, now: float) -> str:
        return ", ".join(part for part in (self._extra, self._left(now)) if part)

    def _left(self, now: float) -> str:
        """About how long the rest takes, if each step takes as long as those so far did."""
        steps = self._total - self._done
        if steps <= 0 or self._done <= self._first:
            return ""
        return f"{about((now - self._began) * steps / (self._done - self._first))} left"

    def _appear(self, now: float) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._bar.start()
        self._task = self._bar.add_task(
            self._what, total=self._total or None, completed=self._done, left=self._told(now)
        )

    def finish(self) -> None:
        """End the phase."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.finish()
