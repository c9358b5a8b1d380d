"""What is left of a Korean clause when its answer is taken out: cut, thinned, put in order.

See ``cloze_ko`` for the idea and ``_korean_questions`` for what is made of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tasks._korean import DATE, Clause, Verb, Word, particle
from tasks._korean_spans import Finder, Span, topic
from tasks._korean_words import ATTRIBUTES, BREAKS, VERBS, synonyms


@dataclass
class Part:
    """A phrase of a clause (``None`` stands for the answer), its role, whether it may go."""

    text: str | None
    role: str
    loose: bool


class Arranger(Finder):
    """Writes the rest of a clause around an answer."""

    def _parts(self, clause: Clause, span: Span, keep_order: bool) -> list[str | None]:
        """Phrases of the clause in order, ``None`` for the answer; some dropped or moved."""
        words, rng = clause.words, self.rng
        skip = self._droppable(words, span) if rng.random() < 0.5 else range(0)
        parts = self._phrases(words, span, skip)
        if parts and parts[0].role == "adverb" and words[0].last.tag == "MAJ":
            parts = parts[1:]
        for _ in range(2):
            loose = [i for i, part in enumerate(parts[:-1]) if part.loose]
            if len(parts) <= 3 or not loose or rng.random() < 0.45:
                break
            del parts[rng.choice(loose)]
        nested = any(w.role == "adnominal" and w.stem >= 0 for w in words)
        if not nested and not keep_order and len(parts) > 2 and rng.random() < 0.25:
            movable = [i for i, part in enumerate(parts) if part.role in ("JKB", "JKO", "JKS")]
            if len(movable) >= 2:
                a, b = rng.sample(movable, 2)
                parts[a], parts[b] = parts[b], parts[a]
        return [part.text for part in parts]

    def _phrases(self, words: list[Word], span: Span, skip: range) -> list[Part]:
        """The clause cut after each particle; what leans on a verb is not loose."""
        parts: list[Part] = []
        held: list[Word] = []

        def close(role: str, follows: Word | None) -> None:
            if held:
                text = self.sentence[held[0].start : held[-1].end].rstrip(",")
                bound = any(w.stem >= 0 for w in held) or (
                    follows is not None and follows.stem >= 0
                )
                parts.append(Part(text, role, not bound and role in ("JKB", "adverb")))
                held.clear()

        for at, word in enumerate(words):
            follows = words[at + 1] if at + 1 < len(words) else None
            if span.first <= at <= span.last:
                close("left", None)
                if at == span.last:
                    parts.append(Part(None, "answer", False))
                continue
            if at in skip:
                continue
            held.append(word)
            if follows and self._same_date(word, follows):
                continue
            if word.role in ("JKS", "JKO", "JKB", "JX", "adverb", "verb") or self._dated(word):
                close("JKS" if topic(word) else word.role, follows)
        close("left", None)
        return parts

    def _same_date(self, word: Word, follows: Word) -> bool:
        return bool(
            re.match(r"\d{1,2}[월일]", self.text(follows))
            and re.search(r"\d[년월]$", self.text(word))
        )

    def _droppable(self, words: list[Word], span: Span) -> range:
        """A relative clause or what stands before the topic, away from the answer."""
        begin = 0
        for at, word in enumerate(words[:-1]):
            if span.first <= at <= span.last:
                begin = at + 1
                continue
            if topic(word) and at > begin + 1 and not span.first <= begin - 1 <= span.last:
                return range(begin, self.left(words, at))
            if topic(word) or word.role in ("JKS", "JKO"):
                begin = at + 1 if topic(word) else begin
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
        return word.role == "noun" and bool(DATE.search(self.text(word))) and not word.comma

    def _with_subject(
        self, clause: Clause, pieces: list[str], subject: str, kind: str
    ) -> list[str]:
        """The subject in front, or the clause's own topic with the particle that fits."""
        for i, word in enumerate(clause.words):
            if topic(word) or word.role == "JKS":
                first = self.left(clause.words, i)
                text = self.sentence[clause.words[first].start : word.last.start]
                full = self.sentence[clause.words[first].start : word.end].rstrip(",")
                name = self.name if self.points(text, clause.words[first:]) else text
                wanted = "이" if word.role == "JKS" else kind
                if name in ATTRIBUTES and self.name not in self.sentence:
                    name = f"{self.name}의 {name}"
                changed = particle(name, wanted)
                return [p.replace(full, changed, 1) if full in p else p for p in pieces]
        if not subject or (pieces and pieces[0].startswith(self.name)):
            return pieces
        return [particle(subject, kind), *pieces]

    def _like(self, verb: Verb) -> Verb:
        """The verb, or one of like meaning in two of five."""
        return verb.swapped(VERBS, self.rng.randrange(6)) if self.rng.random() < 0.4 else verb

    def _verb(self, verb: str) -> str:
        noun = re.match(r"^([가-힣]{2})(?=[하되한된했])", verb)
        if noun and self.rng.random() < 0.35 and (same := synonyms(noun[1])):
            return self.rng.choice(same) + verb[2:]
        return verb

    def _written(self, pieces: list[str]) -> str:
        text = " ".join(" ".join(pieces).split())
        return text.replace(" ,", ",").strip()
