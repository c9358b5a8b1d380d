"""Prompt tuning: learnt vectors before the words.

Source: Lester et al., "The Power of Scale for Parameter-Efficient Prompt Tuning", EMNLP 2021
(arXiv:2104.08691).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from openbook.errors import need
from openbook.models.decoding import Loaded
from openbook.tune.kinds._soft import SoftKind, beginning


@dataclass(frozen=True)
class PromptTuning(SoftKind):
    """Vectors that the model reads as if they were words."""

    learning_rate: ClassVar[float] = 3e-2

    def ahead(self) -> int:
        """The learnt positions are hidden states of the model."""
        return self.tokens

    def config(self, model: Any) -> Any:
        """peft's ``PromptTuningConfig``."""
        peft = need("peft", "local")
        return peft.PromptTuningConfig(num_virtual_tokens=self.tokens, task_type="CAUSAL_LM")

    def put(self, loaded: Loaded) -> Any:
        """They begin as the vectors of words."""
        torch = need("torch", "local")
        model = super().put(loaded)
        words = loaded.model.get_input_embeddings().weight
        ids = torch.tensor(beginning(loaded.tokenizer, self.tokens), device=words.device)
        with torch.no_grad():
            model.prompt_encoder["default"].embedding.weight.copy_(words[ids])
        return model
