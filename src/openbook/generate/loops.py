"""Texts that end in the same words over and over, as small models write that have lost the thread.

Neural text degenerates so under greedy decoding (Holtzman et al., arXiv:1904.09751).
"""

from __future__ import annotations

TIMES = 4
"""How often words must stand in a row to be a loop."""

LEAST = 32
"""Characters that a loop of words has at least; one without a letter has twice as many."""

LONGEST = 160
"""Characters of what is repeated, at most."""


def unlooped(text: str) -> str:
    """A text whose loop at the end, if it has one, is told once.

    >>> unlooped("Leave is 15 days, 15 days, 15 days, 15 days, 15 days, 15 d")
    'Leave is 15 days,'
    >>> unlooped("No, no, no.")
    'No, no, no.'
    """
    bare = text.rstrip()
    for period in range(1, min(LONGEST, len(bare) // TIMES) + 1):
        repeated = _repeated(bare, period)
        span, block = repeated + period, bare[len(bare) - period :]
        least = LEAST if any(c.isalpha() for c in block) else 2 * LEAST
        if span >= max(least, TIMES * period):
            return bare[: _end(bare, len(bare) - repeated, period)].rstrip()
    return text


def _end(text: str, first: int, period: int) -> int:
    """Where the first round of a loop ends: with a sentence, else with a word, else as it came."""
    spaces = [at for at in range(max(1, first - 1), first + period) if text[at].isspace()]
    sentence = (at for at in spaces if text[at - 1] in ".!?。")
    return next(sentence, next((at for at in spaces if at >= first), first))


def _repeated(text: str, period: int) -> int:
    """Characters at the end of a text that equal those one period before."""
    at = len(text) - 1
    while at >= period and text[at] == text[at - period]:
        at -= 1
    return len(text) - 1 - at
