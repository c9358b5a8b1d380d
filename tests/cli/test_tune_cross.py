"""`openbook tune reranker --kind cross-encoder` from the command line."""

from __future__ import annotations

import importlib.util
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openbook.project import Project
from openbook.synthesize.rows import PairRow, write_rows
from openbook.types import CrossEncoder, Passage


def makers() -> Any:
    file = Path(__file__).parents[1] / "models" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tiny_models", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def passage(number: int, text: str) -> Passage:
    return Passage(f"d{number}#{text[:3]}", f"d{number}", 0, len(text), text)


def pairs() -> list[PairRow]:
    return [
        PairRow(f"r{n}", f"paid leave {n}", passage(n, "full days"), (passage(n, "no refund"),))
        for n in range(12)
    ]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import BertForSequenceClassification

    torch.manual_seed(0)
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("cross") / "tiny"
    BertForSequenceClassification(makers().bert_shape(num_labels=1)).save_pretrained(folder)
    makers().word_tokenizer().save_pretrained(folder)
    return folder


def test_from_the_command_line(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, openbook: Callable[..., Any]
) -> None:
    (tmp_path / "openbook.toml").write_text("")
    (tmp_path / "tiny").symlink_to(base)
    write_rows(tmp_path / "P.jsonl", pairs())
    monkeypatch.chdir(tmp_path)
    line = "tune reranker --kind cross-encoder --data P.jsonl --name reads --base tiny"
    settings = ["--set", "epochs=1", "--set", "batch_size=4"]
    done = openbook(f"{line} {shlex.join(settings)}")
    assert done.status == 0 and "MRR@10 on 2 held-out questions" in done.out, done.err
    made = json.loads((tmp_path / ".openbook/made/adapters/reads/manifest.json").read_text())
    assert (made["role"], made["kind"]) == ("reranker", "cross-encoder")
    opened = Project.open(tmp_path)._model("open_cross_encoder", "adapter:reads")
    assert isinstance(opened, CrossEncoder) and opened.name.startswith("reads@")
    for options, said in (
        ("--base none", 'no model "none"'),
        ("--kind cros", "Known: cross-encoder"),
    ):
        refused = openbook(f"{line.replace('reads', 'other')} {options}")
        assert refused.status in (1, 2) and said in refused.err
    assert not (tmp_path / ".openbook/made/adapters/other").exists()
