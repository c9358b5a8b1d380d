"""The bundled static encoder, from its real files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbook.errors import ModelError
from openbook.models.open import ENCODER, bundled, open_cross_encoder, open_encoder, open_lm
from openbook.models.settings import ModelSettings, Settings
from openbook.models.static import StaticEncoder, quantised, read_tensors, write_tensors
from openbook.types import Encoder

ROOT = Path()


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    opened = open_encoder(ENCODER, Settings(), ROOT)
    assert isinstance(opened, StaticEncoder)
    return opened


def test_it_is_an_encoder_of_both_languages(encoder: StaticEncoder) -> None:
    assert isinstance(encoder, Encoder)
    assert encoder.name.startswith(f"{ENCODER}@")
    assert encoder.languages == ("en", "ko")
    assert set(encoder.fusion) == {"en", "ko"}
    assert all(0.0 <= weight <= 1.0 for weight in encoder.fusion.values())
    assert encoder.encode_passages([]).shape == encoder.encode_queries([]).shape == (0, 256)


def test_the_folder_is_small_enough() -> None:
    assert sum(file.stat().st_size for file in bundled(ENCODER).iterdir()) <= 12_000_000


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(max_size=80), min_size=1, max_size=4))
def test_vectors_are_long_one(encoder: StaticEncoder, texts: list[str]) -> None:
    vectors = encoder.encode_passages(["", "\ud83d", *texts])
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_a_text_has_its_vector_whatever_stands_beside_it(encoder: StaticEncoder) -> None:
    texts = ["paid leave", "연차 휴가는 15일입니다.", "", "x" * 30_000, "word " * 9_000]
    together = encoder.encode_passages(texts)
    alone = np.vstack([encoder.encode_passages([text]) for text in texts])
    assert np.array_equal(together, alone)


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("How do I delete a user account?", "사용자 계정 삭제", "데이터베이스 백업 일정"),
        ("데이터베이스 연결 오류", "Database connection errors", "Printing a photo in color"),
        ("who won the football match", "The team won the game 3 to 1.", "The law of taxation."),
        ("축구 선수", "그는 월드컵 경기에서 골을 넣었다.", "이 법은 공포한 날부터 시행한다."),
    ],
)
def test_meaning_crosses_languages(
    encoder: StaticEncoder, question: str, right: str, wrong: str
) -> None:
    asked = encoder.encode_queries([question])
    near, far = (asked @ encoder.encode_passages([right, wrong]).T)[0]
    assert near > far + 0.1


def test_it_neither_writes_nor_reranks() -> None:
    with pytest.raises(ModelError, match="cannot write answers"):
        open_lm(ENCODER, Settings(), ROOT)
    with pytest.raises(ModelError, match="cannot rerank"):
        open_cross_encoder(ENCODER, Settings(), ROOT)


def test_a_copy_in_a_folder_opens_too(encoder: StaticEncoder, tmp_path: Path) -> None:
    shutil.copytree(bundled(ENCODER), tmp_path / "mine")
    copy = open_encoder("mine", Settings(), tmp_path)
    assert copy.name.split("@")[1] == encoder.name.split("@")[1]
    named = Settings(available={"fast": ModelSettings(model="mine")}, encoder="fast")
    assert open_encoder("", named, tmp_path).name == copy.name


@pytest.mark.parametrize("damage", ["cut", "nonsense", "missing", "tokens", "shape", "nan"])
def test_damage_is_named(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(bundled(ENCODER), folder)
    weights = folder / "model.safetensors"
    if damage == "cut":
        weights.write_bytes(weights.read_bytes()[:100_000])
    elif damage == "nonsense":
        weights.write_bytes(b"nonsense")
    elif damage == "missing":
        weights.unlink()
    elif damage == "tokens":
        (folder / "tokenizer.json").write_text('{"version": "1.0"}')
    elif damage == "shape":
        config = json.loads((folder / "config.json").read_text("utf-8"))
        (folder / "config.json").write_text(json.dumps(config | {"dimension": 8}))
    else:
        tensors = read_tensors(weights)
        tensors["scales"] = np.full_like(tensors["scales"], np.nan)
        write_tensors(weights, tensors)
    with pytest.raises(ModelError, match=r"cannot be loaded|not a WordPiece"):
        open_encoder("mine", Settings(), tmp_path)


def test_tables_come_back_to_half_a_step(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    table = np.random.default_rng(1).standard_normal((50, 16)).astype(np.float32)
    table[7] = 0.0
    file = tmp_path / "model.safetensors"
    write_tensors(file, quantised(table))
    held, theirs = read_tensors(file), load_file(file)
    assert all(np.array_equal(held[name], theirs[name]) for name in ("pieces", "scales"))
    again = held["pieces"].astype(np.float32) * held["scales"].astype(np.float32)[:, None]
    assert np.abs(again - table).max() <= np.abs(table).max() / 127
    assert not again[7].any()


def test_no_heavy_library_is_loaded() -> None:
    code = (
        "import sys; from pathlib import Path; from openbook.models.open import open_encoder;"
        "from openbook.models.settings import Settings;"
        "open_encoder('openbook-encoder', Settings(), Path()).encode_queries(['hello']);"
        "print([m for m in ('torch', 'transformers', 'tokenizers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
