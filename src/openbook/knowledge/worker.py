"""A worker process: one task a line in, one outcome a line out, until its input ends.

    python -m openbook.knowledge.worker STAGING_FOLDER

It ends when whoever started it ends, however that happens, because its input ends then.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path

from openbook.knowledge.prepare import Task, prepare


def main() -> None:
    """Work until standard input ends. What libraries write to standard output goes to
    standard error, so that outcomes stay readable.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    folder = Path(sys.argv[1])
    for line in sys.stdin:
        try:
            outcome = {"staged": asdict(prepare(Task.from_json(line), folder))}
        except OSError as error:
            outcome = {"error": {"number": error.errno or 0, "text": str(error)}}
        try:
            answers.write(json.dumps(outcome) + "\n")
        except BrokenPipeError:  # whoever asked is gone
            os._exit(0)


if __name__ == "__main__":
    main()
