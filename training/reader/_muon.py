"""Muon (Jordan et al., 2024): updates of matrices with all singular values near one.

torch has one of its own that computes in bfloat16, which takes a hundred times as long on a
processor without instructions for it; this one computes in the weights' own format there.
Updates are scaled to the size of AdamW's (Moonlight, arXiv:2502.16982, equation 4).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch

ITERATION = (3.4445, -4.7750, 2.0315)
"""Coefficients of the quintic Newton-Schulz iteration, from Jordan et al."""


class Muon(torch.optim.Optimizer):
    """Momentum, orthogonalised, for two-dimensional weights only."""

    def __init__(
        self,
        params: Iterable[torch.Tensor],
        lr: float,
        weight_decay: float,
        momentum: float = 0.95,
        rounds: int = 5,
    ) -> None:
        made = {"lr": lr, "weight_decay": weight_decay, "momentum": momentum, "rounds": rounds}
        super().__init__(list(params), made)

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:
        """One update. Matrices of one shape are treated together."""
        for group in self.param_groups:
            alike: dict[torch.Size, list[torch.Tensor]] = defaultdict(list)
            for weight in group["params"]:
                if weight.grad is not None:
                    alike[weight.shape].append(weight)
            for weights in alike.values():
                self._update(weights, group)

    def _update(self, weights: list[torch.Tensor], group: dict[str, Any]) -> None:
        steps = []
        for weight in weights:
            held = self.state[weight].setdefault("momentum", torch.zeros_like(weight))
            held.lerp_(weight.grad, 1 - group["momentum"])
            steps.append(weight.grad.lerp(held, group["momentum"]))  # Nesterov's
        done = orthogonal(torch.stack(steps), group["rounds"])
        scale = 0.2 * max(weights[0].shape) ** 0.5 * group["lr"]
        for weight, update in zip(weights, done, strict=True):
            weight.mul_(1 - group["lr"] * group["weight_decay"]).sub_(update, alpha=scale)


def orthogonal(matrices: torch.Tensor, rounds: int) -> torch.Tensor:
    """Each matrix with its singular values brought near one; shape ``(n, rows, columns)``."""
    a, b, c = ITERATION
    x = matrices.bfloat16() if matrices.is_cuda else matrices
    tall = x.shape[-2] > x.shape[-1]
    x = x.mT if tall else x
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(rounds):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    return (x.mT if tall else x).to(matrices.dtype)
