"""All stages, one after another; those that are finished are passed over in seconds.

python training/reader/all.py --data ../shared/data --out RUN --config cpu
"""

from __future__ import annotations

import subprocess
import sys
import time

from _cli import HERE, arguments

FIRST = ("tokenizer", "tokens", "vectors")
BESIDE = "rows"
"""Made by the processor while another device, where there is one, models language."""
TIMED = ("pretrain", "instruct")


def main() -> None:
    """Run the stages; stop at the first that fails, or when the minutes are used up."""
    given, begin = arguments(__doc__), time.monotonic()

    def start(stage: str) -> subprocess.Popen[bytes]:
        spent = (time.monotonic() - begin) / 60
        timed = [f"--minutes={given.minutes - spent}"] if given.minutes and stage in TIMED else []
        if given.minutes and spent >= given.minutes:
            raise SystemExit(f"stopped before {stage}; start it again to go on")
        print(f"== {stage}", flush=True)
        return subprocess.Popen(
            [sys.executable, str(HERE / f"{stage}.py"), *without_minutes(sys.argv[1:]), *timed]
        )

    def finish(started: subprocess.Popen[bytes]) -> None:
        if status := started.wait():
            raise SystemExit(status)

    for stage in FIRST:
        finish(start(stage))
    together = given.config.device != "cpu"
    rows = start(BESIDE) if together else None
    finish(start("pretrain"))
    finish(rows or start(BESIDE))
    finish(start("instruct"))
    finish(start("export"))


def without_minutes(given: list[str]) -> list[str]:
    """The command line less ``--minutes``, which only some stages are told.

    >>> without_minutes(["--out", "RUN", "--minutes", "9", "--config=cpu"])
    ['--out', 'RUN', '--config=cpu']
    """
    kept = [word for word in given if not word.startswith("--minutes=")]
    while "--minutes" in kept:
        at = kept.index("--minutes")
        del kept[at : at + 2]
    return kept


if __name__ == "__main__":
    main()
