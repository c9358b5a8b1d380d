"""An answer against the passages that were read: which quotes stand there, which sentences
are supported, and which sentence of a source holds the answer when nothing was quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from openbook.generate.claims import gaps, supported
from openbook.generate.quotes import cut, find, quote
from openbook.generate.reading import Reading
from openbook.generate.support import overlap
from openbook.text.sentences import sentences
from openbook.types import Passage, Quote, Sentence

_ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:\.{3}|…)\s*\]|\.{3,}|…)\s*")


def check(
    reading: Reading, passages: Sequence[Passage], question: str, language: str
) -> tuple[Quote, ...]:
    """The quotes of an answer: those the model made that stand in a passage; if there are
    none, the sentences that hold its short answers; if there are none, its own sentences
    that stand in a passage word for word.
    """
    claimed = [found for text in reading.quotes for found in _claimed(text, passages)]
    if claimed:
        return _distinct(claimed)
    holding = (holder(text, passages, question) for text in reading.answers)
    found = [one for one in holding if one]
    if not found:
        spans = sentences(reading.text, language)
        found = [
            one
            for start, end in spans
            for passage in passages
            if end - start >= 8 and (one := quote(reading.text[start:end], passage))
        ]
    return _distinct(found)


def _claimed(text: str, passages: Sequence[Passage]) -> Iterator[Quote]:
    """Where a quote stands; of one with an ellipsis, each part of two words or more."""
    one = next((found for p in passages if (found := quote(text, p))), None)
    if one:
        yield one
        return
    parts = _ELLIPSIS.split(text)
    for part in parts if len(parts) > 1 else ():
        if len(part.split()) >= 2:
            yield from (found for p in passages if (found := quote(part, p)))


def _distinct(quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    """Without repeats and without those that lie inside another."""
    kept = dict.fromkeys(quotes)
    return tuple(q for q in kept if not any(_inside(q, other) for other in kept if other != q))


def _inside(small: Quote, large: Quote) -> bool:
    return (
        small.document_id == large.document_id
        and large.start <= small.start
        and small.end <= large.end
    )


def holder(answer: str, passages: Sequence[Passage], question: str) -> Quote | None:
    """The sentence that truly contains an answer, as a quote; among several the one that
    shares most words with the question, then the better ranked.
    """
    best: tuple[float, Quote] | None = None
    for passage in passages:
        if find(answer, passage.text) is None:
            continue
        for start, end in sentences(passage.text, passage.language):
            sentence = passage.text[start:end]
            if find(answer, sentence) is None:
                continue
            score = overlap(question, sentence)
            if best is None or score > best[0]:
                best = score, cut(passage, start, end)
    return best[1] if best else None


def judge(
    text: str,
    passages: Sequence[Passage],
    quotes: Sequence[Quote],
    question: str,
    language: str,
) -> tuple[Sentence, ...]:
    """The sentences of an answer, each supported or not, and what of it is missing."""
    evidence = _evidence(passages, quotes)
    found = []
    for start, end in sentences(text, language):
        lacking = gaps(text[start:end], evidence, question)
        words = tuple(dict.fromkeys(gap.text for gap in lacking))
        found.append(Sentence(start, end, not lacking, words))
    return tuple(found)


def backed(
    answer: str, passages: Sequence[Passage], quotes: Sequence[Quote], question: str
) -> bool:
    """Whether a short answer is supported, by the same rule as a sentence."""
    return supported(answer, _evidence(passages, quotes), question)


def _evidence(passages: Sequence[Passage], quotes: Sequence[Quote]) -> list[str]:
    """Each passage under its title and headings; and, where several were quoted, those
    together, because an answer may join two.
    """
    texts = {p.id: "\n".join((p.title, *p.heading, p.text)) for p in passages}
    quoted = {q.passage_id for q in quotes}
    together = [texts[p.id] for p in passages if p.id in quoted]
    return [*texts.values(), *(["\n".join(together)] if len(together) > 1 else [])]


def unquoted(reading: Reading, passages: Sequence[Passage]) -> str:
    """The text of an answer, without quotation marks around claimed quotes that stand
    nowhere: what cannot be checked is not shown as a quote.
    """
    text = reading.text
    for claimed in reading.quotes:
        if next(_claimed(claimed, passages), None) is None:
            words = r"\s+".join(map(re.escape, claimed.split()))
            text = re.sub(rf'"\s*({words})\s*"', r"\1", text)
    return text


def keep_supported(text: str, marked: Sequence[Sentence]) -> tuple[str, tuple[Sentence, ...]]:
    """The supported sentences alone, with their new offsets; paragraphs stay apart."""
    kept, spans, last = "", [], 0
    for sentence in marked:
        gap = text[last : sentence.start]
        last = sentence.end
        if not sentence.supported:
            continue
        if kept:
            kept += "\n" * min(gap.count("\n"), 2) or " "
        start = len(kept)
        kept += text[sentence.start : sentence.end]
        spans.append(Sentence(start, len(kept), supported=True))
    return kept, tuple(spans)
