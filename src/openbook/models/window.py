"""How much fits into a language model, and what a text costs it.

The protocol :class:`~openbook.types.LM` does not demand these; a model that knows them says
so, and the functions here give the cautious answer for one that does not.
"""

from __future__ import annotations

import math
import re
from typing import Protocol, runtime_checkable

from openbook.types import LM, Prompt, Usage

AROUND = 8
"""Tokens that a chat template puts around a message, where it is not known."""


@runtime_checkable
class Windowed(Protocol):
    """A model that knows its window."""

    def room(self, max_tokens: int) -> int:
        """Tokens that a prompt may have beside an answer of up to ``max_tokens``; 0: any."""
        ...

    def length(self, prompt: Prompt) -> int:
        """Tokens of a prompt with everything around it."""
        ...


@runtime_checkable
class Priced(Protocol):
    """A model whose tokens have a price."""

    @property
    def prices(self) -> tuple[float, float]:
        """US dollars for a million tokens read, and written."""
        ...


def room(model: LM, max_tokens: int) -> int:
    """Tokens that a prompt may have beside an answer of up to ``max_tokens``; 0: any."""
    return model.room(max_tokens) if isinstance(model, Windowed) else 0


def length(model: LM, prompt: Prompt) -> int:
    """Tokens of a prompt (estimated where only texts can be counted)."""
    if isinstance(model, Windowed):
        return model.length(prompt)
    return sum(model.count(message.content) + AROUND for message in prompt)


def usage(model: LM, tokens_in: int, tokens_out: int, seconds: float) -> Usage:
    """What was used, with its cost where the model has prices."""
    price_in, price_out = model.prices if isinstance(model, Priced) else (0.0, 0.0)
    cost = (tokens_in * price_in + tokens_out * price_out) / 1e6
    return Usage(tokens_in, tokens_out, seconds, cost)


def split_window(context: int, max_tokens: int) -> int:
    """What a window leaves for the prompt: all but the answer's share, which is
    ``max_tokens`` but at most a quarter of the window. 0 where the window is not known.

    >>> split_window(4096, 512), split_window(512, 512), split_window(0, 512)
    (3584, 384, 0)
    """
    return context - min(max_tokens, context // 4) if context else 0


def estimate(text: str) -> int:
    """Tokens of a text where the tokeniser is the server's: four letters of an alphabet, two
    digits or signs, or one and a half other characters (Hangul, Han, kana) make a token.

    >>> estimate("Full-time staff"), estimate("환불 규정")
    (4, 3)
    """
    letters = len(re.findall(r"[A-Za-z]", text))
    signs = len(re.findall(r"[!-@\[-`{-~]", text))
    others = len(re.findall(r"[^\x00-\x7f]", text))
    return math.ceil(letters / 4 + signs / 2 + others / 1.5)


def encodable(text: str) -> str:
    """A text that has a UTF-8 form: lone surrogates become ``?``."""
    return text.encode("utf-8", "replace").decode()


class Estimated:
    """The window of a model whose tokeniser is out of reach."""

    context_tokens: int
    max_tokens: int

    def count(self, text: str) -> int:
        """Tokens of a text, estimated."""
        return estimate(text)

    def longest(self, max_tokens: int) -> int:
        """What is asked for, within the model's own limit on answers."""
        return min(max_tokens, self.max_tokens) if self.max_tokens else max_tokens

    def room(self, max_tokens: int) -> int:
        """Tokens that a prompt may have beside an answer of up to ``max_tokens``; 0: any."""
        return split_window(self.context_tokens, self.longest(max_tokens))

    def length(self, prompt: Prompt) -> int:
        """Tokens of a prompt, estimated."""
        return sum(estimate(message.content) + AROUND for message in prompt)
