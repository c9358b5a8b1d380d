"""Prefix tuning: learnt keys and values before the words, in every layer.

Source: Li and Liang, "Prefix-Tuning: Optimizing Continuous Prompts for Generation", ACL 2021
(arXiv:2101.00190), without the network that it trains the prefix through; the prefix begins
as the keys and values of words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from openbook.errors import need
from openbook.models.decoding import Loaded
from openbook.tune.kinds._soft import SoftKind, beginning


@dataclass(frozen=True)
class Prefix(SoftKind):
    """Keys and values that every layer attends to."""

    learning_rate: ClassVar[float] = 1e-2

    def config(self, model: Any) -> Any:
        """peft's ``PrefixTuningConfig``; heads need not divide the model's width."""
        text = model.config.get_text_config()
        heads = getattr(text, "num_key_value_heads", None) or text.num_attention_heads
        size = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
        return need("peft", "local").PrefixTuningConfig(
            num_virtual_tokens=self.tokens,
            token_dim=heads * size,
            num_attention_heads=heads,
            task_type="CAUSAL_LM",
        )

    def put(self, loaded: Loaded) -> Any:
        """They begin as what the model keeps of words."""
        torch = need("torch", "local")
        ids = torch.tensor([beginning(loaded.tokenizer, self.tokens)], device=loaded.model.device)
        with torch.no_grad():
            kept = loaded.model(input_ids=ids, use_cache=True).past_key_values
        model = super().put(loaded)
        parts = [part[0] for layer in kept.layers for part in (layer.keys, layer.values)]
        flat = torch.stack(parts).permute(2, 0, 1, 3).reshape(self.tokens, -1)
        with torch.no_grad():
            model.prompt_encoder["default"].embedding.weight.copy_(flat)
        return model
