"""Vectors of prepared passages, and passages streamed into another table when the encoder
or the analyser changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openbook.corpus.split import indexed
from openbook.knowledge import staging
from openbook.knowledge.engine import Table
from openbook.knowledge.prepare import Staged
from openbook.knowledge.progress import Progress
from openbook.knowledge.sql import among
from openbook.knowledge.tables import PASSAGE, VECTOR, schema, to_passage
from openbook.types import Encoder, digest

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

ENCODE_AT_ONCE = 256
LOOK_UP_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Vectors:
    """Makes and keeps the vectors of prepared passages, beside their rows."""

    encoder: Encoder
    folder: Path

    def path(self, staged: Staged) -> Path:
        """File of a prepared task's vectors, one row a passage, in the order of its rows."""
        return self.folder / f"{staged.key}.{digest(self.encoder.name)}.npy"

    def encode(self, staged: Sequence[Staged], old: Table | None, progress: Progress) -> None:
        """Make the vectors of prepared tasks; those made before an interruption stay.

        Args:
            staged: prepared tasks.
            old: the passages as they were, if they have vectors of this encoder: a passage
                that says the same keeps its vector.
            progress: told how far it is.
        """
        progress.start("encoding passages", sum(piece.passages for piece in staged))
        for piece in staged:
            if piece.passages and not self._made(piece):
                self._encode(piece, old, progress)
            else:
                progress.advance(piece.passages)
        progress.finish()

    def _made(self, piece: Staged) -> bool:
        import numpy as np

        try:
            return len(np.load(self.path(piece), mmap_mode="r")) == piece.passages
        except (OSError, ValueError):
            return False

    def _encode(self, piece: Staged, old: Table | None, progress: Progress) -> None:
        import numpy as np

        names = [name for file in piece.files for name in file.documents]
        before = vectors_of(old, names) if old is not None else {}
        out = np.zeros((piece.passages, self.encoder.dimension), np.float32)
        at = 0
        for part in staging.rows(piece, self.folder, "passages"):
            texts = indexed_texts(part)
            out[at : at + len(texts)] = self._some(texts, before)
            at += len(texts)
            progress.advance(len(texts))
        partial = self.path(piece).with_suffix(f".{os.getpid()}.part")
        with partial.open("wb") as file:
            np.save(file, out)
        partial.replace(self.path(piece))

    def _some(
        self, texts: Sequence[str], before: dict[str, NDArray[np.float32]]
    ) -> NDArray[np.float32]:
        import numpy as np

        out = np.zeros((len(texts), self.encoder.dimension), np.float32)
        new = [row for row, text in enumerate(texts) if text not in before]
        for row, text in enumerate(texts):
            if text in before:
                out[row] = before[text]
        for start in range(0, len(new), ENCODE_AT_ONCE):
            some = new[start : start + ENCODE_AT_ONCE]
            out[some] = self.encoder.encode_passages([texts[row] for row in some])
        return out

    def rows(self, piece: Staged) -> Iterator[pa.RecordBatch]:
        """Prepared passages of a task with their vectors."""
        import numpy as np

        if not piece.passages:
            return
        made = np.load(self.path(piece), mmap_mode="r")
        at = 0
        for part in staging.rows(piece, self.folder, "passages"):
            yield with_vectors(part, made[at : at + part.num_rows])
            at += part.num_rows


def indexed_texts(part: pa.RecordBatch) -> list[str]:
    """What the encoder and the analyser read of each passage in a batch."""
    return [indexed(to_passage(row)) for row in part.select(list(PASSAGE)).to_pylist()]


def vectors_of(old: Table, documents: Sequence[str]) -> dict[str, NDArray[np.float32]]:
    """Vectors of some documents' passages as they were, by what the encoder read of them."""
    import numpy as np

    found: dict[str, NDArray[np.float32]] = {}
    for start in range(0, len(documents), LOOK_UP_AT_ONCE):
        where = among("document_id", documents[start : start + LOOK_UP_AT_ONCE])
        for part in old.scan([*PASSAGE, VECTOR], where):
            texts = indexed_texts(part)
            vectors = part.column(part.schema.get_field_index(VECTOR)).to_pylist()
            for text, vector in zip(texts, vectors, strict=True):
                found[text] = np.array(vector, np.float32)
    return found


def with_vectors(part: pa.RecordBatch, vectors: NDArray[np.float32]) -> pa.RecordBatch:
    """A batch of passages with a column of vectors put at its end."""
    import numpy as np
    import pyarrow as pa

    dimension = vectors.shape[1]
    flat = pa.array(np.ascontiguousarray(vectors, np.float32).reshape(-1), pa.float32())
    column = pa.FixedSizeListArray.from_arrays(flat, dimension)
    kind = schema("passages", dimension)
    columns: list[Any] = [part.column(part.schema.get_field_index(c)) for c in kind.names[:-1]]
    return pa.RecordBatch.from_arrays([*columns, column], schema=kind)


def renewal(
    encoder: Encoder | None, *, terms: bool, vectors: bool
) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """How old rows become rows of the new table.

    Args:
        encoder: makes the vectors; None leaves them out.
        terms: whether to analyse again.
        vectors: whether to encode again rather than keep the vectors.
    """
    dimension = encoder.dimension if encoder else 0
    kind = schema("passages", dimension)

    def renew(part: pa.RecordBatch) -> pa.RecordBatch:
        texts = indexed_texts(part) if terms or vectors else []
        if terms:
            part = _analysed(part, texts)
        if encoder is None or not vectors:
            return part.select(kind.names).cast(kind)
        pieces = (texts[i : i + ENCODE_AT_ONCE] for i in range(0, len(texts), ENCODE_AT_ONCE))
        import numpy as np

        made = [encoder.encode_passages(piece) for piece in pieces]
        whole = np.concatenate(made) if made else np.zeros((0, dimension), np.float32)
        return with_vectors(part, whole)

    return renew


def _analysed(part: pa.RecordBatch, texts: Sequence[str]) -> pa.RecordBatch:
    import pyarrow as pa

    from openbook.text.terms import FIELDS, analyse

    terms = analyse(texts)
    for name in FIELDS:
        column = pa.array([getattr(item, name) for item in terms], pa.string())
        part = part.set_column(part.schema.get_field_index(name), name, column)
    return part
