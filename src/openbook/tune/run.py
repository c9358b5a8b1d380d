"""The contract of every training: what it is made of, checkpoints, a log, resuming.

A :class:`Job` says how one step is done; :func:`run` does the steps. A run is killed at any
moment and started again: it goes on from its last checkpoint and reaches, at the same
number of threads, the same weights as a run that was never stopped. That holds because a
step depends on nothing but the job's spec, the step's number and the state: the random
generators are set anew before every step, from the spec's seed and the step's number.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from openbook.errors import LockedError, TrainingError, need
from openbook.settings import setting
from openbook.tune import checkpoint
from openbook.tune.curve import Watch


@dataclass(frozen=True)
class Step:
    """What one step did.

    Args:
        loss: mean loss over what was learnt from, in nats.
        tokens: tokens read.
    """

    loss: float
    tokens: int


class Job(Protocol):
    """Something that learns, step by step."""

    @property
    def steps(self) -> int:
        """How many steps there are in all."""
        ...

    def spec(self) -> Mapping[str, Any]:
        """Everything that decides the result, as JSON: settings, hashes of data and base, seed."""
        ...

    def step(self, number: int) -> Step:
        """Do one step, counted from 0. It may depend on the spec, the number and the state."""
        ...

    def state(self) -> dict[str, Any]:
        """What has been learnt so far, and the optimiser's memory: tensors, numbers, text."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Take up a state that :meth:`state` gave."""
        ...


@dataclass(frozen=True)
class RunSettings:
    """How a training is carried out. None of it decides what comes out."""

    checkpoint_minutes: float = setting(5.0, "Minutes between two checkpoints.")
    log_every: int = setting(20, "Steps between two lines of the log.", least=1)
    stop_after_minutes: float = setting(
        0.0, "Stop with a checkpoint after so many minutes; 0 means go on to the end."
    )
    stop_after_steps: int = setting(
        0, "Stop with a checkpoint after so many steps of this start; 0 means go on to the end."
    )


@dataclass(frozen=True)
class Progress:
    """Where a training is.

    Args:
        step, steps: done, and in all.
        loss: mean since the last report, in nats.
        tokens_per_second: of this start of the run.
        seconds_left: at that speed.
    """

    step: int
    steps: int
    loss: float
    tokens_per_second: float
    seconds_left: float


@dataclass(frozen=True)
class Outcome:
    """How a start of a run ended: ``finished`` is False where it was stopped before its end."""

    step: int
    finished: bool
    loss: float
    tokens: int
    seconds: float


def run(
    job: Job,
    folder: Path,
    settings: RunSettings | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Outcome:
    """Train, from the beginning or from the folder's last checkpoint.

    Ctrl-C and SIGTERM stop it after the step that is under way, with a checkpoint. Tokens
    and seconds of the outcome count all starts.

    Args:
        job: what learns.
        folder: the run's own; see :mod:`openbook.tune.checkpoint`.
        settings: how often to save and to log, and when to stop early.
        progress: told with every line of the log.

    Raises:
        InputError: the folder holds a run of another spec.
        LockedError: another process trains in the folder.
        TrainingError: the loss is not a number or has exploded, or a checkpoint cannot be
            read or written.
    """
    settings = settings or RunSettings()
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder), _stopping() as stopped:
        checkpoint.claim(folder, job.spec())
        return _Run(job, folder, settings, progress, stopped).go()


class _Run:
    """One start of a run: its counters."""

    def __init__(
        self,
        job: Job,
        folder: Path,
        settings: RunSettings,
        progress: Callable[[Progress], None] | None,
        stopped: threading.Event,
    ) -> None:
        self.job, self.folder, self.settings = job, folder, settings
        self.progress, self.stopped = progress, stopped
        self.seed = int(job.spec().get("seed", 0))
        held = checkpoint.load(folder)
        self.at, self.tokens, self.before, self.loss = 0, 0, 0.0, math.nan
        if held:
            job.restore(held["state"])
            self.at, self.tokens = int(held["step"]), int(held["tokens"])
            self.before, self.loss = float(held["seconds"]), float(held["loss"])
        self.watch = Watch(**held["watch"]) if held and "watch" in held else Watch()
        checkpoint.cut_log(folder, self.at)
        self.start = self.saved = time.monotonic()
        self.first, self.earlier = self.at, self.tokens
        self.losses: list[float] = []

    def go(self) -> Outcome:
        """Steps until the end, or until asked to stop."""
        while self.at < self.job.steps:
            self._step()
            if self.at % self.settings.log_every == 0 or self.at == self.job.steps:
                self._report()
            if self._stop():
                break
            if time.monotonic() - self.saved > 60 * self.settings.checkpoint_minutes:
                self._save()
        if self.at > self.first:
            self._save()
        finished = self.at >= self.job.steps
        return Outcome(self.at, finished, self._mean(), self.tokens, self._seconds())

    def _step(self) -> None:
        torch = need("torch", "local")
        torch.manual_seed(self.seed * 1_000_003 + self.at)
        done = self.job.step(self.at)
        broken = not math.isfinite(done.loss)
        if broken or self.watch.exploded(done.loss):
            what = "is not a number" if broken else f"has exploded ({done.loss:.1f} nats)"
            raise TrainingError(
                f"the loss of step {self.at} {what}",
                where=str(self.folder),
                fix="Lower the learning rate; the last checkpoint is kept.",
            )
        self.at += 1
        self.tokens += done.tokens
        self.losses.append(done.loss)

    def _mean(self) -> float:
        return sum(self.losses) / len(self.losses) if self.losses else self.loss

    def _seconds(self) -> float:
        return self.before + time.monotonic() - self.start

    def _report(self) -> None:
        self.loss = self._mean()
        spent = max(time.monotonic() - self.start, 1e-9)
        speed = (self.tokens - self.earlier) / spent
        left = (self.job.steps - self.at) * spent / (self.at - self.first)
        entry = {
            "step": self.at,
            "loss": round(self.loss, 4),
            "tokens": self.tokens,
            "tokens_per_second": round(speed),
            "seconds": round(self._seconds(), 1),
        }
        checkpoint.note(self.folder, entry)
        if self.progress:
            self.progress(Progress(self.at, self.job.steps, self.loss, speed, left))
        self.losses = []

    def _save(self) -> None:
        checkpoint.save(
            self.folder,
            {
                "step": self.at,
                "tokens": self.tokens,
                "seconds": self._seconds(),
                "loss": self._mean(),
                "watch": asdict(self.watch),
                "state": self.job.state(),
            },
        )
        self.saved = time.monotonic()

    def _stop(self) -> bool:
        minutes, steps = self.settings.stop_after_minutes, self.settings.stop_after_steps
        return (
            self.stopped.is_set()
            or bool(minutes and time.monotonic() - self.start > 60 * minutes)
            or bool(steps and self.at - self.first >= steps)
        )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process a folder; the lock goes with its process."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LockedError(
            "another process is training in it",
            where=str(folder),
            fix="Wait until it has finished, or give another folder.",
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set; in other threads than the main one it stays unset."""
    event = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield event
        return
    kinds = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(kind, lambda *_: event.set()) for kind in kinds]
    try:
        yield event
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)
