"""A cross-encoder learns to put the passage that answers above those that do not.

The loss is the cross-entropy of a softmax over the passages of a question (ListNet with one
right answer: Cao et al., "Learning to Rank: From Pairwise Approach to Listwise Approach", ICML
2007). Everything else is as an encoder learns (:mod:`openbook.tune.retriever`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from openbook.corpus.split import indexed
from openbook.errors import InputError, ModelError, need
from openbook.models.encoders import loading, weights_kwargs
from openbook.models.open import describe, static_folder
from openbook.models.settings import ModelSettings
from openbook.models.settings import Settings as Models
from openbook.models.weights import folder_of
from openbook.models.window import encodable
from openbook.settings import setting
from openbook.tune.curve import Curve
from openbook.tune.judged import Judged
from openbook.tune.retriever import RetrieverJob, RetrieverSettings, batches_of
from openbook.tune.rows import Parts


@dataclass(frozen=True)
class CrossSettings(RetrieverSettings):
    """How a cross-encoder is trained. All of it decides what comes out."""

    epochs: int = setting(3, "How often each row is learnt, at most.", least=1)
    batch_size: int = setting(8, "Questions a step, each with its passages.", least=2)
    scale: float = setting(1.0, "By what scores are multiplied (1 / temperature).")


@dataclass(eq=False)
class CrossLearner:
    """A sentence-transformers cross-encoder with one score: all of its weights learn."""

    folder: Path
    model: Any = field(repr=False)
    rate: float = 2e-5

    @classmethod
    def open(cls, described: ModelSettings, root: Path) -> CrossLearner:
        """Load a cross-encoder, or an encoder that becomes one.

        Raises:
            UnknownModelError, ModelError, MissingExtraError: see :mod:`openbook.models.open`.
        """
        folder = folder_of(described.model, root)
        library = need("sentence_transformers", "local")
        torch = need("torch", "local")
        with loading(str(described.model)), torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)  # of a head that the base may lack
            model = library.CrossEncoder(
                str(folder),
                device=described.device or None,
                local_files_only=True,
                model_kwargs=weights_kwargs(described),
            )
        if model.num_labels != 1:
            raise ModelError(
                f"gives {model.num_labels} scores a pair instead of one",
                where=described.model,
                fix="Choose a cross-encoder made for ranking.",
            )
        model.eval()
        return cls(folder, model)

    def scores(self, pairs: Sequence[tuple[str, str]]) -> tuple[Any, int]:
        """A score a pair, before any activation, with gradients; and the tokens read."""
        read = self.model.preprocess([[encodable(text) for text in pair] for pair in pairs])
        read = {k: v.to(self.model.device) if hasattr(v, "to") else v for k, v in read.items()}
        tokens = int(read["attention_mask"].sum()) if "attention_mask" in read else len(pairs)
        return self.model(read)["scores"].reshape(len(pairs)), tokens

    def parameters(self) -> list[Any]:
        """All weights."""
        return list(self.model.parameters())

    def vectors(self, texts: Sequence[str], asked: bool) -> tuple[Any, int]:
        """A cross-encoder makes none."""
        raise NotImplementedError

    def state(self) -> dict[str, Any]:
        """All weights, copied to the CPU."""
        return {name: t.detach().cpu().clone() for name, t in self.model.state_dict().items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """What :meth:`state` gave."""
        self.model.load_state_dict(state)

    def save(self, folder: Path) -> None:
        """The files of a cross-encoder."""
        self.model.save_pretrained(str(folder), create_model_card=False)


@dataclass(eq=False)
class CrossJob(RetrieverJob):
    """A :class:`~openbook.tune.run.Job`. Make one with :meth:`open`."""

    @classmethod
    def open(
        cls,
        base: str,
        described: ModelSettings,
        divided: Parts[Judged],
        settings: RetrieverSettings,
        root: Path,
    ) -> CrossJob:
        """Load the base and put the rows in order; rows without a negative are left out.

        Raises:
            InputError: too few rows for a batch.
            ModelError: it cannot be loaded.
        """
        rows = Parts(
            [row for row in divided.learnt if row.negatives],
            [row for row in divided.held if row.negatives],
            divided.test,
        )
        if len(rows.learnt) < 2:
            raise InputError(
                "fewer than two rows to learn from have a passage that does not answer",
                fix="Give more rows, or lower held_out.",
            )
        held = CrossLearner.open(described, root)
        settings = replace(settings, learning_rate=settings.learning_rate or held.rate)
        optimiser = need("torch", "local").optim.AdamW(
            held.parameters(), lr=settings.learning_rate, weight_decay=0.0
        )
        batches = batches_of(rows.learnt, settings)
        return cls(base, settings, rows, held, batches, optimiser, Curve(settings.patience))

    def spec(self) -> Mapping[str, Any]:
        """As an encoder's, of another kind."""
        return {**super().spec(), "kind": "cross-encoder"}

    def manifest(self) -> Mapping[str, Any]:
        """As an encoder's, of another role."""
        return {**super().manifest(), "role": "reranker"}

    def _loss(self, rows: Sequence[Judged]) -> tuple[Any, int]:
        torch = need("torch", "local")
        given = [(row.positives[0], *row.negatives[: self.settings.negatives]) for row in rows]
        pairs = [(r.question, indexed(p)) for r, own in zip(rows, given, strict=True) for p in own]
        assert isinstance(self.encoder, CrossLearner)
        scores, read = self.encoder.scores(pairs)
        lists = torch.split(self.settings.scale * scores, [len(own) for own in given])
        table = torch.nn.utils.rnn.pad_sequence(lists, True, -math.inf)
        wanted = torch.zeros(len(rows), dtype=torch.long, device=table.device)
        return torch.nn.functional.cross_entropy(table, wanted), read


def described_reranker(base: str, models: Models, root: Path) -> ModelSettings:
    """The settings of a model that can be tuned as a cross-encoder.

    Raises:
        UnknownModelError: no such model.
        ModelError: none is named, or one that is on a server or a static encoder.
    """
    described = describe(base, models, root, "reranker")
    if described.kind != "local" or static_folder(described, root):
        raise ModelError(
            "cannot be tuned as a cross-encoder: only local transformers models can",
            where=base or models.reranker,
            fix="Give --base the folder of a cross-encoder, or tune --kind lambdarank.",
        )
    return described
