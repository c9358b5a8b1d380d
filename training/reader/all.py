"""All stages, one after another; those that are finished are passed over in seconds.

python training/reader/all.py --data ../shared/data --out RUN --config cpu
"""

from __future__ import annotations

import subprocess
import sys
import time

from _cli import HERE, arguments

STAGES = ("tokenizer", "tokens", "vectors", "pretrain", "rows", "instruct", "export")
UNTIMED = ("tokenizer", "tokens", "vectors", "rows", "export")


def main() -> None:
    """Run the stages; stop at the first that fails, or when the minutes are used up."""
    given, begin = arguments(__doc__), time.monotonic()
    for stage in STAGES:
        left = given.minutes - (time.monotonic() - begin) / 60 if given.minutes else 0.0
        if given.minutes and left <= 0:
            raise SystemExit(f"stopped before {stage}; start it again to go on")
        timed = [f"--minutes={left}"] if given.minutes and stage not in UNTIMED else []
        print(f"== {stage}", flush=True)
        done = subprocess.run(
            [sys.executable, str(HERE / f"{stage}.py"), *sys.argv[1:], *timed], check=False
        )
        if done.returncode:
            raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
