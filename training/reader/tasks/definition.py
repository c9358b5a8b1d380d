"""What an article is about, from its first sentence: what or who it is, when born and dead."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

from tasks._corpus import Text, shelf, sort_of
from tasks._korean import particle
from tasks._korean_words import PLACES, is_person
from tasks._passages import Fact, Shape, among
from tasks._row import Row

from openbook.text.sentences import sentences

_KO_IS = re.compile(r"^(?P<what>.+?)(?:이다|이었다|였다)\.?$")
_KO_DATE = r"(?:기원전 ?)?\d{1,4}년(?: ?\d{1,2}월 ?\d{1,2}일)?"
_KO_LIFE = re.compile(rf"[(,] ?(?P<born>{_KO_DATE})[^~()]{{0,20}}~ ?(?P<dead>{_KO_DATE})?")
_KO_ENGLISH = re.compile(r"영어: ?(?P<english>[A-Z][\w .'&-]{2,40}\w)")
_KO_HANJA = re.compile(r"[(] ?(?P<hanja>[\u4e00-\u9fff]{2,8})[,)]")
_EN_DATE = r"(?:\d{1,2} [A-Z][a-z]+ \d{3,4}|[A-Z][a-z]+ \d{1,2}, \d{3,4}|\d{4})"
_EN_LIFE = re.compile(
    rf"[(;,] ?(?P<b>born )?(?:c\. )?(?P<born>{_EN_DATE})(?: ?[–-] ?(?P<dead>{_EN_DATE}))?"
)
_EN_IS = re.compile(
    r"^ (?P<verb>is|was|are|were) (?P<what>(?:an?|the|one of the) .+?)"
    r"(?=, | which | that | who | whose | where | and (?:is|was|the)\b|; |\.$)"
)
_EN_PEOPLE = re.compile(r"^[A-Z][\w.'-]+(?: [A-Z][\w.'-]*)+$")


def first_sentence(document: Text) -> tuple[int, int] | None:
    """Where the first sentence is, if it is of a usual length."""
    for a, b in sentences(document.text[:700])[:1]:
        if 20 <= b - a <= 320 and b < 690:
            return a, b
    return None


def korean(document: Text, sentence: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Questions on a Korean article's first sentence, with their answers."""
    name, pick = document.name, rng.choice
    clean = re.sub(
        r"\s*[(（][^()（）]*(?:[(（][^()（）]*[)）][^()（）]*)*[)）]", "", sentence
    ).strip()
    bare = clean.lstrip("《〈「『“‘\"'")
    if not bare.startswith(name):
        return
    rest = bare[len(name) :].lstrip("》〉」』”’\"'")
    topic = re.match(r"(?:은|는|\(이\)란|이란|란) ", rest)
    kind = sort_of(document)
    person = is_person(kind)
    found = _KO_IS.match(rest[topic.end() :]) if topic else None
    if found:
        what = found["what"]
        if len(what) > 60:
            what = re.split(r"(?:으로|로|며|고|이자), ", what)[-1]
        if 4 <= len(what) <= 80 and not what.endswith(("것", "중 하나", "하나")):
            if person:
                ask = (
                    particle(name, "은") + " 누구인가?",
                    particle(name, "은") + " 어떤 사람인가?",
                )
            elif kind in PLACES:
                ask = (particle(name, "은") + " 어떤 곳인가?", particle(name, "은") + " 무엇인가?")
            else:
                ask = (
                    particle(name, "이란") + " 무엇인가?",
                    particle(name, "은") + " 무엇인가?",
                    particle(name, "이란") + "?",
                    particle(name, "은") + " 무엇을 말하는가?",
                )
            yield pick(ask), what
    if life := _KO_LIFE.search(sentence[:140]):
        whole = "월" in life["born"]
        subject = particle(name, "이")
        yield (
            pick(
                (
                    f"{subject} 태어난 {'날은' if whole else '해는'}?",
                    f"{subject} 출생한 {'날짜는' if whole else '연도는'} 언제인가?",
                    f"{particle(name, '은')} 언제 태어났는가?",
                    f"{name}의 {'생년월일은' if whole else '출생 연도는'}?",
                )
            ),
            life["born"],
        )
        if life["dead"]:
            whole = "월" in life["dead"]
            yield (
                pick(
                    (
                        f"{subject} 사망한 {'날은' if whole else '해는'}?",
                        f"{subject} 세상을 떠난 것은 언제인가?",
                        f"{particle(name, '은')} 언제 죽었는가?",
                        f"{name}의 사망일은 언제인가?",
                    )
                ),
                life["dead"],
            )
    if english := _KO_ENGLISH.search(sentence[:160]):
        yield (
            pick((f"{name}의 영어 이름은?", f"{particle(name, '은')} 영어로 무엇인가?")),
            english["english"],
        )
    if (hanja := _KO_HANJA.search(sentence[:80])) and rng.random() < 0.3:
        yield f"{particle(name, '은')} 한자로 어떻게 쓰는가?", hanja["hanja"]


def english(document: Text, sentence: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Questions on an English article's first sentence, with their answers."""
    name, pick = document.name, rng.choice
    clean = re.sub(r"\s*\([^()]*\)", "", sentence)
    at = clean.find(name)
    if not 0 <= at <= 8:
        return
    found = _EN_IS.match(clean[at + len(name) :])
    if found and len(found["what"]) <= 110:
        verb = found["verb"]
        life = _EN_LIFE.search(sentence[:160])
        if life and _EN_PEOPLE.match(name):
            ask = (
                f"Who {verb} {name}?",
                f"What {verb} {name} known as?",
                f"Who exactly {verb} {name}?",
            )
        else:
            ask = (f"What {verb} {name}?", f"What kind of thing {verb} {name}?", f"Define {name}.")
        yield pick(ask), found["what"].rstrip(".")
    life = _EN_LIFE.search(sentence[:160])
    if life and _EN_PEOPLE.match(name) and (life["b"] or life["dead"]):
        yield (
            pick(
                (
                    f"When was {name} born?",
                    f"What is {name}'s date of birth?",
                    f"In what year was {name} born?",
                )
            ),
            life["born"],
        )
        if life["dead"]:
            yield (
                pick((f"When did {name} die?", f"What is the date of {name}'s death?")),
                life["dead"],
            )


def rows(
    data: Path, seed: int, count: int, shape: Shape | None = None, limit: int = 0
) -> Iterator[Row]:
    """Korean and English in turn."""
    rng = random.Random(f"definition {seed}")
    shape = shape or Shape()
    books = {language: shelf(data, language, limit) for language in ("ko", "en")}
    orders = {language: books[language].order(rng) for language in books}
    made = 0
    while made < count:
        language = "ko" if rng.random() < 0.6 else "en"
        number = next(orders[language])
        document = books[language].documents[number]
        place = first_sentence(document)
        if not place:
            continue
        a, b = place
        sentence = document.text[a:b]
        asked = list((korean if language == "ko" else english)(document, sentence, rng))
        asked = [(q, answer) for q, answer in asked if answer in sentence]
        if not asked:
            continue
        q, answer = rng.choice(asked)
        fact = Fact(q, answer, document.text, a, b)
        row = among(rng, fact, number, books[language], "definition", language, shape)
        if row:
            made += 1
            yield row
