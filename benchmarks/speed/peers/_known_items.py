"""Questions whose answer is known because they were drawn from the documents themselves.

Two kinds, so that no way of indexing is favoured:

    heading   the document's title and a section's heading, as a person who knows where to
              look would ask ("개인정보 보호법 손해배상책임"). Favours indexes in which a chunk
              knows its document and heading.
    words     five words of one short stretch of a section's text, as they stand there, in
              shuffled order. Favours plain matching of words between spaces.

A question is answered when one of the chunks returned is of the right file and holds the
stretch (or the beginning of the section): at least one half of it, in letters and digits
only, so that a cut in its middle or a Markdown reader that drops markup does no harm.
Sections whose stretches occur twice in their file are left out.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _harness import letters

HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
TITLE = re.compile(r"^(?:title|제목)[ \t]*:[ \t]*['\"]?(.+?)['\"]?[ \t]*$", re.MULTILINE)
ARTICLE = re.compile(r"^제\d+(?:조|장|절)(?:의\d+)?[ \t]*\((.+)\)$")
MARKUP = re.compile(r"[<>\[\]`|{}]|https?:")
BEGINNING = 32
"""Letters of a section's text by which the chunk that begins it is known."""


@dataclass(frozen=True)
class Section:
    """A heading and the plain lines of text under it."""

    source: str
    title: str
    heading: str
    body: str


def sections(source: str, text: str) -> Iterator[Section]:
    """Sections of a Markdown text that have a telling heading and enough plain text."""
    matter = re.match(r"\A---\n.*?\n---\n", text, re.DOTALL)
    named = TITLE.search(matter.group(0)) if matter else None
    marks = list(HEADING.finditer(text, matter.end() if matter else 0))
    title = named.group(1) if named else marks[0].group(2) if marks else Path(source).stem
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        article = ARTICLE.match(mark.group(2))
        heading = article.group(1) if article else mark.group(2)
        lines = text[mark.end() : following.start() if following else None].splitlines()
        plain = [line.strip() for line in lines if line.strip()]
        while plain and MARKUP.search(plain[-1]):
            plain.pop()
        cut = next((at for at, line in enumerate(plain) if MARKUP.search(line)), len(plain))
        body = " ".join(plain[:cut])
        if heading != title and not MARKUP.search(heading) and len(letters(heading)) >= 4:
            yield Section(source, title, heading, body)


def probes(stretch: str, whole: str) -> list[str]:
    """Both halves of a stretch's letters, or nothing where one is short or not unique."""
    half = len(stretch) // 2
    halves = [stretch[:half], stretch[half:]]
    return halves if half >= 12 and all(whole.count(part) == 1 for part in halves) else []


def telling(word: str) -> bool:
    """Whether a word says something: letters only, two of Hangul or four of others."""
    return word.isalnum() and len(word) >= (4 if word.isascii() else 2)


def by_heading(section: Section, whole: str) -> dict[str, Any] | None:
    """A question by title and heading."""
    found = probes(letters(section.body)[:BEGINNING], whole)
    if not found:
        return None
    return _question("heading", f"{section.title} {section.heading}", section, found)


def by_words(section: Section, whole: str, draw: random.Random) -> dict[str, Any] | None:
    """A question by five words of one stretch of twelve."""
    words = section.body.split()
    if len(words) < 24:
        return None
    start = draw.randrange(4, len(words) - 16)
    stretch = words[start : start + 12]
    chosen = [word for word in dict.fromkeys(stretch) if telling(word)]
    found = probes(letters(" ".join(stretch)), whole)
    if not found or len(chosen) < 5:
        return None
    return _question("words", " ".join(draw.sample(chosen, 5)), section, found)


def _question(kind: str, text: str, section: Section, found: list[str]) -> dict[str, Any]:
    return {"kind": kind, "text": text, "source": section.source, "probes": found}


def questions(folder: Path, files: Sequence[Path], each: int, seed: int) -> list[dict[str, Any]]:
    """``each`` questions of both kinds, at most one of a kind a file, in shuffled order."""
    draw = random.Random(seed)
    shuffled = draw.sample(list(files), len(files))
    kinds: dict[str, list[dict[str, Any]]] = {"heading": [], "words": []}
    for _ in range(4):  # several rounds over the files, where they are fewer than questions
        for file in shuffled:
            if all(len(found) >= each for found in kinds.values()):
                break
            text = file.read_text("utf-8")
            usable = list(sections(file.relative_to(folder).as_posix(), text))
            if not usable:
                continue
            whole = letters(text)
            first, second = draw.choice(usable), draw.choice(usable)
            for question in (by_heading(first, whole), by_words(second, whole, draw)):
                if question and len(kinds[question["kind"]]) < each:
                    kinds[question["kind"]].append(question)
    mixed = [q for found in kinds.values() for q in {q["text"]: q for q in found}.values()]
    draw.shuffle(mixed)
    return mixed
