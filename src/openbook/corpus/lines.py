"""What a line of text is: a list item, a heading, a part of a wrapped paragraph."""

from __future__ import annotations

import re
import unicodedata

# A bullet is dropped; a number or a letter stays, because people cite it. U+E02E and U+E029
# are an escaped full stop and bracket of Markdown.
ITEM = re.compile(
    r"[ \t]*(?:[-*+•‣▪◦·○●■□▶▷※][ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)"
    r"|(?=(?:\(?\d{1,3}|\(?[A-Za-z가-하])[.)\ue02e\ue029][ \t]+\S|[①-⑳㉠-㉻]))"
)
DRAWN = re.compile("[\u2500-\u257f]")
_NUMBERED = re.compile(
    r"(?:(?P<deep>\d{1,2}(?:\.\d{1,2})*)\.?[ \t]+"
    r"|제[ \t]?\d+[ \t]?(?P<unit>[편장절관조])(?:의\d+)?(?:[ \t]|\(|$)"
    r"|(?:[IVX]{1,5}|[A-Z])\.[ \t]+|(?:Chapter|Section|Part|Appendix|부록|별표)\b[ \t]*\S*)"
)
_ENDS = tuple(".!?。！？…:;,：；，")
_UNITS = {"편": 1, "장": 2, "절": 3, "관": 4, "조": 5}


def item_level(line: str) -> int:
    """Depth of an item by its indentation, two columns a level."""
    body = line.lstrip(" \t")
    return len(line[: len(line) - len(body)].expandtabs(4)) // 2


def numbered_heading(line: str) -> int:
    """Level of a line that looks like a numbered heading (``2.1 Scope``, ``제3조``); else 0.

    >>> numbered_heading("2.1 Scope"), numbered_heading("제3조 (정의)"), numbered_heading("Hello")
    (2, 5, 0)
    """
    if len(line) > 80 or line.endswith(_ENDS):
        return 0
    match = _NUMBERED.match(line)
    if match is None:
        return 0
    if match["unit"]:
        return _UNITS[match["unit"]]
    rest = line[match.end() :].strip()
    if match["deep"] and (not rest or rest.endswith(("다", "요", "함", "음"))):
        return 0
    return match["deep"].count(".") + 1 if match["deep"] else 1


def capital_heading(line: str) -> bool:
    """Whether a line standing alone looks like a heading: capitals, or square brackets.

    >>> capital_heading("IN THE BOX"), capital_heading("[계정과 앱]"), capital_heading("Hello")
    (True, True, False)
    """
    if len(line) > 80 or line.endswith(_ENDS):
        return False
    if line.startswith("[") and line.endswith("]") and line.count("[") == 1:
        return len(line) > 3
    name = line.partition("(")[0].strip()
    return name.isupper() and sum(char.isalpha() for char in name) > 2


def title_line(line: str) -> bool:
    """Whether the first line of a text looks like its title: short, and no sentence."""
    return len(line) <= 80 and not line.endswith(_ENDS) and not ITEM.match(line)


def width(text: str) -> int:
    """Columns a text takes in a fixed-width font: wide characters take two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text[:400])


def wrap_column(lines: list[str]) -> int:
    """The column at which a text was wrapped, or 0 where line breaks are meant.

    A text is wrapped where for most long lines that have a successor in their paragraph, the
    successor's first word would not have fitted any more.
    """
    sample = lines[:2000]
    widths = [width(line.rstrip()) for line in sample]
    column = max(widths, default=0)
    if not 40 <= column <= 120:
        return 0
    followed = full = 0
    for following, taken in zip(sample[1:], widths, strict=False):
        if taken < 0.6 * column or not following.strip() or ITEM.match(following):
            continue
        followed += 1
        full += taken + 1 + width(following.split(None, 1)[0]) > column
    return column if followed >= 2 and full >= 0.7 * followed else 0


def joins(line: str, following: str, column: int) -> bool:
    """Whether ``following`` continues the wrapped ``line``."""
    words = following.split(None, 1)
    return bool(words) and width(line.rstrip()) + 1 + width(words[0]) > column
