"""Text to subword numbers, from a ``tokenizer.json`` of the WordPiece kind, without a library.

A word is a run of Hangul, of Latin letters, of digits or of other letters, one Chinese
character or kana; case and compatibility forms are folded (NFKC). It is cut greedily into
the longest pieces of the vocabulary, from its beginning (Schuster and Nakajima, "Japanese and
Korean Voice Search", 2012). Words repeat, so how each was cut is remembered: that makes it
several times faster than a compiled tokeniser that cuts every word anew.
The file is an ordinary one: the ``tokenizers`` library cuts the same pieces from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any
from unicodedata import normalize

from openbook.errors import ModelError

_LATIN = "a-z\u00df-\u00f6\u00f8-\u024f"
_EACH = "\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff"
_HANGUL = "\uac00-\ud7a3"
PATTERN = f"[{_HANGUL}]+|[{_LATIN}]+|[0-9]+|[{_EACH}]|[^\\W\\d_{_LATIN}{_HANGUL}{_EACH}]+"
"""What a word is, in Python's and in Oniguruma's syntax alike."""

CONTINUES = "##"
UNKNOWN = "[UNK]"
LONGEST = 100
"""Characters of a word that is cut; a longer one is unknown, as the library has it."""

REMEMBERED = 150_000
"""Words whose pieces are kept, about 250 bytes each. Then it begins anew, and words met again
are taken over, so at most twice as many are kept."""

_WORDS = re.compile(PATTERN)


def words(text: str) -> list[str]:
    """The words of a text, folded.

    >>> words("API를 Ⅳ번 호출(Call)합니다")
    ['api', '를', 'iv', '번', '호출', 'call', '합니다']
    """
    return _WORDS.findall(text.lower() if text.isascii() else normalize("NFKC", text).lower())


class _Table:
    """Pieces with their numbers, and how long those are that begin with two characters."""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self.numbers = numbers
        self.reach: dict[str, int] = {}
        for piece in numbers:
            self.reach[piece[:2]] = max(len(piece), self.reach.get(piece[:2], 0))


class WordPiece(dict[str, tuple[int, ...]]):
    """Cuts words into numbers of pieces. A mapping from words met so far to their pieces.

    Args:
        vocabulary: piece to number; pieces inside a word begin with ``##``.
    """

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.before: dict[str, tuple[int, ...]] = {}
        self.first = _Table({p: n for p, n in vocabulary.items() if not p.startswith(CONTINUES)})
        inner = {p[2:]: n for p, n in vocabulary.items() if p.startswith(CONTINUES)}
        self.inner = _Table(inner)

    @classmethod
    def of(cls, description: Mapping[str, Any], where: str) -> WordPiece:
        """From what a ``tokenizer.json`` says.

        Raises:
            ModelError: it describes another kind of tokeniser.
        """
        model = description.get("model", {})
        vocabulary = model.get("vocab") if isinstance(model, Mapping) else None
        if not isinstance(vocabulary, dict) or model.get("type") != "WordPiece":
            raise ModelError("is not a WordPiece tokeniser", where=where, fix="Install it again.")
        if model.get("continuing_subword_prefix") != CONTINUES:
            raise ModelError("marks inner pieces in another way", where=where)
        return cls(vocabulary)

    def __missing__(self, word: str) -> tuple[int, ...]:
        """Pieces of a word not met lately; none where a part of it is unknown."""
        if word in self.before:
            self[word] = known = self.before[word]
            return known
        found: list[int] = []
        start, end, table = 0, len(word), self.first
        while start < end <= LONGEST:
            number = None
            longest = table.reach.get(word[start : start + 2], 1)
            for stop in range(min(end, start + longest), start, -1):
                number = table.numbers.get(word[start:stop])
                if number is not None:
                    break
            if number is None:
                found = []
                break
            found.append(number)
            start, table = stop, self.inner
        if len(self) >= REMEMBERED:
            self.before = dict(self)
            self.clear()
        self[word] = pieces = tuple(found)
        return pieces

    def numbers(self, text: str) -> list[int]:
        """Numbers of a text's pieces, in order; what is unknown is left out."""
        return list(chain.from_iterable(map(self.__getitem__, words(text))))


def describe(vocabulary: Sequence[str]) -> dict[str, Any]:
    """A ``tokenizer.json`` of a vocabulary, as the ``tokenizers`` library reads it."""
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": vocabulary.index(UNKNOWN), "content": UNKNOWN, "single_word": False,
                "lstrip": False, "rstrip": False, "normalized": False, "special": True,
            }
        ],
        "normalizer": {
            "type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"}],
        },
        "pre_tokenizer": {
            "type": "Split", "pattern": {"Regex": PATTERN}, "behavior": "Removed", "invert": True,
        },
        "post_processor": None,
        "decoder": {"type": "WordPiece", "prefix": CONTINUES, "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": UNKNOWN,
            "continuing_subword_prefix": CONTINUES,
            "max_input_chars_per_word": LONGEST,
            "vocab": {piece: number for number, piece in enumerate(vocabulary)},
        },
    }  # fmt: skip
