"""What the query stages are measured on: none of it is a test set of the project.

    squad       questions of SQuAD train over its paragraphs
    respelt-en  questions of SQuAD train with their numbers and dates spelt another way
    multihop    two-hop questions of 2WikiMultihopQA over all their paragraphs
    statutes    headings of articles of Korean statutes over the articles' text
    respelt-ko  fragments of the statutes with their amounts spelt another way
    support-ko  titles of a support site in Korean over its Korean pages
    crossed     the same titles in Korean over the English pages (with a glossary)

Each set is parted in two: settings are chosen on ``tune``, numbers are reported on ``report``.
"""

from __future__ import annotations

import json
import random
import re
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from openbook.retrieve.numbers import amounts
from openbook.text import numerals
from openbook.text.dates import days

SEED = 4


@dataclass(frozen=True)
class Asked:
    """A question, the ids of the documents that answer it, and its kind."""

    id: str
    text: str
    gold: tuple[str, ...]
    part: str
    kind: str = ""


@dataclass(frozen=True)
class Queries:
    """Documents as JSON lines, and questions about them."""

    name: str
    lines: tuple[str, ...]
    asked: tuple[Asked, ...]


def parted(name: str, lines: list[str], asked: list[tuple[str, tuple[str, ...], str]]) -> Queries:
    """Questions dealt to ``tune`` and ``report`` by chance."""
    chance = random.Random(SEED)
    rows = [
        Asked(f"{name}-{n}", text, gold, chance.choice(("tune", "report")), kind)
        for n, (text, gold, kind) in enumerate(asked)
    ]
    return Queries(name, tuple(lines), tuple(rows))


def line(identifier: str, title: str, text: str) -> str:
    return json.dumps({"_id": identifier, "title": title, "text": text}, ensure_ascii=False)


# --- English


def _squad(data: Path) -> tuple[list[str], list[tuple[str, str]]]:
    folder = data / "squad" / "train"
    lines = (folder / "corpus.jsonl").read_text("utf-8").strip("\n").split("\n")
    rows = [row.split("\t") for row in (folder / "qrels.tsv").read_text().strip().split("\n")[1:]]
    gold = {query: document for query, document, _ in rows}
    texts = map(json.loads, (folder / "queries.jsonl").read_text("utf-8").strip("\n").split("\n"))
    return lines, [(row["text"], gold[row["_id"]]) for row in texts if row["_id"] in gold]


def squad(data: Path) -> Queries:
    lines, asked = _squad(data)
    some = random.Random(SEED).sample(asked, 1000)
    return parted("squad", lines, [(text, (gold,), "") for text, gold in some])


def respelt_en(data: Path) -> Queries:
    lines, asked = _squad(data)
    told = [(respelt(text), gold) for text, gold in asked]
    return parted("respelt-en", lines, [(t, (gold,), "") for t, gold in told if t][:800])


def respelt(text: str) -> str:
    """A question with its numbers and dates spelt another way; empty where it has none."""
    changed = text
    for start, end, day in reversed(days(text)):
        if day.day and day.year:
            changed = f"{changed[:start]}{day.year:04}-{day.month:02}-{day.day:02}{changed[end:]}"
    if changed != text:
        return changed
    for amount in amounts(text):
        number = int(amount.value)
        if amount.value != number or not 2 <= number <= 999 or amount.text not in text:
            continue
        digits = numerals.plain(number)
        if digits in amount.text:
            return text.replace(digits, numerals.words(number), 1)
        word = re.match(r"[A-Za-z-]+(?: hundred)?", amount.text)
        if word and numerals.english(word[0]) == number:
            return text.replace(word[0], digits, 1)
    return ""


def multihop(data: Path) -> Queries:
    file = data / "multihop_2wiki" / "wikihop_train_preprocess.json"
    rows = json.loads(file.read_text("utf-8"))
    texts: dict[tuple[str, str], str] = {}
    asked = []
    for row in rows:
        for title, sentences in row["context"]:
            texts.setdefault((title, " ".join(sentences)), f"p{len(texts)}")
        own = {title: texts[title, " ".join(sentences)] for title, sentences in row["context"]}
        gold = dict.fromkeys(own[title] for title, _ in row["supporting_facts"] if title in own)
        asked.append((row["question"], tuple(gold), row["type"]))
    lines = [line(identifier, title, text) for (title, text), identifier in texts.items()]
    return parted("multihop", lines, asked)


# --- Korean

ARTICLE = re.compile(r"^##### 제(\d+)조(?:의\d+)? \((?P<title>[^)]+)\)\s*$", re.MULTILINE)


def _articles(data: Path, laws: int) -> Iterator[tuple[str, str, str]]:
    """Law, heading and text of articles of some statutes."""
    with tarfile.open(data / "ko_statutes.tar.xz") as archive:
        seen = 0
        for number, member in enumerate(archive):
            if not member.name.endswith("법률.md") or number % 7:
                continue
            file = archive.extractfile(member)
            if file is None:
                continue
            text = file.read().decode("utf-8")
            name = re.search(r"^# (.+)$", text, re.MULTILINE)
            heads = list(ARTICLE.finditer(text))
            for head, after in zip(heads, [*heads[1:], None], strict=False):
                body = text[head.end() : after.start() if after else len(text)].strip()
                if name and len(body) > 40:
                    yield name[1], head["title"].strip(), body[:1500]
            seen += 1
            if seen >= laws:
                return


def statutes(data: Path) -> Queries:
    articles = list(_articles(data, 150))
    lines = [line(f"a{n}", law, text) for n, (law, _, text) in enumerate(articles)]
    asked = [
        (f"{law} {title}", (f"a{n}",), "")
        for n, (law, title, _) in enumerate(articles)
        if len(title) > 4
    ]
    return parted("statutes", lines, random.Random(SEED).sample(asked, min(800, len(asked))))


_AMOUNT = re.compile(
    r"(?<![\d.,])(\d{1,4})(만원|천만원|백만원|억원|개월|일|시간|명|퍼센트|년)"
    r"(?=[^가-힣]|[이의을를에 ])"
)


def respelt_ko(data: Path) -> Queries:
    articles = list(_articles(data, 150))
    lines = [line(f"a{n}", law, text) for n, (law, _, text) in enumerate(articles)]
    asked = []
    for n, (_, _, text) in enumerate(articles):
        match = _AMOUNT.search(text)
        if match is None:
            continue
        words = text[max(0, match.start() - 25) : match.start()].split()[1:]
        behind = text[match.end() : match.end() + 12].rpartition(" ")[0]
        spoken = said(int(match[1]), match[2])
        if len(words) >= 2 and spoken:
            asked.append((f"{' '.join(words)} {spoken}{behind}", (f"a{n}",), match[2]))
    return parted("respelt-ko", lines, random.Random(SEED).sample(asked, min(800, len(asked))))


def said(number: int, unit: str) -> str:
    """An amount as it is spoken: ``삼백만 원``, ``세 달``, ``서른 명``, ``삼십 일``."""
    money = re.fullmatch(r"(.*)원", unit)
    if money:
        value = numerals.korean(f"{number}{money[1]}")
        return "" if value is None else f"{numerals.sino(int(value))} 원"
    if unit == "개월":
        return f"{numerals.native(number)} 달" if 1 <= number <= 12 else ""
    if unit in ("명", "시간"):
        return f"{numerals.native(number)} {unit}" if 1 <= number <= 60 else ""
    return f"{numerals.sino(number)} {unit}" if number >= 10 else ""


def _pages(data: Path, language: str) -> dict[str, tuple[str, str]]:
    pages = {}
    root = data / "commerce_kb" / language
    for file in sorted(root.rglob("*.md")):
        text = re.sub(r"\A---\n.*?\n---\n", "", file.read_text("utf-8"), flags=re.DOTALL)
        title = re.search(r"^# (.+)$", text, re.MULTILINE)
        if title:
            body = text[: title.start()] + text[title.end() :]
            plain = re.sub(r"\s*\{#.*\}", "", title[1]).strip()
            pages[str(file.relative_to(root))] = (plain, body.strip())
    return {name: page for name, page in pages.items() if len(page[0]) > 5}


def support_ko(data: Path) -> Queries:
    pages = _pages(data, "ko")
    lines = [line(name, "", body[:6000]) for name, (_, body) in pages.items()]
    return parted("support-ko", lines, [(t, (n,), "") for n, (t, _) in pages.items()])


def crossed(data: Path) -> Queries:
    korean, english = _pages(data, "ko"), _pages(data, "en")
    lines = [line(name, title, body[:6000]) for name, (title, body) in english.items()]
    asked = [(t, (n,), "") for n, (t, _) in korean.items() if n in english]
    return parted("crossed", lines, asked)


SETS: dict[str, Callable[[Path], Queries]] = {
    "squad": squad,
    "respelt-en": respelt_en,
    "multihop": multihop,
    "statutes": statutes,
    "respelt-ko": respelt_ko,
    "support-ko": support_ko,
    "crossed": crossed,
}
