"""A trained adapter as a folder: whole or absent, with a manifest that says what made it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

from openbook.artifacts import MANIFEST, exchange, fsync_folder, usual_modes, write_atomic
from openbook.errors import InputError, TrainingError
from openbook.tune.run import Outcome

FORMAT = 1
LEARNT = "learnt.jsonl"

ROWS, MIX, GENERAL = "rows.jsonl", "mix.jsonl", "general.jsonl"
"""Copies of the files that it learnt from, so that it can be trained again."""

MADE_WITH = ("openbook", "peft", "transformers", "sentence-transformers", "lightgbm")
SAME = ("kind", "objective", "base", "data", "settings")
"""What two adapters that are one training have in common."""


class Learner(Protocol):
    """A training whose result can be published."""

    base: str

    @property
    def steps(self) -> int:
        """How many steps there are in all."""
        ...

    def spec(self) -> Mapping[str, Any]:
        """Everything that decides the result; ``base`` is the base's fingerprint."""
        ...

    def manifest(self) -> Mapping[str, Any]:
        """``role`` and whatever else the manifest is to say; ``outcome`` is added to."""
        ...

    def learnt(self) -> Iterable[Mapping[str, Any]]:
        """A line for each passage that it learnt from."""
        ...

    def save(self, folder: Path) -> None:
        """Write the weights."""
        ...


def publish(
    job: Learner,
    outcome: Outcome,
    target: Path,
    scores: Mapping[str, float] | None = None,
    *,
    keep: Mapping[str, Path] | None = None,
    replace: bool = False,
) -> Path:
    """Write a finished adapter as a folder, whole or not at all.

    Its ``manifest.json`` holds the base's name and fingerprint, the hash of the data, the
    prompts' ids, settings, the outcome and ``scores``; ``learnt.jsonl`` the passages that it
    learnt from. Publishing the same training again changes nothing.

    Args:
        job: what was trained.
        outcome: what :func:`openbook.tune.run.run` gave.
        target: the folder to make; its name is the adapter's.
        scores: what was measured on held-out questions, by measure.
        keep: files to copy into the folder, by the name that they get there: the rows.
        replace: whether what has the name is replaced, once the new folder is whole.

    Raises:
        TrainingError: the training has not finished.
        InputError: the folder holds something else.
    """
    if not outcome.finished:
        raise TrainingError(
            f"the training stands at step {outcome.step} of {job.steps}",
            where=str(target),
            fix="Run it to its end first.",
        )
    if not replace and published(job, target):
        return target
    made = _manifest(job, outcome, scores or {})
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        job.save(part)
        lines = (json.dumps(line, ensure_ascii=False) + "\n" for line in job.learnt())
        write_atomic(part / LEARNT, "".join(lines))
        write_atomic(part / MANIFEST, json.dumps(made, indent=1, ensure_ascii=False) + "\n")
        for name, file in (keep or {}).items():
            shutil.copyfile(file, part / name)
        usual_modes(part)
        if replace and target.exists():
            exchange(part, target)
        else:
            part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    fsync_folder(target.parent)
    return target


def published(job: Learner, target: Path) -> bool:
    """Whether a folder holds this training's adapter already.

    Raises:
        InputError: it holds something else.
    """
    if not target.exists():
        return False
    file = target / MANIFEST
    held = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    wanted = _identified(job)
    if [held.get(key) for key in SAME] != [wanted.get(key) for key in SAME]:
        raise InputError(
            "there is something else",
            where=str(target),
            fix=f"Give another name, or remove it: openbook adapters remove {target.name}.",
        )
    return True


def _identified(job: Learner) -> dict[str, Any]:
    spec = dict(job.spec())
    return {**spec, "base": {"name": job.base, "fingerprint": spec["base"]}}


def _manifest(job: Learner, outcome: Outcome, scores: Mapping[str, float]) -> dict[str, Any]:
    said = dict(job.manifest())
    done = {
        "steps": outcome.step,
        "loss": outcome.loss,
        "tokens": outcome.tokens,
        "seconds": round(outcome.seconds, 1),
    }
    return {
        "format": FORMAT,
        **_identified(job),
        **said,
        "scores": dict(scores),
        "outcome": {**done, **said.get("outcome", {})},
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "made_with": {name: found for name in MADE_WITH if (found := _version(name))},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
