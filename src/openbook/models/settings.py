"""Which models there are and which are used by default: the table ``[models]``.

[models]
generator = "qwen"

[models.available.qwen]
kind = "openai"
model = "qwen3"
base_url = "http://localhost:8000/v1"
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from openbook.settings import setting

Kind = Literal["local", "openai", "hosted", "minilm"]


@dataclass(frozen=True)
class ModelSettings:
    """One model: where it is and how to ask it."""

    kind: Kind = setting(
        "local",
        "Where the model runs: local (transformers on this machine), openai (a server that "
        "speaks the OpenAI protocol), hosted (another API, by litellm's model names) or "
        "minilm (the small English encoder that comes as a package).",
    )
    model: str = setting(
        "",
        "Folder (relative to the project), hub name (org/name), or the server's name of the "
        "model; empty means the name it has in this table.",
    )
    base_url: str = setting(
        "",
        "URL of the server, up to and with /v1; empty means api.openai.com for kind openai, and "
        "the service's own for kind hosted.",
    )
    api_key_env: str = setting(
        "",
        "Environment variable that holds the server's key; empty means OPENAI_API_KEY for "
        "api.openai.com, no key for another server, and for kind hosted whatever litellm reads.",
    )
    timeout_s: float = setting(60.0, "Seconds to wait for a server's reply before it failed.")
    retries: int = setting(
        3, "How many times a request is repeated after 429, 5xx, a timeout or a lost connection."
    )
    concurrency: int = setting(8, "How many requests to a server are under way at once.")
    max_tokens: int = setting(
        0, "Longest answer in tokens, whatever a stage asks for; 0 means no limit of its own."
    )
    context_tokens: int = setting(
        0, "Tokens that fit into the model, prompt and answer together; 0 means ask the model."
    )
    verbatim: bool = setting(
        True,
        "Whether a local model, between quote marks, may write only what stands in the passages "
        "of its prompt, and no stretch twice.",
    )
    languages: tuple[str, ...] = setting(
        (), "ISO 639-1 codes of the languages the model was made for; empty means not stated."
    )
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = setting(
        "auto",
        "Number format of a local model's weights: auto (float32 on a CPU, as stored "
        "elsewhere), float32, bfloat16 or float16.",
    )
    device: str = setting(
        "", "Device of a local model (cpu, cuda, mps); empty means cuda where there is one."
    )
    batch_size: int = setting(
        0,
        "Texts read at once, or sent to an embeddings server in one request; 0 means 8 (an encoder "
        "on another device than a CPU: 64; a server: 32).",
    )
    adapter: str = setting("", "Folder or hub name of an adapter (peft) to put on a local model.")
    query_prompt: str = setting(
        "", "Text an encoder puts before a question; empty means what the model itself defines."
    )
    passage_prompt: str = setting(
        "", "Text an encoder puts before a passage; empty means what the model itself defines."
    )
    price_in: float = setting(0.0, "US dollars for a million tokens read.")
    price_out: float = setting(0.0, "US dollars for a million tokens written.")


@dataclass(frozen=True)
class Settings:
    """The models that are used, and those that can be."""

    generator: str = setting(
        "openbook-reader",
        "Language model that writes answers: a name under models.available, openbook-reader (the "
        "small one that comes with openbook), a folder, or a hub name (org/name); empty means "
        "none. [ask] method decides whether it is used.",
    )
    encoder: str = setting(
        "",
        "Encoder whose vectors sync makes for dense retrieval: a name under models.available, "
        "openbook-encoder (the small one that comes with openbook), a folder, a hub name, or "
        "minilm. Empty means no vectors: dense retrieval is refused, and hybrid retrieval scores "
        "what lexical retrieval finds with openbook-encoder.",
    )
    reranker: str = setting(
        "",
        "Cross-encoder for reranking: a name under models.available, a folder or a hub name; "
        "empty means none.",
    )
    available: dict[str, ModelSettings] = field(
        default_factory=dict,
        metadata={"doc": "Models by name, one table each: [models.available.NAME]."},
    )
