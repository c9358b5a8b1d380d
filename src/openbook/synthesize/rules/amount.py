"""Sentences that state an amount, a share, a time span or a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from openbook.synthesize import english_facts, korean_facts
from openbook.synthesize.asked import Asked
from openbook.synthesize.sentences import prose
from openbook.types import Passage

KINDS = ("money", "percent", "duration", "number")


def ask(passages: Sequence[Passage]) -> Iterator[Asked]:
    """How much, how long, how many."""
    known = "\n".join(passage.text for passage in passages)
    for passage, sentence, language in prose(passages):
        if language == "ko":
            found = korean_facts.amounts(sentence)
        else:
            found = english_facts.facts(sentence, KINDS, known)
        for text, answer in found:
            yield Asked(text, (answer,), passage, sentence)
