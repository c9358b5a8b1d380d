"""Titles and headings that ask: frequently asked questions, "How to", "… 방법"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from openbook.synthesize.asked import Asked
from openbook.synthesize.korean import particle
from openbook.synthesize.sentences import opening
from openbook.text.language import detect
from openbook.types import Passage

_NUMBER = re.compile(
    r"^\s*(?:\d+(?:\.\d+)+[.)]?\s+|(?:\d+|[A-Za-z가-하])[.)]\s*|Q\d*[.:]\s*|"
    r"(?:Step|단계) ?\d+ ?[-:–.]\s*)"
)
_HOW_TO = re.compile(r"^How to ([a-z][^?]{6,70})$")
_METHOD = re.compile(r"^.{2,30}(?:하는|되는|[가-힣]) ?(?:방법|절차|조건|대상|순서|기준)$")
_NOTHING = re.compile(r"^(?:일반|신청|기타|관련|주요)? ?(?:방법|절차|조건|대상|순서|기준)$")
_AROUND = re.compile(r"^(?:This|These|It|We|The following|이 문서|다음|[가-힣A-Za-z ]{1,12}[:：])")
"""How sentences begin that stand around an answer."""


def ask(passages: Sequence[Passage]) -> Iterator[Asked]:
    """A heading as a question, answered by the first sentence below it."""
    seen: set[str] = set()
    for passage in passages:
        name = passage.heading[-1] if passage.heading else passage.title
        text = question(_NUMBER.sub("", name).strip())
        if not text or text in seen or (len(passage.heading) == 1 and "기준" in text):
            continue
        seen.add(text)
        answers, quote = opening(passage)
        if answers and not _AROUND.match(answers[0]):
            yield Asked(text, answers, passage, quote)


def question(name: str) -> str:
    """A heading as a question; empty where it is none.

    >>> question("How to reset the hub"), question("환불을 신청하는 방법"), question("Contacts")
    ('How do I reset the hub?', '환불을 신청하는 방법은 무엇인가요?', '')
    """
    if (
        name.endswith(("?", "？"))
        and 8 <= len(name) <= 90
        and (name[0].isalnum() or name[0] in "‘“")
    ):
        return name
    if how := _HOW_TO.match(name):
        return f"How do I {how[1].rstrip('.')}?"
    if detect(name) == "ko" and _METHOD.match(name) and not _NOTHING.match(name):
        ending = "어떻게 되나요" if name.endswith(("절차", "순서", "대상")) else "무엇인가요"
        return f"{particle(name, '은')} {ending}?"
    return ""
