"""What a network begins with: coordinates that say what tokens are, and heads that read.

Networks find these heads late, after tens of millions of tokens; set by hand before training,
they are there from the first step and are trained like everything else. The idea of beginning
near what training finds is that of mimetic initialisation (Trockman and Kolter, 2023,
arXiv:2305.09828). All other heads and layers begin with an output of zero.

Each embedding has a part for its word (:mod:`vectors`), a few coordinates that tell what kind
of token it is (:class:`Flag`), and room that is empty, into which heads write (:class:`Room`).

    layer 1   what stood before, and two before; whether a passage has begun
    layer 2   matching: is this word asked about, how rare is it; the first word of this sentence
    layer 3   how much of the sentence is asked about
    layer 4   where a quote begins: the first word of the sentence with most of it; copying: what
              followed here the last time, by two tokens (induction heads; Olsson et al., 2022,
              arXiv:2209.11895)
    layer 5   where an answer begins: a number or a name near what is asked about

Heads compare on the slowest rotary frequencies, which distance hardly turns; those that look
at a distance use the fastest, those that prefer what is near the ones between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import Qwen3ForCausalLM


class Flag(IntEnum):
    """Coordinates: those above ``AFTER_END`` are in the embeddings, the others are written."""

    CONSTANT = 0
    ENDS = 1
    """Ends a sentence or a line."""
    RARE = 2
    DIGIT = 3
    CAPITAL = 4
    START = 5
    PASSAGE = 6
    QUOTE = 7
    ANSWER = 8
    AFTER_END = 9
    """The token before ends a sentence."""
    INSIDE = 10
    """A passage has begun."""
    MATCHED = 11
    """Stands in the question; the rarer the more."""
    WORTH = 12
    """Share of the sentence, up to here, that stands in the question."""


FLAGS = len(Flag)
SPREAD = 0.08
"""Standard deviation of an embedding's numbers: enough for the first layers to tell tokens
apart."""
LEVEL = 0.48
"""Value of a flag that is set."""
HALF = 2 / 3
"""Of the coordinates on which copying compares, the share for the last token; the others are
for the one before it."""
NEAR, SAME, CHOOSING = 2.0, 1.7, 2.0
"""Weights of the norms of queries and keys: how sharply heads choose by distance, by
likeness, and among sentences."""
CARRIED, TOLD, PASSED, CHOSEN, ANSWERED = 0.08, 0.08, 0.6, 1.6, 0.15
"""How strongly heads write, beside an embedding."""


@dataclass(frozen=True)
class Room:
    """Coordinates of a width: flags, what heads write, and words."""

    before: slice
    """The last token, then again fewer numbers of it."""
    second: slice
    """The token before it."""
    first: slice
    """The first word of the sentence."""
    words: slice

    @classmethod
    def of(cls, width: int, head: int, theta: float) -> Room:
        """The room of a network, its heads' size and its rotary base."""
        most = min(len(slow(head, theta)), width // 6)
        large, small = _shares(most)
        marks = np.cumsum([FLAGS, large + small, small, most])
        return cls(
            *(slice(int(a), int(b)) for a, b in zip(marks, [*marks[1:], width], strict=True))
        )


def _shares(most: int) -> tuple[int, int]:
    large = max(1, round(most * HALF))
    return large, max(1, most - large)


def slow(size: int, theta: float) -> torch.Tensor:
    """Coordinates of a head that turn by less than a radian in a thousand tokens."""
    half = size // 2
    turns = theta ** (-torch.arange(half) / half) * 1_000
    pairs = torch.arange(half)[turns < 1.0]
    return torch.cat([pairs, pairs + half])


@torch.no_grad()
def install(
    net: Qwen3ForCausalLM,
    seed: int,
    tokens: Sequence[str],
    counts: NDArray[np.int64],
    marks: Mapping[Flag, int],
) -> None:
    """Set the flags of the embeddings and the first heads of the layers.

    Args:
        net: a new network; the words of its embeddings may have been learnt.
        seed: decides the projections.
        tokens: the text of each token.
        counts: how often each was seen.
        marks: ids of the tokens that begin a text, a passage, a quote, an answer.
    """
    config = net.config
    heads = config.num_attention_heads
    if config.num_hidden_layers < 5 or heads < 4 or config.num_key_value_heads != heads:
        raise SystemExit(
            "the reader needs five layers of four heads or more, with keys of their own"
        )
    theta = config.rope_parameters["rope_theta"]
    room = Room.of(config.hidden_size, config.head_dim, theta)
    _embed(net.model.embed_tokens.weight, room, tokens, counts, marks)
    for layer in net.model.layers:
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
    net.model.norm.weight[: room.words.start] = 0  # a token is told by its word alone
    maker = _Maker(net, room, theta, seed)
    for set_up in (maker.one, maker.two, maker.three, maker.four, maker.five):
        set_up()


def _embed(
    embeddings: torch.Tensor,
    room: Room,
    tokens: Sequence[str],
    counts: NDArray[np.int64],
    marks: Mapping[Flag, int],
) -> None:
    """Flags into the embeddings; the room for what heads write is emptied."""
    embeddings[:, : room.words.start] = 0
    embeddings[:, Flag.CONSTANT] = LEVEL
    plain = [token.strip(" \"'”’)]}»」』") for token in tokens]
    for flag, found in (
        (Flag.ENDS, [text.endswith((".", "?", "!", "\n")) for text in plain]),
        (Flag.DIGIT, [text[:1].isdigit() for text in plain]),
        (Flag.CAPITAL, [text[:1].isupper() for text in plain]),
    ):
        embeddings[:, flag] = LEVEL * torch.tensor(found, dtype=embeddings.dtype)
    rarity = np.log(counts.sum() / np.maximum(counts, 1.0)) - 4.0
    rarity *= [any(sign.isalnum() for sign in token) and "<" not in token for token in tokens]
    embeddings[:, Flag.RARE] = LEVEL * torch.from_numpy(np.clip(rarity / 8.0, 0.0, 1.0)).float()
    for flag, number in marks.items():
        embeddings[number, 1 : room.words.start] = 0
        embeddings[number, flag] = 3 * LEVEL
    embeddings[marks[Flag.START], room.words] = 0


class _Head:
    """One head's slices of its layer's matrices, emptied."""

    def __init__(self, attention: torch.nn.Module, number: int, size: int) -> None:
        rows = slice(number * size, (number + 1) * size)
        self.query = attention.q_proj.weight[rows].zero_()
        self.key = attention.k_proj.weight[rows].zero_()
        self.value = attention.v_proj.weight[rows].zero_()
        self.out = attention.o_proj.weight[:, rows].zero_()


class _Maker:
    """Sets the heads of each layer."""

    def __init__(self, net: Qwen3ForCausalLM, room: Room, theta: float, seed: int) -> None:
        self.layers, self.room, self.theta = net.model.layers, room, theta
        self.size, self.width = net.config.head_dim, net.config.hidden_size
        self.slow = slow(self.size, theta)
        self.large, self.small = _shares(min(len(self.slow), self.width // 6))
        self.most = self.large + self.small
        wide = room.words.stop - room.words.start
        generator = torch.Generator().manual_seed(seed)
        self.basis = torch.zeros(min(self.size, wide), self.width)
        self.basis[:, room.words] = torch.linalg.qr(
            torch.randn(wide, self.basis.shape[0], generator=generator)
        )[0].T
        """Orthonormal directions of words, shape ``(head, width)``."""

    def head(self, layer: int, number: int) -> _Head:
        return _Head(self.layers[layer].self_attn, number, self.size)

    def norms(self, layer: int, same: float = SAME) -> None:
        attention = self.layers[layer].self_attn
        for norm in (attention.q_norm, attention.k_norm):
            norm.weight[self.slow] = same
            norm.weight[self.pairs(0, 4)] = NEAR
            norm.weight[self.pairs(4, 9)] = SAME

    def pairs(self, begin: int, end: int) -> torch.Tensor:
        """Both coordinates of some rotary pairs, counted from the fastest."""
        half = self.size // 2
        found = torch.arange(begin, min(end, half))
        return torch.cat([found, found + half])

    def at_distance(self, head: _Head, distance: int) -> None:
        """Queries meet the keys so many positions before."""
        half = self.size // 2
        pairs = torch.arange(min(4, half))
        angles = distance * self.theta ** (-pairs / half)
        head.query[pairs, Flag.CONSTANT] = torch.cos(angles)
        head.query[pairs + half, Flag.CONSTANT] = -torch.sin(angles)
        head.key[pairs, Flag.CONSTANT] = 1.0

    def prefer_near(self, head: _Head, query: float, key: float) -> None:
        """Of equal keys the nearest counts most, over some tens of tokens."""
        half = self.size // 2
        pairs = torch.arange(4, min(9, half))
        head.query[pairs, Flag.CONSTANT] = query
        head.key[pairs, Flag.CONSTANT] = key

    def one(self) -> None:
        """What stood before and two before; whether a passage has begun."""
        self.norms(0)
        room, basis = self.room, self.basis
        before = self.head(0, 0)
        self.at_distance(before, 1)
        before.value[: self.large] = basis[: self.large]
        before.value[self.large : self.most] = basis[self.most : self.most + self.small]
        before.value[self.most, Flag.ENDS] = 1.0
        before.out[room.before, : self.most] = CARRIED * torch.eye(self.most)
        before.out[Flag.AFTER_END, self.most] = TOLD
        second = self.head(0, 1)
        self.at_distance(second, 2)
        second.value[: self.small] = basis[self.most : self.most + self.small]
        second.out[room.second, : self.small] = CARRIED * torch.eye(self.small)
        inside = self.head(0, 2)
        a, b = self.slow[0], self.slow[1]
        inside.query[a, Flag.CONSTANT] = 1.0
        inside.key[a, Flag.PASSAGE] = 1.0
        inside.key[a, Flag.START] = 0.3
        inside.key[b, Flag.CONSTANT] = 1.0
        inside.value[0, Flag.PASSAGE] = 1.0
        inside.out[Flag.INSIDE, 0] = TOLD / 2

    def two(self) -> None:
        """Matching, and the sentence's first word."""
        self.norms(1)
        room, basis = self.room, self.basis
        match = self.head(1, 1)
        words = self.slow[: self.most - 2]
        match.query[words] = basis[: len(words)]
        match.key[words] = basis[: len(words)]
        outside, begin = self.slow[self.most - 2], self.slow[self.most - 1]
        match.query[outside, Flag.CONSTANT] = match.query[begin, Flag.CONSTANT] = 0.6
        match.key[outside, Flag.INSIDE] = -6.0
        match.key[begin, Flag.START] = 1.5
        match.value[0, Flag.RARE] = 1.0
        match.out[Flag.MATCHED, 0] = TOLD
        first = self.head(1, 2)
        a, b = self.slow[0], self.slow[1]
        first.query[a, Flag.CONSTANT] = 1.0
        first.key[a, Flag.AFTER_END] = 1.0
        first.key[b, Flag.CONSTANT] = 1.0
        self.prefer_near(first, 0.45, 0.3)
        first.value[: self.most] = basis[: self.most]
        first.out[room.first, : self.most] = CARRIED * torch.eye(self.most)

    def three(self) -> None:
        """How much of the sentence is asked about."""
        self.norms(2)
        worth = self.head(2, 0)
        same, begin = self.slow[: self.most - 1], self.slow[self.most - 1]
        worth.query[same, _at(self.room.first, 0, len(same))] = torch.eye(len(same))
        worth.key[same, _at(self.room.first, 0, len(same))] = torch.eye(len(same))
        worth.query[begin, Flag.CONSTANT] = 0.75
        worth.key[begin, Flag.START] = 2.0
        worth.value[0, Flag.MATCHED] = 1.0
        worth.out[Flag.WORTH, 0] = TOLD

    def four(self) -> None:
        """Where a quote begins: the first word of the sentence most asked about; copying."""
        self.norms(3, same=CHOOSING)
        chosen = self.choosing(3, Flag.QUOTE)
        chosen.key[self.slow[0], Flag.ENDS] = 1.0
        chosen.key[self.slow[0], Flag.CONSTANT] -= 1.0
        chosen.value[: self.most, self.room.first] = torch.eye(self.most)
        chosen.out[:, : self.most] = CHOSEN * self.basis[: self.most].T
        room, basis = self.room, self.basis
        copy = self.head(3, 1)
        large, small = self.slow[: self.large], self.slow[self.large : self.most]
        copy.query[large] = basis[: self.large]
        copy.query[small, _at(room.before, self.large)] = torch.eye(self.small)
        copy.key[large, _at(room.before, 0, self.large)] = torch.eye(self.large)
        copy.key[small, room.second] = torch.eye(self.small)
        copy.value[: len(basis)] = basis
        copy.out[:, : len(basis)] = PASSED * basis.T

    def five(self) -> None:
        """Where an answer begins: a number or a name near what is asked about."""
        self.norms(4, same=CHOOSING)
        chosen = self.choosing(4, Flag.ANSWER)
        a = self.slow[0]
        chosen.key[a, Flag.DIGIT] = chosen.key[a, Flag.CAPITAL] = 0.5
        chosen.key[a, Flag.MATCHED] = -1.0
        chosen.value[: len(self.basis)] = self.basis
        chosen.out[:, : len(self.basis)] = ANSWERED * self.basis.T

    def choosing(self, layer: int, when: Flag) -> _Head:
        """A head that looks at what is worth most in the passages, at a mark; elsewhere at the
        beginning of the text.
        """
        head = self.head(layer, 0)
        a, begin, rest = self.slow[0], self.slow[1], self.slow[2]
        head.query[a, when] = 2.0
        head.query[begin, Flag.CONSTANT] = 1.0
        head.key[a, Flag.WORTH] = 4.0
        head.key[a, Flag.INSIDE] = 2.0
        head.key[a, Flag.CONSTANT] = -2.0
        head.key[begin, Flag.START] = 1.0
        head.key[rest, Flag.CONSTANT] = 1.25
        return head


def _at(place: slice, begin: int, end: int | None = None) -> slice:
    """A part of a slice, counted from its beginning."""
    return slice(place.start + begin, place.stop if end is None else place.start + end)
