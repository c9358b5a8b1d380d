"""How near a sentence is to a question in the bundled encoder's space: signals that were tried.

``cos_context``   cosine of the question and the sentence with what stands above it
``cos_passage``   cosine of the question and the passage
``stands_out``    the sentence's cosine against all sentences read, in standard deviations
``soft``          for each word of the question the nearest word of the sentence (squared
                  cosine), weighted by the length of the word's vector, which the encoder learnt
``soft_context``, ``soft_passage``   the same with what stands above, and in the whole passage
``to_the_point``  share of the sentence's weight whose words are near a word of the question
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from openbook.corpus.split import indexed
from openbook.generate.features import Candidate
from openbook.models.open import ENCODER, bundled
from openbook.models.static import StaticEncoder
from openbook.models.wordpiece import words
from openbook.types import Ranking

NAMES = (
    "cos_context", "cos_passage", "stands_out", "soft", "soft_context", "soft_passage",
    "to_the_point",
)  # fmt: skip
Rows = NDArray[np.float64]


class Meaning:
    """Computes the signals; keeps the vectors of words met before."""

    def __init__(self) -> None:
        self.encoder = StaticEncoder.open(bundled(ENCODER))
        self.known: dict[str, NDArray[np.float32]] = {}

    def rows(self, ranking: Ranking, candidates: Sequence[Candidate]) -> Rows:
        """One row a candidate, in the order of :data:`NAMES`."""
        asked = self.encoder.encode_queries([ranking.query.text])[0]
        owner = np.array([c.rank for c in candidates])
        texts = [c.unit.text for c in candidates]
        above = [c.context for c in candidates]
        alone = self.encoder.encode_passages(texts) @ asked
        joined = [f"{a}\n{t}" for a, t in zip(above, texts, strict=True)]
        passages = self.encoder.encode_passages([indexed(p) for p in ranking.passages]) @ asked
        soft = self._soft(ranking.query.text, texts, above, owner)
        return np.column_stack(
            [
                self.encoder.encode_passages(joined) @ asked,
                passages[owner],
                (alone - alone.mean()) / (alone.std() + 0.05),
                soft,
            ]
        )

    def _soft(
        self, question: str, texts: Sequence[str], above: Sequence[str], owner: NDArray[np.int_]
    ) -> Rows:
        asked = list(dict.fromkeys(words(question)))
        inside = [list(dict.fromkeys(words(text))) for text in texts]
        around = [list(dict.fromkeys(words(text))) for text in above]
        every = list(dict.fromkeys(w for one in (*inside, *around) for w in one))
        at = {word: place for place, word in enumerate(every)}
        wanted, weight = self._directions(asked)
        there, length = self._directions(every)
        near = np.clip(wanted @ there.T, 0.0, 1.0) ** 2
        own = np.array([_best(near, [at[w] for w in one]) for one in inside])
        context = np.maximum(own, [_best(near, [at[w] for w in one]) for one in around])
        whole = np.array([context[owner == rank].max(axis=0) for rank in owner])
        share = weight / max(float(weight.sum()), 1e-9)
        reached = near.max(axis=0, initial=0.0) * length
        point = [
            reached[i].sum() / max(float(length[i].sum()), 1e-9)
            for i in ([at[w] for w in one] for one in inside)
        ]
        return np.column_stack([own @ share, context @ share, whole @ share, point])

    def _directions(self, of: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Unit vectors of words, and their lengths."""
        for word in of:
            if word not in self.known:
                pieces = list(self.encoder.pieces[word])
                self.known[word] = self.encoder.table[pieces].sum(axis=0)
        vectors = np.array([self.known[word] for word in of], np.float32)
        vectors = vectors.reshape(len(of), self.encoder.dimension)
        length = np.linalg.norm(vectors, axis=1)
        return vectors / np.maximum(length, 1e-9)[:, None], length


def _best(near: Rows, places: list[int]) -> Rows:
    return near[:, places].max(axis=1) if places else np.zeros(len(near))
