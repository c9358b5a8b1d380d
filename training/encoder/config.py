"""What the encoder is made with: one TOML file, typed. ``default.toml`` made the bundled one."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Vocabulary:
    """Pieces: learnt on a part of the text, then the most used ones are kept."""

    learnt: int = 60_000
    kept: int = 42_000
    documents: int = 12_000
    """Documents of each language that the pieces are learnt from."""


@dataclass(frozen=True)
class Pairs:
    """Which pairs are made of a document, how many and how long."""

    passes: int = 1
    """How often windows are drawn from every document."""
    window: int = 96
    """Pieces of a passage, about."""
    english: int = 40
    korean: int = 12
    statutes: int = 6
    """Pairs drawn from a document at most (for statutes: of one law's articles)."""


@dataclass(frozen=True)
class Learning:
    """Contrastive learning with the other texts of a batch as negatives."""

    dimension: int = 256
    batch: int = 2048
    steps: int = 1200
    rate: float = 0.02
    scale: float = 20.0
    """What cosines are multiplied with before the softmax (the inverse temperature)."""
    drop: float = 0.1
    """Share of pieces left out of each text at random."""
    smooth: float = 1e-4
    """Frequency at which a piece begins with half its weight."""
    shares: dict[str, float] = field(default_factory=dict)
    """Share of the batches by source of pairs; a source that is not named has none."""


@dataclass(frozen=True)
class Config:
    """All stages."""

    seed: int = 1
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    pairs: Pairs = field(default_factory=Pairs)
    learning: Learning = field(default_factory=Learning)


def load(path: Path) -> Config:
    """A configuration from a TOML file.

    Raises:
        SystemExit: an unknown key, or a value of another type.
    """
    made: Config = _make(Config, tomllib.loads(path.read_text("utf-8")), path.name)
    return made


def plain(value: Any) -> dict[str, Any]:
    """A configuration as JSON."""
    return dataclasses.asdict(value)


def _make(kind: Any, given: dict[str, Any], where: str) -> Any:
    standard = kind()
    values: dict[str, Any] = {}
    for key, value in given.items():
        if not hasattr(standard, key):
            raise SystemExit(f"{where}: there is no setting {key}")
        default = getattr(standard, key)
        if dataclasses.is_dataclass(default):
            values[key] = _make(type(default), value, f"{where}: {key}")
        elif isinstance(default, float) and isinstance(value, int):
            values[key] = float(value)
        elif type(value) is not type(default):
            raise SystemExit(f"{where}: {key} = {value!r} must be {type(default).__name__}")
        else:
            values[key] = value
    return kind(**values)
