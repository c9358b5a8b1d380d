"""The demo: keep a folder of sample documents in sync, and ask it in Korean and English.

Runs the real command line, one verb after another, in ``demo/`` beside this folder. Each
line that begins with ``$`` is what you would type yourself.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLACE = HERE.parent / "demo"


def openbook(line: str) -> None:
    """Show a command and run it in this process, as the shell would."""
    from openbook.cli import application
    from openbook.errors import OpenbookError

    print(f"\n$ openbook {line}", flush=True)
    try:
        application()(shlex.split(line), standalone_mode=False)
    except OpenbookError as error:
        sys.exit(f"openbook: {error}")
    sys.stderr.flush()


def main() -> None:
    """Make the project, sync, ask, change a document, sync and ask again."""
    began = time.perf_counter()
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir()
    shutil.copytree(HERE / "handbook", PLACE / "handbook")
    os.chdir(PLACE)
    openbook("init .")
    openbook("sync handbook")
    for question in QUESTIONS:
        openbook(f"ask {shlex.quote(question)}")
    change()
    openbook("sync")
    openbook(f"ask {shlex.quote(CHANGED)}")
    openbook(f"ask --as-of 1 {shlex.quote(CHANGED)}")
    openbook("history")
    openbook("status")
    print(f"\nThe demo took {time.perf_counter() - began:.0f} s. It left a project in {PLACE}: cd there and ask.")


if __name__ == "__main__":
    main()
