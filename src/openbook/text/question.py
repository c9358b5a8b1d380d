"""A question as typed, made clean: what may be asked at all."""

from __future__ import annotations

import unicodedata

from openbook.errors import InputError

LONGEST = 8_000
"""Characters of a question, at most."""


def question(text: str) -> str:
    """A question in composed form (NFC), without control characters.

    Raises:
        InputError: nothing is left, or it is longer than :data:`LONGEST` characters.

    >>> question(" How many\\x00 days? ")
    'How many days?'
    """
    if len(text) > LONGEST:
        raise InputError(
            f"the question has {len(text):,} characters; at most {LONGEST:,} are read",
            fix="Ask a shorter question; put long material into a document and sync it.",
        )
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(
        " " if c in "\t\n\r" else c
        for c in composed
        if c in "\t\n\r" or unicodedata.category(c) not in ("Cc", "Cs")
    )
    clean = " ".join(kept.split())
    if not any(c.isalnum() for c in clean):
        raise InputError("the question is empty", fix="Ask something in words.")
    return clean
