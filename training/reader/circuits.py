"""Heads that a network begins with: what copying and matching need.

Networks find these heads late, after tens of millions of tokens; set by hand before training,
they are there from the first step and are trained like everything else. The idea of beginning
near what training finds is that of mimetic initialisation (Trockman and Kolter, 2023,
arXiv:2305.09828). All other heads and layers begin with an output of zero.

*Copying* takes two heads (induction heads; Olsson et al., 2022, arXiv:2209.11895). All
embeddings share one constant coordinate. From it, queries and keys of a head in the first
layer are set on the fastest rotary frequencies so that they agree at distance one; what it
reads of the previous token it writes to a subspace of its own. In the second layer a head
compares the present token with that subspace, on the slowest frequencies, which distance
hardly turns, and passes on what stands there: the token that followed.

*Matching* takes two more. One in the first layer looks for the mark that begins a passage, and
so tells the passages from the question before them. One in the second layer looks for the
present token among those of the question; where there is none it looks at the very first
token. What it writes says: this word was asked about.
"""

from __future__ import annotations

import torch
from transformers import Qwen3ForCausalLM

CONSTANT = 0
"""The coordinate that is the same in all embeddings."""
LEVEL = 6.0
"""Its value, in standard deviations of the others."""
FAST = 6
"""Rotary pairs by which the previous token is found."""
SHARP_NEAR, SHARP_SAME = 2.0, 1.6
"""Weights of the norms of queries and keys: how sharply heads choose."""
CARRIED, PASSED = 0.15, 1.0
"""How strongly the heads of copying write."""
TOLD, MATCHED = 0.08, 1.5
"""How strongly the heads of matching write."""
WORDS = 24
"""Coordinates on which words are compared with those of the question."""


@torch.no_grad()
def install(net: Qwen3ForCausalLM, seed: int, begin: int, passage: int) -> None:
    """Set the first two heads of the first two layers, and the constant coordinate.

    Args:
        net: a new network; its embeddings may have been learnt.
        seed: decides the subspaces.
        begin: id of the token that every text begins with.
        passage: id of the token that begins a passage.
    """
    embeddings, config = net.model.embed_tokens.weight, net.config
    embeddings[:, CONSTANT] = LEVEL * embeddings[:, 1:].std()
    for layer in net.model.layers:
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
    size, theta = config.head_dim, config.rope_parameters["rope_theta"]
    width = embeddings.shape[1]
    most = min(size, (width - 4) // 2)
    basis = _basis(width, 2 * most + 2, seed)
    content, place, asked, matched = basis[:most], basis[most:-2], basis[-2], basis[-1]
    slow = _slow(size, theta)
    first, second = net.model.layers[0].self_attn, net.model.layers[1].self_attn
    _previous(_Head(first, 0, size), theta, content, CARRIED * place)
    _same(_Head(second, 0, size), slow, content, place, PASSED)
    if config.num_key_value_heads == config.num_attention_heads > 1:
        _segment(_Head(first, 1, size), slow, content, _direction(embeddings[passage]), asked)
        match = _Head(second, 1, size)
        _question(match, slow, content, asked, _direction(embeddings[begin]))
        match.out[:, 0] = MATCHED * matched
    for norm in (first.q_norm, first.k_norm, second.q_norm, second.k_norm):
        norm.weight[slow] = SHARP_SAME
    for norm in (first.q_norm, first.k_norm):
        fast = torch.arange(min(FAST, size // 2))
        norm.weight[torch.cat([fast, fast + size // 2])] = SHARP_NEAR


class _Head:
    """One head's slices of its layer's matrices, emptied."""

    def __init__(self, attention: torch.nn.Module, number: int, size: int) -> None:
        rows = slice(number * size, (number + 1) * size)
        self.query = attention.q_proj.weight[rows].zero_()
        self.key = attention.k_proj.weight[rows].zero_()
        self.value = attention.v_proj.weight[rows].zero_()
        self.out = attention.o_proj.weight[:, rows].zero_()


def _basis(width: int, count: int, seed: int) -> torch.Tensor:
    """Orthonormal rows that leave the constant coordinate alone, shape ``(count, width)``."""
    generator = torch.Generator().manual_seed(seed)
    found, _ = torch.linalg.qr(torch.randn(width - 1, count, generator=generator))
    whole = torch.zeros(count, width)
    whole[:, [at for at in range(width) if at != CONSTANT]] = found.T
    return whole


def _direction(embedding: torch.Tensor) -> torch.Tensor:
    """The unit vector of an embedding without the constant coordinate."""
    kept = embedding.clone()
    kept[CONSTANT] = 0
    return kept / kept.norm()


def _slow(size: int, theta: float) -> torch.Tensor:
    """Coordinates of a head that turn by less than a radian in a thousand tokens."""
    half = size // 2
    turns = theta ** (-torch.arange(half) / half) * 1_000
    pairs = torch.arange(half)[turns < 1.0]
    return torch.cat([pairs, pairs + half])


def _previous(head: _Head, theta: float, read: torch.Tensor, written: torch.Tensor) -> None:
    """Queries meet the keys of the position before."""
    half = len(head.query) // 2
    pairs = torch.arange(min(FAST, half))
    angles = theta ** (-pairs / half)
    head.query[pairs, CONSTANT] = torch.cos(angles)
    head.query[pairs + half, CONSTANT] = -torch.sin(angles)
    head.key[pairs, CONSTANT] = 1.0
    head.value[: len(read)] = read
    head.out[:, : len(read)] = written.T


def _same(
    head: _Head, slow: torch.Tensor, content: torch.Tensor, place: torch.Tensor, strength: float
) -> None:
    """The present token meets what stood before each position; what stands there is passed on."""
    slow = slow[: len(content)]
    head.query[slow] = content[: len(slow)]
    head.key[slow] = place[: len(slow)]
    head.value[: len(content)] = content
    head.out[:, : len(content)] = strength * content.T


def _segment(
    head: _Head,
    slow: torch.Tensor,
    content: torch.Tensor,
    passage: torch.Tensor,
    told: torch.Tensor,
) -> None:
    """Every position looks for the mark of a passage; those before the first find none.

    The other coordinates of the keys keep a token that is unlike the mark from looking like it
    once keys are brought to one length.
    """
    head.query[slow[0], CONSTANT] = 1.0
    head.key[slow[0]] = passage
    others = slow[1 : 1 + min(len(slow) - 1, len(content))]
    head.key[others] = content[: len(others)]
    head.value[0] = passage
    head.out[:, 0] = TOLD * told


def _question(
    head: _Head,
    slow: torch.Tensor,
    content: torch.Tensor,
    told: torch.Tensor,
    mark: torch.Tensor,
) -> None:
    """The present token meets the same token in the question, else the beginning of the text;
    one is read of the former, nothing of the latter.
    """
    words = slow[: min(WORDS, len(slow) - 2, len(content))]
    head.query[words] = content[: len(words)]
    head.key[words] = content[: len(words)]
    inside, beginning = slow[len(words)], slow[len(words) + 1]
    head.query[inside, CONSTANT] = head.query[beginning, CONSTANT] = 0.58
    head.key[inside] = -told
    head.key[beginning] = mark
    head.value[0, CONSTANT] = 0.27
    head.value[0] -= 0.1 * mark
