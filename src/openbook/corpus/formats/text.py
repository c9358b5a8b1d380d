"""Plain text: paragraphs, underlined and numbered headings, items, wrapped lines joined."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openbook.corpus.assemble import assemble
from openbook.corpus.blocks import Composer, Parsed
from openbook.corpus.columns import aligned_rows
from openbook.corpus.decode import decode
from openbook.corpus.frontmatter import front_matter
from openbook.corpus.lines import (
    DRAWN,
    ITEM,
    capital_heading,
    item_level,
    joins,
    numbered_heading,
    title_line,
    wrap_column,
)
from openbook.corpus.settings import Settings
from openbook.corpus.tables import render

SUFFIXES = (".txt", ".text", ".log")
CONTENT = "text"
QUESTION_LEVEL = 7  # below every other heading

_QUESTION = re.compile(r"(?:Q|문|질문)\s?\d*\s?[.:)]\s+(?=\S)")
_ANSWER = re.compile(r"(?:A|답|답변)\s?\d*\s?[.:)]\s+(?=\S)")
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
    chunks = [chunk.strip("\n") for chunk in _BLANK.split(body) if chunk.strip()]
    for position, chunk in enumerate(chunks):
        lines = chunk.split("\n")
        if position == 0 and len(chunks) > 1 and _title(lines, composer):
            lines = lines[1:]
        if not lines:
            continue
        if len(lines) == 1:
            _single(lines[0], composer)
        elif DRAWN.search(chunk):
            composer.add("table", chunk)
        elif rows := aligned_rows(lines):
            composer.add("table", render(rows))
        elif _QUESTION.match(lines[0]) and any(_ANSWER.match(line) for line in lines[1:]):
            _question(lines, column, composer)
        else:
            _lines(lines, column, composer)
    return composer


def _title(lines: list[str], composer: Composer) -> bool:
    """Whether a text begins with its title: a short line, alone or over a few short ones."""
    line = lines[0].strip()
    if len(lines) > 4 or not title_line(line) or numbered_heading(line):
        return False
    if len(lines) > 1 and (_UNDERLINE.match(lines[1].strip()) or aligned_rows(lines)):
        return False
    composer.add("heading", line, 1)
    return True


def _question(lines: list[str], column: int, composer: Composer) -> None:
    """A question and its answer: the question is the answer's heading."""
    start = next(n for n, line in enumerate(lines) if _ANSWER.match(line))
    question = " ".join(line.strip() for line in lines[:start])
    composer.add("heading", _QUESTION.sub("", question, count=1), QUESTION_LEVEL)
    _lines([_ANSWER.sub("", lines[start], count=1), *lines[start + 1 :]], column, composer)


def _single(line: str, composer: Composer) -> None:
    """A line between empty lines."""
    text = line.strip()
    level = numbered_heading(text) or (1 if capital_heading(text) else 0)
    if level:
        composer.add("heading", text.strip("[]"), level + 1)
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
