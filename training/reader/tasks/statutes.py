"""Korean statutes: what a term means, which article says what, ministries and dates, and
questions by rule from the sentences of articles.

The archive is read as a stream, its first files only, and nothing is unpacked.
"""

from __future__ import annotations

import random
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tasks._korean import particle
from tasks._korean_questions import questions
from tasks._passages import Fact, Shape, present, window
from tasks._row import Row

from openbook.text.sentences import sentences

FILES = 900
"""Statutes read, of 5,674."""

_TERM = re.compile(
    r"[\"“](?P<term>[^\"”]{2,30})[\"”](?:이)?란 (?P<means>[^.]{6,160}?)(?:을|를) 말한다"
)
_HEADING = re.compile(r"^(?P<article>제\d+조(?:의\d+)?) \((?P<about>[^()]{2,40})\)$", re.MULTILINE)
_NOTE = re.compile(r"\s*<[^<>]{2,200}>|\*\*|\\")


@dataclass(frozen=True)
class Statute:
    """A statute: its name, its facts of record, its text without marks."""

    name: str
    record: tuple[tuple[str, str], ...]
    text: str


def clean(markdown: str) -> str:
    """The articles as plain lines, without the notes on amendments."""
    lines = []
    for line in markdown.split("\n"):
        text = _NOTE.sub("", line).strip()
        text = re.sub(r"^#+ ", "", text)
        if text.startswith("부칙"):
            break
        if text:
            lines.append(text)
    return "\n".join(lines)


def parse(markdown: str) -> Statute | None:
    """A file of the archive; ``None`` where it is no statute."""
    found = re.match(r"---\n(?P<front>.*?)\n---\n(?P<body>.*)", markdown, re.DOTALL)
    if not found:
        return None
    front = found["front"]
    name = re.search(r"^제목: (.+)$", front, re.MULTILINE)
    if not name:
        return None
    record = []
    ministry = re.search(r"^소관부처:\n- (.+)$", front, re.MULTILINE)
    if ministry:
        record.append(("소관부처", ministry[1]))
    for key in ("법령구분", "공포일자", "공포번호", "시행일자"):
        value = re.search(rf"^{key}: '?([^'\n]+)'?$", front, re.MULTILINE)
        if value:
            record.append((key, value[1]))
    return Statute(name[1].strip("'\""), tuple(record), clean(found["body"]))


@lru_cache(maxsize=1)
def statutes(data: Path, files: int = FILES) -> tuple[Statute, ...]:
    """The first statutes of the archive."""
    found = []
    with tarfile.open(data / "ko_statutes.tar.xz", "r|xz") as archive:
        for member in archive:
            if not member.isfile() or not member.name.startswith("kr/"):
                continue
            content = archive.extractfile(member)
            statute = parse(content.read(400_000).decode("utf-8", "ignore")) if content else None
            if statute and len(statute.text) > 300:
                found.append(statute)
            if len(found) >= files:
                break
    return tuple(found)


def of_terms(statute: Statute, rng: random.Random) -> Fact | None:
    """What a term means, or which term means this."""
    found = [
        hit
        for hit in _TERM.finditer(statute.text)
        if not hit["means"].startswith("다음") and "정하는" not in hit["term"]
    ]
    if not found:
        return None
    hit = rng.choice(found)
    start, end = _sentence(statute.text, hit.start(), hit.end())
    term, means = hit["term"], hit["means"].strip()
    if rng.random() < 0.25 and len(means) < 100:
        return Fact(f"{particle(means, '을')} 무엇이라고 하는가?", term, statute.text, start, end)
    ask = rng.choice(
        (
            particle(term, "이란") + " 무엇인가?",
            particle(term, "이란") + " 무엇을 말하는가?",
            f"{statute.name}에서 {particle(term, '이란')} 무엇인가?",
            f"{term}의 뜻은?",
        )
    )
    return Fact(ask, means, statute.text, start, end)


def of_articles(statute: Statute, rng: random.Random) -> Fact | None:
    """Which article is about what."""
    found = [hit for hit in _HEADING.finditer(statute.text) if len(hit["about"]) > 6]
    if not found:
        return None
    hit = rng.choice(found)
    about, article = hit["about"], hit["article"]
    ask = rng.choice(
        (
            f"{particle(about, '을')} 정한 조항은 몇 조인가?",
            f"{about}에 관한 조는?",
            f"{about}에 대해 규정한 조항은?",
        )
    )
    return Fact(ask, article, statute.text, *hit.span())


def of_record(statute: Statute, rng: random.Random) -> Fact | None:
    """Its ministry, kind and dates, as a card."""
    if len(statute.record) < 3:
        return None
    lines = [f"제목: {statute.name}", *(f"{key}: {value}" for key, value in statute.record)]
    key, value = rng.choice(statute.record)
    text = "\n".join(lines)
    line = f"{key}: {value}"
    what = (
        "언제인가?" if key.endswith("일자") else "무엇인가?" if key != "소관부처" else "어디인가?"
    )
    start = text.index(line)
    ask = f"{statute.name}의 {particle(key, '은')} {what}"
    return Fact(ask, value, text, start, start + len(line))


def of_sentences(statute: Statute, rng: random.Random) -> Fact | None:
    """A question by rule from a sentence of an article."""
    at = rng.randrange(max(1, len(statute.text) - 600))
    piece = statute.text[at : at + 1500]
    for a, b in sentences(piece)[1:-1]:
        sentence = piece[a:b]
        if not 30 <= b - a <= 170 or not sentence.endswith("다."):
            continue
        body = re.sub(r"^[①-⑳] ", "", sentence)
        made = questions(body, statute.name, rng, 1)
        if made:
            return Fact(made[0][0], made[0][1], statute.text, at + a, at + b)
    return None


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    low = max(0, start - 200)
    for a, b in sentences(text[low : end + 300]):
        if low + a <= start < low + b:
            return low + a, max(end, low + b)
    return start, end


_KINDS = ((of_terms, 0.35), (of_sentences, 0.3), (of_articles, 0.2), (of_record, 0.15))


def rows(
    data: Path, seed: int, count: int, shape: Shape | None = None, files: int = FILES
) -> Iterator[Row]:
    """Rows of all kinds; distractors are other articles of the statute and other statutes."""
    rng = random.Random(f"statutes {seed}")
    shape = shape or Shape()
    books = statutes(data, files)
    kinds, weights = zip(*_KINDS, strict=True)
    made = 0
    while made < count:
        statute = rng.choice(books)
        kind = rng.choices(kinds, weights)[0]
        fact = kind(statute, rng)
        if (
            not fact
            or fact.end - fact.start > 500
            or fact.answer not in fact.text[fact.start : fact.end]
        ):
            continue

        def near(rng: random.Random, limit: int, statute: Statute = statute) -> str:
            return window(rng, statute.text, limit)

        def far(rng: random.Random, limit: int) -> str:
            return window(rng, rng.choice(books).text, limit)

        def cards(rng: random.Random, limit: int) -> str:
            other = rng.choice(books)
            lines = [f"제목: {other.name}", *(f"{key}: {value}" for key, value in other.record)]
            return "\n".join(lines)[:limit]

        record = kind is of_record
        row = present(
            rng, fact, "statutes", "ko", shape, cards if record else near, cards if record else far
        )
        if row:
            made += 1
            yield row
