"""Make the encoder: vocabulary, pairs, learning, publishing; each stage is done once.

    python training/encoder/make.py --data ../shared/data --out RUN [--publish FOLDER]

Stopped at any moment it goes on where it was. ``--publish`` writes the folder that openbook
opens; without weights of fusion (``fusion.py`` learns them) it keeps those that stand there.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import config as configuration
import torch

os.environ.setdefault("RAYON_NUM_THREADS", "1")


def main() -> None:
    """All stages."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, required=True, help="the run's folder")
    parser.add_argument("--config", type=Path, default=configuration.HERE / "default.toml")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=0.0, help="stop, resumable, after these")
    parser.add_argument("--publish", type=Path, help="folder to write")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)

    import pairs
    import vocabulary
    from learn import EncoderJob

    from openbook.tune.run import Progress, RunSettings, run

    def show(at: Progress) -> None:
        left = f"{at.seconds_left:.0f} s left"
        print(f"step {at.step}/{at.steps}  loss {at.loss:.3f}  {left}", file=sys.stderr, flush=True)

    config = configuration.load(given.config)
    given.out.mkdir(parents=True, exist_ok=True)
    vocabulary.make(given.data, given.out, config)
    pairs.make(given.data, given.out, config)
    job = EncoderJob(given.out, config)
    settings = RunSettings(stop_after_minutes=given.minutes, checkpoint_minutes=2.0)
    done = run(job, given.out, settings, show)
    print(f"{done.step} steps, {done.seconds:.0f} s, loss {done.loss:.3f}")
    if given.publish and done.finished:
        from publish import publish

        held = given.publish / "config.json"
        fusion = json.loads(held.read_text("utf-8"))["fusion"] if held.is_file() else {}
        table = job.table.detach().numpy()
        publish(table, given.out / "tokenizer.json", given.publish, config, fusion)


if __name__ == "__main__":
    main()
