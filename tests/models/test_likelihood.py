from pathlib import Path

import numpy as np
import pytest

from openbook.errors import ModelError
from openbook.models.likelihood import likelihoods
from openbook.models.local import LocalLM
from openbook.models.open import READER, open_lm
from openbook.models.settings import Settings
from openbook.retrieve.compress import Compress
from openbook.testing import FakeLM, ToyRuntime
from openbook.types import LM, Hit, Passage, Query, Ranking

torch = pytest.importorskip("torch")
PAIRS = [
    ("How many days?", " Full-time staff have 15 days of paid leave a year."),
    ("", "환불은 14일 이내에 신청할 수 있습니다. 배송비는 고객이 부담합니다."),
    ("구매 후 며칠 이내인가요?", "\n14일"),
]


@pytest.fixture(scope="module")
def reader() -> LocalLM:
    model = open_lm(READER, Settings(), Path())
    assert isinstance(model, LocalLM)
    return model


def test_the_mean_is_the_models_own_loss(reader: LocalLM) -> None:
    """Transformers' cross-entropy over the second text alone, one text at a time."""
    for (before, text), found in zip(PAIRS, likelihoods(reader, PAIRS), strict=True):
        tokenizer = reader.loaded.tokenizer
        begin = tokenizer.bos_token_id
        begin = tokenizer.eos_token_id if begin is None else begin
        first = [begin, *tokenizer(before, add_special_tokens=False)["input_ids"]]
        second = tokenizer(text, add_special_tokens=False)["input_ids"]
        ids = torch.tensor([[*first, *second]])
        labels = torch.tensor([[-100] * len(first) + second])
        with torch.inference_mode():
            loss = reader.loaded.model(input_ids=ids, labels=labels).loss.item()
        assert found.mean == pytest.approx(-loss, abs=1e-4)
        assert len(found.values) == len(second) == len(found.starts)
        assert (found.values <= 0).all()
        assert found.starts[0] == 0
        assert (np.diff(found.starts) >= 0).all()


def test_what_does_not_fit_the_window_is_left_out(reader: LocalLM) -> None:
    (found,) = likelihoods(reader, [("why? " * 4000, "because " * 4000)])
    assert 0 < len(found.values) < reader.context_tokens


def test_other_models_cannot_say() -> None:
    with pytest.raises(ModelError, match="how likely"):
        likelihoods(FakeLM(), PAIRS)


@pytest.mark.parametrize("question", ["How many days of leave?", "휴가는 며칠인가요?"])
def test_perplexity_compresses_within_the_budget(reader: LocalLM, question: str) -> None:
    text = " ".join(f"Sentence {n} tells of leave and 휴가 {n}일." for n in range(40))
    whole = Passage("d#1", "d", 0, len(text), text)
    given = Ranking(Query(question), (Hit(whole, 1.0),))
    stage = Compress(120, "perplexity")
    (found,) = ToyRuntime({LM: reader}).run(stage, [given])
    from openbook.models.prompts import numbered

    assert 0 < reader.count(numbered(found.passages)) <= 120
    for passage in found.passages:
        assert text[passage.start : passage.end] == passage.text
    assert ToyRuntime({LM: reader}).run(stage, [given]) == [found]
