"""A cross-encoder learns from lists, resumes to the same weights, and reranks by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openbook.errors import ModelError
from openbook.models.encoders import LocalCrossEncoder
from openbook.models.settings import ModelSettings
from openbook.models.settings import Settings as Models
from openbook.synthesize.rows import PairRow
from openbook.tune.cross import CrossJob, CrossLearner, CrossSettings, described_reranker
from openbook.tune.judged import Judged
from openbook.tune.rows import parts
from openbook.tune.run import RunSettings, run
from openbook.types import Passage

FAST = CrossSettings(epochs=2, batch_size=4, learning_rate=1e-3)


def passage(number: int, text: str) -> Passage:
    return Passage(f"d{number}#{text[:3]}", f"d{number}", 0, len(text), text)


def pairs() -> list[PairRow]:
    return [
        PairRow(f"r{n}", f"paid leave {n}", passage(n, "full days"), (passage(n, "no refund"),))
        for n in range(12)
    ]


@pytest.fixture(scope="module")
def base(makers: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import BertForSequenceClassification

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("cross") / "tiny"
    BertForSequenceClassification(makers.bert_shape(num_labels=1)).save_pretrained(folder)
    makers.word_tokenizer().save_pretrained(folder)
    return folder


def job(base: Path) -> CrossJob:
    divided = parts([Judged.of(row) for row in pairs()], 0.2, 0)
    described = described_reranker(str(base), Models(), base)
    return CrossJob.open("tiny", described, divided, FAST, base)


def test_scores_that_learn_are_those_that_serve(base: Path) -> None:
    settings = ModelSettings(kind="local", model=str(base))
    asked = [("paid leave", "full days"), ("paid leave", "no refund at all")]
    made, tokens = CrossLearner.open(settings, base).scores(asked)
    served = LocalCrossEncoder.open(settings, base).score(asked)
    assert np.allclose(1 / (1 + np.exp(-made.detach().numpy())), served, 0, 1e-5) and tokens > 4


def test_it_learns_and_a_stopped_run_ends_the_same(base: Path, tmp_path: Path) -> None:
    whole = job(base)
    run(whole, tmp_path / "whole")
    assert whole.curve.points[-1]["held_out"] < whole.curve.points[0]["held_out"]
    assert not run(job(base), tmp_path / "parts", RunSettings(stop_after_steps=3)).finished
    second = job(base)
    assert run(second, tmp_path / "parts").finished
    ours, theirs = whole.encoder.state(), second.encoder.state()
    assert all(bool((ours[name] == theirs[name]).all()) for name in ours)


@pytest.mark.parametrize("kind", ["openai", "hosted", "minilm"])
def test_only_local_models_are_bases(kind: Any, tmp_path: Path) -> None:
    models = Models(available={"far": ModelSettings(kind=kind)})
    with pytest.raises(ModelError, match="only local"):
        described_reranker("far", models, tmp_path)
    with pytest.raises(ModelError, match="no reranker is configured"):
        described_reranker("", models, tmp_path)
