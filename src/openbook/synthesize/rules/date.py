"""Sentences that state a date or a time of day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from openbook.synthesize import english_facts, korean_facts
from openbook.synthesize.asked import Asked
from openbook.synthesize.sentences import prose
from openbook.types import Passage


def ask(passages: Sequence[Passage]) -> Iterator[Asked]:
    """When, until when, at what time."""
    known = "\n".join(passage.text for passage in passages)
    for passage, sentence, language in prose(passages):
        if language == "ko":
            found = korean_facts.dates(sentence)
        else:
            found = english_facts.facts(sentence, ("date", "clock"), known)
        for text, answer in found:
            yield Asked(text, (answer,), passage, sentence)
