"""Tiny models with random weights, made on the spot: real classes, real files, no hub."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

LINES = [
    "Full-time staff have 15 days of paid leave a year.",
    "Up to 5 days may be carried over into March of the next year.",
    "Refunds are paid within 14 days of the purchase.",
    "구매일로부터 14일 이내에 환불을 신청할 수 있습니다.",
    "구독 요금은 결제 후 7일이 지나면 환불되지 않습니다.",
    "question answer passage documents quote",
]
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def byte_tokenizer(**more: Any) -> Any:
    """Byte-level BPE, as of Llama 3 and Qwen."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    special = ["<pad>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    raw.train_from_iterator(LINES * 3, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, pad_token="<pad>", bos_token="<s>", eos_token="</s>", **more
    )


def word_tokenizer() -> Any:
    """WordPiece, as of BERT."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    raw = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    raw.normalizer = normalizers.BertNormalizer(lowercase=True)
    raw.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=300, special_tokens=special, show_progress=False)
    raw.train_from_iterator(LINES * 3, trainer)
    raw.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=raw,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )


def save_decoder(folder: Path, kind: str, seed: int = 0, layers: int = 2) -> Path:
    """A decoder-only model: ``llama`` without a chat template, ``qwen3`` with one."""
    import torch
    import transformers

    torch.manual_seed(seed)
    shape = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": layers,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 1024,
        "vocab_size": 420,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "initializer_range": 0.3,
    }
    tokenizer = byte_tokenizer()
    if kind == "qwen3":
        config: Any = transformers.Qwen3Config(**shape, head_dim=8, tie_word_embeddings=True)
        model: Any = transformers.Qwen3ForCausalLM(config)
        tokenizer.chat_template = TEMPLATE
    else:
        model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**shape))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def save_t5(folder: Path) -> Path:
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    torch.manual_seed(0)
    config = T5Config(
        vocab_size=420,
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_heads=4,
        pad_token_id=0,
        eos_token_id=2,
        decoder_start_token_id=0,
        initializer_factor=5.0,
        tie_word_embeddings=False,
    )
    T5ForConditionalGeneration(config).save_pretrained(folder)
    byte_tokenizer(model_max_length=512).save_pretrained(folder)
    return folder


def bert_shape(**more: Any) -> Any:
    from transformers import BertConfig

    return BertConfig(
        vocab_size=300,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=128,
        **more,
    )


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Tiny models are slower with several threads, much slower on a busy machine."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    """The makers above, for tests that need another model than the shared ones."""
    return SimpleNamespace(decoder=save_decoder, t5=save_t5, bert_shape=bert_shape)


@pytest.fixture(scope="session")
def models_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with the tiny models in it."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def llama(models_root: Path) -> Path:
    return save_decoder(models_root / "llama", "llama")


@pytest.fixture(scope="session")
def qwen3(models_root: Path) -> Path:
    return save_decoder(models_root / "qwen3", "qwen3")


@pytest.fixture(scope="session")
def t5(models_root: Path) -> Path:
    return save_t5(models_root / "t5")


@pytest.fixture(scope="session")
def encoder(models_root: Path) -> Path:
    """A sentence-transformers folder that defines prompts for questions and passages."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules
    from transformers import BertModel

    torch.manual_seed(0)
    base = models_root / "bert"
    BertModel(bert_shape()).save_pretrained(base)
    word_tokenizer().save_pretrained(base)
    read = modules.Transformer(str(base), max_seq_length=64)
    pool = modules.Pooling(read.get_embedding_dimension())
    model = SentenceTransformer(
        modules=[read, pool],
        device="cpu",
        prompts={"query": "question: ", "document": "passage: "},
    )
    model.save(str(models_root / "encoder"))
    return models_root / "encoder"


@pytest.fixture(scope="session")
def cross_encoder(models_root: Path) -> Path:
    import torch
    from transformers import BertForSequenceClassification

    torch.manual_seed(0)
    folder = models_root / "cross"
    BertForSequenceClassification(bert_shape(num_labels=1)).save_pretrained(folder)
    word_tokenizer().save_pretrained(folder)
    return folder
