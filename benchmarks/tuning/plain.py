"""LoRA as a plain script does it: trl's SFTTrainer where it is installed, else transformers and
peft with a loop. The same rows, seed, batch size, epochs, rate and rank as ours.
"""

from __future__ import annotations

import importlib.util
import random
import tempfile
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openbook.models.chat import prompt_tokens, reply_tokens
from openbook.models.open import describe
from openbook.models.settings import Settings
from openbook.models.weights import folder_of
from openbook.tune.material import GeneratorSettings
from openbook.tune.memory import peak
from openbook.tune.rows import Row

UNLEARNT = -100
Rows = list[dict[str, list[int]]]


def plain(
    base: str, rows: Sequence[Row], settings: GeneratorSettings, *, rank: int, alpha: float
) -> dict[str, Any]:
    """Train, and say with what and how fast."""
    import torch
    import transformers

    folder = folder_of(describe(base, Settings(), Path.cwd(), "generator").model, Path.cwd())
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder))
    model = transformers.AutoModelForCausalLM.from_pretrained(str(folder), dtype=torch.float32)
    data = [_ids(row, tokenizer, settings.max_tokens) for row in rows]
    kept = [one for one in data if one]
    tokens = settings.epochs * sum(len(one["input_ids"]) for one in kept)
    trl = importlib.util.find_spec("trl") is not None
    began, own = time.perf_counter(), time.process_time()
    train = _trl if trl else _loop
    train(model, tokenizer, kept, settings, _config(rank, alpha))
    seconds, cpu = time.perf_counter() - began, time.process_time() - own
    return {
        "with": "trl" if trl else "transformers and peft, a loop",
        "tokens_per_second": round(tokens / seconds, 1),
        "tokens_per_cpu_second": round(tokens / cpu, 1),
        "seconds": round(seconds, 1),
        "tokens": tokens,
        "peak_memory_mb": round(peak(model.device), 1),
    }


def _ids(row: Row, tokenizer: Any, longest: int) -> dict[str, list[int]]:
    read = prompt_tokens(row.prompt, tokenizer)
    learnt = [*reply_tokens(row.completion, tokenizer), tokenizer.eos_token_id]
    if len(read) + len(learnt) > longest:
        return {}
    return {"input_ids": read + learnt, "labels": [UNLEARNT] * len(read) + learnt}


def _config(rank: int, alpha: float) -> Any:
    import peft

    return peft.LoraConfig(
        r=rank, lora_alpha=alpha, target_modules="all-linear", task_type="CAUSAL_LM"
    )


def _loop(
    model: Any, tokenizer: Any, data: Rows, settings: GeneratorSettings, adapter: Any
) -> None:
    """Shuffled batches, padded on the right; the model computes the loss of its labels."""
    import peft
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        tuned = peft.get_peft_model(model, adapter)
    learnt = [weight for weight in tuned.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(learnt, lr=1e-3, weight_decay=0.0)
    draw = random.Random(settings.seed)
    tuned.train()
    for _ in range(settings.epochs):
        order = draw.sample(data, len(data))
        for at in range(0, len(order), settings.batch_size):
            batch = order[at : at + settings.batch_size]
            width = max(len(one["input_ids"]) for one in batch)
            rows = {"input_ids": tokenizer.pad_token_id or 0, "labels": UNLEARNT}
            given = {
                key: torch.tensor([one[key] + [fill] * (width - len(one[key])) for one in batch])
                for key, fill in rows.items()
            }
            mask = torch.tensor(
                [
                    [1] * len(one["input_ids"]) + [0] * (width - len(one["input_ids"]))
                    for one in batch
                ]
            )
            loss = tuned(**given, attention_mask=mask, use_cache=False).loss
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learnt, 1.0)
            optimiser.step()


def _trl(model: Any, tokenizer: Any, data: Rows, settings: GeneratorSettings, adapter: Any) -> None:
    """The same through SFTTrainer, with rows that are ids already."""
    import datasets
    import trl

    with tempfile.TemporaryDirectory() as folder:
        config = trl.SFTConfig(
            output_dir=folder,
            per_device_train_batch_size=settings.batch_size,
            num_train_epochs=settings.epochs,
            learning_rate=1e-3,
            seed=settings.seed,
            max_length=settings.max_tokens,
            report_to="none",
            save_strategy="no",
            logging_strategy="no",
            use_cpu=True,
        )
        trainer = trl.SFTTrainer(
            model=model,
            args=config,
            train_dataset=datasets.Dataset.from_list(data),
            processing_class=tokenizer,
            peft_config=adapter,
        )
        trainer.train()
