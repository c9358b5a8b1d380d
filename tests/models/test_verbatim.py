"""Whatever a model prefers, between quote marks it writes what stands in the passages."""

import re
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer

from openbook.generate.quotes import quote
from openbook.models.local import LocalLM
from openbook.models.open import READER, bundled
from openbook.models.prompts import ANSWER, BEGIN_QUOTE, END_QUOTE, numbered, refusal, render
from openbook.models.settings import ModelSettings
from openbook.models.verbatim import Verbatim, Vocabulary, passages
from openbook.types import Passage

TEXTS = {
    "en": [
        'Staff get 15 days of leave. Up to 5 days may be carried over, "if agreed" (in writing).',
        "Refunds take 14 days.\nC# and issue #7 stay open.",
    ],
    "ko": [
        "연차는 15일이다. 남은 연차는 다음 해 3월까지 쓸 수 있다.",
        "환불은 「전자상거래법」에 따라 14일\n이내에 신청한다. 뷁쉛은 없다.",
    ],
}


@pytest.fixture(scope="module")
def reader() -> LocalLM:
    return LocalLM.open(ModelSettings(model=str(bundled(READER))), Path())


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("kind", ["reader", "bytes"])
def test_random_scores_quote_verbatim_and_never_twice(
    reader: LocalLM, llama: Path, language: str, kind: str
) -> None:
    """A network that knows nothing still quotes words of the passages, and stops."""
    tokenizer = reader.loaded.tokenizer
    if kind == "bytes":
        tokenizer = AutoTokenizer.from_pretrained(llama)
    vocabulary = Vocabulary.of(tokenizer)
    assert vocabulary is not None
    source = passages(render("rag", language, passages=numbered(TEXTS[language]), question="?"))
    assert source.count(b"\n") == 2
    random = np.random.default_rng(7)
    begin = tokenizer.encode(BEGIN_QUOTE, add_special_tokens=False)
    for _ in range(20):
        rule, ids, found = Verbatim(vocabulary, [source]), [5], []
        for _quote in range(4):
            for token in begin:  # the model opens a quote
                rule(torch.tensor([ids]), torch.zeros(1, len(vocabulary.tokens)))
                ids.append(token)
            opened = len(ids)
            for _step in range(400):
                scores = torch.from_numpy(random.normal(size=(1, len(vocabulary.tokens))))
                ids.append(int(rule(torch.tensor([ids]), scores).argmax()))
                text = tokenizer.decode(ids[opened:])
                if END_QUOTE in text:
                    break
            written = text.split(END_QUOTE)[0].strip()
            assert any(written in plain(one) for one in TEXTS[language]), written
            found.append(written)
        kept = [one for one in found if one]
        assert len(kept) == len(set(kept)) >= 2


def test_outside_quotes_and_without_passages_nothing_is_ruled_out(reader: LocalLM) -> None:
    assert reader.vocabulary is not None
    rule = Verbatim(reader.vocabulary, [b"", b"\n some words"])
    scores = torch.zeros(2, len(reader.vocabulary.tokens))
    assert rule(torch.tensor([[1, 2], [1, 2]]), scores).min() == 0
    assert passages(render("closed", "en", question="Who?")) == b""


def test_the_bundled_reader_never_misquotes(reader: LocalLM) -> None:
    """The real model, whatever it has learnt: each of its quotes is found in its passage."""
    asked = {"en": "How many days may be carried over?", "ko": "연차는 며칠인가?"}
    prompts = [
        render("rag", language, passages=numbered(TEXTS[language]), question=question)
        for language, question in asked.items()
    ]
    replies, quoted = reader.complete(prompts, max_tokens=120), 0
    for language, reply in zip(asked, replies, strict=True):
        sources = [Passage("p", "d", 0, len(t), t) for t in TEXTS[language]]
        for text in re.findall(f"{BEGIN_QUOTE}(.*?){END_QUOTE}", reply.text, re.DOTALL):
            assert any(quote(text, source) for source in sources), text
            quoted += 1
    assert quoted


def test_tokens_of_sentencepiece_are_read_as_bytes() -> None:
    class Pieces:
        all_special_ids = (0,)
        added_tokens_decoder: ClassVar[dict[int, str]] = {}

        def __len__(self) -> int:
            return 4

        def convert_ids_to_tokens(self, ids: list[int]) -> list[str]:
            return [["<s>", "▁15", "<0xEC>", "days"][number] for number in ids]

    found = Vocabulary.of(Pieces())
    assert found is not None and found.tokens == (b"", b" 15", b"\xec", b"days")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_random_scores_answer_with_words_of_the_passages(reader: LocalLM, language: str) -> None:
    """Where a model says that it does; several answers are parted by semicolons."""
    assert reader.vocabulary is not None
    tokenizer, size = reader.loaded.tokenizer, len(reader.vocabulary.tokens)
    source = passages(render("rag", language, passages=numbered(TEXTS[language]), question="?"))
    end = tokenizer.eos_token_id
    random = np.random.default_rng(3)
    seen = set()
    for _ in range(40):
        rule = Verbatim(reader.vocabulary, [source], True, [end])
        ids, mark = [5], tokenizer.encode(ANSWER, add_special_tokens=False)
        for token in mark:
            rule(torch.tensor([ids]), torch.zeros(1, size))
            ids.append(token)
        for _step in range(200):
            scores = torch.from_numpy(random.normal(size=(1, size)))
            scores[0, end] += 4
            ids.append(int(rule(torch.tensor([ids]), scores).argmax()))
            if ids[-1] == end:
                break
        text = tokenizer.decode(ids[1 + len(mark) : -1])
        for part in text.split(";"):
            refused = part.strip() in (refusal("en"), refusal("ko"))
            assert refused or any(part.strip() in plain(one) for one in TEXTS[language]), text
            seen.add(part.strip())
    assert len(seen) > 10
