"""Plain text: paragraphs, underlined and numbered headings, items, wrapped lines joined."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openbook.corpus.assemble import assemble
from openbook.corpus.blocks import Composer, Parsed
from openbook.corpus.decode import decode
from openbook.corpus.frontmatter import front_matter
from openbook.corpus.lines import DRAWN, ITEM, item_level, joins, numbered_heading, wrap_column
from openbook.corpus.settings import Settings

SUFFIXES = (".txt", ".text", ".log")
CONTENT = "text"

_BLANK = re.compile(r"\n(?:[ \t\u3000]*\n)+")
_UNDERLINE = re.compile(r"(={3,}|-{3,}|~{3,})$")
_RULE = re.compile(r"[-=_*#~ ]{3,}$")


def read(name: str, data: bytes, settings: Settings) -> Iterator[Parsed]:
    """One document."""
    fields, body = front_matter(decode(data, name))
    parsed = assemble(name, compose(body), fields)
    if parsed is not None:
        yield parsed


def compose(body: str) -> Composer:
    """The blocks of a plain text."""
    composer = Composer()
    column = wrap_column(body.split("\n", 4000)[:4000])
    for chunk in _BLANK.split(body):
        if "\n" not in chunk.strip("\n"):
            _single(chunk.strip("\n"), composer)
        elif DRAWN.search(chunk):
            composer.add("table", chunk)
        else:
            _lines(chunk.strip("\n").split("\n"), column, composer)
    return composer


def _single(line: str, composer: Composer) -> None:
    """A line between empty lines."""
    text = line.strip()
    level = numbered_heading(text)
    if level:
        composer.add("heading", text, level + 1)
        return
    item = ITEM.match(line)
    if item:
        composer.add("item", line[item.end() :], item_level(line))
    elif not _RULE.match(text):
        composer.add("paragraph", text)


def _lines(lines: list[str], column: int, composer: Composer) -> None:
    """Lines of one chunk: each its own, but those that were wrapped are joined."""
    run: list[str] = []  # lines that make one paragraph or item
    position = 0
    if len(lines) > 1 and _UNDERLINE.match(lines[1].strip()):
        composer.add("heading", lines[0], 1 if lines[1].lstrip().startswith("=") else 2)
        position = 2
    previous = ""
    for line in lines[position:]:
        if run and column and not ITEM.match(line) and joins(previous, line, column):
            run[-1] += " " + line.strip()
        elif not _RULE.match(line.strip()):
            run.append(line.rstrip())
        previous = line
    paragraph: list[str] = []
    for line in run:
        item = ITEM.match(line)
        if item:
            composer.add("paragraph", "\n".join(paragraph))
            paragraph = []
            composer.add("item", line[item.end() :], item_level(line))
        else:
            paragraph.append(line.strip())
    composer.add("paragraph", "\n".join(paragraph))
