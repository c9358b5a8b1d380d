"""A passage cut into what can be quoted: sentences, list items, rows; with what leads in.

A heading, or the line "Bring with you:" over a list, answers nothing by itself, but says
what the lines below it are about. So it becomes the ``lead`` of those lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from openbook.text.sentences import sentences


@dataclass(frozen=True, slots=True)
class Unit:
    """A quotable span: ``passage.text[start:end] == text``.

    ``lead`` is the span of the sentence that introduces it, where one does (an empty span
    otherwise); ``above`` are words of headings inside the passage, which count as context
    and are never quoted; ``first`` tells whether it opens its paragraph or line.
    """

    start: int
    end: int
    text: str
    lead: tuple[int, int] = (0, 0)
    above: str = ""
    first: bool = True


_LEADS = re.compile(
    r"(?::|：|(?:다음|아래|이하)(?:와|과)? ?"
    r"(?:같(?:다|습니다|이 [^.]{1,20})|[^.]{0,16}(?:따른다|따릅니다))"
    r"[.:]?|(?:as follows|the following|these steps)[.:]?)$"
)
_QUESTION = re.compile(r"(?:[?？]|(?:나요|까요|까|는지요|가요)[.]?)[\"'”’)\]]*$")
_LABEL = re.compile(r"^(?:Q|질문|문|question|q)\s*\d*\s*[.:)．：]\s*", re.IGNORECASE)
_ENDS = re.compile(r"[.!?。？！;:：][\"'”’)\]」』]*$|(?:다|요|음|함|됨|것)[\"'”’)\]]*$")
_LONGEST_HEADING = 70


@lru_cache(maxsize=4096)
def units(text: str, headings: tuple[str, ...] = ()) -> tuple[Unit, ...]:
    """Quotable spans of a passage, in order.

    Args:
        text: a passage's text.
        headings: title and heading path; a line that repeats one is not quotable.
    """
    known = {_plain(heading) for heading in headings}
    found = list(_walk(text, known))
    if found or not text.strip():
        return tuple(found)
    return tuple(Unit(start, end, text[start:end]) for start, end in sentences(text))


def _walk(text: str, known: set[str]) -> Iterator[Unit]:
    spans = sentences(text)
    lead, above = (0, 0), ""
    fresh = False  # whether the lead has introduced nothing yet
    for index, (start, end) in enumerate(spans):
        piece = text[start:end]
        before = text[spans[index - 1][1] : start] if index else "\n\n"
        after = text[end : spans[index + 1][0]] if index + 1 < len(spans) else ""
        opens = "\n" in before
        if before.count("\n") > 1 and not fresh:
            lead = (0, 0)
        if opens and _is_heading(piece, before, after, known):
            above, lead, fresh = piece, (0, 0), False
            continue
        if after and _introduces(piece, opens, after):
            lead, fresh = (start, end), True
            continue
        yield Unit(start, end, piece, lead, above, opens)
        fresh = False
        if lead != (0, 0) and _QUESTION.search(text[slice(*lead)]) and "\n" in after:
            lead = (0, 0) if "\n\n" in after else lead


def _is_heading(piece: str, before: str, after: str, known: set[str]) -> bool:
    """A line that repeats a heading, or stands alone, short and without an end."""
    if _plain(piece) in known:
        return "\n" in after or not after
    alone = before.count("\n") > 1 and after.count("\n") > 1
    return (
        alone
        and len(piece) <= _LONGEST_HEADING
        and not _ENDS.search(piece)
        and ": " not in piece
        and "；" not in piece
    )


def _introduces(piece: str, opens: bool, after: str) -> bool:
    """A sentence before a line break that announces, or a question that its answer follows."""
    if "\n" in after and _LEADS.search(piece):
        return True
    if _LABEL.match(piece) and "\n" in after:
        return True
    asks = bool(_LABEL.match(piece)) or (opens and bool(_QUESTION.search(piece)))
    return asks and piece.rstrip("\"'”’)]").endswith(("?", "？"))


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
