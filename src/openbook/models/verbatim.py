"""Quotes that cannot be wrong: between quote marks a local model writes only what stands in
the passages of its prompt, and no stretch twice.

At each step inside a quote, tokens that would leave the passages are ruled out; the model
chooses among the rest, and may end the quote wherever a word ends. It is decoding under a
constraint that is an automaton over the passages' substrings (as in Geng et al., 2023,
arXiv:2305.13971), here followed by the places that what was quoted so far can stand at.

A model that says of itself that its short answers stand in the passages, as the bundled reader
does (``answers_from_passages`` in its config.json), is held to that as well: after the answer's
mark it writes words of the passages, or that they hold no answer. With an adapter it is not, since
an adapter may have taught it other answers.

Works on bytes, so that tokens may cut characters and words as they like. White space counts
as one space. Elsewhere nothing changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from openbook.models.prompts import ANSWER, BEGIN_QUOTE, END_QUOTE, refusal
from openbook.types import Prompt

_PASSAGE = re.compile(r"<passage [^>\n]*>\n(.*?)\n</passage>", re.DOTALL)
_BEGIN, _END, _ANSWER = BEGIN_QUOTE.encode(), END_QUOTE.encode(), ANSWER.encode()
_REFUSALS = b"".join(b"\n " + refusal(language).encode() for language in ("en", "ko"))
_MORE = b";"
"""Stands between several answers."""
FLAG = "answers_from_passages"
"""In a model's config.json: its short answers stand in the passages."""
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

    @cached_property
    def more(self) -> tuple[int, ...]:
        """Tokens that begin with what stands between several answers."""
        return tuple(n for n, token in enumerate(self.tokens) if token.startswith(_MORE))


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
    """Where one text stands: outside, or in a stretch that comes from some places of a source."""

    source: bytes
    vocabulary: Vocabulary
    answers: bool = False
    """Whether answers are held to the passages, not quotes alone."""
    ends: tuple[int, ...] = ()
    """Tokens that end a text."""
    outside: bytes = b""
    """The end of what was written since the last stretch."""
    inside: bytes = b""
    """The mark that the stretch stands after; empty outside."""
    stretch: bytes = b""
    ending: bytes = b""
    """What is written of the mark that ends a quote."""
    places: tuple[int, ...] = ()
    """Where the next byte of the stretch would stand, for each place it can come from."""
    done: list[tuple[int, int]] = field(default_factory=list)
    """Stretches that were quoted."""

    @cached_property
    def text(self) -> bytes:
        """The passages, and what says that they hold no answer."""
        return self.source + _REFUSALS

    @cached_property
    def starts(self) -> Mapping[int, tuple[int, ...]]:
        """Where a word begins, and the tokens that it can begin with, a space before it or not."""
        found = {}
        for at in range(1, len(self.text)):
            whole = at < len(self.source) or self.text[at - 2 : at] == b"\n "
            if whole and self.text[at - 1] in _OPENS and self.text[at] not in b" \n":
                line = self._line(at)
                both = (self.vocabulary.beginnings(line), self.vocabulary.beginnings(b" " + line))
                found[at] = tuple(number for some in both for number in some)
        return found

    def read(self, token: bytes) -> None:
        """Take in what was written."""
        if self.inside:
            (self._quote if self.inside == _BEGIN else self._answer)(token)
            return
        self.outside += token
        for mark in (_BEGIN, _ANSWER) if self.answers else (_BEGIN,):
            _, found, rest = self.outside.partition(mark)
            if found:
                self._begin(mark, rest)
                return
        self.outside = self.outside[-len(_BEGIN) :]

    def _begin(self, mark: bytes, rest: bytes = b"") -> None:
        self.inside, self.outside, self.stretch, self.ending = mark, b"", b"", b""
        self.places = tuple(
            at
            for at in self.starts
            if mark == _ANSWER
            or (at < len(self.source) and not any(a <= at < b for a, b in self.done))
        )
        if rest:
            self.read(rest)

    def _quote(self, token: bytes) -> None:
        if not self.ending and self._goes_on(token):
            return
        self.ending += token
        if self.ending.startswith(_END):
            self.done += [(place - len(self.stretch), place) for place in self.places]
            self.outside, self.inside = self.ending[len(_END) :], b""

    def _answer(self, token: bytes) -> None:
        if self._goes_on(token):
            return
        self.inside = b""
        if token.startswith(_MORE):
            self._begin(_ANSWER, token[len(_MORE) :])

    def _goes_on(self, token: bytes) -> bool:
        """Take a token into the stretch, if it stands there."""
        plain = token if self.stretch else token.lstrip()
        places = tuple(p + len(plain) for p in self.places if self.text.startswith(plain, p))
        if not places and plain:
            return False
        self.stretch, self.places = self.stretch + plain, places
        return True

    def _line(self, begin: int) -> bytes:
        end = self.text.find(b"\n", begin, begin + LONGEST)
        return self.text[begin : end if end >= 0 else begin + LONGEST]

    def allowed(self) -> set[int] | None:
        """Tokens that may follow; None for any."""
        if not self.inside:
            return None
        if self.ending:
            return set(self.vocabulary.ending[len(self.ending)])
        if not self.stretch:
            found = {number for place in self.places for number in self.starts[place]}
        else:
            lines = map(self._line, self.places)
            found = {number for line in lines for number in self.vocabulary.beginnings(line)}
        if not found or (self.stretch and self._word_ends()):
            found.update(
                self.vocabulary.ending[0]
                if self.inside == _BEGIN
                else (*self.ends, *self.vocabulary.more)
            )
        return found

    def _word_ends(self) -> bool:
        """Whether a word ends here at one of the places; an answer may end before a particle."""
        inside = [place for place in self.places if place < len(self.source)]
        following = [self.text[place : place + 1] for place in inside]
        if any(self.text[place : place + 1] in b"\n" for place in self.places):
            return True
        if self.inside == _ANSWER and any(sign >= b"\xc0" for sign in following):
            return True
        return any(not (sign.isalnum() or sign >= b"\x80") for sign in following)


class Verbatim:
    """A logits processor of transformers: rows in the order of their prompts."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        sources: Sequence[bytes],
        answers: bool = False,
        ends: Sequence[int] = (),
    ) -> None:
        self.vocabulary = vocabulary
        self.rows = [_Row(source, vocabulary, answers, tuple(ends)) for source in sources]
        self.begun = False

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Scores, shape ``(rows, vocabulary)``, minus infinity for what would not be a quote."""
        last = input_ids[:, -1].tolist()
        for number, row in enumerate(self.rows):
            if not row.source:
                continue
            if self.begun and last[number] < len(self.vocabulary.tokens):
                row.read(self.vocabulary.tokens[last[number]])
            allowed = row.allowed()
            if allowed is not None:
                kept = sorted(allowed)
                values = scores[number, kept]
                scores[number] = float("-inf")
                scores[number, kept] = values
        self.begun = True
        return scores
