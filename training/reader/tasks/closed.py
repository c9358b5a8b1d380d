"""Closed book: what the articles' first sentences say, without them, and Korean and English facts
by rule. A model of this size keeps little of it; it learns the form.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from tasks import definition
from tasks._corpus import shelf
from tasks._passages import Shape
from tasks._row import Row


def rows(
    data: Path, seed: int, count: int, shape: Shape | None = None, limit: int = 0
) -> Iterator[Row]:
    """Korean and English by turns of a coin."""
    rng = random.Random(f"closed {seed}")
    books = {language: shelf(data, language, limit) for language in ("ko", "en")}
    made = 0
    while made < count:
        language = rng.choice(("ko", "en"))
        document = rng.choice(books[language].documents)
        place = definition.first_sentence(document)
        if not place:
            continue
        make = definition.korean if language == "ko" else definition.english
        asked = list(make(document, document.text[slice(*place)], rng))
        if asked:
            question, answer = rng.choice(asked)
            made += 1
            yield Row("closed", language, question, (), (), answer, "closed")
