"""Encoders and cross-encoders from real folders, and the bundled one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openbook.errors import ModelError
from openbook.models.open import open_cross_encoder, open_encoder
from openbook.models.settings import ModelSettings, Settings
from openbook.types import CrossEncoder, Encoder

NONE = Settings()


def named(folder: Path, **more: Any) -> Settings:
    return Settings(available={"tiny": ModelSettings(model=str(folder), device="cpu", **more)})


def test_a_folder_encodes_unit_vectors(encoder: Path) -> None:
    tiny = open_encoder("encoder", NONE, encoder.parent)
    assert isinstance(tiny, Encoder)
    texts = ["short", "환불을 신청할 수 있습니다 " * 30, "paid leave " * 5]
    vectors = tiny.encode_passages(texts)
    assert vectors.shape == (3, tiny.dimension) == (3, 32)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    alone = np.vstack([tiny.encode_passages([text]) for text in texts])
    assert np.abs(vectors - alone).max() < 1e-5
    assert tiny.encode_passages([]).shape == tiny.encode_queries([]).shape == (0, 32)
    assert tiny.languages == ()


def test_questions_and_passages_get_the_prompts_of_the_model(encoder: Path) -> None:
    tiny = open_encoder("encoder", NONE, encoder.parent)
    asked = tiny.encode_queries(["paid leave"])
    assert not np.allclose(asked, tiny.encode_passages(["paid leave"]))
    own = open_encoder("tiny", named(encoder, query_prompt="passage: "), encoder.parent)
    assert np.allclose(own.encode_queries(["paid leave"]), tiny.encode_passages(["paid leave"]))
    assert own.name != tiny.name
    said = open_encoder("tiny", named(encoder, languages=("en", "ko")), encoder.parent)
    assert said.languages == ("en", "ko")


def test_a_cross_encoder_scores_pairs(cross_encoder: Path) -> None:
    tiny = open_cross_encoder("cross", NONE, cross_encoder.parent)
    assert isinstance(tiny, CrossEncoder)
    pairs = [("paid leave", "15 days of paid leave"), ("환불", "구독 요금은 " * 80)]
    scores = tiny.score(pairs)
    assert scores.shape == (2,)
    assert scores.dtype == np.float32
    alone = np.concatenate([tiny.score([pair]) for pair in pairs])
    assert np.abs(scores - alone).max() < 1e-5
    assert tiny.score([]).shape == (0,)


def test_a_classifier_is_no_reranker(cross_encoder: Path, tmp_path: Path, make: Any) -> None:
    from transformers import BertForSequenceClassification

    shutil.copytree(cross_encoder, tmp_path / "cross")
    BertForSequenceClassification(make.bert_shape(num_labels=3)).save_pretrained(tmp_path / "cross")
    with pytest.raises(ModelError, match="3 scores a pair instead of one"):
        open_cross_encoder("cross", NONE, tmp_path)


def test_vectors_that_are_not_numbers_are_refused(encoder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    shutil.copytree(encoder, tmp_path / "encoder")
    file = next((tmp_path / "encoder").rglob("model.safetensors"))
    weights = {key: value * float("nan") for key, value in load_file(file).items()}
    save_file(weights, file, metadata={"format": "pt"})
    tiny = open_encoder("encoder", NONE, tmp_path)
    with pytest.raises(ModelError, match="not numbers"):
        tiny.encode_passages(["text"])


def test_the_bundled_encoder_reads_english() -> None:
    bundled = open_encoder("minilm", NONE, Path())
    assert bundled.languages == ("en",)
    assert bundled.dimension == 384
    asked = bundled.encode_queries(["How many vacation days do I get?"])
    read = bundled.encode_passages(["Staff have 15 days of paid leave.", "The printer is blue."])
    near, far = (asked @ read.T)[0]
    assert near > far + 0.2
    assert bundled.name == open_encoder("", Settings(encoder="minilm"), Path()).name


@pytest.mark.parametrize("damage", ["tokenizer", "weights", "empty"])
def test_damaged_encoders_are_named(encoder: Path, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "encoder"
    shutil.copytree(encoder, folder)
    if damage == "tokenizer":
        for file in folder.rglob("tokenizer.json"):
            file.write_text('{"version": "1.0"}')
    elif damage == "weights":
        for file in folder.rglob("model.safetensors"):
            file.write_bytes(b"nonsense")
    else:
        shutil.rmtree(folder)
        folder.mkdir()
    with pytest.raises(ModelError, match="cannot be loaded"):
        open_encoder("encoder", NONE, tmp_path)
