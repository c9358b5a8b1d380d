"""What a training of a generator is made of: settings, rows, and the rows as batches."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openbook.errors import InputError
from openbook.models.decoding import Loaded
from openbook.settings import setting
from openbook.tune.encoding import Encoded, batches, encoded
from openbook.tune.rows import Row, identity, mixed, parts


@dataclass(frozen=True)
class GeneratorSettings:
    """How a generator is trained. All of it decides what comes out."""

    learning_rate: float = setting(
        0.0, "Highest learning rate (AdamW); 0 means what suits the kind of adapter."
    )
    warmup: float = setting(
        0.05, "Share of the steps over which the rate rises; from there it falls to 0 in a line."
    )
    epochs: int = setting(3, "How often each row is learnt, at most.", least=1)
    batch_size: int = setting(8, "Rows a step.", least=1)
    max_tokens: int = setting(
        1024, "Longest prompt and completion together, in tokens; longer rows are left out.", 8
    )
    held_out: float = setting(
        0.1, "Share of the documents to hold out where no row is of the split dev; 0: none."
    )
    evaluate: int = setting(
        0, "Steps between two evaluations on what is held out; 0 means twice an epoch."
    )
    patience: int = setting(
        3, "Evaluations without a better one after which training stops; 0 means never."
    )
    most: int = setting(64, "Rows that an evaluation reads, at most.", least=1)
    mix_share: float = setting(0.1, "Share of general rows among those that are learnt.")
    seed: int = setting(0, "Decides the first weights, the split and the order of the rows.")

    def check(self) -> None:
        """Refuse what is out of range.

        Raises:
            InputError: naming the setting.
        """
        least = {"epochs": 1, "batch_size": 1, "max_tokens": 8, "most": 1}
        low = [name for name, bound in least.items() if getattr(self, name) < bound]
        low += [n for n in ("learning_rate", "evaluate", "patience") if getattr(self, n) < 0]
        low += [n for n in ("warmup", "held_out", "mix_share") if not 0 <= getattr(self, n) < 1]
        if low:
            raise InputError(
                f"{low[0]} = {getattr(self, low[0])} is out of range",
                fix="`openbook tune generator --help` says what is accepted.",
            )


@dataclass(frozen=True, slots=True)
class Material:
    """Rows, and what beside them decides a training.

    Args:
        rows: what is learnt, and held out by their split or by document.
        objective: what they are rows of.
        mix: general rows, a share of which is learnt too, against forgetting.
        general: general rows on which forgetting is measured; never learnt.
    """

    rows: Sequence[Row]
    objective: str = ""
    mix: Sequence[Row] = ()
    general: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Divided:
    """Rows by what happens to them.

    Args:
        own: what is learnt of the data itself.
        learnt: that, and what is mixed in.
        held: held out.
        general: on which forgetting is measured.
        test: how many rows were left alone.
    """

    own: Sequence[Row]
    learnt: Sequence[Row]
    held: Sequence[Row]
    general: Sequence[Row]
    test: int

    @classmethod
    def of(cls, material: Material, settings: GeneratorSettings) -> Divided:
        """Divide the rows, before a model is loaded.

        Raises:
            InputError: a setting out of range, or nothing is left to learn from.
        """
        settings.check()
        given = parts(material.rows, settings.held_out, settings.seed)
        general = list(material.general)
        mix = [row for row in material.mix if row not in general]
        learnt = mixed(given.learnt, mix, settings.mix_share, settings.seed)
        return cls(given.learnt, learnt, given.held, general, given.test)

    @property
    def spec(self) -> Mapping[str, Any]:
        """What identifies them, and the prompts that they are of."""
        return {
            "data": identity(self.learnt),
            "held_out": identity(self.held),
            "general": identity(self.general),
            "templates": sorted({row.template for row in self.learnt if row.template}),
        }


@dataclass(frozen=True)
class Batches:
    """The rows as ids.

    Args:
        steps: rows of every step.
        watched: rows that are read and not learnt from there, by what they say: ``held_out``,
            ``general``, and ``seen``, which are learnt as well.
        rows: how many are learnt.
        dropped: how many were too long.
    """

    steps: list[list[Encoded]] = field(repr=False)
    watched: Mapping[str, list[Encoded]] = field(repr=False)
    rows: int
    dropped: int

    @classmethod
    def of(cls, divided: Divided, loaded: Loaded, settings: GeneratorSettings) -> Batches:
        """Encode what is divided.

        Raises:
            InputError: nothing fits.
        """
        longest, seed = settings.max_tokens, settings.seed
        fitting, dropped = encoded(divided.learnt, loaded, longest, seed)
        if not fitting:
            raise InputError(
                f"none of {len(divided.learnt)} rows fits into {longest} tokens",
                fix="Give rows, or raise max_tokens.",
            )
        watched = {
            name: _some(encoded(rows, loaded, longest, seed)[0], settings)
            for name, rows in (
                ("held_out", divided.held),
                ("general", divided.general),
                ("seen", divided.own),
            )
        }
        return cls(
            batches(fitting, settings.batch_size, settings.epochs, seed),
            {name: rows for name, rows in watched.items() if rows},
            len(divided.learnt) - dropped,
            dropped,
        )


def _some(rows: list[Encoded], settings: GeneratorSettings) -> list[Encoded]:
    """A seeded part of rows, by length, so that an evaluation takes a bounded time."""
    draw = random.Random(f"{settings.seed}/watched")
    return sorted(draw.sample(rows, min(settings.most, len(rows))), key=lambda row: row.length)
