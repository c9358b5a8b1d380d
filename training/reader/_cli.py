"""What every stage is told, and how it shows that it goes on."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _config import Config, load

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Given:
    """Where the data is, where the run's files go, and what it is made with."""

    data: Path
    out: Path
    config: Config
    minutes: float


def arguments(about: str | None) -> Given:
    """The command line of a stage."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, required=True, help="folder of the whole training")
    parser.add_argument("--config", default="cpu", help="name in configs/, or a TOML file")
    parser.add_argument("--minutes", type=float, default=0.0, help="stop (resumable) after these")
    given = parser.parse_args()
    named = HERE / "configs" / f"{given.config}.toml"
    path = named if named.is_file() else Path(given.config)
    if not path.is_file():
        raise SystemExit(f"{given.config}: no such configuration")
    if not (given.data / "corpora").is_dir():
        raise SystemExit(f"{given.data}: holds no folder corpora; give --data")
    given.out.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    return Given(given.data, given.out, load(path), given.minutes)


def show(at: Any) -> None:
    """One line of progress (:class:`openbook.tune.run.Progress`)."""
    done = f"step {at.step}/{at.steps}  loss {at.loss:.3f}"
    speed = f"{at.tokens_per_second:,.0f} tokens/s  {at.seconds_left / 60:.0f} min left"
    print(f"{done}  {speed}", file=sys.stderr, flush=True)


def conclude(outcome: Any) -> None:
    """Say how a stage ended (:class:`openbook.tune.run.Outcome`); exit status 3 if it was
    stopped before its end, so that no later stage begins.
    """
    state = "finished" if outcome.finished else "stopped; start it again to go on"
    print(
        f"step {outcome.step}: {state}; {outcome.tokens:,} tokens in {outcome.seconds / 60:.1f} min"
    )
    if not outcome.finished:
        raise SystemExit(3)
