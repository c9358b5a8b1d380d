"""Aligned documentation pages: what a page is about, asked in its language or in the other.

The question names a page by its title in one language; the passages are openings of pages
in the same or the other language; the quote and the answer are in the passages' language.
"""

from __future__ import annotations

import json
import lzma
import random
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from tasks._passages import Fact, Shape, present
from tasks._row import Row

from openbook.text.sentences import sentences

_TAG = re.compile(r"<[^<>]*>|\*\*|`|\\")
_ASK = {
    "en": ("What is {} about?", "What does the page on {} say?", "What is {}?", "How does the text introduce {}?"),
    "ko": ("{}에 대한 설명은?", "{}에 관한 문서는 무엇을 설명하는가?", "{} 문서의 내용은 무엇인가?", "{}에 대해 알려 줘."),
}  # fmt: skip
_IS = {
    "en": re.compile(r"(?:is|are) ((?:an?|the) [^,.;:]{8,100})"),
    "ko": re.compile(r"(?:은|는) ([^,.;:]{8,80}?)(?:입니다|이다)"),
}


@lru_cache(maxsize=1)
def load(data: Path) -> tuple[dict[str, str], ...]:
    """The pages, without tags in their titles, Markdown marks and notes."""
    found = []
    with lzma.open(data / "msdocs_pairs.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            page = {key: _TAG.sub("", row[key]).strip() for key in row if key != "id"}
            if all(page.values()) and not page["title_en"].lower().startswith(
                ("contrib", "readme")
            ):
                found.append(page)
    return tuple(found)


def fact(page: dict[str, str], asked: str, told: str, rng: random.Random) -> Fact | None:
    """A question in language ``asked`` about the opening in language ``told``."""
    text = page[f"text_{told}"]
    spans = [(a, b) for a, b in sentences(text[:500])[:3] if 30 <= b - a <= 260]
    if not spans or spans[0][0] > 0 or not text[:1].isalnum():
        return None
    a, b = spans[0]
    sentence = text[a:b]
    found = _IS[told].search(sentence)
    answer = found[1] if found else sentence if b - a <= 130 else ""
    title = page[f"title_{asked}"]
    if not answer or len(title) > 60 or answer not in sentence:
        return None
    return Fact(rng.choice(_ASK[asked]).format(title), answer, text, a, b)


def rows(data: Path, seed: int, count: int, shape: Shape | None = None) -> Iterator[Row]:
    """Half within a language, half across."""
    rng = random.Random(f"aligned {seed}")
    shape = shape or Shape()
    pages = load(data)
    made = 0
    while made < count:
        page = rng.choice(pages)
        asked, told = rng.choice(("en", "ko")), rng.choice(("en", "ko"))
        found = fact(page, asked, told, rng)
        if not found:
            continue

        def far(rng: random.Random, limit: int, told: str = told) -> str:
            other = rng.choice(pages)[f"text_{told}"]
            if len(other) <= limit:
                return other.strip()
            ends = [b for _, b in sentences(other[:limit]) if b <= limit]
            return other[: ends[-2] if len(ends) > 1 else limit].strip()

        row = present(rng, found, "aligned", asked, shape, far, far)
        if row:
            made += 1
            yield row
