"""Copying, the bare skill: what stands after or before some words, which sentence holds a word.

The words are rare ones of their passage, so that one place fits; distractors as elsewhere.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

from tasks._corpus import shelf
from tasks._passages import Fact, Shape, among
from tasks._row import Row

from openbook.text.sentences import sentences

_ASK = {
    "after": {
        "en": ('What comes right after "{}"?', 'What follows "{}"?', 'Which words come after "{}"?'),
        "ko": ('"{}" 바로 다음에 오는 말은?', '"{}" 뒤에는 무엇이 나오는가?', '"{}" 다음에 나오는 것은 무엇인가?'),
    },
    "before": {
        "en": ('What comes right before "{}"?', 'Which words stand before "{}"?'),
        "ko": ('"{}" 바로 앞에 오는 말은?', '"{}" 앞에는 무엇이 나오는가?'),
    },
    "sentence": {
        "en": ("Which sentence mentions {}?", "What does the text say about {}?", "Quote the sentence about {}."),
        "ko": ("{} 언급된 문장은?", "{} 나오는 문장을 찾으시오.", "{} 들어 있는 문장은 무엇인가?"),
    },
}  # fmt: skip


def fact(text: str, a: int, b: int, language: str, rng: random.Random) -> Fact | None:
    """A copying question on one sentence."""
    sentence = text[a:b]
    words = sentence.split()
    if len(words) < 7 or '"' in sentence:
        return None
    kind = rng.choice(("after", "after", "before", "sentence"))
    ask = rng.choice(_ASK[kind][language])
    if kind == "sentence":
        found = [w.strip(".,()'") for w in words[1:] if len(w) > 4 and text.count(w) == 1]
        if language == "ko":
            found = [w for w in found if re.fullmatch(r"[가-힣]{3,}[이가]", w)]
        if not found or b - a > 140:
            return None
        return Fact(ask.format(rng.choice(found)), sentence, text, a, b)
    size, gap = rng.randint(2, 4), rng.randint(1, 3)  # seven words at most
    at = rng.randrange(len(words) - size - gap + 1)
    if kind == "after":
        shown, hidden = words[at : at + size], words[at + size : at + size + gap]
    else:
        hidden, shown = words[at : at + gap], words[at + gap : at + gap + size]
    asked, answer = " ".join(shown).strip(" ,."), " ".join(hidden).strip(" ,.;:")
    if text.count(asked) != 1 or not answer or answer not in sentence or answer in asked:
        return None
    return Fact(ask.format(asked), answer, text, a, b)


def rows(
    data: Path, seed: int, count: int, shape: Shape | None = None, limit: int = 0
) -> Iterator[Row]:
    """Korean and English by turns of a coin."""
    rng = random.Random(f"copying {seed}")
    shape = shape or Shape()
    books = {language: shelf(data, language, limit) for language in ("ko", "en")}
    orders = {language: books[language].order(rng) for language in books}
    made = 0
    while made < count:
        language = rng.choice(("ko", "en"))
        number = next(orders[language])
        text = books[language].documents[number].text
        spans = [(a, b) for a, b in sentences(text[:3000]) if 40 <= b - a <= 240]
        for a, b in rng.sample(spans, min(2, len(spans))):
            found = fact(text, a, b, language, rng)
            if not found:
                continue
            row = among(rng, found, number, books[language], "copying", language, shape)
            if row and made < count:
                made += 1
                yield row
