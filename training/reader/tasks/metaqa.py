"""MetaQA: plans of relations for a question, and reading over films told in sentences.

The graph is told a film a passage (``X was directed by A.``); a question's path is walked to
find which sentences answer it. Questions of one hop are asked in Korean too, by template.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from tasks._corpus import lines_of
from tasks._korean import particle
from tasks._passages import Shape
from tasks._row import Row

RELATIONS = {
    "director": "directed_by",
    "writer": "written_by",
    "actor": "starred_actors",
    "year": "release_year",
    "genre": "has_genre",
    "language": "in_language",
    "tags": "has_tags",
    "tag": "has_tags",
    "imdbrating": "has_imdb_rating",
    "imdbvotes": "has_imdb_votes",
}
_TOLD = {
    "directed_by": ("{m} was directed by {v}.", "The director of {m} is {v}.", "{v} directed {m}."),
    "written_by": ("{m} was written by {v}.", "The screenplay of {m} is by {v}.", "{v} wrote {m}."),
    "starred_actors": ("{m} stars {v}.", "The cast of {m} includes {v}.", "{v} acted in {m}."),
    "release_year": ("{m} was released in {v}.", "{m} came out in {v}."),
    "has_genre": ("The genre of {m} is {v}.", "{m} is classified as {v}."),
    "in_language": ("The language of {m} is {v}.", "{m} is in {v}."),
    "has_tags": ("{m} is tagged with {v}.", "{m} can be described as {v}."),
    "has_imdb_rating": ("{m} is rated {v}.",),
    "has_imdb_votes": ("The votes for {m} are {v}.",),
}
_TOLD_KO = {
    "directed_by": ("《{m}》의 감독은 {v}이다.", "《{m}》는 {v}이 감독한 영화이다."),
    "written_by": ("《{m}》의 각본은 {v}이 썼다.", "《{m}》의 작가는 {v}이다."),
    "starred_actors": ("《{m}》에는 {v}이 출연하였다.", "《{m}》의 출연진은 {v}이다."),
    "release_year": ("《{m}》는 {v}년에 개봉하였다.",),
    "has_genre": ("《{m}》의 장르는 {v}이다.",),
    "in_language": ("《{m}》의 언어는 {v}이다.",),
}
_ASKED_KO = {
    "directed_by": ("{m}의 감독은 누구인가?", "{m}을 감독한 사람은?", "누가 {m}을 감독했나?"),
    "written_by": (
        "{m}의 작가는 누구인가?",
        "{m}의 각본을 쓴 사람은?",
        "누가 {m}의 각본을 썼는가?",
    ),
    "starred_actors": ("{m}에 출연한 배우는?", "{m}에는 누가 나오는가?"),
    "release_year": ("{m}이 개봉한 해는?", "{m}은 언제 개봉했는가?"),
    "has_genre": ("{m}의 장르는?", "{m}은 어떤 장르인가?"),
    "in_language": ("{m}의 언어는 무엇인가?",),
}


@dataclass(frozen=True)
class Films:
    """The graph: values of a film by relation, and films by relation and value."""

    told: Mapping[str, Mapping[str, tuple[str, ...]]]
    films: Mapping[tuple[str, str], tuple[str, ...]]
    names: tuple[str, ...]


@lru_cache(maxsize=1)
def graph(data: Path) -> Films:
    """The triples of the film graph."""
    told: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    films: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in lines_of(data / "metaqa" / "triples.tsv"):
        film, relation, value = line.split("\t")
        told[film][relation].append(value)
        films[relation, value].append(film)
    return Films(
        {f: {r: tuple(v) for r, v in by.items()} for f, by in told.items()},
        {key: tuple(v) for key, v in films.items()},
        tuple(told),
    )


@lru_cache(maxsize=1)
def asked(data: Path) -> tuple[Mapping[str, Any], ...]:
    """Questions of one, two and three hops."""
    found = []
    for hops in (1, 2, 3):
        for line in lines_of(data / "metaqa" / f"{hops}hop_train.jsonl"):
            found.append(json.loads(line))
    return tuple(found)


def plan(kind: str) -> str:
    """``actor_to_movie_to_year`` as the relations on the way."""
    stops = kind.split("_to_")
    pairs = pairwise(stops)
    return " -> ".join(RELATIONS[b if a == "movie" else a] for a, b in pairs)


def _list(values: Sequence[str], language: str) -> str:
    if len(values) == 1:
        return values[0]
    link = ", " if language == "ko" else " and "
    return ", ".join(values[:-1]) + link + values[-1]


def _sentence(film: str, relation: str, values: Sequence[str], rng: random.Random, ko: bool) -> str:
    forms = (_TOLD_KO if ko else _TOLD)[relation]
    form, value = rng.choice(forms), _list(values, "ko" if ko else "en")
    if ko:
        if "{v}이 " in form:
            form, value = form.replace("{v}이 ", "{v} "), particle(value, "이")
        if "》는" in form and particle(film, "은").endswith("은"):
            form = form.replace("》는", "》은")
    return form.format(m=film, v=value)


def passage(
    film: str, given: Films, rng: random.Random, ko: bool, keep: Sequence[str] = ()
) -> tuple[str, dict[str, str]]:
    """A film told in sentences, and the sentence of each relation."""
    lines = {}
    for relation, values in given.told[film].items():
        if ko and relation not in _TOLD_KO:
            continue
        if relation in keep or rng.random() < 0.8:
            lines[relation] = _sentence(film, relation, values[:6], rng, ko)
    order = list(lines)
    rng.shuffle(order)
    return " ".join(lines[r] for r in order), lines


def path(
    item: Mapping[str, Any], given: Films, rng: random.Random
) -> list[tuple[str, str, str]] | None:
    """Steps (film, relation, value told) from the topic to one answer, if one alone fits."""
    stops = item["type"].split("_to_")
    answer = item["answers"][0]
    ways: list[tuple[str, list[tuple[str, str, str]]]] = [(item["topic"], [])]
    for a, b in pairwise(stops):
        step: list[tuple[str, list[tuple[str, str, str]]]] = []
        for at, way in ways:
            if a == "movie":
                relation = RELATIONS[b]
                for value in given.told.get(at, {}).get(relation, ())[:6]:
                    step.append((value, [*way, (at, relation, value)]))
            else:
                relation = RELATIONS[a]
                for film in given.films.get((relation, at), ()):
                    if all(film != told for told, _, _ in way):
                        step.append((film, [*way, (film, relation, at)]))
        ways = step[:400]
    found = [way for at, way in ways if at == answer]
    return rng.choice(found) if found else None


def reading(
    item: Mapping[str, Any], given: Films, rng: random.Random, shape: Shape, ko: bool
) -> Row | None:
    """The question over the films of its path and others."""
    if len(item["answers"]) != 1:
        return None
    way = path(item, given, rng)
    hops = item["type"].count("_to_")
    if not way or (ko and (hops > 1 or not item["type"].startswith("movie"))):
        return None
    relation = way[-1][1]
    if ko and relation not in _ASKED_KO:
        return None
    films = list(dict.fromkeys(film for film, _, _ in way))
    passages, quotes = [], []
    for film in films:
        needed = [r for f, r, _ in way if f == film]
        text, lines = passage(film, given, rng, ko, needed)
        passages.append(text)
        quotes += [lines[r] for r in dict.fromkeys(needed)]
    answer = item["answers"][0]
    if answer not in quotes[-1] or any(len(p) > shape.most_characters for p in passages):
        return None
    question = item["text"][:1].upper() + item["text"][1:] + "?"
    if ko:
        question = rng.choice(_ASKED_KO[relation])
        topic = item["topic"]
        for form, kind in (("{m}을", "을"), ("{m}이", "이"), ("{m}은", "은")):
            question = question.replace(form, particle(topic, kind))
        question = question.format(m=topic)
    refuse = rng.random() < shape.refusals
    wanted = max(shape.number(rng), len(passages))
    if refuse:
        passages = passages[: len(passages) - 1] if len(passages) > 1 else []
        wanted = max(wanted, 1)
    while len(passages) < wanted:
        other = rng.choice(given.names)
        text, _ = passage(other, given, rng, ko)
        if other in films or answer in text or len(text) < 40 or len(text) > shape.most_characters:
            continue
        passages.append(text)
    rng.shuffle(passages)
    language = "ko" if ko else "en"
    if refuse:
        return Row("metaqa", language, question, tuple(passages), (), "")
    return Row("metaqa", language, question, tuple(passages), tuple(quotes), answer)


def rows(data: Path, seed: int, count: int, shape: Shape | None = None) -> Iterator[Row]:
    """Plans for one in three, reading for the others."""
    rng = random.Random(f"metaqa {seed}")
    shape = shape or Shape()
    items, given = asked(data), graph(data)
    made = 0
    while made < count:
        item = rng.choice(items)
        row: Row | None
        if rng.random() < 0.35:
            text = item["text"][:1].upper() + item["text"][1:] + rng.choice(("?", "", "?"))
            row = Row("metaqa", "en", text, (), (), plan(item["type"]), "plan")
        else:
            row = reading(item, given, rng, shape, rng.random() < 0.5)
        if row:
            made += 1
            yield row
