"""Quotes that cannot be wrong: between quote marks a local model writes only what stands in
the passages of its prompt, and no stretch twice.

At each step inside a quote, tokens that would leave the passages are ruled out; the model
chooses among the rest, and may end the quote wherever a word ends. It is decoding under a
constraint that is an automaton over the passages' substrings (as in Geng et al., 2023,
arXiv:2305.13971), here followed by the places that what was quoted so far can stand at.

Works on bytes, so that tokens may cut characters and words as they like. White space counts
as one space. Outside quotes nothing changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from openbook.models.prompts import BEGIN_QUOTE, END_QUOTE
from openbook.types import Prompt

_PASSAGE = re.compile(r"<passage [^>\n]*>\n(.*?)\n</passage>", re.DOTALL)
_BEGIN, _END = BEGIN_QUOTE.encode(), END_QUOTE.encode()
_OPENS = b" \"'([{<"
LONGEST = 32
"""Bytes of a token that are looked at; longer ones are never written inside a quote."""


def passages(prompt: Prompt) -> bytes:
    """The passages in a prompt, a line each, white space as single spaces; empty for none."""
    texts = [text for message in prompt for text in _PASSAGE.findall(message.content)]
    return b"".join(b"\n " + " ".join(text.split()).encode() for text in texts)


@dataclass(frozen=True)
class Vocabulary:
    """The tokens of a model as bytes, and what may begin with them."""

    tokens: tuple[bytes, ...]

    @classmethod
    def of(cls, tokenizer: Any) -> Vocabulary | None:
        """Of a byte-level or a SentencePiece tokeniser; None for another kind."""
        size = len(tokenizer)
        names = tokenizer.convert_ids_to_tokens(list(range(size)))
        special = set(tokenizer.all_special_ids)
        added = {number: str(token) for number, token in tokenizer.added_tokens_decoder.items()}
        read = _reader(names)
        if read is None:
            return None
        return cls(
            tuple(
                b""
                if number in special or name is None
                else added[number].encode()
                if number in added
                else read(name)
                for number, name in enumerate(names)
            )
        )

    @cached_property
    def numbers(self) -> Mapping[bytes, tuple[int, ...]]:
        """Ids by bytes; most have one."""
        found: dict[bytes, tuple[int, ...]] = {}
        for number, token in enumerate(self.tokens):
            if token:
                found[token] = (*found.get(token, ()), number)
        return found

    def beginnings(self, text: bytes) -> Iterator[int]:
        """Tokens that a text begins with."""
        for length in range(1, min(LONGEST, len(text)) + 1):
            yield from self.numbers.get(text[:length], ())

    @cached_property
    def ending(self) -> tuple[tuple[int, ...], ...]:
        """For each count of bytes of the end mark that are written: tokens that go on with it."""
        return tuple(
            tuple(
                number
                for number, token in enumerate(self.tokens)
                if token and (left.startswith(token) or token.startswith(left))
            )
            for left in (_END[begin:] for begin in range(len(_END)))
        )


def _reader(names: Sequence[str | None]) -> Any:
    """From a token's name to its bytes."""
    known = {name for name in names if name}
    if any(name.startswith("Ġ") for name in known):
        back = _byte_level()
        return lambda name: bytes(back.get(sign, 0) for sign in name)
    if any(name.startswith("▁") for name in known):
        return _sentencepiece
    return None


def _sentencepiece(name: str) -> bytes:
    if re.fullmatch(r"<0x[0-9A-F]{2}>", name):
        return bytes([int(name[3:5], 16)])
    return name.replace("▁", " ").encode()


def _byte_level() -> dict[str, int]:
    """GPT-2's signs for bytes (Radford et al., 2019): printable ones stand for themselves, the
    others for signs from U+0100 on, in order.
    """
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {
        chr(256 + order): byte for order, byte in enumerate(others)
    }


@dataclass
class _Row:
    """Where one text stands: outside a quote, or inside at some places of the passages."""

    source: bytes
    vocabulary: Vocabulary
    outside: bytes = b""
    """The end of what was written since the last quote."""
    inside: bool = False
    quoted: bytes = b""
    ending: bytes = b""
    """What is written of the end mark."""
    places: tuple[int, ...] = ()
    """Where the next byte of the quote would stand, for each place it can come from."""
    done: list[tuple[int, int]] = field(default_factory=list)
    """Stretches that were quoted."""

    @cached_property
    def starts(self) -> Mapping[int, tuple[int, ...]]:
        """Where a word begins, and the tokens that it can begin with, a space before it or not."""
        found = {}
        for at in range(1, len(self.source)):
            if self.source[at - 1] in _OPENS and self.source[at] not in b" \n":
                line = self._line(at)
                both = (self.vocabulary.beginnings(line), self.vocabulary.beginnings(b" " + line))
                found[at] = tuple(number for some in both for number in some)
        return found

    def read(self, token: bytes) -> None:
        """Take in what was written."""
        if self.inside:
            self._within(token)
            return
        self.outside += token
        _, mark, rest = self.outside.partition(_BEGIN)
        self.outside = self.outside[-len(_BEGIN) :]
        if mark:
            self.inside, self.quoted, self.ending, self.outside = True, b"", b"", b""
            self.places = tuple(
                at for at in self.starts if not any(a <= at < b for a, b in self.done)
            )
            if rest:
                self._within(rest)

    def _within(self, token: bytes) -> None:
        plain = token if self.quoted else token.lstrip()
        places = () if self.ending else self._after(plain)
        if places or not token.strip():
            self.quoted, self.places = self.quoted + plain, places or self.places
            return
        self.ending += token
        if self.ending.startswith(_END):
            self.done += [(place - len(self.quoted), place) for place in self.places]
            self.outside, self.inside = self.ending[len(_END) :], False

    def _after(self, token: bytes) -> tuple[int, ...]:
        return tuple(p + len(token) for p in self.places if self.source.startswith(token, p))

    def _line(self, begin: int) -> bytes:
        end = self.source.find(b"\n", begin, begin + LONGEST)
        return self.source[begin : end if end >= 0 else begin + LONGEST]

    def allowed(self) -> set[int] | None:
        """Tokens that may follow; None for any."""
        if not self.inside:
            return None
        if self.ending:
            return set(self.vocabulary.ending[len(self.ending)])
        if not self.quoted:
            found = {number for place in self.places for number in self.starts[place]}
        else:
            lines = map(self._line, self.places)
            found = {number for line in lines for number in self.vocabulary.beginnings(line)}
        if not found or (self.quoted and self._word_ends()):
            found.update(self.vocabulary.ending[0])
        return found

    def _word_ends(self) -> bool:
        """Whether a word ends here at one of the places."""
        following = (self.source[place : place + 1] for place in self.places)
        return any(not (sign.isalnum() or sign >= b"\x80") for sign in following)


class Verbatim:
    """A logits processor of transformers: rows in the order of their prompts."""

    def __init__(self, vocabulary: Vocabulary, sources: Sequence[bytes]) -> None:
        self.vocabulary = vocabulary
        self.rows = [_Row(source, vocabulary) for source in sources]
        self.width = 0

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Scores, shape ``(rows, vocabulary)``, minus infinity for what would not be a quote."""
        first, self.width = not self.width, int(input_ids.shape[1])
        last = input_ids[:, -1].tolist()
        for number, row in enumerate(self.rows):
            if not row.source:
                continue
            if not first and last[number] < len(self.vocabulary.tokens):
                row.read(self.vocabulary.tokens[last[number]])
            allowed = row.allowed()
            if allowed is not None:
                kept = sorted(allowed)
                values = scores[number, kept]
                scores[number] = float("-inf")
                scores[number, kept] = values
        return scores
