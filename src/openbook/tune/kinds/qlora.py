"""QLoRA: LoRA beside a base of 4 bits a weight, for GPUs too small for more.

Source: Dettmers et al., "QLoRA: Efficient Finetuning of Quantized LLMs", NeurIPS 2023
(arXiv:2305.14314). What comes of it is a plain LoRA adapter; it is served on the base as it is.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openbook.errors import InputError, need
from openbook.models.decoding import Loaded
from openbook.models.encoders import loading
from openbook.models.local import tokenizer_of
from openbook.models.settings import ModelSettings
from openbook.models.weights import folder_of
from openbook.tune.kinds.lora import Lora


@dataclass(frozen=True)
class Qlora(Lora):
    """Low-rank changes beside weights in the format NF4."""

    def check(self) -> None:
        """A GPU and the package that packs the weights."""
        super().check()
        lacking = ""
        if not need("torch", "local").cuda.is_available():
            lacking = "a CUDA GPU, and there is none"
        elif importlib.util.find_spec("bitsandbytes") is None:
            lacking = "the package bitsandbytes, which is not installed"
        if lacking:
            raise InputError(
                f"the kind qlora needs {lacking}",
                fix="Give --kind lora, or install bitsandbytes where a GPU is.",
            )

    def load(self, described: ModelSettings, root: Path) -> Loaded:
        """The base with its linear layers in 4 bits."""
        library, torch = need("transformers", "local"), need("torch", "local")
        folder = folder_of(described.model, root)
        packed = library.BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=torch.bfloat16,
        )
        with loading(described.model):
            model = library.AutoModelForCausalLM.from_pretrained(
                str(folder), local_files_only=True, quantization_config=packed, device_map={"": 0}
            )
            tokenizer = tokenizer_of(folder)
        return Loaded(model, tokenizer, paired=False)

    def put(self, loaded: Loaded) -> Any:
        """The packed base, made ready, with a fresh adapter."""
        peft = need("peft", "local")
        ready = peft.prepare_model_for_kbit_training(loaded.model)
        return super().put(Loaded(ready, loaded.tokenizer, loaded.paired))
