"""Where sentences begin and end, by rules for Korean and English and their neighbours.

Line breaks always end a sentence, so list items and rows of a table stand alone. Within a
line a sentence ends at ``. ! ? … 。`` followed by space, unless the stop belongs to an
abbreviation, an initial, a number or a list marker.
"""

from __future__ import annotations

import re

_LINE = re.compile(r"[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_CLOSING = r"""["'”’)\]」』》]*"""
_STOP = re.compile(
    rf"(?:[.!?…]+{_CLOSING}(?=\s|\[)|[。！？]+{_CLOSING}|(?<=[가-힣]다)\.(?=[가-힣“‘]))\s*"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'“‘\[])(?:mr|mrs|ms|dr|fr|prof|sr|jr|st|mt|gen|col|capt|lt|sgt|rev|hon|gov|sen|rep|"
    r"no|nos|vol|pp|p|fig|figs|eq|sec|ch|art|al|vs|etc|e\.g|i\.e|cf|viz|ca|approx|dept|"
    r"inc|ltd|co|corp|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|ph\.d|u\.s|u\.k|u\.n|"
    r"a\.m|p\.m|(?:[a-z]\.)*[a-z])\.$",
    re.IGNORECASE,
)
_MARKER = re.compile(
    r"^\s*(?:[-*•·]\s*)?\**(?:\(?\d{1,3}|\(?[a-zA-Z가-하]|[ivxIVX]{1,5})\\?[.)]\**$"
)
_DATE = re.compile(r"\b\d{4}\.(?:\s*\d{1,2}\.){0,2}$")


def sentences(text: str, language: str = "") -> list[tuple[int, int]]:
    """Spans of the sentences of a text: trimmed, in order, each visible character in one.

    Args:
        text: any text.
        language: ISO code where known; the rules look at the letters, so it may be empty.

    >>> text = "It costs 3.5 dollars. Dr. Kim pays.\\n- 환불 가능합니다. 단, 7일 이내."
    >>> [text[a:b] for a, b in sentences(text)]
    ['It costs 3.5 dollars.', 'Dr. Kim pays.', '- 환불 가능합니다.', '단, 7일 이내.']
    """
    spans: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        spans.extend(_in_line(text, line.start(), line.end()))
    return spans


def _in_line(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans = []
    begin = start
    for stop in _STOP.finditer(text, start, end):
        if stop.end() < end and not _continues(text, begin, stop):
            spans.append((begin, stop.end()))
            begin = stop.end()
    spans.append((begin, end))
    return [trimmed for a, b in spans if (trimmed := _trim(text, a, b))[0] < trimmed[1]]


def _continues(text: str, begin: int, stop: re.Match[str]) -> bool:
    """Whether the sentence goes on after this stop."""
    mark = stop.group().rstrip()
    follows = text[stop.end() : stop.end() + 1]
    if mark != ".":
        return follows.islower()
    before = text[begin : stop.start() + 1]
    last = before[-24:]
    if date := _DATE.search(last):
        return follows.isdigit() or date.group().count(".") == 3
    return bool(follows.islower() or _MARKER.match(before) or _ABBREVIATION.search(last))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
