"""Labelled questions that the ranking model learns from, made of texts held out of the encoder.

The encoder has studied the rest of these texts, so its cosines there would look better than they
are on documents that it never saw. Only distractors come from the rest.

squad   en  questions of held-out SQuAD train articles -> paragraph, among all of SQuAD train
studied en  questions of SQuAD train articles that the encoder did study, because there are few
            natural questions otherwise
wiki2   en  two-hop questions -> both paragraphs
facts   both  questions by rule about a sentence of an encyclopedia article -> its passage
words   both  a few words of a sentence -> its passage
topic   both  an article's beginning -> every later passage, each a document of its own
law     ko  a law's name with an article's heading, terms, questions by rule -> article
guide   both  title of a documentation page -> page, mostly without title; words of it -> page;
              contents list the titles, and are no answer

Half of the encyclopedia articles lose their titles, as many collections have none.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "encoder"), str(HERE.parent / "reader")]

import sources  # noqa: E402
from held_out import passages_of  # noqa: E402
from tasks._corpus import Text  # noqa: E402
from tasks.cloze_en import facts as english_facts  # noqa: E402
from tasks.cloze_en import given_names  # noqa: E402
from tasks.cloze_ko import facts as korean_facts  # noqa: E402
from tasks.cloze_ko import sorts  # noqa: E402
from tasks.definition import english, first_sentence, korean  # noqa: E402

from openbook.text.sentences import sentences  # noqa: E402
from openbook.text.topics import topics  # noqa: E402

STUDIED = 2400
FACTS = {"ko": 2400, "en": 1500}
WORDS = {"ko": 500, "en": 500}
LONG = 450
TOPICS = {"ko": 400, "en": 280}
DISTRACTORS = {"ko": 600, "en": 500}


@dataclass(frozen=True)
class Source:
    """A document of a set; ``markdown`` where it is synced as a file with headings."""

    id: str
    title: str
    text: str
    markdown: bool = False


@dataclass(frozen=True)
class Labelled:
    """A question, its documents, and the words that its passage holds (any, if empty)."""

    text: str
    gold: tuple[str, ...]
    needle: str = ""


@dataclass(frozen=True)
class Set:
    """Documents and questions about them."""

    name: str
    language: str
    documents: tuple[Source, ...]
    questions: tuple[Labelled, ...]


NAMES = (
    "squad",
    "wiki2",
    "facts-ko",
    "guide-ko",
    "facts-en",
    "guide-en",
    "law",
    "topic-ko",
    "topic-en",
)


def make(name: str, data: Path) -> Set:
    """One set, from its own seed."""
    kind, _, language = name.partition("-")
    if kind == "topic":
        return topic(data, language)
    if kind == "facts":
        return encyclopedia(data, language)
    if kind == "guide":
        return guide(data, language)
    if name == "squad-studied":
        return squad(data, studied=True)
    return {"squad": squad, "wiki2": wiki2, "law": law}[kind](data)


def squad(data: Path, *, studied: bool = False) -> Set:
    """Held-out articles' questions, all paragraphs; or some of the others'."""
    held, rest = list(sources.questions(data, held=True)), list(sources.questions(data))
    asked = random.Random("squad").sample(rest, STUDIED) if studied else held
    passages = dict.fromkeys((q.title, q.passage) for q in (*held, *rest))
    ids = {pair: f"squad-{n}" for n, pair in enumerate(passages)}
    return Set(
        "squad-studied" if studied else "squad",
        "en",
        tuple(Source(ids[title, text], title, text) for title, text in passages),
        tuple(Labelled(q.text, (ids[q.title, q.passage],)) for q in asked),
    )


def wiki2(data: Path) -> Set:
    """Two-hop questions; both supporting paragraphs are gold."""
    file = data / "multihop_2wiki" / "wikihop_train_preprocess.json"
    documents: dict[str, Source] = {}
    asked = []
    for item in json.loads(file.read_text("utf-8")):
        ids = {}
        for title, spans in item["context"]:
            text = " ".join(spans)
            made = documents.setdefault(text, Source(f"wiki2-{len(documents)}", title, text))
            ids[title] = made.id
        gold = {ids[title] for title, _ in item["supporting_facts"] if title in ids}
        asked.append(Labelled(item["question"], tuple(sorted(gold))))
    return Set("wiki2", "en", tuple(documents.values()), tuple(asked))


def encyclopedia(data: Path, language: str) -> Set:
    """Questions by rule and words about held-out articles, among others."""
    rng = random.Random(f"ranking {language}")
    held = [d for d in sources.documents(data, language, held=True) if len(d.text) > 300]
    others = list(islice(sources.documents(data, language), DISTRACTORS[language]))
    asked: list[Labelled] = []
    documents = []
    topical = set(rng.sample(range(len(held)), min(TOPICS[language], len(held) // 3)))
    for n, article in enumerate([*held, *others]):
        name, text = f"{language}-{n}", article.text
        title = article.title if rng.random() < 0.5 else ""
        if n in topical:
            spans = sentences(text)  # an article without its beginning, which nothing asks for
            if len(spans) > 5:
                text, title = text[spans[1][0] :], ""
        documents.append(Source(name, title, text))
        if n < len(held) and n not in topical:
            asked += facts(data, language, article, name, rng)
            asked += words(text, name, rng, 2)
    by_rule = [q for q in asked if q.needle and q.text.endswith("?")]
    loose = [q for q in asked if q.needle and not q.text.endswith("?")]
    kept = rng.sample(by_rule, min(FACTS[language], len(by_rule)))
    kept += rng.sample(loose, min(WORDS[language], len(loose)))
    return Set(f"facts-{language}", language, tuple(documents), tuple(kept))


def topic(data: Path, language: str) -> Set:
    """Articles cut into passages that are documents of their own, without titles; asked for by
    what begins the article, which is no document: up to four sentences, or its names.
    """
    rng = random.Random(f"topic {language}")
    held = [d for d in sources.documents(data, language, held=True) if len(d.text) > 1200]
    others = list(islice(sources.documents(data, language), DISTRACTORS[language]))
    documents, asked = [], []
    for n, article in enumerate([*held[:LONG], *others]):
        spans = sentences(article.text)
        opening = spans[min(rng.randint(1, 4), len(spans)) - 1][1]
        rest = passages_of(sources.Document("", article.text[opening:]), rng.randint(400, 1200))
        ids = tuple(f"topic-{language}-{n}-{at}" for at in range(len(rest[:8])))
        documents += [Source(i, "", text) for i, text in zip(ids, rest, strict=False)]
        if n < len(held[:LONG]) and ids:
            lead = article.text[:opening]
            if rng.random() < 0.3:
                lead = " ".join(topics(lead)[:12])
            asked.append(Labelled(lead[:1200], ids))
    return Set(f"topic-{language}", language, tuple(documents), tuple(asked))


def facts(
    data: Path, language: str, article: sources.Document, name: str, rng: random.Random
) -> Iterator[Labelled]:
    """Questions by rule with the sentence that answers them."""
    text = Text(article.title, article.text)
    place = first_sentence(text)
    if place:
        define = korean if language == "ko" else english
        sentence = text.text[slice(*place)]
        for asked, _ in islice(define(text, sentence, rng), 1):
            yield Labelled(asked, (name,), sentence[:60])
    found = (
        korean_facts(text, rng, sorts(data), 4)
        if language == "ko"
        else english_facts(text, rng, given_names(data), 6)
    )
    for fact in found:
        yield Labelled(fact.question, (name,), fact.text[fact.start : fact.end].strip()[:60])


def words(text: str, name: str, rng: random.Random, count: int) -> Iterator[Labelled]:
    """Some names of a sentence, as one types them into a search box."""
    spans = [(a, b) for a, b in sentences(text) if 40 <= b - a <= 300]
    for a, b in rng.sample(spans, min(count, len(spans))):
        named = topics(text[a:b])
        if len(named) >= 4:
            some = rng.sample(range(len(named)), min(len(named), rng.randint(3, 6)))
            chosen = " ".join(named[i] for i in sorted(some))
            yield Labelled(chosen, (name,), text[a:b][:60])


def guide(data: Path, language: str) -> Set:
    """Documentation: titles ask for pages, words for the page of a line. Most pages have lost
    their titles, asked for or not, so that having one says nothing.
    """
    rng = random.Random(f"guide {language}")
    parts = sources.aligned(data)
    pages = [p.en if language == "en" else p.ko for p in parts["choosing"]]
    more = [p.en if language == "en" else p.ko for p in parts["train"][:400]]
    titles = [p.title for p in pages]
    documents, asked = [], []
    for n, page in enumerate([*pages, *more]):
        name = f"guide-{language}-{n}"
        bare = rng.random() < 0.6
        if n < len(pages):
            if titles.count(page.title) == 1:
                asked.append(Labelled(page.title, (name,)))
            asked += [Labelled(q.text, q.gold) for q in words(page.text, name, rng, 1)]
        documents.append(Source(name, "" if bare else page.title, page.text))
    documents += contents([page.title for page in (*pages, *more)], f"guide-{language}", rng)
    return Set(f"guide-{language}", language, tuple(documents), tuple(asked))


def contents(titles: Sequence[str], name: str, rng: random.Random) -> Iterator[Source]:
    """Pages that list titles in groups, as links or as plain items, each title once."""
    rest = rng.sample(list(titles), len(titles))
    number = 0
    while rest:
        size = rng.randint(6, 40)
        some, rest = rest[:size], rest[size:]
        linked, mark = rng.random() < 0.6, rng.choice(("*", "-", "1."))
        lines = [f"{mark} [{t}](page-{rng.randrange(10**4)}.md)" if linked else f"{mark} {t}"
                 for t in some]  # fmt: skip
        yield Source(f"{name}-contents-{number}", "", "\n".join(lines))
        number += 1


def law(data: Path) -> Set:
    """Held-out statutes as Markdown; three articles a law are asked for."""
    from tasks._korean_questions import questions

    rng = random.Random("law")
    documents, asked = [], []
    for n, (title, articles) in enumerate(sources.laws(data, held=True)):
        if not articles:
            continue
        name = f"law-{n}"
        parts = [f"## {a.title}\n\n{a.text[:1500]}" for a in articles[:40]]
        documents.append(Source(name, title, f"# {title}\n\n" + "\n\n".join(parts), True))
        for article in rng.sample(articles[:40], min(3, len(articles[:40]))):
            needle = article.text[:40].split("\n")[0]
            asked.append(Labelled(f"{title} {article.title}", (name,), needle))
            for sentence in _plain(article.text)[:2]:
                asked += [
                    Labelled(q, (name,), sentence[:40])
                    for q, _ in questions(sentence, title, rng, 1)
                ]
    return Set("law", "ko", tuple(documents), tuple(rng.sample(asked, min(900, len(asked)))))


def _plain(text: str) -> list[str]:
    found: Sequence[str] = [text[a:b] for a, b in sentences(text)]
    return [re.sub(r"^[①-⑳] ?", "", s) for s in found if 30 <= len(s) <= 170 and s.endswith("다.")]
