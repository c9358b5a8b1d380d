"""Heads that a network begins with: one that looks at the previous token, one that copies.

What follows an earlier occurrence of the same token is what copying needs, and two heads one
after the other compute it (induction heads; Olsson et al., 2022, arXiv:2209.11895). Networks
find them late, after tens of millions of tokens; set by hand before training, they are there
from the first step and are trained like everything else. The idea of beginning near what
training finds is that of mimetic initialisation (Trockman and Kolter, 2023, arXiv:2305.09828).

The previous token: all embeddings share one constant coordinate. From it, queries and keys of
one head in the first layer are set on the fastest rotary frequencies so that they agree at
distance one. What it reads, half of the previous token's embedding, it writes to a subspace
of its own. In the second layer one head compares the present token's embedding with that
subspace, on the slowest frequencies, which distance hardly turns, and passes on what stands
there: the token that followed.
"""

from __future__ import annotations

import torch
from transformers import Qwen3ForCausalLM

FAST = 6
"""Rotary pairs by which the previous token is found."""
CONSTANT = 0
"""The coordinate that is the same in all embeddings, in multiples of their spread:"""
LEVEL = 6.0
SHARP_NEAR, SHARP_SAME = 2.0, 1.6
"""Weights of the norms of queries and keys: how sharply the two heads choose."""
CARRIED, PASSED = 3.0, 16.0
"""How strongly the two heads write."""


@torch.no_grad()
def install(net: Qwen3ForCausalLM, seed: int) -> None:
    """Set the two heads, the first of the first two layers, and the constant coordinate."""
    embeddings = net.model.embed_tokens.weight
    embeddings[:, CONSTANT] = LEVEL * embeddings[:, 1:].std()
    width, size = embeddings.shape[1], net.config.head_dim
    content, place = _subspaces(width, min(size, (width - 1) // 2), seed)
    slow = _slow(size, net.config.rope_parameters["rope_theta"], content.shape[0])
    first, second = net.model.layers[0].self_attn, net.model.layers[1].self_attn
    _previous(first, size, net.config.rope_parameters["rope_theta"])
    _write(first, content, CARRIED * place)
    second.q_proj.weight[:size] = 0
    second.k_proj.weight[:size] = 0
    second.q_proj.weight[slow] = content[: len(slow)]
    second.k_proj.weight[slow] = place[: len(slow)]
    second.q_norm.weight[slow] = SHARP_SAME
    second.k_norm.weight[slow] = SHARP_SAME
    _write(second, content, PASSED * content)


def _subspaces(width: int, size: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Two orthonormal bases, orthogonal to each other and to the constant coordinate; each of
    shape ``(size, width)``.
    """
    generator = torch.Generator().manual_seed(seed)
    basis, _ = torch.linalg.qr(torch.randn(width - 1, 2 * size, generator=generator))
    whole = torch.zeros(2 * size, width)
    whole[:, [at for at in range(width) if at != CONSTANT]] = basis.T
    return whole[:size], whole[size:]


def _slow(size: int, theta: float, most: int) -> torch.Tensor:
    """Coordinates of a head that turn by less than a radian in a thousand tokens."""
    half = size // 2
    turns = theta ** (-torch.arange(half) / half) * 1_000
    pairs = torch.arange(half)[turns < 1.0]
    return torch.cat([pairs, pairs + half])[:most]


def _previous(attention: torch.nn.Module, size: int, theta: float) -> None:
    """Queries of the first head meet the keys of the position before."""
    half = size // 2
    pairs = torch.arange(min(FAST, half))
    angles = theta ** (-pairs / half)
    query, key = attention.q_proj.weight, attention.k_proj.weight
    query[:size] = 0
    key[:size] = 0
    query[pairs, CONSTANT] = torch.cos(angles)
    query[pairs + half, CONSTANT] = -torch.sin(angles)
    key[pairs, CONSTANT] = 1.0
    for norm in (attention.q_norm, attention.k_norm):
        norm.weight[pairs] = SHARP_NEAR
        norm.weight[pairs + half] = SHARP_NEAR


def _write(attention: torch.nn.Module, read: torch.Tensor, written: torch.Tensor) -> None:
    """What the first head reads of a token, and where in the stream it is written."""
    count = len(read)
    attention.v_proj.weight[:count] = read
    attention.o_proj.weight[:, :count] = written.T
