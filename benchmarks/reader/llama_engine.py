"""The reader's weights in llama.cpp: writes GGUF files and times them. Run by ``speed.py``.

    python llama_engine.py FOLDER     needs llama_cpp, gguf and numpy; prints one line of JSON

FOLDER holds weights.npz, config.json, the tokeniser's parts and task.json. Prompts come as token
ids; greedy tokens, and how the tokeniser cuts the prompts, are held against transformers'.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import gguf
import llama_cpp
import numpy as np

NAMES = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}
INNER = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
FORMATS = {
    "f32": gguf.GGMLQuantizationType.F32,
    "f16": gguf.GGMLQuantizationType.F16,
    "q8_0": gguf.GGMLQuantizationType.Q8_0,
}


def renamed(name: str) -> str:
    """A tensor's name in GGUF."""
    if name in NAMES:
        return NAMES[name]
    found = re.fullmatch(r"model\.layers\.(\d+)\.(.+)\.weight", name)
    if found is None:
        raise ValueError(f"no place for {name}")
    return f"blk.{found[1]}.{INNER[found[2]]}.weight"


def write(folder: Path, kind: str) -> Path:
    """A GGUF file of the architecture ``qwen3``."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    rope = config.get("rope_parameters") or {}
    file = folder / f"reader-{kind}.gguf"
    out = gguf.GGUFWriter(file, "qwen3")
    out.add_context_length(config["max_position_embeddings"])
    out.add_embedding_length(config["hidden_size"])
    out.add_block_count(config["num_hidden_layers"])
    out.add_feed_forward_length(config["intermediate_size"])
    out.add_head_count(config["num_attention_heads"])
    out.add_head_count_kv(config["num_key_value_heads"])
    out.add_key_length(config["head_dim"])
    out.add_value_length(config["head_dim"])
    out.add_layer_norm_rms_eps(config["rms_norm_eps"])
    out.add_rope_freq_base(float(rope.get("rope_theta", config.get("rope_theta", 10_000.0))))
    tokens = json.loads((folder / "tokens.json").read_text("utf-8"))
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("qwen2")
    out.add_token_list(tokens)
    control = set(json.loads((folder / "control.json").read_text("utf-8")))
    kinds = (gguf.TokenType.NORMAL, gguf.TokenType.CONTROL)
    out.add_token_types([kinds[at in control] for at in range(len(tokens))])
    out.add_token_merges(json.loads((folder / "merges.json").read_text("utf-8")))
    out.add_eos_token_id(int(config["eos_token_id"] or 0))
    tied = bool(config["tie_word_embeddings"])
    for name, array in np.load(folder / "weights.npz").items():
        if tied and name == "lm_head.weight":
            continue
        wanted = FORMATS[kind] if array.ndim == 2 else gguf.GGMLQuantizationType.F32
        out.add_tensor(renamed(name), gguf.quants.quantize(array, wanted), raw_dtype=wanted)
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()
    return file


def likeliest(model: Any) -> int:
    """The token that comes next."""
    logits = llama_cpp.llama_get_logits_ith(model.ctx, -1)
    return int(np.argmax(np.ctypeslib.as_array(logits, shape=(model.n_vocab(),))))


def greedy(model: Any, ids: list[int], count: int) -> tuple[list[int], float, float]:
    """Tokens written, seconds to read the prompt, seconds a token to write."""
    model.reset()
    start = time.perf_counter()
    model.eval(ids)
    token = likeliest(model)
    first = time.perf_counter() - start
    written = [token]
    start = time.perf_counter()
    for _ in range(count):
        model.eval([token])
        token = likeliest(model)
        written.append(token)
    return written, first, (time.perf_counter() - start) / max(1, count)


def measured(file: Path, task: dict[str, Any]) -> dict[str, Any]:
    """Speed of one file, and how many of the checked tokens agree."""
    start = time.perf_counter()
    model = llama_cpp.Llama(
        str(file),
        n_ctx=2048,
        n_batch=2048,
        n_ubatch=512,
        n_threads=task["threads"],
        n_threads_batch=task["threads"],
        logits_all=False,
        verbose=False,
    )
    loaded = time.perf_counter() - start
    same = [
        sum(a == b for a, b in zip(greedy(model, ids, len(wanted) - 1)[0], wanted, strict=True))
        / len(wanted)
        for ids, wanted in zip(task["ids"], task["check"], strict=False)
    ]
    rows = [greedy(model, ids, task["decoded"]) for ids in task["ids"]]
    reads = [len(ids) / first for ids, (_, first, _) in zip(task["ids"], rows, strict=True)]
    each = statistics.median(row[2] for row in rows)
    first = statistics.median(row[1] for row in rows)
    cut = [
        model.tokenize(text.encode(), add_bos=False, special=False) == wanted
        for text, wanted in task.get("texts", ())
    ]
    return {
        "file_mb": round(file.stat().st_size / 1e6, 1),
        "load_seconds": round(loaded, 2),
        "prefill_tokens_per_second": round(statistics.median(reads)),
        "decode_tokens_per_second": round(1 / each, 1),
        "prompt_seconds_median": round(first, 4),
        "seconds_a_token": round(each, 6),
        "same_tokens_as_transformers": round(statistics.mean(same), 3),
        "same_cut_of_prompts": round(statistics.mean(cut), 3) if cut else None,
    }


def main() -> None:
    folder = Path(sys.argv[1])
    task = json.loads((folder / "task.json").read_text("utf-8"))
    found: dict[str, Any] = {"version": llama_cpp.__version__}
    for kind in FORMATS:
        found[kind] = measured(write(folder, kind), task)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
