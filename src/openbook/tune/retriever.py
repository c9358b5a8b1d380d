"""An encoder learns which passages answer which questions, by contrast.

Source: the loss of van den Oord et al., "Representation Learning with Contrastive Predictive
Coding" (InfoNCE, arXiv:1807.03748), with the other questions' passages as negatives (Karpukhin
et al., "Dense Passage Retrieval", arXiv:2004.04906) beside the hard ones of the rows. A passage
that answers a question of the batch is never its negative. The weights that were best on
held-out documents are kept; the training follows :mod:`openbook.tune.run`.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from openbook.corpus.split import indexed
from openbook.errors import InputError, need
from openbook.models.settings import ModelSettings
from openbook.models.weights import fingerprint
from openbook.settings import setting
from openbook.tune.curve import Curve
from openbook.tune.judged import Judged, identity_of, key
from openbook.tune.learner import Learner, learner
from openbook.tune.memory import enough
from openbook.tune.rows import Parts, learnt_from
from openbook.tune.run import Step


@dataclass(frozen=True)
class RetrieverSettings:
    """How an encoder is trained. All of it decides what comes out."""

    learning_rate: float = setting(0.0, "Highest learning rate (AdamW); 0: the encoder's own.")
    warmup: float = setting(0.1, "Share of the steps over which the rate rises.")
    epochs: int = setting(8, "How often each row is learnt, at most.", least=1)
    batch_size: int = setting(32, "Questions a step; each is told from the others'.", least=2)
    negatives: int = setting(4, "Hard negatives of a question that are read, at most.", least=0)
    scale: float = setting(20.0, "By what cosines are multiplied (1 / temperature).")
    held_out: float = setting(
        0.2, "Share of the documents to hold out where no row is of the split dev; 0: none."
    )
    patience: int = setting(3, "Epochs without a better one after which it stops; 0: never.")
    seed: int = setting(0, "Decides the split and the order of the rows.")

    def check(self) -> None:
        """Refuse what is out of range.

        Raises:
            InputError: naming the setting.
        """
        least = {"epochs": 1, "batch_size": 2, "negatives": 0, "patience": 0, "learning_rate": 0}
        low = [name for name, bound in least.items() if getattr(self, name) < bound]
        low += [name for name in ("warmup", "held_out") if not 0 <= getattr(self, name) < 1]
        low += ["scale"] if self.scale <= 0 else []
        if low:
            raise InputError(
                f"{low[0]} = {getattr(self, low[0])} is out of range",
                fix="`openbook tune retriever --help` says what is accepted.",
            )


@dataclass(eq=False)
class RetrieverJob:
    """A :class:`~openbook.tune.run.Job`. Make one with :meth:`open`."""

    base: str
    settings: RetrieverSettings
    divided: Parts[Judged] = field(repr=False)
    encoder: Learner = field(repr=False)
    batches: Sequence[Sequence[Judged]] = field(repr=False)
    optimiser: Any = field(repr=False)
    curve: Curve = field(repr=False)
    best: dict[str, Any] | None = field(default=None, repr=False)

    @classmethod
    def open(
        cls,
        base: str,
        described: ModelSettings,
        divided: Parts[Judged],
        settings: RetrieverSettings,
        root: Path,
    ) -> RetrieverJob:
        """Load the base and put the rows in order.

        Args:
            base: its name.
            described: from :func:`~openbook.tune.learner.described_encoder`.
            divided: rows to learn and rows held out.
            settings: how long and how fast.
            root: the project folder.

        Raises:
            InputError: too few rows for a batch.
            ModelError: it cannot be loaded.
        """
        if len(divided.learnt) < 2:
            raise InputError(
                "one row is too few: a question is told from the others'",
                fix="Give more rows, or lower held_out.",
            )
        torch = need("torch", "local")
        rows = [*divided.learnt, *divided.held]
        texts = [t for r in rows for t in (r.question, *map(indexed, r.passages))]
        held = learner(described, root, texts)
        settings = replace(settings, learning_rate=settings.learning_rate or held.rate)
        optimiser = torch.optim.AdamW(
            held.parameters(), lr=settings.learning_rate, weight_decay=0.0
        )
        batches = batches_of(divided.learnt, settings)
        return cls(base, settings, divided, held, batches, optimiser, Curve(settings.patience))

    @property
    def steps(self) -> int:
        """Batches of all epochs; fewer where nothing got better any more."""
        return self.curve.stopped or len(self.batches)

    def spec(self) -> Mapping[str, Any]:
        """Base, data and settings, as hashes and numbers."""
        return {
            "kind": "contrastive",
            "objective": "",
            "base": fingerprint(self.encoder.folder),
            "data": identity_of(self.divided.learnt),
            "held_out": identity_of(self.divided.held),
            "settings": asdict(self.settings),
            "seed": self.settings.seed,
        }

    def step(self, number: int) -> Step:
        """One batch; after each epoch, what is held out is read as well."""
        torch = need("torch", "local")
        with enough(self.settings.batch_size, 0):
            if number == 0 and not self.curve.points:
                self._evaluate(0)
            for group in self.optimiser.param_groups:
                group["lr"] = self.settings.learning_rate * self._rate(number)
            loss, read = self._loss(self.batches[number])
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.encoder.parameters(), 1.0)
            self.optimiser.step()
            done = Step(float(loss.detach()), read)
            self.curve.losses.append(done.loss)
            epoch = len(self.batches) // self.settings.epochs
            if (number + 1) % epoch == 0 and math.isfinite(done.loss):
                self._evaluate(number + 1)
        return done

    def state(self) -> dict[str, Any]:
        """The weights now and when they were best, the optimiser's memory, the curve."""
        return {
            "encoder": self.encoder.state(),
            "best": self.best,
            "optimiser": self.optimiser.state_dict(),
            "curve": self.curve.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """What :meth:`state` gave."""
        self.encoder.restore(state["encoder"])
        self.best = state["best"]
        self.optimiser.load_state_dict(state["optimiser"])
        self.curve.restore(state["curve"])

    def save(self, folder: Path) -> None:
        """Write the encoder's files, as it was when it was best."""
        if self.best is not None:
            self.encoder.restore(self.best)
        self.encoder.save(folder)

    def manifest(self) -> Mapping[str, Any]:
        """What the manifest says beside what :func:`publish` knows."""
        return {
            "role": "retriever",
            "rows": len(self.divided.learnt),
            "dropped": 0,
            "knowledge": {"version": max(row.version for row in self.divided.learnt)},
            "best_step": self.curve.best,
            "curve": self.curve.points,
        }

    def learnt(self) -> list[Mapping[str, Any]]:
        """The lines of ``learnt.jsonl``."""
        return learnt_from(self.divided.learnt)

    def _rate(self, number: int) -> float:
        rising = max(1, math.ceil(self.settings.warmup * len(self.batches)))
        if number < rising:
            return (number + 1) / rising
        return (len(self.batches) - number) / max(1, len(self.batches) - rising)

    def _loss(self, rows: Sequence[Judged]) -> tuple[Any, int]:
        """Mean over questions of how surprising the passage that answers is among all."""
        torch = need("torch", "local")
        passages = [row.positives[0] for row in rows]
        for row in rows:
            passages += row.negatives[: self.settings.negatives]
        asked, read = self.encoder.vectors([row.question for row in rows], True)
        given, more = self.encoder.vectors([indexed(p) for p in passages], False)
        keys = [key(passage) for passage in passages]
        right = [{key(p) for p in row.positives} for row in rows]
        also = [[k in own and n != at for n, k in enumerate(keys)] for at, own in enumerate(right)]
        scores = self.settings.scale * asked @ given.T
        scores = scores.masked_fill(torch.tensor(also, device=scores.device), -math.inf)
        wanted = torch.arange(len(rows), device=scores.device)
        return torch.nn.functional.cross_entropy(scores, wanted), read + more

    def _evaluate(self, step: int) -> None:
        """Add a point to the curve, and keep the weights where they are the best so far."""
        held, size = self.divided.held, self.settings.batch_size
        if not held:
            self.curve.add(step)
            return
        torch, total = need("torch", "local"), 0.0
        with torch.no_grad():
            for at in range(0, len(held), size):
                some = held[at : at + size]
                total += float(self._loss(some)[0]) * len(some)
        if self.curve.add(step, held_out=total / len(held)):
            self.best = self.encoder.state()


def batches_of(rows: Sequence[Judged], settings: RetrieverSettings) -> list[list[Judged]]:
    """Rows of every step, in another order each epoch; a last one that is alone joins others."""
    found: list[list[Judged]] = []
    for epoch in range(settings.epochs):
        order = list(rows)
        random.Random(f"{settings.seed}/{epoch}").shuffle(order)
        count = max(1, len(order) // settings.batch_size)
        found += [order[part::count] for part in range(count)]
    return found
