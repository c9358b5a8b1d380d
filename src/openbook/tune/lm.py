"""LoRA: a language model learns from prompts and what should be written after them.

Source: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022
(arXiv:2106.09685); on every linear layer, as QLoRA found best (arXiv:2305.14314).

A prompt reaches the model exactly as :class:`~openbook.models.local.LocalLM` hands it over
(the same code writes it), and only the completion is learnt. The training follows
:mod:`openbook.tune.run`; :func:`openbook.tune.adapter.publish` turns what was learnt into a
folder that ``models.available.NAME.adapter`` names.
"""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from openbook.errors import InputError, ModelError, need
from openbook.models.chat import prompt_tokens, reply_tokens
from openbook.models.decoding import ends_of
from openbook.models.local import LocalLM
from openbook.models.open import describe
from openbook.models.settings import Settings as Models
from openbook.models.weights import fingerprint, folder_of
from openbook.settings import setting
from openbook.tune.run import Step
from openbook.types import Prompt, digest

UNLEARNT = -100
"""Label of a token that is read and not learnt, as torch's cross-entropy has it."""

ALIKE = 16
"""Batches among which rows of like length are put together."""

CLIP = 1.0
"""Norm of a step's gradient, at most."""


@dataclass(frozen=True)
class LoraSettings:
    """How an adapter is trained. All of it decides what comes out."""

    rank: int = setting(16, "Rank of the two matrices beside each linear layer.", least=1)
    alpha: float = setting(32.0, "Scale of the adapter, divided by the rank.")
    learning_rate: float = setting(1e-3, "Highest learning rate (AdamW).")
    warmup: float = setting(
        0.05, "Share of the steps over which the rate rises; from there it falls to 0 in a line."
    )
    epochs: int = setting(3, "How often each row is learnt.", least=1)
    batch_size: int = setting(8, "Rows a step.", least=1)
    max_tokens: int = setting(
        1024, "Longest prompt and completion together, in tokens; longer rows are left out.", 8
    )
    seed: int = setting(0, "Decides the adapter's first weights and the order of the rows.")


@dataclass(frozen=True, slots=True)
class Row:
    """A prompt and what should be written after it; ``template`` is the prompt's id."""

    prompt: Prompt
    completion: str
    template: str = ""


@dataclass(frozen=True, slots=True)
class _Encoded:
    """A row as ids: what is read, then what is learnt."""

    read: list[int]
    learnt: list[int]

    @property
    def length(self) -> int:
        return len(self.read) + len(self.learnt)


@dataclass(eq=False)
class LoraJob:
    """A :class:`~openbook.tune.run.Job`. Make one with :meth:`open`."""

    name: str
    base: str
    settings: LoraSettings
    made_of: Mapping[str, Any]
    dropped: int
    model: Any = field(repr=False)
    optimiser: Any = field(repr=False)
    pad: int
    batches: list[list[_Encoded]] = field(repr=False)

    @classmethod
    def open(
        cls,
        base: str,
        rows: Sequence[Row],
        settings: LoraSettings | None = None,
        *,
        root: Path | None = None,
        models: Models | None = None,
    ) -> LoraJob:
        """Load the base, put a fresh adapter on it and encode the rows.

        Args:
            base: name of the model to tune, as :func:`openbook.models.open.open_lm` knows it.
            rows: what is learnt.
            settings: how.
            root: the project folder; relative names count from it.
            models: the table ``[models]``.

        Raises:
            InputError: no row, or none that fits.
            ModelError: a base that cannot be loaded, that has an adapter already, or that is
                not decoder-only.
            MissingExtraError: peft or transformers is not installed.
        """
        settings, root = settings or LoraSettings(), root or Path.cwd()
        _refuse_range(settings)
        described = describe(base, models or Models(), root, "generator")
        if described.kind != "local" or described.adapter:
            raise ModelError(
                "cannot be tuned: it is not a local model without an adapter",
                where=base,
                fix="Name a folder, a hub model or the bundled reader.",
            )
        loaded = LocalLM.open(described, root).loaded
        if loaded.paired:
            raise ModelError(
                "cannot be tuned: it is an encoder-decoder",
                where=base,
                fix="Choose a decoder-only model.",
            )
        end = ends_of(loaded.model, loaded.tokenizer)
        encoded = [_encoded(row, loaded.tokenizer, end) for row in rows]
        fitting = [row for row in encoded if row.length <= settings.max_tokens]
        if not fitting:
            raise InputError(
                f"none of {len(rows)} rows fits into {settings.max_tokens} tokens",
                fix="Give rows, or raise max_tokens.",
            )
        model = _adapted(loaded.model, settings)
        learnt = [weight for weight in model.parameters() if weight.requires_grad]
        torch = need("torch", "local")
        folder = folder_of(described.model, root)
        return cls(
            name=folder.name,
            base=base,
            settings=settings,
            made_of={
                "kind": "lora",
                "base": fingerprint(folder),
                "data": _hash(rows),
                "rows": len(fitting),
                "dropped": len(rows) - len(fitting),
                "templates": sorted({row.template for row in rows if row.template}),
            },
            dropped=len(rows) - len(fitting),
            model=model,
            optimiser=torch.optim.AdamW(learnt, lr=settings.learning_rate, weight_decay=0.0),
            pad=int(loaded.tokenizer.pad_token_id or 0),
            batches=_batches(fitting, settings),
        )

    @property
    def steps(self) -> int:
        """Batches of all epochs."""
        return len(self.batches)

    def spec(self) -> Mapping[str, Any]:
        """Base, data and settings, as hashes and numbers."""
        return {**self.made_of, "settings": asdict(self.settings), "seed": self.settings.seed}

    def step(self, number: int) -> Step:
        """One batch: the mean loss of its completions' tokens goes down."""
        torch = need("torch", "local")
        for group in self.optimiser.param_groups:
            group["lr"] = self.settings.learning_rate * _rate(number, self.steps, self.settings)
        batch = self.batches[number]
        self.model.train()
        loss = self._loss(batch, torch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(
            [weight for weight in self.model.parameters() if weight.requires_grad], CLIP
        )
        self.optimiser.step()
        return Step(float(loss.detach()), sum(row.length for row in batch))

    def state(self) -> dict[str, Any]:
        """The adapter's weights and the optimiser's memory."""
        return {"adapter": _weights(self.model), "optimiser": self.optimiser.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        """What :meth:`state` gave."""
        peft = need("peft", "local")
        peft.set_peft_model_state_dict(self.model, state["adapter"])
        self.optimiser.load_state_dict(state["optimiser"])

    def save(self, folder: Path) -> None:
        """Write the adapter's files (weights and ``adapter_config.json``) into a folder."""
        self.model.peft_config["default"].base_model_name_or_path = self.base
        self.model.save_pretrained(str(folder), save_embedding_layers=False)
        (folder / "README.md").unlink(missing_ok=True)  # peft's blank model card

    def _loss(self, batch: Sequence[_Encoded], torch: Any) -> Any:
        """Cross-entropy over the completions. Rows are padded on the left, as when they are
        asked, so that completions end together and only their end needs logits.
        """
        width = max(row.length for row in batch)
        last = max(len(row.learnt) for row in batch)
        ids = [[self.pad] * (width - row.length) + row.read + row.learnt for row in batch]
        mask = [[0] * (width - row.length) + [1] * row.length for row in batch]
        labels = [[UNLEARNT] * (last - len(row.learnt)) + row.learnt for row in batch]
        device = self.model.device
        seen = torch.tensor(mask, device=device)
        logits = self.model(
            input_ids=torch.tensor(ids, device=device),
            attention_mask=seen,
            position_ids=(seen.cumsum(1) - 1).clamp(min=0),
            logits_to_keep=last + 1,
            use_cache=False,
        ).logits[:, -last - 1 : -1]
        return torch.nn.functional.cross_entropy(
            logits.float().flatten(0, 1),
            torch.tensor(labels, device=device).flatten(),
            ignore_index=UNLEARNT,
        )


def _adapted(model: Any, settings: LoraSettings) -> Any:
    """The base, frozen, with an adapter on each of its linear layers but the last."""
    peft, torch = need("peft", "local"), need("torch", "local")
    config = peft.LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft reads a deprecated name
        torch.manual_seed(settings.seed)
        return peft.get_peft_model(model, config)


def _weights(model: Any) -> dict[str, Any]:
    """The adapter's tensors by name, copied: the next step does not change them."""
    held = need("peft", "local").get_peft_model_state_dict(model, save_embedding_layers=False)
    return {name: tensor.detach().clone() for name, tensor in held.items()}


def _encoded(row: Row, tokenizer: Any, end: Sequence[int]) -> _Encoded:
    learnt = reply_tokens(row.completion, tokenizer) + list(end[:1])
    return _Encoded(prompt_tokens(row.prompt, tokenizer), learnt)


def _batches(rows: Sequence[_Encoded], settings: LoraSettings) -> list[list[_Encoded]]:
    """The rows of every step: each epoch in another order, like lengths together."""
    found: list[list[_Encoded]] = []
    size = settings.batch_size
    for epoch in range(settings.epochs):
        draw = random.Random(f"{settings.seed}/{epoch}")
        order = list(rows)
        draw.shuffle(order)
        for at in range(0, len(order), size * ALIKE):
            near = sorted(order[at : at + size * ALIKE], key=lambda row: row.length)
            parts = [near[i : i + size] for i in range(0, len(near), size)]
            draw.shuffle(parts)
            found += parts
    return found


def _rate(number: int, steps: int, settings: LoraSettings) -> float:
    """Share of the learning rate at a step: up in a line, down in a line, never 0."""
    rising = max(1, math.ceil(settings.warmup * steps))
    if number < rising:
        return (number + 1) / rising
    return (steps - number) / max(1, steps - rising)


def _hash(rows: Sequence[Row]) -> str:
    """Identifies the rows in their order, by what is read and what is learnt."""
    parts = (
        digest(row.completion, *(part for m in row.prompt for part in (m.role, m.content)))
        for row in rows
    )
    return digest(*parts)


def _refuse_range(settings: LoraSettings) -> None:
    low = [
        name
        for name, least in (("rank", 1), ("epochs", 1), ("batch_size", 1), ("max_tokens", 8))
        if getattr(settings, name) < least
    ]
    if low or settings.learning_rate <= 0 or not 0 <= settings.warmup < 1:
        raise InputError(
            f"{low[0] if low else 'learning_rate or warmup'} is out of range",
            fix="See openbook.tune.lm.LoraSettings.",
        )
