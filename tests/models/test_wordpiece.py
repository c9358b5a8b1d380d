"""Words and their pieces, beside the ``tokenizers`` library on the same file."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbook.errors import ModelError
from openbook.models.open import ENCODER, bundled
from openbook.models.wordpiece import REMEMBERED, UNKNOWN, WordPiece, describe, words

VOCABULARY = [UNKNOWN, "un", "##aff", "##able", "a", "##b", "문서", "##에서", "서", "##버", "3"]
TINY = {piece: number for number, piece in enumerate(VOCABULARY)}
TEXTS = (
    "Staff get 15 days of paid leave; unaffordable, isn't it?",
    "환불은 7일 이내에 API(Application Programming Interface)로 신청합니다. ①Ⅳ㎏ ﬁne",
    "大韓民國 こんにちは ÉCOLE straße naïve Ñandú 3.14159 v2.0-rc1 snake_case camelCase",
    "",
    "  \n\t ",
    "🎉🎉 emoji 힣힣힣뷁 ㅋㅋㅋ",
)


def test_the_longest_pieces_from_the_beginning() -> None:
    cut = WordPiece(TINY)
    assert cut["unaffable"] == (1, 2, 3)
    assert cut["문서에서"] == (6, 7)
    assert cut["unx"] == ()
    assert cut.numbers("Unaffable 문서에서 API 3번") == [1, 2, 3, 6, 7, 10]
    assert cut["b" * 101] == ()


def test_the_library_cuts_the_same_pieces() -> None:
    from tokenizers import Tokenizer

    for description in (
        describe(VOCABULARY),
        json.loads((bundled(ENCODER) / "tokenizer.json").read_text("utf-8")),
    ):
        theirs = Tokenizer.from_str(json.dumps(description))
        unknown = theirs.token_to_id(UNKNOWN)
        ours = WordPiece.of(description, "here")
        for text in TEXTS:
            wanted = [n for n in theirs.encode(text).ids if n != unknown]
            assert ours.numbers(text) == wanted, text


@settings(deadline=None)
@given(st.text(max_size=60))
def test_words_are_folded_and_whole(text: str) -> None:
    found = words(text)
    assert all(found)
    assert words(" ".join(found)) == [w for word in found for w in words(word)]


def test_memory_is_bounded() -> None:
    cut = WordPiece({UNKNOWN: 0, **{str(n): n + 1 for n in range(10)}})
    cut.update({f"w{n}": () for n in range(REMEMBERED)})
    assert cut["7"] == (8,)
    assert len(cut) == 1
    assert cut["w5"] == ()
    cut.update({f"x{n}": () for n in range(REMEMBERED)})
    assert cut["w5"] == ()
    assert len(cut.before) <= REMEMBERED + 2


def test_other_tokenisers_are_refused() -> None:
    for description in ({}, {"model": {"type": "BPE", "vocab": {}}}):
        with pytest.raises(ModelError, match="not a WordPiece"):
            WordPiece.of(description, "x")
    other = describe(VOCABULARY)
    other["model"]["continuing_subword_prefix"] = "@@"
    with pytest.raises(ModelError, match="another way"):
        WordPiece.of(other, "x")
