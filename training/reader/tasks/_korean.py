"""Korean sentences taken apart into eojeols and clauses, and endings put on their verbs.

Kiwi tells the morphemes; what is changed is only the last verb of a clause and the
particles of its noun phrases, so everything else stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple

Morpheme = tuple[str, str]

DATE = re.compile(r"(?:기원전 ?)?\d{1,4}년(?: ?\d{1,2}월(?: ?\d{1,2}일)?)?")
NOUNS = frozenset("NNG NNP NR SL SN SH XPN XSN NNB W_SERIAL SW XR".split())
STEMS = frozenset("VV VA VX XSV XSA VCP VCN".split())
CASES = frozenset("JKS JKO JKB JKG JX JKC JC JKQ JKV".split())


class Token(NamedTuple):
    """A morpheme: form, tag (without Kiwi's notes), and its place in the sentence."""

    form: str
    tag: str
    start: int
    end: int


@dataclass
class Word:
    """An eojeol: its place in the sentence, its morphemes, and what they make it."""

    start: int
    end: int
    tokens: list[Token] = field(default_factory=list)

    @property
    def last(self) -> Token:
        """The last morpheme that is no punctuation."""
        for token in reversed(self.tokens):
            if token.tag[0] != "S" or token.tag in ("SL", "SN", "SH", "SW"):
                return token
        return self.tokens[-1]

    @property
    def comma(self) -> bool:
        """Whether it ends in a comma."""
        return self.tokens[-1].tag == "SP"

    @property
    def stem(self) -> int:
        """Where its verb stem stands among its morphemes, or -1."""
        for at in range(len(self.tokens) - 1, -1, -1):
            if self.tokens[at].tag in STEMS:
                return at
        return -1

    @property
    def role(self) -> str:
        """noun, a case tag (JKS ...), verb (ends a clause), adnominal, adverb or other."""
        tag = self.last.tag
        if tag in CASES:
            return tag
        if tag in ("EC", "EF"):
            return "verb"
        if tag in ("ETM", "MM"):
            return "adnominal"
        if tag in ("MAG", "MAJ"):
            return "adverb"
        if tag in NOUNS or self.tokens[-1].tag == "SSC":
            return "noun"
        return "other"


@lru_cache(maxsize=1)
def kiwi() -> Any:
    """The analyser, one thread: rows are made in several processes."""
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=1, load_typo_dict=False, load_multi_dict=False)


def analyse(sentence: str) -> list[Word]:
    """The eojeols of a sentence."""
    words = [Word(found.start(), found.end()) for found in re.finditer(r"\S+", sentence)]
    at = 0
    for found in kiwi().tokenize(sentence):
        while found.start >= words[at].end:
            at += 1
        token = Token(found.form, found.tag.split("-")[0], found.start, found.start + found.len)
        words[at].tokens.append(token)
    return [word for word in words if word.tokens]


@lru_cache(maxsize=200_000)
def joined(*morphemes: Morpheme) -> str:
    """Morphemes as they are written together: 돕 + ㄴ is 도운."""
    return str(kiwi().join(list(morphemes)))


@dataclass(frozen=True)
class Verb:
    """The end of a clause: what stands before its last stem, the stem, its tense."""

    before: str  # surface from the first eojeol of the verb group to the stem
    stem: Morpheme
    polite: str = ""  # 시
    past: bool = False

    def swapped(self, others: Mapping[str, tuple[str, ...]], at: int) -> Verb:
        """The same with another verb of like meaning, if there is one and nothing stands before."""
        noun = "" if self.stem[1] == "VV" else self.before.split(" ")[-1]
        choices = others.get(noun + self.stem[0], ())
        if not choices or (self.stem[1] == "VV" and self.before and not self.before.endswith(" ")):
            return self
        new = choices[at % len(choices)]
        kept = self.before[: len(self.before) - len(noun)]
        if new.endswith(("하", "되")) and len(new) > 2:
            return replace(self, before=kept + new[:-1], stem=(new[-1], "XSV"))
        head, _, last = new.rpartition(" ")
        return replace(self, before=kept + (head + " " if head else ""), stem=(last, "VV"))

    @property
    def copula(self) -> bool:
        """Whether it is 이다."""
        return self.stem[1] == "VCP"

    def put(self, ending: Morpheme, past: bool | None = None) -> str:
        """The verb with another ending, in its own tense unless told."""
        parts = [self.stem]
        if self.polite:
            parts.append(("시", "EP"))
        if self.past if past is None else past:
            parts.append(("었", "EP"))
        if self.copula and self.before and self.before[-1].isascii():
            return self.before + joined(("것", "NNB"), *parts, ending)[1:]
        if self.copula and self.before:
            head = self.before[-1]
            return self.before[:-1] + joined((head, "NNG"), *parts, ending)
        return self.before + joined(*parts, ending)

    @property
    def adnominal(self) -> str:
        """The form before a noun: 졸업한, 받은, 있는, 수도인."""
        form, tag = self.stem
        if self.copula:
            return self.put(("ᆫ", "ETM"), past=False)
        if form in ("있", "없", "계시") or form.endswith(("있", "없")):
            return self.put(("는", "ETM"), past=False)
        if tag in ("VA", "XSA", "VCN"):
            return self.put(("ᆫ", "ETM"), past=False)
        ending = ("ᆫ", "ETM") if self.past else ("는", "ETM")
        return self.put(ending, past=False)

    def asking(self, ending: str) -> str:
        """The form of a question: 졸업했는가, 수도인가, 있나."""
        being = self.stem[1] in ("VA", "XSA", "VCP", "VCN") and self.stem[0][-1] not in "있없"
        if being and not self.past:
            ending = "ᆫ가"
        if ending == "을까" and not self.past:
            ending = "는가"
        return self.put((ending, "EF"))


@dataclass
class Clause:
    """Eojeols of a clause without its verb group, and that verb."""

    words: list[Word]
    verb: Verb


SERVING = tuple(
    "불구 비롯 통하 통해 대하 대해 위하 위해 의하 의해 인하 인해 따라 따르 관하 관해 향하 향해 거쳐 비해 "
    "비하 함께 더불 걸쳐 반해 의거 입각 대신 포함 제외 걸치 덧붙".split()
)
"""Verbs that serve as particles: they end no clause."""
_JOINING = frozenset(
    "고 며 으며 면서 으면서 지만 으나 나 는데 ᆫ데 은데 어 아 여 어서 아서 자 다가 ᆫ바".split()
)


def clauses(sentence: str, words: list[Word]) -> list[Clause]:
    """The main clauses of a sentence, by its connective endings.

    A clause in another's tense takes the tense of the last.
    """
    found: list[tuple[list[Word], list[Word]]] = []
    held: list[Word] = []
    for at, word in enumerate(words):
        held.append(word)
        if word.role != "verb" or word.stem < 0 or inside_marks(sentence[: word.end]):
            continue
        if word.last.tag == "EC":
            follows = words[at + 1] if at + 1 < len(words) else None
            stem = word.tokens[word.stem]
            if word.last.form not in _JOINING or sentence[word.start :].startswith(SERVING):
                continue
            if stem.tag in ("VA", "XSA") and not word.comma:
                continue
            if follows is None or follows.tokens[0].tag == "VX":
                continue
            if word.last.form in ("어", "아", "여") and not word.comma and not _heavy(word):
                continue
        group = _group(held)
        found.append((held[: len(held) - len(group)], group))
        held = []
    if held or not found:
        return []
    past = any(t.tag == "EP" and t.form in ("었", "았") for t in words[-1].tokens)
    made = []
    for some, group in found:
        told = bool(some) and DATE.search(sentence, some[0].start, some[-1].end) is not None
        made.append(Clause(some, _verb(sentence, group, past or told)))
    return made


def inside_marks(before: str) -> bool:
    """Whether a title or a quotation is open after this beginning of a sentence."""
    return (
        before.count("《") > before.count("》")
        or before.count("〈") > before.count("〉")
        or before.count("“") > before.count("”")
        or before.count("‘") > before.count("’")
        or before.count("「") > before.count("」")
        or before.count("『") > before.count("』")
        or before.count('"') % 2 == 1
    )


def _heavy(word: Word) -> bool:
    """졸업하여, 설치되어: a noun made into a verb, which carries a clause."""
    return word.tokens[word.stem].tag in ("XSV", "VCP") and word.tokens[word.stem].form != "어"


def _group(held: list[Word]) -> list[Word]:
    """The verb's eojeols: the last one and what it leans on (만들어 지었다, 하지 않았다)."""
    size = 1
    while size < len(held):
        word, before = held[-size], held[-size - 1]
        leans = word.tokens[0].tag in ("VX", "VCP") or (
            word.tokens[0].form in ("않", "못하") or word.tokens[0].tag == "VX"
        )
        light = word.tokens[0].form == "하" and word.tokens[0].tag in ("VV", "XSV")
        if (leans and before.last.tag == "EC") or (light and before.role == "noun"):
            size += 1
            continue
        if word.tokens[0].form in ("있", "없") and before.tokens[-1].form in ("수", "적"):
            size += 2
            continue
        break
    return held[-min(size, len(held)) :]


def _verb(sentence: str, group: list[Word], past: bool) -> Verb:
    last = group[-1]
    at = last.stem
    token = last.tokens[at]
    rest = last.tokens[at + 1 :]
    tensed = any(t.tag == "EP" and t.form in ("었", "았") for t in rest)
    bare = any(t.tag == "EC" and t.form not in ("지만", "으나", "나") for t in rest)
    polite = "시" if any(t.tag == "EP" and t.form in ("시", "으시") for t in rest) else ""
    before = sentence[group[0].start : token.start]
    return Verb(before, (token.form, token.tag), polite, tensed or (bare and past))


def final(word: str) -> int:
    """The final consonant of a word's last sound: 0 none, 8 ㄹ, others; -1 not known."""
    if re.search(r"[\d\s](?:km|cm|mm|m|ha|t|%|m²|km²)$", word):
        return 0
    for sign in reversed(word):
        if "가" <= sign <= "힣":
            return (ord(sign) - 0xAC00) % 28
        if sign.isdigit():
            return {"0": 21, "1": 8, "3": 16, "6": 1, "7": 8, "8": 8}.get(sign, 0)
        if sign.isascii() and sign.isupper():
            return {"L": 8, "R": 8, "M": 16, "N": 4}.get(sign, 0)
        if sign.isascii() and sign.isalpha():
            low = sign.lower()
            return 8 if low in "lr" else 16 if low in "mn" else 1 if low in "bckpt" else 0
        if "\u4e00" <= sign <= "\u9fff":
            return 0
    return 0


_PAIRS = {
    "은": ("은", "는"),
    "이": ("이", "가"),
    "을": ("을", "를"),
    "과": ("과", "와"),
    "으로": ("으로", "로"),
    "이란": ("이란", "란"),
    "이나": ("이나", "나"),
}


def particle(word: str, kind: str) -> str:
    """A word with the form of a particle that its last sound takes: 서울 + 으로 is 서울로."""
    closed, open_ = _PAIRS[kind]
    sound = final(word)
    if kind == "으로" and sound == 8:
        return word + open_
    return word + (closed if sound > 0 else open_)
