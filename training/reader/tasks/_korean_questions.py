"""Questions from one Korean sentence: how what it tells is asked for.

See ``cloze_ko`` for the idea. ``questions`` is the whole of it.
"""

from __future__ import annotations

import random
import re

from tasks._korean import DATE, SERVING, Clause, analyse, clauses, particle
from tasks._korean_parts import Arranger
from tasks._korean_spans import FORMAL, THIS, Span, topic
from tasks._korean_words import (
    COUNTRIES,
    NUMBER,
    PAID,
    PLACES,
    WHO,
    is_person,
)

_LEADING = re.compile(
    r"^(?:또한|그러나|하지만|그리고|아울러|한편|그래서|따라서|즉|특히|다만|그런데|결국|또|그 후|그 뒤|이후|이때|"
    r"오히려|그럼에도|이에 따라|이로 인해|이에|이어|이어서|그러자|그리하여|반면|반면에|더불어|마침내|게다가|"
    r"마지막으로|실제로|예를 들어|당시|처음에는|처음에|이후에|이후에는|그 결과|이 때|이와 함께|그 이후),? "
)
_PARENTHESES = re.compile(r"\s*[(（][^()（）]*[)）]")


def questions(
    sentence: str, name: str, rng: random.Random, most: int = 3, sorts: dict[str, str] | None = None
) -> list[tuple[str, str]]:
    """Questions that a sentence of the article ``name`` answers, with their answers."""
    clean = re.sub(r"\s+", " ", _PARENTHESES.sub("", sentence)).strip()
    clean = _LEADING.sub("", clean)
    if not 18 <= len(clean) <= 170 or not clean.endswith("다."):
        return []
    if re.search(r"[:;→=※]| / |\(|\)|[,，] ?[,，]", clean):
        return []
    words = analyse(clean)
    maker = Asker(clean, name, rng, sorts or {})
    found: list[tuple[float, str, str]] = []
    subject = ""
    for clause in clauses(clean, words):
        subject = maker.subject(clause, subject)
        for asked, answer in maker.reasons(clause, subject):
            if answer in sentence and answer not in asked and len(asked) < 110 and _balanced(asked):
                found.append((rng.random() ** 0.4, asked, answer))
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


class Asker(Arranger):
    """Asks for what it finds, in one of the forms its place allows."""

    def ask(self, clause: Clause, span: Span, subject: str) -> str:
        """A question for the span, in one of the forms its place allows; empty if none."""
        words = clause.words
        if clause.verb.copula and clause.verb.before.endswith(FORMAL):
            return ""
        if span.sort == "value":
            return self._value(clause, span)
        later = words[span.last + 1 :]
        nested = any(w.role == "adnominal" and w.stem >= 0 for w in later)
        own = span.last < len(words) and topic(words[span.last])
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
            own = own or any(topic(w) for i, w in enumerate(words) if i != span.last)
        plain = lasting or nested or dangling or genitive or counted or serves or spoken
        plain = plain or (words[span.last].role == "JKS" and own)
        if plain or (self.rng.random() < 0.4 and not clause.verb.copula):
            return self._inside(clause, span, subject)
        if clause.verb.copula and not own:
            return self._inside(clause, span, subject)
        return self._before(clause, span, subject)

    def reasons(self, clause: Clause, subject: str) -> list[tuple[str, str]]:
        """Why or what for: what stands before 때문에 or 위해 in the clause."""
        words = clause.words
        for at, word in enumerate(words[1:], start=1):
            shown = self.text(word)
            why = shown.startswith("때문에") or shown in ("인해", "인하여")
            if not why and not shown.startswith(("위해", "위하여")):
                continue
            if words[at - 1].tokens[-1].tag not in ("ETN", "JKO") and not why:
                continue
            begin = max((i + 1 for i in range(at) if topic(words[i])), default=0)
            start, end = words[begin].start, words[at - 1].end
            if words[at - 1].tokens[-1].tag == "ETN":
                end = word.start + len("때문") if shown.startswith("때문에") else word.end
            elif words[at - 1].role.startswith("JK"):
                end = words[at - 1].last.start if why else word.end
            answer = self.sentence[start:end].rstrip(",")
            rest = [self.text(w) for w in words[at + 1 :]]
            if words[begin].tokens[0].tag in ("NP", "MM") or shown.endswith("는"):
                return []
            if not 6 <= len(answer) <= 60 or DATE.search(answer) or begin >= at or not subject:
                return []
            if any(topic(w) for w in words[at + 1 :]):
                return []
            if any(w.role == "JKS" for w in words[at + 1 :]):
                told = rest
            else:
                told = [particle(subject, "이"), *rest]
            if why:
                noun = self.rng.choice(
                    ("이유는?", "이유는 무엇인가?", "까닭은?", "원인은 무엇인가?")
                )
            else:
                noun = self.rng.choice(
                    ("목적은?", "이유는?", "이유는 무엇인가?", "목적은 무엇인가?")
                )
            asked = self._written([*told, clause.verb.adnominal, noun])
            if self.rng.random() < 0.3 and told is not rest:
                asked = self._written(
                    [particle(subject, "은"), "왜", *rest, clause.verb.asking("는가")]
                )
                asked += "?"
            return [(asked, answer)]
        return []

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
        about = topic(last)
        if span.sort == "date":
            tail = "" if word == "언제" and tail in ("에", "에는", "") else tail
            if word != "언제" and not tail:
                tail = "에"
        asked = (head + " " + _fused(word, tail)).strip()
        parts = self._parts(clause, span, keep_order=True)
        pieces = [asked if part is None else part for part in parts]
        if not about:
            pieces = self._with_subject(clause, pieces, subject, "은")
        verb = self._verb(self._like(clause.verb).asking(self.rng.choice(_ASKING)))
        return self._written([*pieces, verb]) + "?"

    def _value(self, clause: Clause, span: Span) -> str:
        """수도는 무엇인가?, with whose it is in front if nothing says it."""
        at = max(i for i, w in enumerate(clause.words) if topic(w))
        words = clause.words[: at + 1]
        first = max((i + 1 for i, w in enumerate(words[:-1]) if w.comma), default=0)
        text = self.sentence[words[first].start : words[-1].end]
        if words[first].tokens[0].tag == "NP" or words[first].tokens[0].form in THIS:
            return ""
        if len(words) - first == 1 or words[-2].role == "adverb":
            text = f"{self.name}의 {self.text(words[-1])}"
        value = self.sentence[span.start : span.end]
        what = "무엇"
        if value in COUNTRIES or self.sorts.get(value, "") in PLACES:
            what = "어디"
        elif is_person(self.sorts.get(value, "")) or words[-1].tokens[0].form in WHO:
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
        own = topic(clause.words[span.last]) or clause.words[span.last].role == "JKS"
        parts = self._parts(clause, span, keep_order=False)
        pieces = [part for part in parts if part is not None]
        if not own:
            pieces = self._with_subject(clause, pieces, subject, "이")
        if sum(len(piece.split()) for piece in pieces) < (1 if not own else 2):
            return ""
        pieces = [re.sub(r"(?<=에|서)는$", "", piece) for piece in pieces]
        verb = self._verb(self._like(clause.verb).adnominal)
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


_ASKING = ("는가", "는가", "는가", "나", "는가", "을까")
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
