"""Questions from one Korean sentence: what is asked for, and how.

See ``cloze_ko`` for the idea. ``questions`` is the whole of it.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace

from tasks._korean import (
    DATE,
    NOUNS,
    SERVING,
    Clause,
    Token,
    Word,
    analyse,
    clauses,
    inside_marks,
    particle,
)
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
    PAID,
    PEOPLE,
    PLACES,
    SURNAMES,
    WHO,
    ending,
    synonyms,
    titled,
)

_LEADING = re.compile(
    r"^(?:또한|그러나|하지만|그리고|아울러|한편|그래서|따라서|즉|특히|다만|그런데|결국|또|그 후|그 뒤|이후|이때|"
    r"오히려|그럼에도|이에 따라|이로 인해|이에|이어|이어서|그러자|그리하여|반면|반면에|더불어|마침내|게다가|"
    r"마지막으로|실제로|예를 들어|당시|처음에는|처음에|이후에|이후에는|그 결과|이 때|이와 함께|그 이후),? "
)
_MARK = "[《》〈〉「」『』“”]"
_WORK_TITLE = re.compile(r"[《〈「『](?P<name>[^《》〈〉「」『』]{2,40})[》〉」』]")
_PARENTHESES = re.compile(r"\s*[(（][^()（）]*[)）]")


@dataclass(frozen=True)
class Span:
    """An answer in a clause: words ``first`` to ``last``, and the text of the answer in them."""

    first: int
    last: int
    start: int
    end: int
    sort: str  # date | number | place | person | work | thing
    kind: str = ""  # a noun for it: 대학교, 도시


def questions(
    sentence: str, name: str, rng: random.Random, most: int = 3, sorts: dict[str, str] | None = None
) -> list[tuple[str, str]]:
    """Questions that a sentence of the article ``name`` answers, with their answers."""
    clean = re.sub(r"\s+", " ", _PARENTHESES.sub("", sentence)).strip()
    clean = _LEADING.sub("", clean)
    if not 18 <= len(clean) <= 170 or not clean.endswith("다."):
        return []
    if re.search(r"[:;→=※]|\(|\)|[,，] ?[,，]", clean):
        return []
    words = analyse(clean)
    maker = _Maker(clean, name, rng, sorts or {})
    found: list[tuple[float, str, str]] = []
    subject = ""
    for clause in clauses(clean, words):
        subject = maker.subject(clause, subject)
        for span in maker.spans(clause):
            answer = clean[span.start : span.end]
            if answer in sentence and len(answer) > 0:
                asked = maker.ask(clause, span, subject)
                if asked and answer not in asked and len(asked) < 130 and _balanced(asked):
                    weight = maker.worth(span, asked)
                    found.append((rng.random() ** (1 / weight), asked, answer))
    found.sort(reverse=True)
    kept: list[tuple[str, str]] = []
    for key, asked, answer in found:
        if key < 0.2:
            continue
        if all(answer != other for _, other in kept) and len(kept) < most:
            kept.append((asked, answer))
    return kept


class _Maker:
    def __init__(self, sentence: str, name: str, rng: random.Random, sorts: dict[str, str]) -> None:
        self.sentence, self.name, self.rng, self.sorts = sentence, name, rng, sorts
        self.verb = ""

    # -- what could be asked ------------------------------------------------------------

    def subject(self, clause: Clause, earlier: str) -> str:
        """Who or what the clause is about: its own topic, the one before, or the article."""
        for at, word in enumerate(clause.words):
            if _topic(word):
                first = self._left(clause.words, at)
                if any(w.role == "adnominal" for w in clause.words[:first]):
                    return earlier
                text = self.sentence[clause.words[first].start : word.last.start]
                return self.name if self._points(text, clause.words[first:]) else text
        return earlier or self.name

    def _points(self, text: str, words: list[Word]) -> bool:
        return bool(
            text in ("그", "그녀", "이", "이들", "그들", "이것", "그것", "이곳")
            or (words[0].tokens[0].tag == "NP" and words[0].tokens[0].form == text)
            or (words[0].tokens[0].form in _THIS and len(words[0].tokens) == 1 and len(words) > 1)
        )

    def _left(self, words: list[Word], at: int) -> int:
        """Where the noun phrase that ends in eojeol ``at`` begins."""
        first = at
        for back in range(at, max(-1, at - 6), -1):
            if self.sentence.startswith(self.name, words[back].start) and (
                words[at].start < words[back].start + len(self.name) <= words[at].end
            ):
                return back
        while first > 0 and at - first < 3:
            before = words[first - 1]
            if before.tokens[0].form in _THIS and len(before.tokens) == 1:
                first -= 1
                break
            if before.role != "noun" or before.comma or before.last.tag in ("NNB", "NR"):
                break
            if before.last.form in BREAKS or before.last.tag == "SN":
                break
            if before.tokens[0].tag == "NP" or DATE.search(self._text(before)):
                break
            first -= 1
        return first

    def _text(self, word: Word) -> str:
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
        while at > 0 and not _topic(clause.words[at]):
            if clause.words[at].role != "noun" and self._text(clause.words[at]) not in _ABOUT:
                return None
            at -= 1
        noun = clause.words[at]
        if not _topic(noun) or self._text(noun)[:-1].rstrip("들") not in ATTRIBUTES:
            return None
        start = self.sentence.find(clause.verb.before, stop)
        if start < 0:
            return None
        end = start + len(clause.verb.before)
        named = [w for w in clause.words[at + 1 :] if self._text(w) not in _ABOUT]
        start = named[0].start if named else start
        value = self.sentence[start:end]
        if not 1 < len(value) <= 30 or value in EMPTY or value.endswith(_FORMAL):
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
        first = self._left(words, at)
        start, end = words[first].start, particles[0].start
        if words[first].tokens[0].form in _THIS or self._open(start) or self._open(end):
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
            kind = self._text(before)
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
        if known in PEOPLE:
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

    # -- how it is asked ----------------------------------------------------------------

    def ask(self, clause: Clause, span: Span, subject: str) -> str:
        """A question for the span, in one of the forms its place allows; empty if none."""
        words = clause.words
        if clause.verb.copula and clause.verb.before.endswith(_FORMAL):
            return ""
        if span.sort == "value":
            return self._value(clause, span)
        later = words[span.last + 1 :]
        nested = any(w.role == "adnominal" and w.stem >= 0 for w in later)
        own = span.last < len(words) and _topic(words[span.last])
        before = words[span.first - 1] if span.first else None
        dangling = before is not None and (
            before.role in ("adnominal", "JKG")
            or (before.role == "noun" and not before.comma and not self._dated(before))
        )
        if before is not None and (
            before.last.form in ("과", "와", "이나", "및")
            or before.last.tag == "JC"
            or (before.comma and before.role == "noun" and span.sort != "date")
        ):
            return ""
        serves = self.sentence[words[span.last].end :].lstrip(", ").startswith(SERVING)
        if serves and span.sort == "date":
            return ""
        spoken = words[span.last].role == "JKB" and span.sort == "thing" and not span.kind
        follows = self.sentence[span.end : words[span.last].end]
        glued = not re.match(r"(?:에|까지|부터|경|이래|,|에는|은|는|$)", follows)
        if span.sort == "date" and glued and follows[:1] not in ("의", ""):
            return ""
        genitive = words[span.last].role == "JKG" or follows.startswith("의")
        counted = span.sort == "number"
        rest = self.sentence[span.end :]
        lasting = span.sort == "date" and bool(
            re.match(r"(?:까지|부터|경| ?이후| ?이전| ?이래| 기준| 당시| 현재|을 기준)", rest)
        )
        if own or words[span.last].role == "JKS":  # another topic beside the one asked for
            own = own or any(_topic(w) for i, w in enumerate(words) if i != span.last)
        plain = lasting or nested or dangling or genitive or counted or serves or spoken
        plain = plain or (words[span.last].role == "JKS" and own)
        if plain or (self.rng.random() < 0.4 and not clause.verb.copula):
            return self._inside(clause, span, subject)
        if clause.verb.copula and not own:
            return self._inside(clause, span, subject)
        return self._before(clause, span, subject)

    def _inside(self, clause: Clause, span: Span, subject: str) -> str:
        """With a question word in the answer's place."""
        word = self._question_word(span)
        if not word:
            return ""
        first, last = clause.words[span.first], clause.words[span.last]
        head = self.sentence[first.start : span.start].strip("《〈「『“‘\"' ")
        if span.kind and head == span.kind:
            head = ""
        tail = self.sentence[span.end : last.end].lstrip("》〉」』”’\"'").rstrip(",")
        topic = _topic(last)
        if span.sort == "date":
            tail = "" if word == "언제" and tail in ("에", "에는", "") else tail
            if word != "언제" and not tail:
                tail = "에"
        asked = (head + " " + _fused(word, tail)).strip()
        parts = self._parts(clause, span, keep_order=True)
        pieces = [asked if part is None else part for part in parts]
        if not topic:
            pieces = self._with_subject(clause, pieces, subject, "은")
        verb = self._verb(clause.verb.asking(self.rng.choice(_ASKING)), clause)
        return self._written([*pieces, verb]) + "?"

    def _value(self, clause: Clause, span: Span) -> str:
        """수도는 무엇인가?, with whose it is in front if nothing says it."""
        at = max(i for i, w in enumerate(clause.words) if _topic(w))
        words = clause.words[: at + 1]
        first = max((i + 1 for i, w in enumerate(words[:-1]) if w.comma), default=0)
        text = self.sentence[words[first].start : words[-1].end]
        if words[first].tokens[0].tag == "NP" or words[first].tokens[0].form in _THIS:
            return ""
        if len(words) - first == 1 or words[-2].role == "adverb":
            text = f"{self.name}의 {self._text(words[-1])}"
        value = self.sentence[span.start : span.end]
        what = "무엇"
        if value in COUNTRIES or self.sorts.get(value, "") in PLACES:
            what = "어디"
        elif self.sorts.get(value, "") in PEOPLE or words[-1].tokens[0].form in WHO:
            what = "누구"
        elif DATE.search(value):
            what = "언제"
        elif number := NUMBER.search(value + " "):
            what = "얼마" if self.rng.random() < 0.5 else f"몇 {number['unit']}"
        return f"{text}?" if self.rng.random() < 0.4 else f"{text} {what}인가?"

    def _question_word(self, span: Span) -> str:
        pick = self.rng.choice
        if span.sort == "date":
            text = self.sentence[span.start : span.end]
            if "일" in text:
                return pick(("언제", "언제", "몇 년 몇 월 며칠"))
            return pick(("언제", "몇 년", "어느 해")) if "월" not in text else "언제"
        if span.sort == "number":
            unit = span.kind
            if self.sentence[span.start] == "제":
                return f"제 몇 {unit}" if self.rng.random() < 0.5 else f"몇 {unit}"
            if unit in PAID:
                return pick(("얼마", f"몇 {unit}"))
            return f"몇 {unit}"
        if span.kind and self.rng.random() < 0.7:
            return f"{pick(('어느', '어떤', '무슨'))} {span.kind}"
        if span.sort == "person":
            return "누구"
        if span.sort == "place":
            return pick(("어디", "어디", "어느 곳"))
        if span.sort == "work":
            return pick(("어떤 작품", "무엇"))
        return "무엇"

    def _before(self, clause: Clause, span: Span, subject: str) -> str:
        """Before a noun that stands for the answer: ... 졸업한 해는?"""
        own = _topic(clause.words[span.last]) or clause.words[span.last].role == "JKS"
        parts = self._parts(clause, span, keep_order=False)
        pieces = [part for part in parts if part is not None]
        if not own:
            pieces = self._with_subject(clause, pieces, subject, "이")
        if sum(len(piece.split()) for piece in pieces) < (1 if not own else 2):
            return ""
        pieces = [re.sub(r"(?<=에|서)는$", "", piece) for piece in pieces]
        verb = self._verb(clause.verb.adnominal, clause)
        return self._written([*pieces, verb, self._noun(span)])

    def _noun(self, span: Span) -> str:
        pick = self.rng.choice
        text = self.sentence[span.start : span.end]
        if span.sort == "date":
            if "일" in text:
                return pick(_DAY)
            return pick(_MONTH if "월" in text else _YEAR)
        if span.kind:
            noun = particle(span.kind, "은")
            what = "누구" if span.sort == "person" else "어디" if span.sort == "place" else "무엇"
            return pick((f"{noun}?", f"{noun}?", f"{noun} {what}인가?", f"{span.kind}의 이름은?"))
        return pick({"person": _PERSON, "place": _PLACE, "work": _WORK}.get(span.sort, _THING))

    # -- the rest of the clause ---------------------------------------------------------

    def _parts(self, clause: Clause, span: Span, keep_order: bool) -> list[str | None]:
        """Phrases of the clause in order, ``None`` for the answer; some dropped or moved."""
        words, rng = clause.words, self.rng
        skip = self._droppable(words, span) if rng.random() < 0.5 else range(0)
        parts: list[str | None] = []
        roles: list[str] = []
        held: list[Word] = []
        for at, word in enumerate(words):
            if span.first <= at <= span.last:
                if held:
                    parts.append(self._joined(held))
                    roles.append("left")
                    held = []
                if at == span.last:
                    parts.append(None)
                    roles.append("answer")
                continue
            if at in skip:
                continue
            held.append(word)
            follows = self._text(words[at + 1]) if at + 1 < len(words) else ""
            if re.match(r"\d{1,2}[월일]", follows) and re.search(r"\d[년월]$", self._text(word)):
                continue
            if word.role in ("JKS", "JKO", "JKB", "JX", "adverb", "verb") or self._dated(word):
                parts.append(self._joined(held))
                roles.append("JKS" if _topic(word) else word.role)
                held = []
        if held:
            parts.append(self._joined(held))
            roles.append("left")
        if roles and roles[0] == "adverb" and words[0].last.tag == "MAJ":
            parts, roles = parts[1:], roles[1:]
        complex_ = any(w.role == "adnominal" and w.stem >= 0 for w in words)
        if not complex_ and len(parts) > 3 and rng.random() < 0.35:
            loose = [i for i, r in enumerate(roles) if r in ("JKB", "adverb")]
            if loose:
                gone = rng.choice(loose)
                parts, roles = parts[:gone] + parts[gone + 1 :], roles[:gone] + roles[gone + 1 :]
        if not complex_ and not keep_order and len(parts) > 2 and rng.random() < 0.25:
            movable = [i for i, r in enumerate(roles) if r in ("JKB", "JKO", "JKS")]
            if len(movable) >= 2:
                a, b = rng.sample(movable, 2)
                parts[a], parts[b] = parts[b], parts[a]
        return parts

    def _droppable(self, words: list[Word], span: Span) -> range:
        """A relative clause or what stands before the topic, away from the answer."""
        begin = 0
        for at, word in enumerate(words[:-1]):
            if span.first <= at <= span.last:
                begin = at + 1
                continue
            if _topic(word) and at > begin + 1 and not span.first <= begin - 1 <= span.last:
                return range(begin, self._left(words, at))
            if _topic(word) or word.role in ("JKS", "JKO"):
                begin = at + 1 if _topic(word) else begin
            if word.role == "adnominal" and word.stem >= 0 and at >= begin:
                if any(begin <= a <= at for a in range(span.first, span.last + 1)):
                    return range(0)
                after = words[at + 1]
                if after.tokens[0].tag == "NNB" or after.last.form in BREAKS:
                    return range(0)
                if at + 1 >= span.first or after.tokens[0].form in BREAKS:
                    return range(0)
                return range(begin, at + 1)
        return range(0)

    def _dated(self, word: Word) -> bool:
        return word.role == "noun" and bool(DATE.search(self._text(word))) and not word.comma

    def _joined(self, words: list[Word]) -> str:
        text = self.sentence[words[0].start : words[-1].end].rstrip(",")
        return text

    def _with_subject(
        self, clause: Clause, pieces: list[str], subject: str, kind: str
    ) -> list[str]:
        """The subject in front, or the clause's own topic with the particle that fits."""
        for i, word in enumerate(clause.words):
            if _topic(word) or word.role == "JKS":
                first = self._left(clause.words, i)
                text = self.sentence[clause.words[first].start : word.last.start]
                full = self.sentence[clause.words[first].start : word.end].rstrip(",")
                name = self.name if self._points(text, clause.words[first:]) else text
                wanted = "이" if word.role == "JKS" else kind
                if name in ATTRIBUTES and self.name not in self.sentence:
                    name = f"{self.name}의 {name}"
                changed = particle(name, wanted)
                return [p.replace(full, changed, 1) if full in p else p for p in pieces]
        return [particle(subject, kind), *pieces] if subject else pieces

    def _verb(self, verb: str, clause: Clause) -> str:
        noun = re.match(r"^([가-힣]{2})(?=[하되한된했])", verb)
        if noun and self.rng.random() < 0.35 and (same := synonyms(noun[1])):
            return self.rng.choice(same) + verb[2:]
        return verb

    def _written(self, pieces: list[str]) -> str:
        text = " ".join(" ".join(pieces).split())
        return text.replace(" ,", ",").strip()


_ASKING = ("는가", "는가", "는가", "나", "는가", "을까")
_ABOUT = ("약", "총", "현재", "최대", "바로", "각각", "모두")
_FORMAL = ("것", "때문", "뿐", "중", "편", "바", "점", "셈", "말")
_YEAR = (
    "해는?",
    "해는 언제인가?",
    "연도는?",
    "것은 언제인가?",
    "것은 몇 년인가?",
    "때는 언제인가?",
)
_MONTH = ("때는?", "것은 언제인가?", "시기는?", "때는 언제인가?")
_DAY = ("날은?", "날짜는?", "것은 언제인가?", "날은 언제인가?", "날짜는 언제인가?")
_PERSON = ("사람은?", "사람은 누구인가?", "인물은?", "인물은 누구인가?")
_PLACE = ("곳은?", "곳은 어디인가?", "장소는?", "장소는 어디인가?")
_WORK = ("작품은?", "작품의 이름은?", "것은?", "작품은 무엇인가?")
_THING = ("것은?", "것은 무엇인가?", "것은 무엇인가?")


def _balanced(text: str) -> bool:
    """Whether marks come in pairs."""
    return (
        text.count("《") == text.count("》")
        and text.count("〈") == text.count("〉")
        and text.count("“") == text.count("”")
        and text.count("‘") == text.count("’")
        and text.count("'") % 2 == 0
        and text.count('"') % 2 == 0
    )


_THIS = frozenset("이 그 본 동 해당".split())
_MARKS = frozenset("SSO SSC SS SP SO SW SF".split())


def _topic(word: Word) -> bool:
    """Whether it carries 은 or 는 alone (not 에서는)."""
    if word.last.tag != "JX" or word.last.form not in ("은", "는"):
        return False
    at = word.tokens.index(word.last)
    return at > 0 and word.tokens[at - 1].tag[0] != "J"


_OPENING = tuple("《〈「『")
_FUSED = {
    ("누구", "가"): "누가", ("누구", "이"): "누가", ("누구", "은"): "누가", ("누구", "는"): "누가",
}  # fmt: skip


def _fused(word: str, tail: str) -> str:
    """A question word with the particle of what it stands for, in the form that fits."""
    if (word, tail) in _FUSED:
        return _FUSED[word, tail]
    for pair in (("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"), ("으로", "로")):
        for form in pair:
            if tail == form or (form in ("으로", "로", "과", "와") and tail.startswith(form)):
                kind = "이" if pair[0] == "은" else pair[0]
                return particle(word, kind) + tail[len(form) :]
    return word + tail
