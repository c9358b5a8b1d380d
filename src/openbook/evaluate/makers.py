"""What made some results: program, commit, libraries, machine."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import openbook

LIBRARIES = (
    "numpy",
    "lancedb",
    "kiwipiepy",
    "PyStemmer",
    "ir-measures",
    "rouge-score",
    "sacrebleu",
    "torch",
    "transformers",
    "lightgbm",
)
"""Libraries whose versions can change results."""


def made_by(command: str, seed: int, started: str, seconds: float) -> dict[str, Any]:
    """Program, commit (where the package stands in its repository), libraries and machine."""
    return {
        "openbook": openbook.__version__,
        "commit": commit(),
        "command": command,
        "seed": seed,
        "started": started,
        "seconds": round(seconds, 3),
        "machine": machine(),
        "versions": versions(),
    }


def commit() -> str:
    """The commit of the package's repository; ``-dirty`` where its source was changed since;
    empty where it is installed from elsewhere.
    """
    root = Path(openbook.__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return ""
    asked = [
        "git",
        "-C",
        str(root),
        "describe",
        "--always",
        "--dirty",
        "--abbrev=40",
        "--exclude=*",
    ]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def machine() -> dict[str, Any]:
    """Cores, memory in GB, system and Python."""
    pages = os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    size = os.sysconf("SC_PAGE_SIZE") if pages else 0
    return {
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "memory_gb": round(pages * size / 2**30, 1),
        "platform": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """Installed versions of :data:`LIBRARIES`."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
