"""Dense retrieval: cosine between vectors of the question and of the passages.

Vectors of another encoder than the one that asks would answer nonsense without a sign of
it, and so would an encoder in a language that it never learnt; both are refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from openbook.corpus.split import indexed
from openbook.errors import EncoderMismatchError, ModelError
from openbook.knowledge.snapshot import Snapshot
from openbook.stage import Runtime, Stage
from openbook.text.language import detect, reads_as_english
from openbook.types import Encoder, Hit, Query, Ranking

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LATIN = frozenset(("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "pl", "tr", "vi"))
_HANGUL = re.compile("[\uac00-\ud7a3]")
SHORT = 24
"""Questions in Latin letters up to this length are too short to tell one language from another."""


@dataclass(frozen=True)
class Dense(Stage[Query, Ranking]):
    """The ``k`` passages nearest to the question.

    Args:
        k: passages returned.
        encoder: name of the encoder; empty means the configured one.
    """

    k: int = 10
    encoder: str = ""

    @property
    def resources(self) -> tuple[tuple[type, str], ...]:
        """The encoder, and how an index of vectors is searched."""
        return ((Encoder, self.encoder), (Snapshot, ""))

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[Ranking]:
        """A ranking a query, scores are cosines.

        Raises:
            EncoderMismatchError: the snapshot's vectors are another encoder's, or it has none.
            ModelError: a question is in a language that the encoder does not know.
        """
        if not batch:
            return []
        snapshot = runtime.resolve(Snapshot)
        encoder = runtime.resolve(Encoder, self.encoder)  # type: ignore[type-abstract]
        check(snapshot, encoder)
        for query in batch:
            if reason := foreign(encoder, query.text):
                raise ModelError(
                    reason,
                    where="dense",
                    fix="Search lexically, or configure an encoder that knows the language.",
                )
        vectors = asked_vectors(encoder, batch)
        rankings: list[Ranking] = []
        for filters in dict.fromkeys(query.filters for query in batch):
            at = [i for i, query in enumerate(batch) if query.filters == filters]
            found = snapshot.dense(vectors[at], self.k, filters)
            rankings += [_ranking(snapshot, batch[i], f) for i, f in zip(at, found, strict=True)]
        by_query = {id(r.query): r for r in rankings}
        return [by_query[id(query)] for query in batch]

    def refuses(self, query: Query, runtime: Runtime) -> str:
        """Why this stage cannot answer a query; empty where it can."""
        return foreign(runtime.resolve(Encoder, self.encoder), query.text)  # type: ignore[type-abstract]

    def afresh(self, runtime: Runtime) -> bool:
        """Whether there are no vectors, and the encoder makes some while a question waits."""
        if runtime.resolve(Snapshot).encoder:
            return False
        return bool(getattr(runtime.resolve(Encoder, self.encoder), "quick", False))  # type: ignore[type-abstract]

    def among(
        self,
        batch: Sequence[Query],
        found: Sequence[Sequence[Ranking | None]],
        runtime: Runtime,
    ) -> list[Ranking]:
        """Cosines of passages that others have found, encoded now; ``found`` holds the others'
        rankings of each query.
        """
        encoder = runtime.resolve(Encoder, self.encoder)  # type: ignore[type-abstract]
        asked = asked_vectors(encoder, batch)
        rankings = []
        for query, vector, lists in zip(batch, asked, found, strict=True):
            passages = {p.id: p for one in lists if one for p in one.passages}
            read = encoder.encode_passages([indexed(p) for p in passages.values()])
            scores = (read @ vector).tolist()
            hits = [
                Hit(passage, score, (("dense", score),))
                for passage, score in zip(passages.values(), scores, strict=True)
            ]
            rankings.append(Ranking.of(query, hits, self.k))
        return rankings

    def weight(self, query: Query, runtime: Runtime) -> float | None:
        """What this stage's encoder has learnt to count in a fused ranking of a question."""
        encoder = runtime.resolve(Encoder, self.encoder)  # type: ignore[type-abstract]
        if not isinstance(encoder, Weighed):
            return None
        return encoder.fusion.get("ko" if _HANGUL.search(query.text) else detect(query.text))


@runtime_checkable
class Weighed(Protocol):
    """An encoder that has learnt how much its ranking counts beside a lexical one."""

    @property
    def fusion(self) -> Mapping[str, float]:
        """Weight in [0, 1] by language of the question."""
        ...


def asked_vectors(encoder: Encoder, batch: Sequence[Query]) -> NDArray[np.float32]:
    """Unit vectors of questions, shape ``(len(batch), dimension)``. A question with hypotheses
    gets the mean of its own vector and theirs (Gao et al., "Precise Zero-Shot Dense Retrieval
    without Relevance Labels", ACL 2023, equation 8).
    """
    import numpy as np

    vectors = encoder.encode_queries([query.text for query in batch])
    for at, query in enumerate(batch):
        if query.hypotheses:
            read = encoder.encode_passages(list(query.hypotheses))
            mean = (vectors[at] + read.sum(axis=0)) / (1 + len(read))
            vectors[at] = mean / max(float(np.linalg.norm(mean)), 1e-12)
    return vectors


def _ranking(snapshot: Snapshot, query: Query, found: Sequence[tuple[int, float]]) -> Ranking:
    passages = snapshot.passages([row for row, _ in found])
    hits = [
        Hit(passage, score, (("dense", score),))
        for passage, (_, score) in zip(passages, found, strict=True)
    ]
    return Ranking.of(query, hits)


def check(snapshot: Snapshot, encoder: Encoder) -> None:
    """Refuse to compare vectors of two encoders.

    Raises:
        EncoderMismatchError: naming both.
    """
    if snapshot.encoder == encoder.name:
        return
    if not snapshot.encoder:
        raise EncoderMismatchError(
            "the knowledge base has no vectors",
            fix='Set models.encoder (for example to "openbook-encoder") and run openbook sync.',
        )
    raise EncoderMismatchError(
        f'the vectors were made by "{snapshot.encoder}", the question\'s by "{encoder.name}"',
        fix="Configure that encoder again, or run openbook sync to make the vectors anew.",
    )


def foreign(encoder: Encoder, text: str) -> str:
    """Why an encoder cannot read a text: its languages exclude it. Empty where it can.

    An encoder that states no languages is taken at its word, and so is a text without
    letters. Names mislead: a question with an English function word in it passes for an
    encoder of English, and a few words in Latin letters for any Latin-script encoder.
    """
    known = encoder.languages
    language = detect(text) if known else ""
    if not language or language in known:
        return ""
    if "en" in known and reads_as_english(text):
        return ""
    if language in _LATIN and _LATIN.intersection(known) and len(text) <= SHORT:
        return ""
    return (
        f'the encoder "{encoder.name}" was made for {", ".join(known)}, '
        f'and the question is in "{language}"'
    )
