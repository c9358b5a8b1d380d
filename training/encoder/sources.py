"""The texts that the encoder learns from, and what is held out of them.

Everything is held out by the hash of its id, before anything is learnt: pages of the aligned
documentation, articles of SQuAD train, documents of the encyclopedias, laws. The last three
only choose settings; the first 1,000 aligned pages are reported. KorQuAD and the support pages
of ``commerce_kb`` are read by no stage.
"""

from __future__ import annotations

import json
import lzma
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

REPORTED = 1000
"""Aligned pages that are reported: those with the smallest hashes."""
CHOOSING = 400
"""The aligned pages after those, on which settings are chosen."""

_ANCHOR = re.compile(r"<a\b[^>]*>\s*</a>|</?a\b[^>]*>")
_ARTICLE = re.compile(r"^##### (제\d+조(?:의\d+)?)\s*\(([^)]+)\)\s*$", re.MULTILINE)
_NOTE = re.compile(r"<(?:개정|신설|본조신설|전문개정|제목개정)[^>]*>|\*\*")


@dataclass(frozen=True)
class Document:
    """A titled text."""

    title: str
    text: str


@dataclass(frozen=True)
class Question:
    """A question and the paragraph that answers it."""

    text: str
    title: str
    passage: str


@dataclass(frozen=True)
class Aligned:
    """A page in both languages."""

    id: str
    en: Document
    ko: Document


def share(*parts: str) -> float:
    """A number in [0, 1) that a name always gets."""
    return int.from_bytes(blake2b("\x1f".join(parts).encode(), digest_size=6).digest()) / 2**48


def documents(data: Path, language: str, *, held: bool = False) -> Iterator[Document]:
    """The encyclopedia of a language: without its held-out fiftieth, or only that."""
    for path in sorted((data / "corpora").glob(f"{language}-*.jsonl.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if (share("corpora", row["title"]) < 0.02) == held:
                    yield Document(row["title"], row["text"])


def questions(data: Path, *, held: bool = False) -> Iterator[Question]:
    """SQuAD train: without its held-out eighth of the articles, or only that."""
    folder = data / "squad" / "train"
    passages = {row["_id"]: row for row in _lines(folder / "corpus.jsonl")}
    gold = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        question, passage, _ = line.split("\t")
        gold[question] = passages[passage]
    for row in _lines(folder / "queries.jsonl"):
        passage = gold[row["_id"]]
        if (share("squad", passage["title"]) < 0.125) == held:
            yield Question(row["text"], passage["title"], passage["text"])


def aligned(data: Path) -> dict[str, list[Aligned]]:
    """Aligned pages in three parts: ``reported``, ``choosing`` and ``train``.

    A page of ``train`` whose title or opening in either language is that of a held-out page
    is left out, because the documentation repeats some pages.
    """
    pages = []
    with lzma.open(data / "msdocs_pairs.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            en = Document(_clean(row["title_en"]), row["text_en"])
            ko = Document(_clean(row["title_ko"]), row["text_ko"])
            pages.append(Aligned(row["id"], en, ko))
    pages.sort(key=lambda page: share("msdocs", page.id))
    held = pages[: REPORTED + CHOOSING]
    seen = {_shown(page.en) for page in held} | {_shown(page.ko) for page in held}
    seen |= {page.en.title for page in held} | {page.ko.title for page in held}
    rest = [
        page
        for page in pages[REPORTED + CHOOSING :]
        if not seen & {_shown(page.en), _shown(page.ko), page.en.title, page.ko.title}
    ]
    return {"reported": held[:REPORTED], "choosing": held[REPORTED:], "train": rest}


def laws(data: Path, *, held: bool = False) -> Iterator[tuple[str, list[Document]]]:
    """Statutes: the law's name and its articles with their headings; a twentieth is held out."""
    with tarfile.open(data / "ko_statutes.tar.xz", "r|xz") as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith(".md") else None
            if file is None:
                continue
            text = file.read().decode("utf-8", "replace")
            name = re.search(r"^제목: (.+)$", text, re.MULTILINE)
            if name is None or (share("laws", name[1]) < 0.05) != held:
                continue
            parts = _ARTICLE.split(text)
            found = [
                Document(parts[at + 1].strip(), _NOTE.sub(" ", parts[at + 2]).strip())
                for at in range(1, len(parts) - 2, 3)
            ]
            yield name[1].strip("'\" "), [d for d in found if len(d.text) > 40]


def glossary() -> Iterator[tuple[str, str]]:
    """Common words in Korean and English: every pair of one meaning."""
    for line in (Path(__file__).resolve().parent / "glossary.txt").read_text("utf-8").splitlines():
        korean, equals, english = line.partition(" = ")
        if equals and not line.startswith("#"):
            for one in korean.split(", "):
                for other in english.split(", "):
                    yield one.strip(), other.strip()


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _clean(title: str) -> str:
    return " ".join(_ANCHOR.sub(" ", title).split())


def _shown(page: Document) -> str:
    return page.text[:200]
