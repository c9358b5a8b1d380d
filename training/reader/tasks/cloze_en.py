"""Questions made by rule from English encyclopedia and news sentences.

A date, a number, a name, a title or a phrase in a known place is the answer. Where the
clause is plain it is turned into a question (When was it laid ...?); where not, the question
word stands before what is left of it, some words dropped and phrases moved: the noisy cloze
of arXiv:1906.04980.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from tasks._corpus import Text, shelf
from tasks._english import PAST, PRESENT, PRONOUNS, SYNONYMS, clause, inverted, lowered, parts
from tasks._passages import Fact, Shape, among
from tasks._row import Row

from openbook.text.sentences import sentences

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE = re.compile(
    rf"(?P<at>\b(?:[Ii]n|[Oo]n|[Aa]round|[Dd]uring|[Cc]irca) )?(?:early |late |mid-)?"
    rf"(?P<date>(?:(?:\d{{1,2}} )?{_MONTH} (?:\d{{1,2}}, )?\d{{4}}|{_MONTH} \d{{1,2}}"
    rf"|(?<=[nN] )1[0-9]{{3}}|(?<=[nN] )20[0-2][0-9]|(?<=since )\d{{4}}|(?<=until )\d{{4}}))"
    r"(?![\d\w-])"
)
_NUMBER = re.compile(
    r"(?<![\w$£€.,-])(?P<value>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|two|three|four|five|six|seven|"
    r"eight|nine|ten|twelve|twenty|thirty|fifty)(?P<scale> (?:million|billion|thousand|hundred))?"
    r"(?P<unit>%| percent| per cent| [a-z][a-z-]+(?: [a-z]+s)?)(?![\w-])"
)
_MONEY = re.compile(r"(?:US)?[$£€] ?\d[\d,.]*\d?(?: (?:million|billion|thousand))?")
_NAME = re.compile(
    r"(?:[A-Z][\w'’.-]*[\w’])(?: (?:(?:of|the|de|van|von|der|la|le|and|du|al|bin) ){0,2}"
    r"(?:[A-Z][\w'’-]*\w|[A-Z]\.|[IVX]+))*"
)
_QUOTED = re.compile(r'["“](?P<title>[A-Z][^"“”]{2,50}[^"“”,.!?])[,.]?["”]')
_STARTS = frozenset(
    """The A An In On At By It He She They This These His Her Its Their There After During Since From For
Under With As But And However When While Although If Some Many Most One Two Other Both I We You Not
Also Then Born Despite According Following Today Later Before Until No All Such Each What Who Between
January February March April May June July August September October November December Monday Tuesday
Wednesday Thursday Friday Saturday Sunday Many Several Another Because Once Where Through To Of Due
Like Only Among Although Though Even Over Around English French German American British""".split()
)
_TITLES = (
    "President Prime Minister King Queen Emperor Pope Sir Lord Lady Dr. Mr. Mrs. Ms. Professor General "
    "Captain Colonel Prince Princess Duke Bishop Saint St. Senator Governor Judge Justice director "
    "actor actress singer author writer architect artist composer founder coach scientist".split()
)
_PEOPLE = re.compile(
    r"\b(?:actor|actress|singer|player|politician|writer|author|musician|footballer|composer|painter|poet|"
    r"director|scientist|physicist|mathematician|philosopher|king|queen|emperor|businessman|lawyer|"
    r"journalist|wrestler|coach|artist|historian|engineer|economist|novelist|comedian|guitarist|rapper|"
    r"swimmer|skater|boxer|driver|general|officer|president|chemist|architect|bishop|saint|nobleman|"
    r"professor|activist|producer|songwriter|model|dancer|explorer|astronaut|cyclist|golfer|cricketer)\b"
)
_SMALL = frozenset("of the and in on de la for to at van von".split())
_NOUN = re.compile(r" ([a-z]{3,})\b")
_PLAIN = (
    frozenset(
        """also became can could may might would will should must did does took made gave got went came said began
where whose because since under over into about between among near through against within without
both all not only then now still first later just well even such being including called using won led""".split()
    )
    | frozenset(PAST)
    | frozenset(PRESENT)
)
_NOT_UNITS = frozenset(
    """in on at of and or to for the a an by from with as was were is are had has have when who that which
while after before but than times during until people's per more""".split()
)


_BROKEN = re.compile(r"[\[\]{}|=]|\s,|\s\.|, ,|\( | the and |\bin ,")


@lru_cache(maxsize=2)
def given_names(data: Path, limit: int = 0) -> frozenset[str]:
    """First words of articles about people."""
    names: Counter[str] = Counter()
    for document in shelf(data, "en", limit).documents:
        if " " in document.name and _PEOPLE.search(document.text[:200]):
            names[document.name.split(" ", 1)[0]] += 1
    return frozenset(name for name in names if name[0].isupper() and name not in _STARTS)


@dataclass(frozen=True)
class Span:
    """An answer in a sentence, what sort it is, and from where its phrase is to be removed."""

    start: int
    end: int
    sort: str  # when | many | much | share | who | whose | where | which | what | title
    gone: int  # where the phrase with its preposition begins
    unit: str = ""


def spans(text: str, given: frozenset[str]) -> list[Span]:
    """Answers in a sentence, each place once."""
    found: list[Span] = []

    def add(span: Span) -> None:
        if all(span.end <= o.start or span.start >= o.end for o in found):
            found.append(span)

    for hit in _DATE.finditer(text):
        add(Span(hit.start("date"), hit.end("date"), "when", hit.start()))
    for hit in _MONEY.finditer(text):
        add(Span(hit.start(), hit.end(), "much", hit.start()))
    for hit in _QUOTED.finditer(text):
        add(Span(hit.start("title"), hit.end("title"), "title", hit.start()))
    for hit in _NUMBER.finditer(text):
        unit = hit["unit"].strip()
        if unit in ("%", "percent", "per cent"):
            add(Span(hit.start(), hit.end(), "share", hit.start()))
        elif re.fullmatch("1[0-9]{3}|20[0-9]{2}", hit["value"]):
            continue
        elif unit.split()[0] not in _NOT_UNITS and unit.split()[-1].endswith(
            ("s", "people", "men")
        ):
            end = hit.end("scale") if hit["scale"] else hit.end("value")
            add(Span(hit.start(), end, "many", hit.start(), unit))
    for hit in _NAME.finditer(text):
        span = _named(text, hit, given)
        if span:
            add(span)
    return found


def _named(text: str, hit: re.Match[str], given: frozenset[str]) -> Span | None:
    start, end = hit.span()
    for mark in ("'s", "’s"):
        if mark in text[start:end]:
            end = start + text[start:end].index(mark)
    words = text[start:end].split(" ")
    while words and words[0].rstrip(",") in _STARTS:
        start += len(words[0]) + 1
        words = words[1:]
        while words and words[0] in ("of", "the", "and"):
            start += len(words[0]) + 1
            words = words[1:]
    if not words or end - start < 3 or (start == 0 and len(words) == 1):
        return None
    if words[0] in PRONOUNS or text[end : end + 1] in ("-", "/") or text[start - 1 : start] == "-":
        return None
    if text[start - 2 : start] == ", " and text[end : end + 1] == ",":
        return None
    if text[end : end + 1] == "." and end < len(text) - 1:
        return None
    noun = _NOUN.match(text, end)
    if noun and noun[1] not in _NOT_UNITS and noun[1] not in _PLAIN and not noun[1].endswith("ed"):
        return Span(start, end, "which", start, noun[1])
    before = text[:start].rsplit(" ", 3)[-3:]
    previous = before[-2] if len(before) > 1 else ""
    if text[end : end + 2] in ("'s", "’s"):
        return Span(start, end, "whose" if words[0] in given else "what", start)
    if (words[0] in given and len(words) > 1) or previous in _TITLES:
        return Span(start, end, "who", start)
    if previous.lower() in ("in", "at", "near", "from", "to") or (
        previous == "the" and len(before) > 2 and before[-3].lower() in ("in", "at", "near")
    ):
        length = len(previous) + 1 + (len(before[-3]) + 1 if previous == "the" else 0)
        return Span(start, end, "where", max(0, start - length))
    return Span(start, end, "what", start)


def question(sentence: str, span: Span, name: str, rng: random.Random) -> str:
    """A question for the span, or nothing."""
    answer = sentence[span.start : span.end]
    hole = "\x00"
    body = sentence[: span.gone] + hole + sentence[span.end :]
    if sentence[span.end : span.end + 1] in '"”' and span.sort == "title":
        body = body.replace(hole + sentence[span.end], hole, 1)
    text = clause(body, hole)
    text = re.sub(r"\s+", " ", text).replace(" ,", ",")
    if span.unit:
        text = text.replace(f"{hole} {span.unit}", hole, 1)
    if answer in text or len(text.split()) < 4:
        return ""
    words = _question_word(span, answer, rng)
    text = _referred(text, name)
    if text.startswith(hole):
        if span.sort in ("when", "where"):
            text = text[1:].lstrip(", ")
            found = parts(text)
            return _finished(inverted(found, words) if found else f"{words} {text}", rng)
        return _finished(words + text[1:], rng)
    found = parts(text)
    if found and hole in found.subject:
        if span.sort in ("many", "share", "much", "whose", "which"):
            return _finished(lowered(text.replace(hole, words.lower())), rng)
        return _finished(text.replace(hole, words.lower(), 1), rng) if rng.random() < 0.5 else ""
    if found and rng.random() < 0.8:
        if hole in found.lead:
            found = replace(found, lead="" if found.lead.strip(", ") == hole else found.lead)
        asked = inverted(found, words).replace(hole + " ", "").replace(hole, "")
        return _finished(asked, rng)
    return _noisy(text, hole, words, span, rng)


def _noisy(text: str, hole: str, words: str, span: Span, rng: random.Random) -> str:
    """What is left of the clause in disorder behind the question word."""
    pieces = [p for p in re.split(r",? (?=(?:in|on|at|by|from|for|with|to|after) )", text) if p]
    if rng.random() < 0.5:
        pieces = [p.strip(", ") for p in text.split(hole)]
        pieces.reverse()
    elif len(pieces) > 2 and rng.random() < 0.5:
        rng.shuffle(pieces)
    kept = [
        w
        for w in " ".join(pieces).replace(hole, "").split()
        if not (w.endswith("ly") or (w in ("also", "then", "very") or rng.random() < 0.08))
    ]
    return _finished(f"{words} {lowered(' '.join(kept))}", rng)


def _question_word(span: Span, answer: str, rng: random.Random) -> str:
    pick = rng.choice
    if span.sort == "when":
        if answer.isdigit():
            return pick(("When", "In what year", "What year", "In which year"))
        return (
            pick(("When", "When", "On what date")) if re.search(r"\d\D+\d|\d$", answer) else "When"
        )
    if span.sort == "many":
        return f"How many {span.unit}"
    if span.sort == "which":
        return f"{pick(('Which', 'What'))} {span.unit}"
    if span.sort == "much":
        return pick(("How much", "How much money", "What amount"))
    if span.sort == "share":
        return pick(("What percentage", "How much", "What percent"))
    if span.sort == "where":
        return pick(("Where", "Where", "In what place", "In which place"))
    if span.sort == "title":
        return pick(("What", "Which work", "What title"))
    return {"who": "Who", "whose": "Whose"}.get(span.sort, pick(("What", "What", "Which")))


def _referred(text: str, name: str) -> str:
    """The article's name for a pronoun that begins the clause, if it is a name and no headline."""
    if not all(word[:1].isupper() or word in _SMALL for word in name.split()[:6]):
        return text
    text = re.sub(r"^(?:He|She|It)(?= )", lambda _: name, text)
    text = re.sub(r"(?<=, )(?:he|she|it)(?= )", lambda _: name, text, count=1)
    return re.sub(r"^(?:His|Her|Its)(?= )", lambda _: f"{name}'s", text)


def _finished(text: str, rng: random.Random) -> str:
    for word, others in SYNONYMS.items():
        if word in text and rng.random() < 0.4:
            text = re.sub(rf"\b{word}\b", rng.choice(others), text, count=1)
    text = re.sub(r"\s+([,.?])", r"\1", re.sub(r"\s+", " ", text)).strip(" ,;:.-—–")
    text = re.sub(r"(?: (?:the|a|an|and|or|his|her|its))+$", "", text)
    if text.count("(") != text.count(")") or text.count('"') % 2:
        return ""
    return f"{text[:1].upper()}{text[1:]}?" if len(text.split()) >= 4 else ""


_REASON = re.compile(
    r"^(?P<what>.{15,140}?),? (?:because|due to|in order) (?P<why>[^,;]{8,110})[.,;]"
)


def reason(sentence: str, name: str, rng: random.Random) -> list[tuple[str, str]]:
    """Why something is so, where the sentence says because, due to or in order to."""
    hit = _REASON.match(sentence)
    found = parts(_referred(hit["what"], name)) if hit else None
    if not hit or not found:
        return []
    asked = _finished(inverted(found, rng.choice(("Why", "Why", "For what reason"))), rng)
    answer = re.sub(r"^of ", "", hit["why"]).rstrip(".")
    return [(asked, answer)] if asked else []


def questions(
    sentence: str, name: str, rng: random.Random, given: frozenset[str], most: int = 3
) -> list[tuple[str, str]]:
    """Questions that a sentence of the article ``name`` answers, with their answers."""
    clean = re.sub(r"\s*\([^()]*\)", "", sentence)
    if not 40 <= len(clean) <= 260 or not clean.endswith(".") or _BROKEN.search(clean):
        return []
    found = spans(clean, given)
    rng.shuffle(found)
    made = reason(clean, name, rng) if rng.random() < 0.8 else []
    made = [(asked, answer) for asked, answer in made if answer in sentence]
    for span in found:
        answer = clean[span.start : span.end]
        if answer not in sentence or answer == name or clean.count(answer) > 1:
            continue
        asked = question(clean, span, name, rng)
        if asked and answer not in asked and 15 < len(asked) < 200:
            made.append((asked, answer))
            if len(made) == most:
                break
    return made


def facts(
    document: Text, rng: random.Random, given: frozenset[str], most: int = 4
) -> Iterator[Fact]:
    """Questions about some sentences of a document."""
    text = document.text[:6000]
    places = [(a, b) for a, b in sentences(text) if 40 <= b - a <= 280]
    for a, b in sorted(rng.sample(places, min(most, len(places)))):
        for asked, answer in questions(text[a:b], document.name, rng, given):
            yield Fact(asked, answer, document.text, a, b)


def rows(
    data: Path, seed: int, count: int, shape: Shape | None = None, limit: int = 0
) -> Iterator[Row]:
    """Rows from documents in random order; the questions of one sentence come apart."""
    rng = random.Random(f"cloze_en {seed}")
    shape = shape or Shape()
    books = shelf(data, "en", limit)
    given = given_names(data, limit)
    order = books.order(rng)
    held: list[tuple[int, Fact]] = []
    for _ in range(count):
        row = None
        while row is None:
            while len(held) < min(count, 2_000):
                number = next(order)
                held += [(number, f) for f in facts(books.documents[number], rng, given)]
            at = rng.randrange(len(held))
            held[at], held[-1] = held[-1], held[at]
            number, fact = held.pop()
            row = among(rng, fact, number, books, "cloze_en", "en", shape)
        yield row
