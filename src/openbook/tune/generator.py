"""A language model learns from prompts and what should be written after them.

Which weights learn is the kind's matter (:mod:`openbook.tune.kinds`), what they learn the
objective's (:mod:`openbook.tune.objectives`). The training follows :mod:`openbook.tune.run`:
evaluation, the best state and early stopping are part of its steps and of its state, so that a
training that is taken up again ends as one that was never stopped.
:func:`openbook.tune.adapter.publish` turns what was learnt into a folder.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from openbook.errors import ModelError, need
from openbook.models.decoding import Loaded
from openbook.models.local import LocalLM
from openbook.models.open import describe
from openbook.models.settings import ModelSettings
from openbook.models.settings import Settings as Models
from openbook.models.weights import fingerprint, folder_of
from openbook.tune.curve import Curve
from openbook.tune.encoding import Encoded, loss_of
from openbook.tune.kinds import Kind, kind
from openbook.tune.material import Batches, Divided, GeneratorSettings, Material
from openbook.tune.memory import enough, peak
from openbook.tune.rows import Row, learnt_from
from openbook.tune.run import Step

CLIP = 1.0
"""Norm of a step's gradient, at most."""


@dataclass(eq=False)
class GeneratorJob:
    """A :class:`~openbook.tune.run.Job`. Make one with :meth:`open`."""

    base: str
    kind: Kind
    settings: GeneratorSettings
    made_of: Mapping[str, Any]
    divided: Divided = field(repr=False)
    batches: Batches = field(repr=False)
    model: Any = field(repr=False)
    optimiser: Any = field(repr=False)
    pad: int
    curve: Curve = field(repr=False)
    best: dict[str, Any] | None = field(default=None, repr=False)

    @classmethod
    def open(
        cls,
        base: str,
        material: Material | Sequence[Row],
        settings: GeneratorSettings | None = None,
        *,
        how: Kind | None = None,
        root: Path | None = None,
        models: Models | None = None,
    ) -> GeneratorJob:
        """Load the base, put a fresh adapter on it and encode the rows.

        Args:
            base: name of the model to tune, as :func:`openbook.models.open.open_lm` knows it.
            material: what is learnt.
            settings: how long and how fast.
            how: which weights learn; LoRA where nothing is said.
            root: the project folder; relative names count from it.
            models: the table ``[models]``.

        Raises:
            InputError: no row, or none that fits; a setting that does not fit the model.
            ModelError: a base that cannot be loaded, that has an adapter already, or that is
                not decoder-only.
            TrainingError: it does not fit into memory.
            MissingExtraError: peft or transformers is not installed.
        """
        settings, root, how = (
            settings or GeneratorSettings(),
            root or Path.cwd(),
            how or kind("lora"),
        )
        if not isinstance(material, Material):
            material = Material(material)
        divided = Divided.of(material, settings)
        described = tunable(base, models or Models(), root)
        torch = need("torch", "local")
        with enough(settings.batch_size, settings.max_tokens):
            loaded = _loaded(described, how, root)
            made = Batches.of(divided, loaded, settings)
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(settings.seed)
                model = how.put(loaded)
        rate = settings.learning_rate or type(how).learning_rate
        learning = [weight for weight in model.parameters() if weight.requires_grad]
        return cls(
            base=base,
            kind=how,
            settings=replace(settings, learning_rate=rate),
            made_of={
                "kind": how.name,
                "objective": material.objective,
                "base": fingerprint(folder_of(described.model, root)),
                **divided.spec,
                "rows": made.rows,
                "dropped": made.dropped,
            },
            divided=divided,
            batches=made,
            model=model,
            optimiser=torch.optim.AdamW(learning, lr=rate, weight_decay=0.0),
            pad=int(loaded.tokenizer.pad_token_id or 0),
            curve=Curve(settings.patience),
        )

    @property
    def steps(self) -> int:
        """Batches of all epochs; fewer where nothing got better any more."""
        return self.curve.stopped or len(self.batches.steps)

    @property
    def every(self) -> int:
        """Steps between two evaluations."""
        epoch = len(self.batches.steps) // self.settings.epochs
        return self.settings.evaluate or max(1, epoch // 2)

    @cached_property
    def learning(self) -> tuple[int, int]:
        """How many weights learn, and how many there are."""
        each = [(weight.numel(), weight.requires_grad) for weight in self.model.parameters()]
        return sum(n for n, learns in each if learns), sum(n for n, _ in each)

    def spec(self) -> Mapping[str, Any]:
        """Base, data and settings, as hashes and numbers."""
        settings = {**asdict(self.settings), **asdict(self.kind)}
        return {**self.made_of, "settings": settings, "seed": self.settings.seed}

    def step(self, number: int) -> Step:
        """One batch: the mean loss of its completions' tokens goes down. Now and then, what is
        held out is read as well.
        """
        with enough(self.settings.batch_size, self.settings.max_tokens):
            if number == 0 and not self.curve.points:
                self._evaluate(0)
            done = self._learn(self.batches.steps[number], number)
            self.curve.losses.append(done.loss)
            last = number + 1 == len(self.batches.steps)
            if ((number + 1) % self.every == 0 or last) and math.isfinite(done.loss):
                self._evaluate(number + 1)
        return done

    def state(self) -> dict[str, Any]:
        """The adapter's weights now and when they were best, the optimiser's memory, the curve."""
        return {
            "adapter": self.kind.state(self.model),
            "best": self.best,
            "optimiser": self.optimiser.state_dict(),
            "curve": self.curve.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """What :meth:`state` gave."""
        self.kind.restore(self.model, state["adapter"])
        self.best = state["best"]
        self.optimiser.load_state_dict(state["optimiser"])
        self.curve.restore(state["curve"])

    def save(self, folder: Path) -> None:
        """Write the adapter's files into a folder, as it was when it was best."""
        if self.best is not None:
            self.kind.restore(self.model, self.best)
        self.kind.save(self.model, folder, self.base)

    def manifest(self) -> Mapping[str, Any]:
        """What the manifest of the adapter says beside what :func:`publish` knows."""
        if self.best is not None:
            self.kind.restore(self.model, self.best)
        learns, all_ = self.learning
        versions = [row.version for row in self.divided.own]
        seen = self._watched("seen")
        return {
            "role": "generator",
            "knowledge": {"version": max(versions, default=0)},
            "best_step": self.curve.best,
            "curve": self.curve.points,
            "losses": {"seen": round(seen, 5), **self._compared()},
            "outcome": {
                "trainable": learns,
                "trainable_share": learns / all_,
                "peak_memory_mb": round(peak(self.model.device), 1),
            },
        }

    def learnt(self) -> list[Mapping[str, Any]]:
        """The lines of ``learnt.jsonl``."""
        return learnt_from(self.divided.own)

    def _compared(self) -> dict[str, float]:
        """Losses before and after, of what was not learnt."""
        found = {}
        first = self.curve.points[0] if self.curve.points else {}
        for name, said in (("held_out", "unseen"), ("general", "general")):
            if name in first:
                found[f"{said}_before"] = first[name]
                found[f"{said}_after"] = round(self._watched(name), 5)
        return found

    def _learn(self, batch: Sequence[Encoded], number: int) -> Step:
        torch = need("torch", "local")
        for group in self.optimiser.param_groups:
            group["lr"] = self.settings.learning_rate * _rate(
                number, len(self.batches.steps), self.settings
            )
        self.model.train()
        total, count = self._loss(batch)
        loss = total / count
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(
            [weight for weight in self.model.parameters() if weight.requires_grad], CLIP
        )
        self.optimiser.step()
        return Step(float(loss.detach()), sum(row.length for row in batch))

    def _loss(self, batch: Sequence[Encoded]) -> tuple[Any, int]:
        return loss_of(
            self.model,
            batch,
            self.pad,
            need("torch", "local"),
            right=self.kind.pads == "right",
            ahead=self.kind.ahead(),
        )

    def _watched(self, name: str) -> float:
        """Mean loss of a token over rows that are only read."""
        rows, size = self.batches.watched[name], self.settings.batch_size
        total, count = 0.0, 0
        self.model.eval()
        with need("torch", "local").no_grad():
            for at in range(0, len(rows), size):
                loss, tokens = self._loss(rows[at : at + size])
                total, count = total + float(loss), count + tokens
        return total / count

    def _evaluate(self, step: int) -> None:
        """Add a point to the curve, and keep the weights where they are the best so far."""
        losses = {n: self._watched(n) for n in ("held_out", "general") if n in self.batches.watched}
        if self.curve.add(step, **losses):
            self.best = {
                name: tensor.cpu().clone() for name, tensor in self.kind.state(self.model).items()
            }


def tunable(base: str, models: Models, root: Path) -> ModelSettings:
    """The settings of a model that can be tuned.

    Raises:
        UnknownModelError: no such model.
        ModelError: a server's model, an encoder, or one with an adapter already.
    """
    described = describe(base, models, root, "generator")
    if described.kind != "local" or described.adapter:
        what = {
            "openai": "it is asked on a server",
            "hosted": "it is asked on a server",
            "minilm": "it is an encoder",
        }.get(described.kind, "it has an adapter already")
        raise ModelError(
            f"cannot be tuned: {what}",
            where=base or models.generator,
            fix="Give --base the name of a folder, a hub model or openbook-reader.",
        )
    return described


def _loaded(described: ModelSettings, how: Kind, root: Path) -> Loaded:
    """The base, in the form that the kind wants it."""
    dtype: Any = how.dtype or described.dtype
    loaded = how.load(described, root)
    if loaded is None:
        loaded = LocalLM.open(replace(described, dtype=dtype), root).loaded
    if loaded.paired:
        raise ModelError(
            "cannot be tuned: it is an encoder-decoder",
            where=described.model,
            fix="Choose a decoder-only model.",
        )
    return loaded


def _rate(number: int, steps: int, settings: GeneratorSettings) -> float:
    """Share of the learning rate at a step: up in a line, down in a line, never 0."""
    rising = max(1, math.ceil(settings.warmup * steps))
    if number < rising:
        return (number + 1) / rising
    return (steps - number) / max(1, steps - rising)
