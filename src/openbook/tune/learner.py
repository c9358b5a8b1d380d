"""Encoders while they learn: texts to vectors with gradients. One class a sort of encoder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from openbook.artifacts import write_atomic
from openbook.errors import ModelError, need
from openbook.models.encoders import loading, weights_kwargs
from openbook.models.open import describe, static_folder
from openbook.models.settings import ModelSettings
from openbook.models.settings import Settings as Models
from openbook.models.static import READ, StaticEncoder, quantised, write_tensors
from openbook.models.weights import folder_of
from openbook.models.window import encodable


class Learner(Protocol):
    """An encoder that learns."""

    folder: Path
    rate: float

    def parameters(self) -> list[Any]:
        """What learns."""
        ...

    def vectors(self, texts: Sequence[str], asked: bool) -> tuple[Any, int]:
        """Unit vectors of questions or of passages, with gradients, and the tokens read."""
        ...

    def state(self) -> dict[str, Any]:
        """The weights, copied."""
        ...

    def restore(self, state: Mapping[str, Any]) -> None:
        """What :meth:`state` gave."""
        ...

    def save(self, folder: Path) -> None:
        """Write the files of an encoder."""
        ...


@dataclass(eq=False)
class StaticLearner:
    """A static encoder: the vectors of the pieces that occur in what is learnt are its weights.

    Pieces that do not occur keep the vectors that they have, so that the rest of the language
    stays where it was.
    """

    folder: Path
    encoder: StaticEncoder = field(repr=False)
    used: Any = field(repr=False)
    table: Any = field(repr=False)
    rate: float = 2e-3

    @classmethod
    def open(cls, folder: Path, texts: Sequence[str]) -> StaticLearner:
        """Read an encoder; ``texts`` are all that will be learnt from."""
        torch = need("torch", "local")
        encoder = StaticEncoder.open(folder)
        used = np.unique([n for text in texts for n in encoder.pieces.numbers(text[:READ])])
        used = used.astype(np.int64)
        table = torch.nn.Parameter(torch.from_numpy(encoder.table[used].copy()))
        return cls(folder, encoder, used, table)

    def parameters(self) -> list[Any]:
        """The vectors of the pieces."""
        return [self.table]

    def vectors(self, texts: Sequence[str], asked: bool) -> tuple[Any, int]:
        """Sums of the pieces' vectors, each weighted by the root of how often it comes."""
        torch = need("torch", "local")
        numbers: list[int] = []
        weights: list[float] = []
        starts, read = [], 0
        for text in texts:
            found = self.encoder.pieces.numbers(text[:READ])
            counts = Counter(found)
            starts.append(len(numbers))
            numbers += np.searchsorted(self.used, list(counts)).tolist()
            weights += [count**0.5 for count in counts.values()]
            read += len(found)
        summed = torch.nn.functional.embedding_bag(
            torch.tensor(numbers, dtype=torch.long),
            self.table,
            torch.tensor(starts, dtype=torch.long),
            mode="sum",
            per_sample_weights=torch.tensor(weights, dtype=torch.float32),
        )
        return torch.nn.functional.normalize(summed, dim=1, eps=1e-9), read

    def state(self) -> dict[str, Any]:
        """The vectors of the pieces."""
        return {"table": self.table.detach().clone()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """What :meth:`state` gave."""
        with need("torch", "local").no_grad():
            self.table.copy_(state["table"])

    def save(self, folder: Path) -> None:
        """Table, vocabulary and ``config.json``, as :mod:`openbook.models.static` reads them."""
        whole = self.encoder.table.copy()
        whole[self.used] = self.table.detach().numpy()
        write_tensors(folder / "model.safetensors", quantised(whole))
        for name in ("tokenizer.json", "config.json"):
            write_atomic(folder / name, (self.folder / name).read_bytes())


@dataclass(eq=False)
class SentenceLearner:
    """A sentence-transformers encoder: all of its weights learn."""

    folder: Path
    model: Any = field(repr=False)
    rate: float = 2e-5

    @classmethod
    def open(cls, described: ModelSettings, root: Path) -> SentenceLearner:
        """Load an encoder from a folder or the hub.

        Raises:
            UnknownModelError, ModelError, MissingExtraError: see :mod:`openbook.models.open`.
        """
        folder = folder_of(described.model, root)
        library = need("sentence_transformers", "local")
        with loading(str(described.model)):
            model = library.SentenceTransformer(
                str(folder),
                device=described.device or None,
                local_files_only=True,
                model_kwargs=weights_kwargs(described),
            )
        prompts = {"query": described.query_prompt, "document": described.passage_prompt}
        model.prompts.update({name: text for name, text in prompts.items() if text})
        return cls(folder, model)

    def parameters(self) -> list[Any]:
        """All weights."""
        return list(self.model.parameters())

    def vectors(self, texts: Sequence[str], asked: bool) -> tuple[Any, int]:
        """As ``encode_query`` and ``encode_document`` make them."""
        torch = need("torch", "local")
        prompt = self.model.prompts.get("query" if asked else "document") or None
        read = self.model.preprocess([encodable(text) for text in texts], prompt=prompt)
        read = {k: v.to(self.model.device) if hasattr(v, "to") else v for k, v in read.items()}
        made = self.model(read)["sentence_embedding"]
        tokens = int(read["attention_mask"].sum()) if "attention_mask" in read else len(texts)
        return torch.nn.functional.normalize(made, dim=1), tokens

    def state(self) -> dict[str, Any]:
        """All weights, copied to the CPU."""
        return {name: t.detach().cpu().clone() for name, t in self.model.state_dict().items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """What :meth:`state` gave."""
        self.model.load_state_dict(state)

    def save(self, folder: Path) -> None:
        """The files of a sentence-transformers model."""
        self.model.save(str(folder), create_model_card=False)


def described_encoder(base: str, models: Models, root: Path) -> ModelSettings:
    """The settings of an encoder that can be tuned.

    Raises:
        UnknownModelError: no such model.
        ModelError: one that runs on a server.
    """
    described = describe(base, models, root, "encoder")
    if described.kind in ("openai", "hosted"):
        raise ModelError(
            "cannot be tuned: it is asked on a server",
            where=base or models.encoder,
            fix="Give --base openbook-encoder, or the folder of an encoder.",
        )
    if described.kind == "minilm":
        raise ModelError(
            "cannot be tuned by this name: it is a package",
            where="minilm",
            fix="Give --base the folder of a sentence-transformers model, or openbook-encoder.",
        )
    return described


def learner(described: ModelSettings, root: Path, texts: Sequence[str]) -> Learner:
    """The encoder of some settings, ready to learn.

    Args:
        described: from :func:`described_encoder`.
        root: the project folder.
        texts: all that will be learnt from.
    """
    if folder := static_folder(described, root):
        return StaticLearner.open(folder, texts)
    return SentenceLearner.open(described, root)
