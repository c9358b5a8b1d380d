"""A trained adapter as a folder: whole or absent, with a manifest that says what made it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from openbook.artifacts import MANIFEST, fsync_folder, write_atomic
from openbook.errors import InputError, TrainingError
from openbook.tune.lm import LoraJob
from openbook.tune.run import Outcome


def publish(
    job: LoraJob, outcome: Outcome, target: Path, scores: Mapping[str, float] | None = None
) -> Path:
    """Write a finished adapter as a folder, whole or not at all.

    Its ``manifest.json`` holds the base's name and fingerprint, the hash of the data, the
    prompts' ids, settings, the outcome and ``scores``. Publishing the same training again
    changes nothing.

    Args:
        job: what was trained.
        outcome: what :func:`openbook.tune.run.run` gave.
        target: the folder to make; its name is the adapter's.
        scores: what was measured on held-out questions, by measure.

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
    made = _manifest(job, outcome, scores or {})
    if target.exists():
        _same(target, made)
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        job.save(part)
        write_atomic(part / MANIFEST, json.dumps(made, indent=1, ensure_ascii=False) + "\n")
        part.chmod(0o755)
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    fsync_folder(target.parent)
    return target


def _manifest(job: LoraJob, outcome: Outcome, scores: Mapping[str, float]) -> dict[str, Any]:
    spec = dict(job.spec())
    return {
        **spec,
        "base": {"name": job.base, "fingerprint": spec["base"]},
        "scores": dict(scores),
        "outcome": {"steps": outcome.step, "loss": outcome.loss, "tokens": outcome.tokens},
        "made_with": {name: version(name) for name in ("openbook", "peft", "transformers")},
    }


def _same(target: Path, made: Mapping[str, Any]) -> None:
    """Refuse a folder that holds anything but this training's adapter."""
    file = target / MANIFEST
    held = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    keys = ("kind", "base", "data", "settings")
    if [held.get(key) for key in keys] != [made[key] for key in keys]:
        raise InputError("there is something else", where=str(target), fix="Give another name.")
