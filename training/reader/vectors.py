"""Stage 1b: what the embeddings begin with: which tokens stand near which.

    python training/reader/vectors.py --out RUN --config cpu

Counts of neighbours within five tokens, as shifted positive pointwise mutual information,
factorised (Levy and Goldberg, NeurIPS 2014, with singular values to the power 1/2): what
word2vec finds, in a minute. A small model has no time to learn what words mean and how to
read; this gives it a part of the first. Writes RUN/vectors.npy, float32, one row a
token; the coordinates that words do not use are 0 (:mod:`circuits`).
"""

from __future__ import annotations

import numpy as np
from _cli import arguments
from _model import SPECIAL, THETA
from circuits import SPREAD, Room
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds
from tokens import FILE

WINDOW, SHIFT, SMOOTH = 5, 1.0, 0.75
CHUNK = 4_000_000


def counts(ids: NDArray[np.uint16], size: int) -> sparse.csr_matrix:
    """How often one token stands within the window of another, nearer ones counted more."""
    total = sparse.csr_matrix((size, size), dtype=np.float32)
    for begin in range(0, len(ids), CHUNK):
        part = ids[begin : begin + CHUNK].astype(np.int32)
        for distance in range(1, WINDOW + 1):
            weight = np.full(len(part) - distance, 1.0 / distance, np.float32)
            pairs = sparse.coo_matrix(
                (weight, (part[:-distance], part[distance:])), shape=(size, size)
            )
            total = total + pairs.tocsr()
    return (total + total.T).tocsr()


def association(near: sparse.csr_matrix) -> sparse.csr_matrix:
    """Shifted positive pointwise mutual information, contexts smoothed."""
    near = near.tocoo()
    row = np.asarray(near.sum(axis=1)).ravel()
    context = np.asarray(near.sum(axis=0)).ravel() ** SMOOTH
    expected = row[near.row] * (context / context.sum())[near.col]
    value = np.log(np.maximum(near.data, 1e-9) / np.maximum(expected, 1e-9)) - np.log(SHIFT)
    kept = (value > 0) & (near.data > 0.5)
    return sparse.csr_matrix(
        (value[kept].astype(np.float32), (near.row[kept], near.col[kept])), shape=near.shape
    )


def factors(values: sparse.csr_matrix, width: int, seed: int) -> NDArray[np.float32]:
    """The first ``width`` singular vectors, scaled, mixed by a random rotation so that every
    attention head gets a share of the strong ones; rows to a common spread.
    """
    left, strength, _ = svds(values, k=width, random_state=seed)
    found = (left * np.sqrt(strength)).astype(np.float32)
    rotation, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(width, width)))
    found = found @ rotation.astype(np.float32)
    norms = np.linalg.norm(found, axis=1, keepdims=True)
    return np.where(norms > 0, found / np.maximum(norms, 1e-9), 0) * SPREAD * np.sqrt(width)


def main() -> None:
    """Count, factorise, save."""
    given = arguments(__doc__)
    target = given.out / "vectors.npy"
    if target.is_file():
        print(f"{target} is there")
        return
    model = given.config.model
    room = Room.of(model.hidden, model.hidden // model.heads, THETA)
    size, width = model.vocabulary, room.words.stop - room.words.start
    ids = np.load(given.out / FILE, mmap_mode="r")[: int(given.config.corpus_mb * 2.5e5)]
    found = factors(association(counts(ids, size)), width, given.config.seed)
    random = np.random.default_rng(given.config.seed).normal(0, SPREAD, found.shape)
    unseen = np.linalg.norm(found, axis=1) == 0
    unseen[: len(SPECIAL)] = True
    found[unseen] = random[unseen]
    part = target.with_suffix(".part.npy")
    whole = np.zeros((size, model.hidden), np.float32)
    whole[:, room.words] = found
    np.save(part, whole)
    part.replace(target)
    print(f"{size - int(unseen.sum()):,} of {size:,} tokens have neighbours")


if __name__ == "__main__":
    main()
