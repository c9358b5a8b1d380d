"""Writing a question for a passage: reading rows the other way round."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tasks import cloze_ko, definition, squad
from tasks._passages import Shape
from tasks._row import Row


def rows(
    data: Path, seed: int, count: int, shape: Shape | None = None, limit: int = 0
) -> Iterator[Row]:
    """From SQuAD, the Korean questions by rule and definitions; the answer is told in two of three."""
    rng = random.Random(f"writing {seed}")
    one = replace(shape or Shape(), most_passages=1, refusals=0.0)
    sources = (
        squad.rows(data, seed + 71, count, one),
        cloze_ko.rows(data, seed + 71, count, one, limit),
        definition.rows(data, seed + 71, count, one, limit),
    )
    for _ in range(count):
        row = next(rng.choices(sources, (0.5, 0.4, 0.1))[0])
        hint = row.answer if rng.random() < 0.66 else ""
        yield Row("writing", row.language, hint, row.passages, (), row.question, "questions")
