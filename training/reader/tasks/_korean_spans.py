"""What a Korean sentence can be asked for: dates, numbers, places, works, names, other nouns.

See ``cloze_ko`` for the idea and ``_korean_questions`` for how it is asked.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace

from tasks._korean import DATE, NOUNS, Clause, Token, Word, inside_marks
from tasks._korean_words import (
    ATTRIBUTES,
    BREAKS,
    COUNTRIES,
    DOING,
    EMPTY,
    GOING,
    HUMAN,
    KINDS,
    NUMBER,
    PEOPLE,
    PLACES,
    SURNAMES,
    WHO,
    ending,
    is_person,
    titled,
)

_MARK = "[《》〈〉「」『』“”]"
_WORK_TITLE = re.compile(r"[《〈「『](?P<name>[^《》〈〉「」『』]{2,40})[》〉」』]")
_ABOUT = ("약", "총", "현재", "최대", "바로", "각각", "모두")
FORMAL = ("것", "때문", "뿐", "중", "편", "바", "점", "셈", "말")
THIS = frozenset("이 그 본 동 해당".split())
_MARKS = frozenset("SSO SSC SS SP SO SW SF".split())
_OPENING = tuple("《〈「『")


@dataclass(frozen=True)
class Span:
    """An answer in a clause: words ``first`` to ``last``, and the text of the answer in them."""

    first: int
    last: int
    start: int
    end: int
    sort: str  # date | number | place | person | work | thing
    kind: str = ""  # a noun for it: 대학교, 도시


def topic(word: Word) -> bool:
    """Whether it carries 은 or 는 alone (not 에서는)."""
    if word.last.tag != "JX" or word.last.form not in ("은", "는"):
        return False
    at = word.tokens.index(word.last)
    return at > 0 and word.tokens[at - 1].tag[0] != "J"


class Finder:
    """Finds what can be asked for in the clauses of one sentence."""

    def __init__(self, sentence: str, name: str, rng: random.Random, sorts: dict[str, str]) -> None:
        self.sentence, self.name, self.rng, self.sorts = sentence, name, rng, sorts
        self.verb = ""

    def subject(self, clause: Clause, earlier: str) -> str:
        """Who or what the clause is about: its own topic, the one before, or the article."""
        for at, word in enumerate(clause.words):
            if topic(word):
                first = self.left(clause.words, at)
                if any(w.role == "adnominal" for w in clause.words[:first]):
                    return earlier
                text = self.sentence[clause.words[first].start : word.last.start]
                return self.name if self.points(text, clause.words[first:]) else text
        return earlier or self.name

    def points(self, text: str, words: list[Word]) -> bool:
        return bool(
            text in ("그", "그녀", "이", "이들", "그들", "이것", "그것", "이곳")
            or (words[0].tokens[0].tag == "NP" and words[0].tokens[0].form == text)
            or (words[0].tokens[0].form in THIS and len(words[0].tokens) == 1 and len(words) > 1)
        )

    def left(self, words: list[Word], at: int) -> int:
        """Where the noun phrase that ends in eojeol ``at`` begins."""
        first = at
        for back in range(at, max(-1, at - 6), -1):
            if self.sentence.startswith(self.name, words[back].start) and (
                words[at].start < words[back].start + len(self.name) <= words[at].end
            ):
                return back
        while first > 0 and at - first < 3:
            before = words[first - 1]
            if before.tokens[0].form in THIS and len(before.tokens) == 1:
                first -= 1
                break
            if before.role != "noun" or before.comma or before.last.tag in ("NNB", "NR"):
                break
            if before.last.form in BREAKS or before.last.tag == "SN":
                break
            if before.tokens[0].tag == "NP" or DATE.search(self.text(before)):
                break
            first -= 1
        return first

    def text(self, word: Word) -> str:
        return self.sentence[word.start : word.end]

    def spans(self, clause: Clause) -> list[Span]:
        """Answers that the clause holds."""
        found: list[Span] = []
        words = clause.words
        if not words:
            return found
        self.verb = clause.verb.before + clause.verb.stem[0]
        begin, stop = words[0].start, words[-1].end
        taken: list[tuple[int, int]] = []
        for match in DATE.finditer(self.sentence, begin, stop):
            if not re.match(r"\d{3}|기원전", match[0]):
                taken.append(match.span())
                continue
            found += self._placed(words, match.start(), match.end(), "date", taken)
        for match in NUMBER.finditer(self.sentence, begin, stop):
            unit = match["unit"]
            if re.match(
                r" (?:세계|연속|전|만에|또는|내지)|,? ?[\d~]", self.sentence[match.end("unit") :]
            ):
                continue
            if re.search(r"\d[가-힣]{1,2},? ?$|[~,-] ?$", self.sentence[: match.start()]):
                continue
            start = match.start("value") if match["first"] != "제" else match.start()
            found += self._placed(words, start, match.end("unit"), "number", taken, unit)
        if clause.verb.copula and (span := self._predicate(clause, stop)):
            found.append(span)
            taken.append((span.start, span.end))
        for match in _WORK_TITLE.finditer(self.sentence, begin, stop):
            for span in self._placed(words, match.start("name"), match.end("name"), "work", taken):
                found.append(self._with_kind(words, span))
        for at, word in enumerate(words):
            span = self._phrase(words, at, word)
            if span and all(span.end <= a or span.start >= b for a, b in taken):
                found.append(span)
        return found

    def _predicate(self, clause: Clause, stop: int) -> Span | None:
        """What an attribute is said to be: the end of 수도는 오슬로이다."""
        at = len(clause.words) - 1
        while at > 0 and not topic(clause.words[at]):
            if clause.words[at].role != "noun" and self.text(clause.words[at]) not in _ABOUT:
                return None
            at -= 1
        noun = clause.words[at]
        if not topic(noun) or self.text(noun)[:-1].rstrip("들") not in ATTRIBUTES:
            return None
        start = self.sentence.find(clause.verb.before, stop)
        if start < 0:
            return None
        end = start + len(clause.verb.before)
        named = [w for w in clause.words[at + 1 :] if self.text(w) not in _ABOUT]
        start = named[0].start if named else start
        value = self.sentence[start:end]
        if not 1 < len(value) <= 30 or value in EMPTY or value.endswith(FORMAL):
            return None
        while start < end and self.sentence[start] in "《〈「『“‘\"'":
            start += 1
        while end > start and self.sentence[end - 1] in "》〉」』”’\"'":
            end -= 1
        return Span(at + 1, at + 1, start, end, "value")

    def _placed(
        self,
        words: list[Word],
        start: int,
        end: int,
        sort: str,
        taken: list[tuple[int, int]],
        kind: str = "",
    ) -> list[Span]:
        if any(start < b and a < end for a, b in taken) or self._of_name(start, end):
            return []
        taken.append((start, end))
        inside = [at for at, w in enumerate(words) if w.start < end and start < w.end]
        if not inside:
            return []
        if self.name == self.sentence[start:end]:
            return []
        return [Span(inside[0], inside[-1], start, end, sort, kind)]

    def _phrase(self, words: list[Word], at: int, word: Word) -> Span | None:
        """The noun phrase that ends here, if it is worth asking for."""
        role = word.role
        if role not in ("JKS", "JKO", "JKB", "JX", "JKG") or word.last.form in ("뿐", "만", "도"):
            return None
        particles = [t for t in word.tokens if t.tag in ("JKS", "JKO", "JKB", "JX", "JKG", "JKC")]
        head = [t for t in word.tokens if t.end <= particles[0].start]
        if not head or not all(t.tag in NOUNS or t.tag in _MARKS for t in head):
            return None
        if (
            head[-1].form in (*BREAKS, "적", "으")
            or head[-1].tag in ("NNB", "NP", "NR")
            or any(t.tag in ("NP",) for t in head)
        ):
            return None
        if particles[0].form in ("보다", "처럼", "같이", "만큼", "대로", "마다", "밖에", "조차"):
            return None
        first = self.left(words, at)
        start, end = words[first].start, particles[0].start
        if words[first].tokens[0].form in THIS or self._open(start) or self._open(end):
            return None
        text = self.sentence[start:end]
        while start < end and self.sentence[start] in "《〈「『“‘\"'":
            start += 1
        while end > start and self.sentence[end - 1] in "》〉」』”’\"'":
            end -= 1
        text = self.sentence[start:end]
        if self._of_name(start, end):
            return None
        if (kind := self._kind_before(words, first, at, start, end)) is not None:
            name, start = kind
            text = self.sentence[start:end]
            if (
                len(text) < 2
                or text in EMPTY
                or re.search(_MARK, text)
                or self._of_name(start, end)
            ):
                return None
            sort = "person" if name.split()[-1] in PEOPLE | WHO else "thing"
            return Span(first, at, start, end, sort, name)
        if re.search(_MARK, text):
            return None
        if not self._telling(text, head, words[first : at + 1]):
            return None
        after = words[at + 1].tokens[0].form if at + 1 < len(words) else self.verb[:2]
        main, self.verb = self.verb, self._governing(words, at, particles[0].tag)
        sort, kind = self._sort(text, head, particles[0], after)
        self.verb = main
        return Span(first, at, start, end, sort, kind)

    def _of_name(self, start: int, end: int) -> bool:
        """Whether this is a part of the article's name."""
        at = self.sentence.find(self.name)
        return at >= 0 and at < end and start < at + len(self.name) and end - start < len(self.name)

    def _governing(self, words: list[Word], at: int, tag: str) -> str:
        """The verb of a subject: the next one, that of the clause for a topic."""
        if tag == "JKS":
            for word in words[at + 1 :]:
                if word.stem >= 0 and word.role in ("adnominal", "verb"):
                    return self.sentence[word.start : word.end]
        return self.verb

    def _with_kind(self, words: list[Word], span: Span) -> Span:
        """A work with the noun before its title: 소설 《토지》."""
        if span.first:
            before = words[span.first - 1]
            kind = self.text(before)
            if kind in KINDS and self.sentence[before.end : span.start].strip() in tuple(
                "《〈「『"
            ):
                return replace(span, first=span.first - 1, kind=kind)
        return span

    def _kind_before(
        self, words: list[Word], first: int, at: int, start: int, end: int
    ) -> tuple[str, int] | None:
        """The noun before a name that says what it is, and where the name begins."""
        for i in range(first + 1, at + 1):
            held, head = words[i - 1], words[i].tokens[0]
            if held.comma or held.last.form not in KINDS or held.last.tag != "NNG":
                continue
            if not all(t.tag == "NNG" for w in words[first:i] for t in w.tokens):
                continue
            if head.tag in ("NNP", "SL") or head.form in tuple("《〈「『"):
                begin = words[i].start
                while self.sentence[begin] in "《〈「『“‘\"'":
                    begin += 1
                if begin < end:
                    return self.sentence[start : words[i - 1].end], begin
        return None

    def _open(self, at: int) -> bool:
        """Whether this place stands inside marks of a title or a quotation."""
        return (
            inside_marks(self.sentence[:at])
            and self.sentence[at - 1] not in '《〈「『“‘"'
            and self.sentence[at] not in '》〉」』”’"'
        )

    def _telling(self, text: str, head: list[Token], words: list[Word]) -> bool:
        """Whether the phrase names something in particular."""
        if text in EMPTY or len(text) < 2 or len(text) > 32 or text == self.name:
            return False
        tokens = [t for w in words for t in w.tokens]
        if any(t.tag[0] == "V" or t.tag in ("EC", "ETM", "EP", "ETN") for t in tokens):
            return False
        proper = any(t.tag in ("NNP", "SL") for t in tokens) or titled(text) is not None
        if text.count("'") + text.count('"') == 1:
            return False
        return proper or len(words) > 1 or len(text) >= 4 or self.rng.random() < 0.25

    def _sort(self, text: str, head: list[Token], mark: Token, after: str) -> tuple[str, str]:
        """What sort of thing a phrase names, and a noun for it where one is known."""
        if text[:1] in _OPENING or self.sentence.find(f"《{text}") >= 0:
            return "work", self.sorts.get(text.strip("《》〈〉「」『』"), "")
        if text in COUNTRIES:
            return "place", "나라"
        known = self.sorts.get(text, "") or ending(text)
        known = "" if known in EMPTY else known
        if is_person(known):
            return "person", known if self.rng.random() < 0.5 else ""
        if known in PLACES or mark.form == "에서":
            return "place", known
        proper = any(t.tag == "NNP" for t in head)
        if mark.form in ("에게", "에게서", "한테", "께서", "께"):
            return "person", known
        if proper and not known:
            named = re.fullmatch("[가-힣]{3}", text) and text[0] in SURNAMES and len(head) == 1
            named = named and mark.tag in ("JKS", "JX") and self.verb.startswith(DOING)
            does = mark.tag in ("JKS", "JX") and self.verb.startswith(HUMAN)
            if named or does or (mark.form == "에" and after == "의하"):
                return "person", ""
        if mark.form == "에" and after in ("있", "위치", "소재", "자리", "거주", "주둔"):
            return "place", known
        if (
            mark.form in ("에", "로", "으로")
            and self.verb.startswith(GOING)
            and after == self.verb[:2]
        ):
            return "place", known
        return "thing", known

    def worth(self, span: Span, asked: str) -> float:
        """How much the question is wanted: names and values before common nouns."""
        worth = {"value": 4.0, "date": 3.0, "person": 3.0, "place": 2.0, "work": 3.0}.get(
            span.sort, 1.5 if span.sort == "number" or span.kind else 0.6
        )
        if "무엇의" in asked or len(asked) > 80:
            worth *= 0.3
        answer = self.sentence[span.start : span.end]
        if span.sort == "thing" and not span.kind and len(answer) < 4:
            worth *= 0.5
        return worth
