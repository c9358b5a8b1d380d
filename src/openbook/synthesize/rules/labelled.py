"""Lines ``label: value`` below a heading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from openbook.synthesize import labels
from openbook.synthesize.asked import Asked
from openbook.synthesize.korean import particle
from openbook.synthesize.sentences import is_row
from openbook.text.language import detect
from openbook.text.sentences import sentences
from openbook.types import Passage

_LINE = re.compile(
    r"^(?:[-*•·]\s*)?(?P<label>[^:：\d\[({<][^:：;.\[\]]{1,30})[:：] (?P<value>\S.*)$"
)
_NUMBER = re.compile(r"^\s*(?:\d+(?:\.\d+)+[.)]?|(?:\d+|[A-Za-z가-하])[.)])\s*")
_NO_CASE = re.compile(r"(?:[다요는은]|발표자|발표|문의|담당|주의|참고|예)$")
_NO_TOPIC = re.compile(r"(?:[다요)]|문의|연락처|기타|솔루션|해결|문제|원인|설명|개요|부칙)$")
_PLAIN = frozenset(
    [
        "new",
        "changed",
        "fixed",
        "removed",
        "contact",
        "contacts",
        "questions",
        "overview",
        "solution",
        "issue",
        "cause",
        "description",
        "steps",
        "notes",
    ]
)


def ask(passages: Sequence[Passage]) -> Iterator[Asked]:
    """What the label is, of what the heading names."""
    for passage in passages:
        topic = _NUMBER.sub("", passage.heading[-1] if passage.heading else passage.title).strip()
        if not 2 <= len(topic) <= 40 or topic.endswith(("?", ".")) or topic.casefold() in _PLAIN:
            continue
        for line in passage.text.splitlines():
            found = _LINE.match(line.strip())
            if not found or is_row(line):
                continue
            if asked := _asked(
                passage, topic, found["label"].strip(), found["value"], line.strip()
            ):
                yield asked


def _asked(passage: Passage, topic: str, label: str, value: str, line: str) -> Asked | None:
    first = value[slice(*sentences(value)[0])]
    answer = re.split(r" · |;", first)[0].rstrip(".").strip()
    language = detect(f"{label} {topic}")
    if not labels.telling(answer) or label in topic or topic == passage.title == label:
        return None
    if _NO_TOPIC.search(topic):
        return None
    if labels.asks_for(label, language) and not re.match(r"(?:the|a|an) |(?:\S+ ){4}", label, re.I):
        if language == "ko":
            text = labels.about(label, topic, answer, "ko")
        else:
            asked = labels.about(label, "", answer, "en").replace(" for ?", "?")
            text = f"{asked[:-1]} under “{topic}”?"
    elif (
        language == "ko"
        and re.search(r"\d", answer)
        and not _NO_CASE.search(label)
        and not _NO_TOPIC.search(topic)
    ):
        text = f"{label}의 경우 {particle(topic, '은')} 어떻게 되나요?"
    else:
        return None
    return Asked(text, (answer,), passage, line)
