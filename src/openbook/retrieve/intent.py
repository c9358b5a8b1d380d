"""What kind of question somebody asks: chat, a fact, several facts, or out of scope.

A multinomial logistic regression over the form of the question tells the first three apart. Out of
scope is decided by a second, binary one over how well retrieved passages cover the question; it
needs a retriever. The bundled weights were trained by ``training/intent/train.py``; with questions
of your own, :func:`openbook.retrieve.intent_train.train` makes others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from openbook.errors import InputError, ModelError
from openbook.retrieve.intent_features import BINS, SCOPE, form, scope
from openbook.stage import Runtime, Stage
from openbook.types import Query, Ranking

CHAT, FACT, SEVERAL, OUT = "chat", "fact", "multi-hop", "out of scope"
LABELS = (CHAT, FACT, SEVERAL, OUT)
"""What :class:`Intent` gives, for the branches of ``route``."""

FORMS = LABELS[:3]
"""Labels that the form of a question tells."""

CERTAIN = 0.7
"""Probability from which a question is chat. What is taken for chat is not answered from the
documents, so a question needs more than to look most like it.
"""

VERSION = 1


@dataclass(frozen=True, eq=False)
class Classifier:
    """Weights of the two regressions.

    ``forms`` has shape ``(BINS + 1, 3)``, its last row the bias; ``scope`` has one weight a number
    of :data:`~openbook.retrieve.intent_features.SCOPE` and a bias, or is empty where no ranking was
    seen in training.
    """

    forms: NDArray[np.float32] = field(repr=False)
    scope: NDArray[np.float32] = field(repr=False)

    def chances(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Probabilities of :data:`FORMS` for each question, shape ``(len(texts), 3)``."""
        values = np.empty((len(texts), len(FORMS)))
        for at, text in enumerate(texts):
            features = form(text)
            rows = self.forms[list(features)].astype(np.float64)
            values[at] = np.fromiter(features.values(), float) @ rows + self.forms[-1]
        values = np.exp(values - values.max(axis=1, keepdims=True, initial=-np.inf))
        return np.asarray(values / values.sum(axis=1, keepdims=True))

    def outside(self, ranking: Ranking) -> float:
        """Probability that a question's passages do not cover it.

        Raises:
            InputError: this classifier was trained without rankings.
        """
        if not len(self.scope):
            raise InputError(
                "this intent classifier has seen no rankings",
                where="intent",
                fix="Train it with rankings of questions in and out of scope, or leave out scope.",
            )
        value = float(np.dot(self.scope[:-1], scope(ranking)) + self.scope[-1])
        return float(1.0 / (1.0 + np.exp(-value)))

    def save(self, file: Path) -> None:
        """Write the weights to a file of numpy's ``npz`` format, in half precision."""
        from openbook.artifacts import write_atomic

        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(file, self.data())

    def data(self) -> bytes:
        """The weights as a file's content."""
        import io

        out = io.BytesIO()
        np.savez_compressed(
            out,
            version=np.array([VERSION]),
            forms=self.forms.astype(np.float16),
            scope=self.scope.astype(np.float32),
        )
        return out.getvalue()

    @classmethod
    def load(cls, file: Path | Any) -> Classifier:
        """Read weights.

        Raises:
            ModelError: the file is missing, damaged or of another version.
        """
        try:
            with file.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
                version, forms, own = (arrays[name] for name in ("version", "forms", "scope"))
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise ModelError(
                f"cannot be read as an intent classifier ({error})",
                where=str(file),
                fix="Train it again, or name another.",
            ) from error
        shapes = forms.shape == (BINS + 1, len(FORMS)) and own.shape in {(0,), (len(SCOPE) + 1,)}
        if version.tolist() != [VERSION] or not shapes:
            raise ModelError(
                "is an intent classifier of another version",
                where=str(file),
                fix="Train it again.",
            )
        return cls(forms.astype(np.float32), own.astype(np.float32))


@lru_cache(maxsize=1)
def bundled() -> Classifier:
    """The classifier that comes with the package."""
    return Classifier.load(resources.files("openbook.retrieve") / "bundled" / "intent.npz")


@dataclass(frozen=True)
class Intent(Stage[Query, str]):
    """The label of a question, for ``route({...}, by=Intent(...))``.

    Args:
        scope: a retriever; with one, questions that its passages do not cover are
            ``out of scope``. Without one, that label is never given.
        model: name of a classifier that the runtime provides; empty for the bundled one.
        sure: probability from which a question is out of scope. The default is high because what
            is refused here is lost, and a reader that finds no answer abstains by itself.
    """

    scope: Stage[Query, Ranking] | None = None
    model: str = ""
    sure: float = 0.9

    def __post_init__(self) -> None:
        if not 0.0 < self.sure < 1.0:
            raise InputError(f"sure = {self.sure}", where="intent", fix="Give one between 0 and 1.")

    @property
    def resources(self) -> tuple[tuple[type, str], ...]:
        """The classifier."""
        return ((Classifier, self.model),)

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[str]:
        """One of :data:`LABELS` a query. What is chat is not searched for."""
        if not batch:
            return []
        own = runtime.resolve(Classifier, self.model) if self.model else bundled()
        labels = [self._form(row) for row in own.chances([query.text for query in batch])]
        if self.scope is None:
            return labels
        asked = [at for at, label in enumerate(labels) if label != CHAT]
        rankings = runtime.run(self.scope, [batch[at] for at in asked]) if asked else []
        for at, ranking in zip(asked, rankings, strict=True):
            if own.outside(ranking) >= self.sure:
                labels[at] = OUT
        return labels

    @staticmethod
    def _form(chances: NDArray[np.float64]) -> str:
        """The likeliest label; chat only where it is certain."""
        others = 1 + int(chances[1:].argmax())
        return CHAT if chances[0] >= CERTAIN else FORMS[others]
