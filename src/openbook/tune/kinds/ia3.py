"""IA3: one learnt factor for each key, value and inner feed-forward number.

Source: Liu et al., "Few-Shot Parameter-Efficient Fine-Tuning is Better and Cheaper than
In-Context Learning", NeurIPS 2022 (arXiv:2205.05638).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from openbook.errors import InputError, need
from openbook.settings import setting
from openbook.tune.kinds._peft import PeftKind, linear_names, targets_of

SCALED = {"k_proj", "v_proj", "key", "value", "c_attn", "query_key_value", "qkv_proj"}
INNER = {"down_proj", "fc2", "c_proj", "dense_4h_to_h", "w2"}
"""Names of a layer's keys and values, and of what reads its inner feed-forward numbers."""


@dataclass(frozen=True)
class Ia3(PeftKind):
    """Learnt factors: the fewest weights of all kinds."""

    learning_rate: ClassVar[float] = 1e-2
    targets: str = setting(
        "", "Names of the layers to scale, with commas; empty means keys, values, feed-forward."
    )
    inner: str = setting("", "Those among them whose input is scaled, not what they give.")

    def config(self, model: Any) -> Any:
        """peft's ``IA3Config``."""
        there = set(linear_names(model))
        inner = targets_of(model, self.inner) if self.inner else sorted(there & INNER)
        scaled = (
            targets_of(model, self.targets) if self.targets else sorted(there & (SCALED | INNER))
        )
        if not scaled:
            raise InputError(
                "the model's keys, values and feed-forward layers are not known by name",
                where="targets",
                fix=f"Name them with targets and inner; there are {', '.join(sorted(there))}.",
            )
        return need("peft", "local").IA3Config(
            target_modules=scaled,
            feedforward_modules=[name for name in inner if name in scaled],
            task_type="CAUSAL_LM",
        )
