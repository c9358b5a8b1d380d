"""Stage 0: a bilingual byte-level BPE, and the chat template that lays out what is read.

    python training/reader/tokenizer.py --data ../shared/data --out RUN --config cpu

Words are cut before merging by Qwen2's pattern, which llama.cpp and vLLM know; digits stand
alone, which makes numbers easy to copy. The layout's marks are a token each. Writes RUN/tokenizer
and prints bytes per token of both languages on text that it has not seen.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

from _cli import arguments
from _config import Config, plain
from _model import ASSISTANT, END, PAD, SPECIAL, USER
from corpora import documents, mixed
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from openbook.artifacts import write_atomic
from openbook.models.prompts import MARKS

WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
TEMPLATE = """\
{%- for message in messages -%}
{%- if message.role == 'user' -%}
{%- set parts = message.content.rsplit('\\n\\n<question>\\n', 1) -%}
{{- '<|user|>\\n' -}}
{%- if parts|length == 2 -%}
{{- '<question>\\n' + parts[1] + '\\n' + parts[0] -}}
{%- else -%}
{{- message.content -}}
{%- endif -%}
{{- '\\n<|assistant|>\\n' -}}
{%- elif message.role == 'assistant' -%}
{{- message.content + '<|end|>\\n' -}}
{%- endif -%}
{%- endfor -%}"""
"""The question goes before the passages, so that a small model reads them knowing what is
asked; the system message is dropped, since the tags around what is given say the task."""


def train(data: Path, config: Config) -> PreTrainedTokenizerFast:
    """Learn the merges from both corpora."""
    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    core.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=config.model.vocabulary - len(MARKS),
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=True,
        max_token_length=24,
    )
    core.train_from_iterator(mixed(data, config.corpus_mb), trainer)
    core.add_tokens([AddedToken(mark, normalized=False) for mark in MARKS])
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        pad_token=PAD,
        eos_token=END,
        additional_special_tokens=[USER, ASSISTANT],
        chat_template=TEMPLATE,
        model_max_length=config.model.context,
        clean_up_tokenization_spaces=False,
    )


def bytes_per_token(tokenizer: PreTrainedTokenizerFast, data: Path) -> dict[str, float]:
    """How much text a token holds, by language, on 200 documents that nothing was learnt from."""
    found = {}
    for language in ("en", "ko"):
        texts = list(itertools.islice(documents(data, language, held_out=True), 200))
        tokens = sum(len(ids) for ids in tokenizer(texts, verbose=False)["input_ids"])
        found[language] = round(sum(len(text.encode()) for text in texts) / tokens, 2)
    return found


def main() -> None:
    """Train, save, print."""
    given = arguments(__doc__)
    folder = given.out / "tokenizer"
    if (folder / "measured.json").is_file():
        print(f"{folder} is there")
        return
    tokenizer = train(given.data, given.config)
    tokenizer.save_pretrained(folder)
    told = {
        "bytes_per_token": bytes_per_token(tokenizer, given.data),
        "config": plain(given.config),
    }
    write_atomic(folder / "measured.json", json.dumps(told, indent=1) + "\n")
    print(f"{len(tokenizer)} entries; bytes per token {told['bytes_per_token']}")


if __name__ == "__main__":
    main()
