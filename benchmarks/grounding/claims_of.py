"""Correct claims: sentences as they stand, and statements made of a question and its answer."""

from __future__ import annotations

import json
import random
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from openbook.text.sentences import sentences

HERE = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that its evidence supports. ``answer`` is the part of it that was asked for, and
    ``others`` are answers to questions of the same kind about the same paragraph; ``question`` is
    what was asked, which the check is told as in use."""

    text: str
    evidence: str
    language: str
    source: str
    answer: str = ""
    others: tuple[str, ...] = ()
    question: str = ""


def verbatim(evidence: str, language: str, source: str, rng: random.Random) -> Iterator[Claim]:
    """One sentence of a text, of a length that says something."""
    spans = [evidence[a:b] for a, b in sentences(evidence, language)]
    full = [s for s in spans if 30 <= len(s) <= 300 and s.endswith((".", "다")) and "|" not in s]
    if full:
        yield Claim(rng.choice(full), evidence, language, source)


_PARTICIPLE = (
    r"(?:\w+ed|born|built|held|made|written|won|founded|given|taken|begun|known|sold|sent|set|found|"
    r"left|lost|shown|chosen|drawn|broken|brought|led|cut)"
)
_ENGLISH = (
    (
        re.compile(
            r"^Who (?!is\b|was\b|are\b|were\b|did\b|do\b|does\b|has\b|have\b|had\b|would\b|can\b)"
            r"(?P<rest>\w+ [^?]+)\?$"
        ),
        "{answer} {rest}.",
    ),
    (
        re.compile(r"^Wh(?:at|o) (?P<be>is|was|are|were) the (?P<rest>[^?]+)\?$"),
        "The {rest} {be} {answer}.",
    ),
    (
        re.compile(rf"^When (?P<be>was|were) (?P<rest>[^?]+?) (?P<done>{_PARTICIPLE}\b[^?]*)\?$"),
        "{rest} {be} {done} in {answer}.",
    ),
    (
        re.compile(
            r"^How many (?P<rest>(?!.*\b(?:did|do|does|are|were|was|is|can|has|have|had|would)\b)[^?]+)\?$"
        ),
        "{answer} {rest}.",
    ),
)
_KOREAN = re.compile(
    r"^(?P<rest>.*[가-힣](?:은|는))\s*(?:(?:누구|무엇|어디|언제)(?:인가요?|일까|입니까|이었는가|였는가)?)?\s*\?*$"
)


def stated_en(question: str, answer: str) -> str:
    """A statement of an English question and its answer, where a rule makes one."""
    for pattern, form in _ENGLISH:
        match = pattern.match(question.strip())
        if match and len(answer) <= 60:
            said = form.format(answer=answer, **match.groupdict())
            return said[0].upper() + said[1:]
    return ""


def stated_ko(question: str, answer: str) -> str:
    """The same in Korean: the question's topic, and the answer as its predicate."""
    match = _KOREAN.match(question.strip())
    if not match or len(answer) > 40:
        return ""
    code = ord(answer[-1]) - 0xAC00
    ends = "이다." if not 0 <= code <= 11171 or code % 28 else "다."
    return f"{match['rest']} {answer}{ends}"


def asked(question: str) -> str:
    """A coarse kind of what is asked, by which answers may stand for one another."""
    for kind, pattern in (
        ("when", r"\bwhen\b|what (?:year|date|day|month)|언제|몇 ?년|연도|날짜|날은|해는"),
        ("number", r"how (?:many|much)|what percent|몇|얼마"),
        ("who", r"\bwho\b|누구|사람은|인물은|작가는|감독은|왕은|이름은"),
        ("where", r"\bwhere\b|wh(?:at|ich) (?:city|country|state)|어디|곳은|나라는|도시는|지역은"),
    ):
        if re.search(pattern, question, re.IGNORECASE):
            return kind
    return ""


def reading(folder: Path, language: str, source: str, rng: random.Random) -> Iterator[Claim]:
    """Claims of a set laid out as BEIR's: statements, and a sentence of each paragraph."""
    texts = {r["_id"]: r for r in _rows(folder / "corpus.jsonl")}
    gold = dict(
        line.split("\t")[:2] for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:]
    )
    rows = [row for row in _rows(folder / "queries.jsonl") if row["_id"] in gold]
    by_text: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_text.setdefault(gold[row["_id"]], []).append(row)
    make = stated_ko if language == "ko" else stated_en
    order = sorted(by_text)
    rng.shuffle(order)
    for name in order:
        evidence = f"{texts[name]['title']}\n{texts[name]['text']}"
        yield from verbatim(evidence, language, f"{source} sentences", rng)
        for row in by_text[name]:
            answer, kind = row["answers"][0], asked(row["text"])
            said = make(row["text"], answer)
            others = tuple(
                other["answers"][0]
                for other in by_text[name]
                if kind and asked(other["text"]) == kind and other["answers"][0] != answer
            )
            if said:
                yield Claim(
                    said, evidence, language, f"{source} statements", answer, others, row["text"]
                )
                break


def _rows(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text("utf-8").strip("\n").split("\n")]


def statutes(archive: Path, rng: random.Random, files: int = 400) -> Iterator[Claim]:
    """A sentence of an article of Korean statutes."""
    with tarfile.open(archive, "r:xz") as packed:
        for member in islice((m for m in packed if m.isfile() and m.name.endswith(".md")), files):
            file = packed.extractfile(member)
            body = file.read().decode("utf-8") if file else ""
            for article in rng.sample(parts := re.split(r"\n(?=#+ )", body), min(2, len(parts))):
                yield from verbatim(article[:2000], "ko", "statutes", rng)


def handbook(rng: random.Random) -> Iterator[Claim]:
    """Sentences of the sample's documents in Markdown, two a section."""
    for file in sorted((HERE / "examples/handbook").rglob("*")):
        if file.suffix == ".md":
            for part in re.split(r"\n(?=#+ )", file.read_text("utf-8")):
                for _ in range(2):
                    yield from verbatim(part, file.parent.name, "handbook", rng)
