"""The sets of documents: fixed, seeded samples copied into folders of their own."""

from __future__ import annotations

import random
import re
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

SEED = 20261120
TOKENS = 256
"""Size of a chunk in the estimate of ``openbook.corpus.tokens`` (the default ``max_tokens``)."""

CHARS = {"en": 4 * TOKENS, "ko": 2 * TOKENS}
"""The same size in characters: four of English a token; Korean law text, a third of which
are spaces, digits and points, has two.
"""

MARKERS = ("zorblatt", "quixomar")
"""Words that stand in no document: the first in the changing file before, the second after."""


@dataclass(frozen=True)
class Set:
    """A folder of documents that may be written to."""

    name: str
    language: str
    folder: Path

    @property
    def files(self) -> list[Path]:
        """All documents, sorted."""
        return sorted(p for p in self.folder.rglob("*") if p.suffix in {".md", ".txt"})

    @property
    def chunk_words(self) -> int:
        """The size of a chunk in words between spaces, at this set's mean word length."""
        texts = [file.read_text("utf-8") for file in self.files]
        words = sum(len(text.split(" ")) for text in texts)
        return round(CHARS[self.language] * words / sum(map(len, texts)))

    @property
    def changing(self) -> Path:
        """The file that changes: the one of median size."""
        by_size = sorted(self.files, key=lambda file: (file.stat().st_size, file))
        return by_size[len(by_size) // 2]

    @contextmanager
    def changed(self) -> Iterator[None]:
        """The second marker in the place of the first, and back again in the end."""
        before = self.changing.read_text("utf-8")
        self.changing.write_text(before.replace(*MARKERS), "utf-8")
        file = self.changing
        try:
            yield
        finally:
            file.write_text(before, "utf-8")


def copied(files: list[Path], root: Path, to: Path, name: str, language: str) -> Set:
    """Copies of files, one of which has the first marker in a section of its own."""
    for file in files:
        place = to / file.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
    made = Set(name, language, to)
    with made.changing.open("a", encoding="utf-8") as out:
        out.write(f"\n\n## Note\n\nThe word of the day is {MARKERS[0]}.\n")
    return made


@contextmanager
def unpacked(place: Path) -> Iterator[Path]:
    """A folder as it is, or a tar archive unpacked into a temporary folder."""
    if place.is_dir():
        yield place
        return
    with TemporaryDirectory() as folder:
        with tarfile.open(place) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)


def sample(place: Path, sizes: list[int], to: Path, name: str) -> Iterator[Set]:
    """Seeded samples of a folder or an archive; a smaller one is part of a larger one.

    A size of 0 means all files. The language is seen from the letters of ten files.
    """
    with unpacked(place) as root:
        files = sorted(p for p in root.rglob("*") if p.suffix in {".md", ".txt"})
        files = [file for file in files if file.name != "README.md"]
        drawn = random.Random(SEED).sample(files, len(files))
        text = "".join(file.read_text("utf-8") for file in drawn[:10])
        korean = len(re.findall("[가-힣]", text)) > len(re.findall("[A-Za-z]", text))
        for size in sizes:
            chosen = drawn[:size] if size else drawn
            title = f"{name}-{len(chosen)}"
            yield copied(chosen, root, to / title, title, "ko" if korean else "en")
