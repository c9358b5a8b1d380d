"""The state of a training on disk: whole or absent, and refused where it is another's.

A run's folder holds ``run.json`` (what decides the result), ``checkpoint.pt`` (the newest
state) and ``log.jsonl`` (one line now and then; lines after the checkpoint are dropped when
the run goes on, because those steps are done again).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openbook.artifacts import canonical, fsync_folder, write_atomic
from openbook.errors import InputError, TrainingError, need

SPEC = "run.json"
STATE = "checkpoint.pt"
LOG = "log.jsonl"


def claim(folder: Path, spec: Mapping[str, Any]) -> None:
    """Make a folder this run's, or check that it already is.

    Raises:
        InputError: it holds a run of other settings; the first few that differ are named.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / SPEC
    wanted = json.loads(canonical(spec))
    if not path.is_file():
        write_atomic(path, json.dumps(wanted, indent=1, ensure_ascii=False) + "\n")
        return
    try:
        held = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise TrainingError(
            f"{SPEC} cannot be read", where=str(folder), fix="Give another folder."
        ) from error
    if held != wanted:
        raise InputError(
            f"it holds a training of other settings ({differences(held, wanted)})",
            where=str(folder),
            fix="Give another folder, or the settings it was begun with.",
        )


def differences(held: Mapping[str, Any], wanted: Mapping[str, Any], most: int = 3) -> str:
    """The first few keys in which two specs differ, with both values.

    >>> differences({"rate": 1, "rank": {"q": 2}}, {"rate": 3, "rank": {"q": 2}})
    'rate: 1, now 3'
    """
    keys = [key for key in sorted({*held, *wanted}) if held.get(key) != wanted.get(key)]
    shown = [f"{key}: {_short(held.get(key))}, now {_short(wanted.get(key))}" for key in keys]
    return "; ".join(shown[:most]) + (" ..." if len(shown) > most else "")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def save(folder: Path, state: Mapping[str, Any]) -> None:
    """Write the state so that a reader sees the one before or this one, never a part.

    Raises:
        TrainingError: the disk is full or does not let itself be written.
    """
    torch = need("torch", "local")
    part = folder / f".{STATE}.{os.getpid()}"
    try:
        with part.open("wb") as file:
            torch.save(dict(state), file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / STATE)
    except (OSError, RuntimeError) as error:  # torch.save turns a full disk into RuntimeError
        part.unlink(missing_ok=True)
        raise TrainingError(
            f"the checkpoint cannot be written ({str(error).splitlines()[0][:120]})",
            where=str(folder),
            fix="Make room and run it again: it goes on from the checkpoint before.",
        ) from error
    fsync_folder(folder)


def load(folder: Path) -> dict[str, Any] | None:
    """The newest state, on the CPU; None where there is none yet.

    Raises:
        TrainingError: the file is damaged.
    """
    path = folder / STATE
    if not path.is_file():
        return None
    torch = need("torch", "local")
    from pickle import UnpicklingError

    try:
        loaded: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, UnpicklingError, EOFError, ValueError) as error:
        raise TrainingError(
            f"{STATE} cannot be read ({str(error).splitlines()[0][:80]})",
            where=str(folder),
            fix="Remove the file to begin anew.",
        ) from error
    return loaded


def cut_log(folder: Path, step: int) -> None:
    """Drop the log's lines of steps that will be done again, and a last line cut in half."""
    path = folder / LOG
    if not path.is_file():
        return
    kept = []
    for line in path.read_text("utf-8").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry.get("step", 0) <= step:
            kept.append(line + "\n")
    write_atomic(path, "".join(kept))


def note(folder: Path, entry: Mapping[str, Any]) -> None:
    """Add one line to the log."""
    with (folder / LOG).open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry, ensure_ascii=False) + "\n")
