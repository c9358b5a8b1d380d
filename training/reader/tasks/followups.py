"""Follow-up questions written out: what was left to the conversation is put back.

The conversation asks for columns of made-up records (see ``lookup``) and for what articles
are about; the follow-up names only what changes, or says it, he, 그것. One in five is
already complete and stays as it is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tasks import definition, squad
from tasks._corpus import Shelf, shelf
from tasks._korean import particle
from tasks._passages import Shape
from tasks._row import Row
from tasks.lookup import question, table, titles


def of_records(rng: random.Random, language: str, names: Sequence[str]) -> Row | None:
    """Another column of the same record, or the same column of another."""
    given = table(rng, language, names, rng.randint(3, 6))
    if len(given.names) < 2 or len(given.columns) < 2:
        return None
    a, b = rng.sample(range(len(given.names)), 2)
    c, d = rng.sample(range(len(given.columns)), 2)
    one, two = given.columns[c], given.columns[d]
    first = question(given.names[a], one, language, rng)
    history = [(first, given.cells[a][c] if rng.random() < 0.8 else "")]
    die = rng.random()
    ko = language == "ko"
    if die < 0.2:
        full = question(given.names[b], two, language, rng)
        return Row("followups", language, full, (), (), full, "standalone", tuple(history))
    if die < 0.6:
        name, column = given.names[a], two
        if ko:
            said = rng.choice(("그럼 {}?", "{}?", "그리고 {}?", "그것의 {}?", "거기 {}?")).format(
                particle(two.ko, "은")
            )
            full = f"{name}의 {particle(column.ko, '은')}?"
        else:
            label = two.en.lower()
            said = rng.choice(
                ("And the {}?", "What about the {}?", "What is its {}?", "And its {}?", "Its {}?")
            ).format(label)
            full = f"What is the {label} of {name}?"
    else:
        name = given.names[b]
        if ko:
            said = rng.choice(("그럼 {}?", "{}?", "{} 어때?", "{} 어떻게 돼?")).format(
                particle(name, "은")
            )
            full = first.replace(given.names[a], name)
        else:
            said = rng.choice(("And {}?", "What about {}?", "And for {}?", "How about {}?")).format(
                name
            )
            full = first.replace(given.names[a], name)
    if rng.random() < 0.3:
        e = rng.randrange(len(given.columns))
        history.insert(
            0, (question(given.names[a], given.columns[e], language, rng), given.cells[a][e])
        )
    return Row("followups", language, said, (), (), full, "standalone", tuple(history))


def of_articles(rng: random.Random, language: str, books: Shelf) -> Row | None:
    """A second question about somebody or something by its pronoun."""
    document = rng.choice(books.documents)
    place = definition.first_sentence(document)
    if not place:
        return None
    make = definition.korean if language == "ko" else definition.english
    asked = list(make(document, document.text[slice(*place)], rng))
    if len(asked) < 2:
        return None
    (first, told), (full, _) = asked[0], rng.choice(asked[1:])
    name = document.name
    if name not in full or name not in first:
        return None
    if language == "ko":
        said = re.sub(
            re.escape(name) + r"(은|는|이|가|의)", lambda hit: _KO_SAID[hit[1]], full, count=1
        )
        if said == full:
            return None
    else:
        said = (
            full.replace(f"{name}'s", "his", 1)
            if f"{name}'s" in full
            else full.replace(name, "he", 1)
        )
        said = said.replace("of he", "of him").replace("the date of him", "his date of")
    return Row("followups", language, said, (), (), full, "standalone", ((first, told),))


_KO_SAID = {"은": "그는", "는": "그는", "이": "그가", "가": "그가", "의": "그의"}


def of_squad(
    rng: random.Random, facts: Sequence[tuple[object, str]], by: dict[str, list[str]]
) -> Row | None:
    """A question that names its article, with the name left out after one that names it too."""
    title = rng.choice(list(by))
    some = by[title]
    if len(some) < 2:
        return None
    first, full = rng.sample(some, 2)
    said = re.sub(rf"(?:[Tt]he )?{re.escape(title)}(?:'s)?", "it", full, count=1)
    if full.count(f"{title}'s"):
        said = re.sub(rf"{re.escape(title)}'s", "its", full, count=1)
    if said == full:
        return None
    return Row("followups", "en", said, (), (), full, "standalone", ((first, ""),))


def rows(
    data: Path, seed: int, count: int, shape: Shape | None = None, limit: int = 0
) -> Iterator[Row]:
    """Korean and English by turns of a coin."""
    rng = random.Random(f"followups {seed}")
    facts, _ = squad.load(data)
    by: dict[str, list[str]] = {}
    for fact, title in facts:
        if title in fact.question:
            by.setdefault(title, []).append(fact.question)
    made = 0
    while made < count:
        language = rng.choice(("ko", "en"))
        die = rng.random()
        if die < 0.65:
            row = of_records(rng, language, titles(data, language, limit))
        elif die < 0.85 or language == "ko":
            row = of_articles(rng, language, shelf(data, language, limit))
        else:
            row = of_squad(rng, facts, by)
        if row:
            made += 1
            yield row
