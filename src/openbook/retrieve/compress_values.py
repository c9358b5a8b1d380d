"""What each sentence of a ranking is worth for its question, without a model.

A sentence counts by the question's terms in it, weighted by how rare they are in general and
among these sentences; by what stands above it and beside it; by its passage's place in the ranking;
and by a number that it states where one is asked for. The weights were set by hand and are
tuned on nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openbook.retrieve.features import asks_figure
from openbook.retrieve.ltr_match import FIGURE, above
from openbook.text import overlap
from openbook.text.sentences import sentences
from openbook.types import Passage

Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence: the number of its passage in the ranking, and its span in that passage."""

    passage: int
    start: int
    end: int


@dataclass(frozen=True)
class Weights:
    """What counts how much beside the terms in the sentence itself, which count 1."""

    head: float = 0.3
    """Terms that only title and headings hold."""
    beside: float = 0.3
    """Terms that only the sentences before and after hold."""
    place: float = 0.3
    """1 / rank of the passage."""
    figure: float = 0.2
    """A number, where one is asked for, that the question does not say."""


def pieces(passages: Sequence[Passage]) -> list[Piece]:
    """Every sentence of some passages, in order."""
    return [
        Piece(number, start, end)
        for number, passage in enumerate(passages)
        for start, end in sentences(passage.text, passage.language)
    ]


def by_terms(
    question: str,
    passages: Sequence[Passage],
    parts: Sequence[Piece],
    weights: Weights = Weights(),
) -> Rows:
    """One value a sentence, at least 0; shape ``(len(parts),)``."""
    wanted = overlap.terms(question)
    texts = [passages[p.passage].text[p.start : p.end] for p in parts]
    inside = _degrees(wanted, texts)
    heads = {name: _degrees(wanted, [name])[0] for name in {above(p) for p in passages}}
    head = np.array([heads[above(passages[p.passage])] for p in parts]).reshape(inside.shape)
    weight = _weight(wanted, inside)
    owner = np.array([p.passage for p in parts])
    near = _beside(inside, owner)
    value = inside @ weight
    value += weights.head * (np.maximum(head - inside, 0.0) @ weight)
    held = np.maximum(inside, head)
    value += weights.beside * (np.maximum(near - held, 0.0) @ weight)
    value += weights.place / (1.0 + owner)
    if asks_figure(question):
        said = set(FIGURE.findall(question))
        value += weights.figure * np.array([bool(set(FIGURE.findall(t)) - said) for t in texts])
    return np.asarray(value, np.float64)


def _degrees(wanted: Sequence[overlap.Term], texts: Sequence[str]) -> Rows:
    reads = [overlap.glance(text) for text in texts]
    table = [[overlap.places(term, read)[0] for term in wanted] for read in reads]
    return np.array(table, np.float64).reshape(len(texts), len(wanted))


def _weight(wanted: Sequence[overlap.Term], inside: Rows) -> Rows:
    """Weights of terms, by rarity in general and here; they sum to 1."""
    spread = (inside > 0).sum(axis=0)
    general = np.array([overlap.rarity(term.form) for term in wanted])
    local = general * np.log(1.0 + len(inside) / (1.0 + spread))
    return np.asarray(local / local.sum()) if local.sum() > 0 else local


def _beside(inside: Rows, owner: NDArray[np.int_]) -> Rows:
    near = np.zeros_like(inside)
    if len(owner) > 1:
        same = (owner[1:] == owner[:-1])[:, None]
        near[1:] = np.maximum(near[1:], inside[:-1] * same)
        near[:-1] = np.maximum(near[:-1], inside[1:] * same)
    return near
