"""What a question is made of before it is a line of a file, and that line.

The layout is that of :mod:`openbook.evaluate.questions`, with three keys more: ``quote`` (the
words of the passage that answer), ``passage`` (its id, also of unanswerable questions, which
have no gold) and ``version`` (of the knowledge base).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from openbook.text.language import detect
from openbook.types import Passage, Split, digest


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a passage.

    Args:
        text: the question.
        answers: accepted answers, the one that stands in the passage first.
        passage: where it is answered; of an unanswerable one, where it nearly is.
        quote: the words of the passage that answer; empty where nothing does.
        source: how it was made: ``rules:table``, or a language model's name.
        topic: what it asks about, as the question names it (the row's name); may be empty.
        wanted: what it asks for, as the question names it (the column); may be empty.
        kind: of what sort the topic is (the name of the column of names); may be empty.
    """

    text: str
    answers: tuple[str, ...]
    passage: Passage
    quote: str
    source: str = ""
    topic: str = ""
    wanted: str = ""
    kind: str = ""

    @property
    def language(self) -> str:
        """ISO code."""
        return detect(self.text)

    @property
    def answerable(self) -> bool:
        """Whether the passage answers it."""
        return bool(self.answers)


@dataclass(frozen=True, slots=True)
class Question:
    """A line of a question file, with what synthesis adds to it.

    ``passage`` and ``quote`` are empty in files that people wrote.
    """

    id: str
    text: str
    answers: tuple[str, ...] = ()
    gold: tuple[str, ...] = ()
    answerable: bool = True
    language: str = ""
    split: Split = ""
    source: str = ""
    version: int = 0
    passage: str = ""
    quote: str = ""

    @classmethod
    def of(cls, asked: Asked, split: Split, version: int) -> Question:
        """A question of a passage, with an id that its words and its passage decide."""
        return cls(
            id=f"q-{digest(asked.text, asked.passage.id)}",
            text=asked.text,
            answers=asked.answers,
            gold=(asked.passage.id,) if asked.answerable else (),
            answerable=asked.answerable,
            language=asked.language,
            split=split,
            source=asked.source,
            version=version,
            passage=asked.passage.id,
            quote=asked.quote,
        )

    def line(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "_id": self.id,
            "text": self.text,
            "answers": list(self.answers),
            "gold": list(self.gold),
            "answerable": self.answerable,
            "language": self.language,
            "split": self.split,
            "source": self.source,
            "version": self.version,
            "passage": self.passage,
            "quote": self.quote,
        }


def lines(questions: Iterable[Question]) -> str:
    """A whole file."""
    return "".join(json.dumps(q.line(), ensure_ascii=False) + "\n" for q in questions)


_ABOUT = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")


def scope(passage: Passage) -> str:
    """What a document is called in a question; empty where its title is none (a question, a
    file's name, a code).
    """
    title = _ABOUT.sub("", passage.title or "").strip()
    if re.search(r"[\[\]{}<>|\"’]", title):
        return ""
    if not 3 <= len(title) <= 60 or title.endswith(("?", "？", ".")) or title.islower():
        return ""
    return title


def scoped(text: str, passage: Passage) -> str:
    """A question that names its document; empty where that has no name, or is named already."""
    title = scope(passage)
    if not title or title.casefold() in text.casefold():
        return ""
    if detect(text) == "ko":
        return f"‘{title}’{'에' if _KO_TEXT.search(title) else '에 관한 설명에'} 따르면 {text}"
    first = text.split(" ", 1)[0]
    lowered = text[0].lower() + text[1:] if first in _OPENINGS else text
    return f'According to "{title}", {lowered}'


def unscoped(text: str) -> str:
    """A question without its document's name.

    >>> unscoped('According to "Leave Policy", what is the limit?')
    'What is the limit?'
    """
    bare = _SCOPED.sub("", text)
    return bare if bare == text else bare[0].upper() + bare[1:]


_SCOPED = re.compile(r"^(?:According to \"[^\"]+\", |‘[^’]+’에(?: 관한 설명에)? 따르면 )")
_KO_TEXT = re.compile(
    r"(?:규정|지침|안내|안내서|절차|기준|정책|설명서|노트|법|령|규칙|법률|계획|보고서|공지|방법|질문|정보|자료|표|목록|"
    r"가이드|매뉴얼|문서|편람|요령|조례|고시|훈령|강령|헌장|약관|계약서|[A-Za-z)])(?:\s?\d{4})?$"
)
_OPENINGS = frozenset(
    [
        "What",
        "Which",
        "Who",
        "When",
        "Where",
        "How",
        "Why",
        "Within",
        "After",
        "Before",
        "By",
        "Until",
        "From",
        "At",
        "For",
        "In",
        "Up",
        "Of",
        "On",
        "To",
        "Does",
        "Do",
        "Is",
        "Are",
        "Can",
        "May",
        "Must",
        "Under",
        "Over",
        "Between",
        "Since",
    ]
)
