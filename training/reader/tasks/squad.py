"""SQuAD's training questions, each with the sentence that holds its answer as the quote."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from tasks._corpus import lines_of
from tasks._passages import Fact, Shape, present, window
from tasks._row import Row

from openbook.text.sentences import sentences


@lru_cache(maxsize=1)
def load(data: Path) -> tuple[list[tuple[Fact, str]], dict[str, list[str]]]:
    """Facts with the title of their article, and the paragraphs of each article."""
    folder = data / "squad" / "train"
    texts, titles = {}, {}
    articles: dict[str, list[str]] = defaultdict(list)
    for line in lines_of(folder / "corpus.jsonl"):
        row = json.loads(line)
        texts[row["_id"]], titles[row["_id"]] = row["text"], row["title"]
        articles[row["title"]].append(row["text"])
    gold = dict(
        line.split("\t")[:2]
        for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]
    )
    facts = []
    for line in lines_of(folder / "queries.jsonl"):
        row = json.loads(line)
        found = gold[row["_id"]]
        fact = of_question(row["text"], row["answers"][0], row["answer_start"], texts[found])
        if fact:
            facts.append((fact, titles[found]))
    return facts, dict(articles)


def of_question(question: str, answer: str, start: int, text: str) -> Fact | None:
    """The question with the sentences its answer lies in; ``None`` if it is not there."""
    end = start + len(answer)
    if text[start:end] != answer:
        return None
    spans = [(a, b) for a, b in sentences(text) if a < end and start < b]
    if not spans or not question.strip():
        return None
    answer = answer.strip(" .,;:") or answer
    return Fact(" ".join(question.split()), answer, text, spans[0][0], spans[-1][1])


def rows(data: Path, seed: int, count: int, shape: Shape | None = None) -> Iterator[Row]:
    """Rows in random order; after the last question it begins anew with other distractors."""
    rng = random.Random(f"squad {seed}")
    shape = shape or Shape()
    facts, articles = load(data)
    everything = [text for texts in articles.values() for text in texts]
    made = 0
    while made < count:
        for number in rng.sample(range(len(facts)), len(facts)):
            fact, title = facts[number]

            def near(rng: random.Random, limit: int, title: str = title) -> str:
                return window(rng, rng.choice(articles[title]), limit)

            def far(rng: random.Random, limit: int) -> str:
                return window(rng, rng.choice(everything), limit)

            row = present(rng, fact, "squad", "en", shape, near, far)
            if row:
                yield row
                made += 1
                if made >= count:
                    return
