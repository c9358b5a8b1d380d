"""A static encoder: the vector of a text is the sum of its pieces' vectors, made one long.

No network is run, so it needs numpy alone, loads in a tenth of a second and reads thousands
of passages a second on one core. Its folder holds

    config.json        dimension, languages, pooling, weights of fusion
    tokenizer.json     a WordPiece vocabulary (:mod:`openbook.models.wordpiece`)
    model.safetensors  ``pieces`` (int8, a row a piece) and ``scales`` (float16, one a row)
    README.md          the model card

How much a piece counts is the length of its vector: that was learnt too. A piece that
comes ``n`` times in a text counts ``sqrt(n)`` times.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openbook.errors import ModelError
from openbook.models.open import STATIC
from openbook.models.weights import read_config
from openbook.models.wordpiece import WordPiece

READ = 20_000
"""Characters of a text that are read: corpus settings cut passages shorter."""

_TYPES: Mapping[str, type[np.generic]] = {"I8": np.int8, "F16": np.float16, "F32": np.float32}


@dataclass(frozen=True, eq=False)
class StaticEncoder:
    """A static encoder. Make one with :meth:`open`.

    ``quick`` says that passages can be encoded while a question waits: a hundred in a fiftieth of
    a second. ``fusion`` says, by language, how much of a hybrid ranking's score is this encoder's:
    learnt on questions that no benchmark asks.
    """

    name: str
    dimension: int
    languages: tuple[str, ...]
    fusion: Mapping[str, float]
    pieces: WordPiece = field(repr=False)
    table: NDArray[np.float32] = field(repr=False)
    quick: bool = True

    @classmethod
    def open(cls, folder: Path) -> StaticEncoder:
        """Read a folder.

        Raises:
            ModelError: a file is missing, damaged or of another format.
        """
        config = read_config(folder)
        if config.get("kind") != STATIC:
            raise ModelError(
                f"is not a static encoder ({STATIC})", where=str(folder), fix="Name another folder."
            )
        try:
            pieces = WordPiece.of(
                json.loads((folder / "tokenizer.json").read_text("utf-8")),
                str(folder / "tokenizer.json"),
            )
            tensors = read_tensors(folder / "model.safetensors")
            table = tensors["pieces"].astype(np.float32)
            table *= tensors["scales"].astype(np.float32)[:, None]
        except (OSError, ValueError, KeyError) as error:
            raise _damaged(folder, error) from error
        dimension = int(table.shape[-1])
        if len(table) != len(pieces.vocabulary) or dimension != config.get("dimension"):
            raise _damaged(folder, f"its table is {table.shape}")
        if not np.isfinite(table).all():
            raise _damaged(folder, "values that are not numbers")
        languages, fusion = config.get("languages"), config.get("fusion")
        return cls(
            name=f"{folder.name}@{_fingerprint(folder)}",
            dimension=dimension,
            languages=tuple(languages) if isinstance(languages, list) else (),
            fusion=fusion if isinstance(fusion, dict) else {},
            pieces=pieces,
            table=table,
        )

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape ``(len(texts), dimension)``.

        A text without any known piece gets the first unit vector, so that every cosine is a
        number; it is like nothing in particular.
        """
        out = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            numbers = self.pieces.numbers(text[:READ])
            if numbers:
                out[row] = self._sum(numbers)
        lengths = np.sqrt(np.einsum("ij,ij->i", out, out))
        empty = lengths < 1e-12
        out[empty, 0] = lengths[empty] = 1.0
        out /= lengths[:, None]
        return out

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As passages: one space for both."""
        return self.encode_passages(texts)

    def _sum(self, numbers: list[int]) -> NDArray[np.float32]:
        counts = Counter(numbers)
        weights = np.sqrt(np.fromiter(counts.values(), np.float32, len(counts)))
        rows = np.fromiter(counts, np.int64, len(counts))
        summed: NDArray[np.float32] = weights @ self.table.take(rows, axis=0)
        return summed


def quantised(table: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """A table as int8 with one scale a row: ``pieces[i] * scales[i]`` is row ``i`` to within
    half a step, 1/254 of the row's largest value.
    """
    scales = (np.abs(table).max(axis=1) / 127.0).astype(np.float16)
    steps = np.maximum(scales.astype(np.float32), 1e-12)[:, None]
    pieces = np.clip(np.rint(table / steps), -127, 127).astype(np.int8)
    return {"pieces": pieces, "scales": scales}


def read_tensors(file: Path) -> dict[str, NDArray[Any]]:
    """Arrays of a safetensors file (int8, float16, float32), by name.

    Format: https://github.com/huggingface/safetensors: eight bytes with the length of a JSON
    header, the header, the values.

    Raises:
        ValueError: the file is cut or holds other types.
    """
    data = file.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    if len(data) < 8 or start > len(data):
        raise ValueError("the file is cut")
    found: dict[str, NDArray[Any]] = {}
    for name, tensor in json.loads(data[8:start]).items():
        if name == "__metadata__":
            continue
        if tensor["dtype"] not in _TYPES:
            raise ValueError(f"values of type {tensor['dtype']}")
        first, last = tensor["data_offsets"]
        values = np.frombuffer(data[start + first : start + last], _TYPES[tensor["dtype"]])
        found[name] = values.reshape(tensor["shape"])
    return found


def write_tensors(file: Path, tensors: Mapping[str, NDArray[Any]]) -> None:
    """Arrays as a safetensors file; the counterpart of :func:`read_tensors`."""
    names = {np.dtype(kind): name for name, kind in _TYPES.items()}
    header: dict[str, Any] = {"__metadata__": {"format": "np"}}
    at = 0
    for name, values in tensors.items():
        header[name] = {
            "dtype": names[values.dtype],
            "shape": list(values.shape),
            "data_offsets": [at, at := at + values.nbytes],
        }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    parts = [np.ascontiguousarray(values).tobytes() for values in tensors.values()]
    file.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(parts))


def _fingerprint(folder: Path) -> str:
    """Identifies what decides the vectors: pieces and weights, not the weights of fusion."""
    state = blake2b(digest_size=8)
    for name in ("tokenizer.json", "model.safetensors"):
        state.update((folder / name).read_bytes())
    return state.hexdigest()


def _damaged(folder: Path, reason: object) -> ModelError:
    return ModelError(
        f"the encoder cannot be loaded ({' '.join(str(reason).split())[:200]})",
        where=str(folder),
        fix="Install the package again, or fetch the folder again.",
    )
