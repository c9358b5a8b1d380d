"""Sets made of what was held out, on which settings and weights of fusion are chosen.

squad     en  questions of held-out SQuAD train articles -> paragraph
first-en  en  first sentence of an article -> a later passage of it
guide-en  en  title of a documentation page -> its text
cloze-ko  ko  a sentence whose number is asked for, words dropped -> its passage
first-ko  ko  as first-en
guide-ko  ko  as guide-en
law       ko  name of a law and heading of an article -> the article
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import sources
from numpy.typing import NDArray

from openbook.models.static import StaticEncoder
from openbook.text.sentences import sentences

SEED = 20261121
_VALUE = re.compile(r"\d[\d,.]*(?=(년|월|일|명|개|번|위|살|세|km|m|%|원|시간|분)?)")


@dataclass(frozen=True)
class Held:
    """Questions, and the number of the passage that each asks for."""

    name: str
    language: str
    questions: tuple[str, ...]
    gold: tuple[int, ...]
    passages: tuple[str, ...]


def all_sets(data: Path) -> list[Held]:
    """Every set; which languages it asks in stands beside it."""
    pages = sources.aligned(data)["choosing"]
    english = [d for d in sources.documents(data, "en", held=True)]
    korean = list(islice(sources.documents(data, "ko", held=True), 900))
    return [
        squad(data, english),
        first("first-en", "en", english),
        guide("guide-en", "en", [page.en for page in pages]),
        cloze(korean),
        first("first-ko", "ko", korean),
        guide("guide-ko", "ko", [page.ko for page in pages]),
        law(data),
    ]


def passages_of(document: sources.Document, size: int = 600) -> list[str]:
    """Whole sentences, about ``size`` characters each, without the title."""
    found, held = [], ""
    for start, end in sentences(document.text):
        held = f"{held} {document.text[start:end]}".strip()
        if len(held) >= size:
            found.append(held)
            held = ""
    return [*found, held] if held else found


def squad(data: Path, others: Sequence[sources.Document]) -> Held:
    """Every second question; other articles' passages stand between."""
    rows = list(sources.questions(data, held=True))
    passages = list(dict.fromkeys(row.passage for row in rows))
    at = {passage: number for number, passage in enumerate(passages)}
    rows = rows[::2]
    more = [p for document in others for p in passages_of(document)[:6]]
    return Held(
        "squad", "en", tuple(r.text for r in rows), tuple(at[r.passage] for r in rows),
        tuple(passages + more),
    )  # fmt: skip


def first(name: str, language: str, documents: Sequence[sources.Document]) -> Held:
    """First sentences; the gold passage is one from the middle of the rest."""
    questions, gold, passages = [], [], []
    for document in documents:
        spans = sentences(document.text)
        if len(spans) < 6:
            continue
        rest = passages_of(sources.Document("", document.text[spans[2][0] :]))
        questions.append(document.text[slice(*spans[0])])
        gold.append(len(passages) + len(rest) // 2)
        passages += rest[: len(rest) // 2 + 1]
    return Held(name, language, tuple(questions[:800]), tuple(gold[:800]), tuple(passages))


def guide(name: str, language: str, documents: Sequence[sources.Document]) -> Held:
    """Titles that no other page has."""
    titles = [document.title for document in documents]
    rows = [n for n, title in enumerate(titles) if titles.count(title) == 1]
    return Held(
        name, language, tuple(titles[n] for n in rows), tuple(rows),
        tuple(document.text for document in documents),
    )  # fmt: skip


def cloze(documents: Sequence[sources.Document]) -> Held:
    """What number stands in a sentence, a third of its other words left out."""
    random = np.random.default_rng(SEED)
    questions, gold, passages = [], [], []
    for document in documents:
        parts = passages_of(document)[:8]
        for part in parts[:2]:
            spans = [part[a:b] for a, b in sentences(part) if _VALUE.search(part[a:b])]
            if spans:
                sentence = spans[int(random.integers(len(spans)))]
                asked = _VALUE.sub("몇 ", sentence, count=1).rstrip(".").split()
                kept = [w for w in asked if w == "몇" or random.random() > 0.34]
                if len(kept) >= 4:
                    questions.append(" ".join(kept[:16]) + "?")
                    gold.append(len(passages) + parts.index(part))
        passages += parts
    return Held("cloze-ko", "ko", tuple(questions[:900]), tuple(gold[:900]), tuple(passages))


def law(data: Path) -> Held:
    """Headings with the law's name; three articles a law are asked for."""
    questions, gold, passages = [], [], []
    for name, articles in sources.laws(data, held=True):
        for number, article in enumerate(articles[:30]):
            if number % 10 == 1:
                questions.append(f"{name} {article.title}")
                gold.append(len(passages))
            passages.append(article.text[:1200])
    return Held("law", "ko", tuple(questions[:800]), tuple(gold[:800]), tuple(passages))


def places(encoder: StaticEncoder, held: Held) -> NDArray[np.int64]:
    """At which place each gold passage comes, from 0, by cosine alone."""
    passages = encoder.encode_passages(held.passages)
    cosines = encoder.encode_queries(held.questions) @ passages.T
    right = cosines[np.arange(len(held.gold)), list(held.gold)]
    return (cosines > right[:, None]).sum(1)


def measures(encoder: StaticEncoder, data: Path, sets: Sequence[Held]) -> dict[str, float]:
    """nDCG@10 by set, and across languages on the aligned pages for choosing."""
    found = {}
    for held in sets:
        place = places(encoder, held)
        gains = np.where(place < 10, 1.0 / np.log2(place + 2), 0.0)
        found[held.name] = round(float(gains.mean()), 4)
    pages = sources.aligned(data)["choosing"]
    return found | across(encoder, pages)


def across(encoder: StaticEncoder, pages: Sequence[sources.Aligned]) -> dict[str, float]:
    """hit@1 of whole pages and hit@10 of titles, from each language to the other."""
    whole = {
        "en": [f"{page.en.title}\n{page.en.text}" for page in pages],
        "ko": [f"{page.ko.title}\n{page.ko.text}" for page in pages],
    }
    titles = {"en": [page.en.title for page in pages], "ko": [page.ko.title for page in pages]}
    found = {}
    for this, other in (("ko", "en"), ("en", "ko")):
        for what, asked, answers, k in (
            ("page", whole[this], whole[other], 1),
            ("page", whole[this], whole[other], 10),
            ("title", titles[this], titles[other], 10),
            ("title", titles[this], titles[other], 1),
            ("title to page", titles[this], whole[other], 10),
        ):
            cosines = encoder.encode_queries(asked) @ encoder.encode_passages(answers).T
            place = (cosines > np.diag(cosines)[:, None]).sum(1)
            found[f"{what} {this}-{other} hit@{k}"] = round(float((place < k).mean()), 4)
    return found
