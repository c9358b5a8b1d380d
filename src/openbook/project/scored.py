"""How well a trained generator answers what it was not taught: exact match and F1 on held-out
rows with answers.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from openbook.evaluate.answers import best, exact, f1
from openbook.generate.reading import read
from openbook.models.window import length, room
from openbook.text.language import detect
from openbook.tune.rows import Row
from openbook.types import LM

MOST = 32
"""Rows that are answered, at most."""

MAX_TOKENS = 256
"""Tokens of an answer, at most."""


def scored(model: LM, rows: Sequence[Row], longest: int, seed: int = 0) -> dict[str, float]:
    """F1 and exact match of a model's short answers to the rows' own prompts, in [0, 1].

    Args:
        model: with what it learnt.
        rows: held out; those without accepted answers (refusals, prose) are left out.
        longest: tokens of a prompt, at most; longer ones are left out, as in training, and so is
            what leaves no room for an answer.
        seed: draws :data:`MOST` rows where there are more.

    Returns:
        ``F1``, ``EM`` and ``answered_rows``; nothing where no row has answers.
    """
    fits = min(longest, room(model, MAX_TOKENS) or longest)
    asked = [row for row in rows if row.answers and length(model, row.prompt) <= fits]
    asked = random.Random(f"{seed}/scored").sample(asked, min(MOST, len(asked)))
    if not asked:
        return {}
    written = model.complete([row.prompt for row in asked], max_tokens=MAX_TOKENS, seed=seed)
    found = [_pair(row, done.text) for row, done in zip(asked, written, strict=True)]
    return {
        "F1": round(sum(f for f, _ in found) / len(found), 4),
        "EM": round(sum(e for _, e in found) / len(found), 4),
        "answered_rows": len(found),
    }


def _pair(row: Row, written: str) -> tuple[float, float]:
    language = detect(row.question)
    reading = read(written, language)
    said = "" if reading.refused else "; ".join(reading.answers) or reading.text
    return best(f1, said, row.answers, language), best(exact, said, row.answers, language)
