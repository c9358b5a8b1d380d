"""The corpora in memory, read once a process, and neighbours that make hard distractors."""

from __future__ import annotations

import json
import lzma
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PARTS = {"en": ("en-00", "en-01"), "ko": ("ko-00", "ko-01")}


@dataclass(frozen=True, slots=True)
class Text:
    """A document of the corpora: its title and its paragraphs, a line each."""

    title: str
    text: str

    @property
    def name(self) -> str:
        """The title without the note in parentheses that tells namesakes apart."""
        return re.sub(r"\s*\([^()]*\)$", "", self.title).strip()


def lines_of(path: Path) -> list[str]:
    """Lines of a small file, cut at line feeds alone, without the empty ones."""
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line]


LEFT_OUT = Path(__file__).resolve().parents[1] / "left_out.json"
"""Titles of documents that share text with what the reader is measured on (overlap.py)."""


@lru_cache(maxsize=2)
def left_out(language: str) -> frozenset[str]:
    """Titles of documents that no training script reads."""
    if not LEFT_OUT.is_file():
        return frozenset()
    return frozenset(json.loads(LEFT_OUT.read_text(encoding="utf-8")).get(language, ()))


def stream(data: Path, language: str, every: bool = False) -> Iterator[Text]:
    """Documents of a language, in the order of the files, without those that share text with
    what the reader is measured on unless ``every`` is said.
    """
    skipped = frozenset() if every else left_out(language)
    for part in PARTS[language]:
        with lzma.open(data / "corpora" / f"{part}.jsonl.xz", "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row["title"] not in skipped:
                    yield Text(row["title"], row["text"])


class Shelf:
    """Documents of one language, with those of the same sort beside each other."""

    def __init__(self, documents: list[Text]) -> None:
        self.documents = [d for d in documents if len(d.text) >= 120]
        self._kinds: dict[str, list[int]] = defaultdict(list)
        self._kind: list[str] = []
        for number, document in enumerate(self.documents):
            kind = sort_of(document)
            self._kind.append(kind)
            self._kinds[kind].append(number)

    def __len__(self) -> int:
        return len(self.documents)

    def order(self, rng: random.Random) -> Iterator[int]:
        """Numbers of documents, forever, each once a pass."""
        numbers = list(range(len(self.documents)))
        while True:
            rng.shuffle(numbers)
            yield from numbers

    def other(self, rng: random.Random, number: int, alike: bool) -> Text:
        """Another document, of the same sort as this one where it can be."""
        group = self._kinds[self._kind[number]] if alike else ()
        for _ in range(4):
            if len(group) > 1:
                chosen = group[rng.randrange(len(group))]
            else:
                chosen = rng.randrange(len(self.documents))
            if chosen != number:
                return self.documents[chosen]
        return self.documents[number - 1]


_EN_SORT = re.compile(r"\b(?:is|was|are|were) (?:an?|the|one of the) ((?:[\w'-]+ ?){1,3})")
_KO_SORT = re.compile(r"([가-힣]{2,}?)(?:이었다|였다|이다|다)\.?$")


def sort_of(document: Text) -> str:
    """What its first sentence says it is, roughly: ``American actor``, ``배우``."""
    first = document.text[:300].split("\n", 1)[0]
    if re.search("[가-힣]", first):
        sentence = re.split(r"(?<=다)\. ?", first, maxsplit=1)[0]
        found = _KO_SORT.search(sentence)
        return found[1] if found else ""
    found = _EN_SORT.search(first)
    return found[1].strip() if found else ""


@lru_cache(maxsize=4)
def shelf(data: Path, language: str, limit: int = 0) -> Shelf:
    """The corpora of a language (the first ``limit`` documents), read once a process."""
    documents = []
    for document in stream(data, language):
        documents.append(document)
        if limit and len(documents) >= limit:
            break
    return Shelf(documents)
