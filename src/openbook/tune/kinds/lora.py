"""LoRA: two thin matrices beside each linear layer.

Source: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022
(arXiv:2106.09685); on every linear layer, as QLoRA found best (arXiv:2305.14314). With
``rslora`` the scale is divided by the rank's root (Kalajdzievski, arXiv:2312.03732).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from openbook.errors import need
from openbook.settings import setting
from openbook.tune.kinds import refuse_below
from openbook.tune.kinds._peft import PeftKind, targets_of


@dataclass(frozen=True)
class Lora(PeftKind):
    """Low-rank changes of weights, which can be merged into the base."""

    rank: int = setting(16, "Rank of the two matrices beside each linear layer.", least=1)
    alpha: float = setting(32.0, "Scale of the adapter, divided by the rank.")
    targets: str = setting(
        "all-linear", "Names of the layers that get one, with commas; all-linear means all."
    )
    rslora: bool = setting(False, "Whether the scale is divided by the rank's square root.")
    dora: ClassVar[bool] = False

    def check(self) -> None:
        """A rank of at least 1."""
        refuse_below(self, rank=1)

    def config(self, model: Any) -> Any:
        """peft's ``LoraConfig``."""
        return need("peft", "local").LoraConfig(
            r=self.rank,
            lora_alpha=self.alpha,
            target_modules=targets_of(model, self.targets),
            use_rslora=self.rslora,
            use_dora=self.dora,
            task_type="CAUSAL_LM",
        )
