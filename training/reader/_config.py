"""What a training of the reader is made with: one TOML file, typed; see ``configs/``."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Model:
    """A Qwen3 decoder with tied embeddings."""

    vocabulary: int = 16_384
    hidden: int = 256
    layers: int = 4
    heads: int = 4
    kv_heads: int = 4
    feed_forward: int = 768
    context: int = 2_048


@dataclass(frozen=True)
class Optimiser:
    """AdamW; warm-up, plateau, linear decay."""

    rate: float = 2e-3
    embedding_rate: float = 1e-3
    weight_decay: float = 0.05
    warmup: int = 100
    decay: float = 0.5
    """Share of the steps, the last ones, over which the rate falls to a twentieth."""
    clip: float = 1.0


@dataclass(frozen=True)
class Pretrain:
    """Language modelling on both corpora."""

    steps: int = 600
    rows: int = 20
    length: int = 256
    loss_share: float = 0.5
    """Share of positions whose next token is predicted; the rest saves time."""
    copies: float = 0.5
    """Share of rows whose last half repeats stretches of its first: copying is what reading
    needs first, and plain text teaches it late."""
    optimiser: Optimiser = field(default_factory=Optimiser)


@dataclass(frozen=True)
class Instruct:
    """Instruction data: how much of it, and how it is read."""

    rows: int = 160_000
    steps: int = 0
    """0: one pass over the rows."""
    batch_tokens: int = 6_144
    longest: int = 640
    short: float = 0.2
    """Share of rows with one or two passages of a few sentences: choosing among few is learnt
    first, and costs least."""
    early: float = 0.3
    """Share of rows with at most three passages of up to 500 characters."""
    quote_weight: float = 0.4
    """Weight of a quote's later tokens in the loss; they are copied, and easy."""
    optimiser: Optimiser = field(default_factory=Optimiser)


@dataclass(frozen=True)
class Config:
    """All stages."""

    seed: int = 1
    device: str = "cpu"
    threads: int = 2
    workers: int = 2
    corpus_mb: int = 80
    """Text that the tokeniser and the word vectors are learnt from, in megabytes."""
    pretrain_mb: int = 80
    """Text that is turned into tokens for language modelling, in megabytes."""
    model: Model = field(default_factory=Model)
    pretrain: Pretrain = field(default_factory=Pretrain)
    instruct: Instruct = field(default_factory=Instruct)


def load(path: Path) -> Config:
    """A configuration from a TOML file; unknown keys and wrong types are refused."""
    return _make(Config, tomllib.loads(path.read_text("utf-8")), path.name)


def plain(value: Any) -> dict[str, Any]:
    """A configuration as JSON."""
    return dataclasses.asdict(value)


def _make(kind: Any, given: dict[str, Any], where: str) -> Any:
    known = {f.name: f for f in dataclasses.fields(kind)}
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key not in known:
            raise SystemExit(f"{where}: there is no setting {key}; known: {', '.join(known)}")
        if isinstance(value, dict):
            values[key] = _make(type(getattr(kind(), key)), value, f"{where}: {key}")
            continue
        wanted = type(getattr(kind(), key))
        if type(value) is not wanted and not (wanted is float and type(value) is int):
            raise SystemExit(f"{where}: {key} = {value!r} must be {wanted.__name__}")
        values[key] = wanted(value)
    return kind(**values)
