"""Which words of a question stand in a sentence, and where; cheap enough for a whole ranking.

The question is cut into terms as the index cuts it. Sentences are not run through the
morpheme analyser, which would take tens of milliseconds: a Korean term is looked for in the
text (its last syllable may have changed, as 걸리 does in 걸려), a Latin one among the stems.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from openbook.text.terms import analyse

_HANGUL = re.compile("[가-힣]")
_LATIN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_가-힣㐀-鿿぀-ヿ]+(?:['’][^\W\d_]+)?")
_CODE = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Za-z]{1,4}-?\d{1,6}|\d{1,3}[A-Za-z]{1,2})(?![A-Za-z0-9])"
)
_WITH_UNIT = re.compile(r"(\d+(?:[.,]\d+)*) ?([가-힣%])")
_EOJEOL = re.compile("[가-힣]+")
_PARTICLES = frozenset(
    "은 는 이 가 을 를 에 의 로 와 과 도 만 께 서 나 란 야 요 에서 으로 까지 부터 에게 한테 보다 처럼 마다 "
    "이나 이란 라도 들 들은 들이 들을 에는 에도 로는 이다 입니다 이며 이고 인 일".split()
)
_SILENT = frozenset(
    # question words and grammar, after stemming; they say what is asked, not about what
    "what which who whom whose when where why how many much do doe did is are was were be been the a an "
    "of in on at to for from by with and or as that this it its there their they he she i my me we you your "
    "our can could may must should will would has have had am if into about than then so not no any some get "
    "무엇 누구 언제 어디 어떻게 어떤 어느 어떠하 몇 얼마 얼마나 무슨 며칠 왜 뭐 뭘 것 거 수 때 곳 등 및 하 되 있 없 이 그 저 "
    "나 제 저희 우리 알 알리 궁금하 싶 말 주 받 좀 어찌 인가 아니 않 못 또 더 년 월 일".split()
)


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a question. ``hangul`` terms are looked for in the text itself; a ``name`` is
    capitalised, a number, or Latin within a Korean question; ``unit`` is the syllable behind
    a number (10년), without which the number counts for less.
    """

    form: str
    hangul: bool
    name: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A text, prepared for look-up: folded, with its stems, where they start, and n-grams."""

    folded: str
    stems: dict[str, tuple[int, ...]]
    grams: frozenset[str]


def terms(question: str) -> tuple[Term, ...]:
    """Terms of a question that say what it is about, in order, each once.

    Where nothing else is left, question words stay.
    """
    forms = dict.fromkeys(analyse([question], query=True)[0].words.split())
    kept = [form for form in forms if form not in _SILENT] or list(forms)
    names = _names(question)
    codes = [match.group().lower() for match in _CODE.finditer(question)]
    parts = {part for code in codes for part in _LATIN.findall(code)}
    kept = [*codes, *(form for form in kept if form not in parts)] or list(forms)
    units = {m[1].replace(",", ""): m[2] for m in _WITH_UNIT.finditer(question)}
    return tuple(
        Term(form, bool(_HANGUL.search(form)), form in names or form in codes, units.get(form, ""))
        for form in dict.fromkeys(kept)
    )


def _names(question: str) -> frozenset[str]:
    """Forms of the words of a question that name something in particular."""
    korean = bool(_HANGUL.search(question))
    found = set()
    for match in _LATIN.finditer(question):
        word = match.group()
        opens = match.start() == 0 or question[: match.start()].rstrip()[-1:] in ".!?"
        if word[0].isdigit() or korean or (word[0].isupper() and not opens):
            found.add(_stem(word.lower()) if not word[0].isdigit() else word.replace(",", ""))
    return frozenset(found)


@lru_cache(maxsize=1 << 14)
def read(text: str) -> Read:
    """A sentence prepared; remembered, for passages come again."""
    folded = unicodedata.normalize("NFKC", text).lower()
    words = [(match.group(), match.start()) for match in _LATIN.finditer(folded)]
    stems: dict[str, list[int]] = {}
    for word, start in words:
        stems.setdefault(_stem(word), []).append(start)
    for code in _CODE.finditer(folded):
        stems.setdefault(code.group(), []).append(code.start())
    return Read(folded, {key: tuple(at) for key, at in stems.items()}, grams(folded))


@dataclass(frozen=True, slots=True)
class _Sought:
    """Stems looked for in a text when they are asked for, which for the few terms of a
    question is a tenth of the work of listing them all.
    """

    folded: str

    def get(self, key: str, default: tuple[int, ...], /) -> tuple[int, ...]:
        text, found = self.folded, []
        if key.isdigit():
            shapes = (key, f"{int(key):,}") if len(key) > 3 else (key,)
        else:
            shapes = (key[:-1] if len(key) > 2 else key,)  # carri: carry, scor: score, scoring
        for shape in shapes:
            for at in _all(shape, text):
                if self._is(key, at):
                    found.append(at)
        return tuple(found) or default

    def _is(self, key: str, at: int) -> bool:
        """Whether the word, number or code that begins here has a stem."""
        text = self.folded
        code = _CODE.match(text, at)
        if code and code.group() == key:
            return True
        begin = max(text.rfind(" ", 0, at), text.rfind("\n", 0, at)) + 1
        for word in _LATIN.finditer(text, begin):
            if word.start() >= at:
                return word.start() == at and _stem(word.group()) == key
        return False


@dataclass(frozen=True, slots=True)
class Glance:
    """A text, prepared for a few look-ups."""

    folded: str
    stems: _Sought


def glance(text: str) -> Glance:
    """A long text, prepared for a few look-ups; :func:`places` finds what it finds in
    :func:`read`'s.
    """
    folded = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()
    return Glance(folded, _Sought(folded))


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    return analyse([word])[0].words.partition(" ")[0] or word


def grams(folded: str) -> frozenset[str]:
    """Character bigrams of Hangul and trigrams of Latin words."""
    found: set[str] = set()
    for run in _EOJEOL.findall(folded):
        found.update(run[i : i + 2] for i in range(len(run) - 1))
    for word in _LATIN.findall(folded):
        if len(word) > 3:
            found.update(word[i : i + 3] for i in range(len(word) - 2))
    return frozenset(found)


def places(term: Term, sentence: Read | Glance) -> tuple[float, tuple[int, ...]]:
    """How well a term matches a sentence, in [0, 1], and where (character offsets)."""
    found = _itself(term, sentence)
    if found[0] >= SYNONYM or term.name:
        return found
    at = tuple(
        place
        for other in synonyms(term.form)
        for place in (
            _all(other, sentence.folded)
            if " " in other or _HANGUL.search(other)
            else sentence.stems.get(other, ())
        )
    )
    return (SYNONYM, at) if at else found


SYNONYM = 0.7
"""How well a word matches that stands for the one asked."""


@lru_cache(maxsize=1)
def _groups() -> dict[str, frozenset[str]]:
    """For each word of the table, the others of its groups; Latin words as stems."""
    lines = resources.files("openbook.text").joinpath("synonyms.txt").read_text("utf-8")
    found: dict[str, set[str]] = {}
    for line in lines.splitlines():
        if not line or line.startswith("#"):
            continue
        words = [word.strip() for word in line.split(",")]
        forms = [w if " " in w or _HANGUL.search(w) else _stem(w) for w in words]
        for form in forms:
            found.setdefault(form, set()).update(f for f in forms if f != form and len(f) > 1)
    return {form: frozenset(others) for form, others in found.items()}


def synonyms(form: str) -> frozenset[str]:
    """Words that may stand for a term; none for most."""
    return _groups().get(form, frozenset())


def _itself(term: Term, sentence: Read | Glance) -> tuple[float, tuple[int, ...]]:
    """The term itself, or a Korean one whose last syllable changed."""
    if not term.hangul:
        at = sentence.stems.get(term.form, ())
        if at and term.unit:
            return _counted(term, sentence, at)
        return (1.0, at) if at else (0.0, ())
    form = term.form
    if len(form) == 1:
        return _short(form, sentence.folded)
    at = _all(form, sentence.folded)
    if at:
        return 1.0, at
    stem = form[:-1]
    if len(form) >= 3 or _open(form[-1]):
        first = _onset(form[-1])
        near = tuple(
            i
            for i in _all(stem, sentence.folded)
            if i + len(stem) < len(sentence.folded)
            and _onset(sentence.folded[i + len(stem)]) == first
            and (i == 0 or not _HANGUL.match(sentence.folded[i - 1]))
        )
        if near:
            return 0.7, near
    return 0.0, ()


def _counted(
    term: Term, sentence: Read | Glance, at: tuple[int, ...]
) -> tuple[float, tuple[int, ...]]:
    """A number with the unit that the question gives it, or without."""
    width = len(term.form)
    same = tuple(i for i in at if sentence.folded[i + width :].lstrip().startswith(term.unit))
    return (1.0, same) if same else (OTHER_UNIT, at)


OTHER_UNIT = 0.4
"""How well a number matches that counts something else."""


def _short(form: str, folded: str) -> tuple[float, tuple[int, ...]]:
    """A term of one syllable: a word by itself, or its beginning."""
    exact, loose = [], []
    for at in _all(form, folded):
        match = _EOJEOL.match(folded, at)
        if match is None or (at and _HANGUL.match(folded[at - 1])):
            continue
        word = match.group()
        if word == form or word[1:] in _PARTICLES:
            exact.append(at)
        elif len(word) <= 4:
            loose.append(at)
    if exact:
        return 1.0, tuple(exact)
    return (0.4, tuple(loose)) if loose else (0.0, ())


def _all(form: str, text: str) -> tuple[int, ...]:
    found = []
    at = text.find(form)
    while at >= 0:
        found.append(at)
        at = text.find(form, at + 1)
    return tuple(found)


def _onset(syllable: str) -> int:
    code = ord(syllable) - 0xAC00
    return code // 588 if 0 <= code < 11172 else -1


def _open(syllable: str) -> bool:
    """Whether a syllable has no final consonant, as stems that contract have."""
    return (ord(syllable) - 0xAC00) % 28 == 0


RAREST = 7.5
"""Rarity of a word that the table does not know."""


@lru_cache(maxsize=1)
def _table() -> dict[str, float]:
    """Rarity by term: ``log(documents / documents with it)`` in encyclopedias, in steps of
    0.25, for the commonest terms of Korean and English.
    """
    lines = resources.files("openbook.text").joinpath("rarity.txt").read_text("utf-8")
    found: dict[str, float] = {}
    for line in lines.splitlines():
        level, *forms = line.split(" ")
        found.update(dict.fromkeys(forms, float(level)))
    return found


def rarity(form: str) -> float:
    """How much a term says by itself, in nats; numbers say something middling."""
    if form[0].isdigit():
        return 4.0
    return max(0.25, _table().get(form, RAREST))
