"""Markdown: front matter, headings, lists, tables and fenced code; inline marks are removed.

The document's text is what a reader of the rendered page sees, so that quotes carry no
asterisks and a table's row can be quoted alone. Written for speed (one pass of a few
regular expressions over the text, then one look at each line), not for every corner of
CommonMark.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from openbook.corpus.assemble import assemble
from openbook.corpus.blocks import Composer, Kind, Parsed
from openbook.corpus.decode import clean, decode
from openbook.corpus.frontmatter import front_matter
from openbook.corpus.lines import DRAWN, ITEM, item_level
from openbook.corpus.settings import Settings
from openbook.corpus.tables import render

SUFFIXES = (".md", ".markdown", ".mdx", ".qmd")
CONTENT = "text"

_FENCE = re.compile(
    r"^[ \t>]*(?P<mark>`{3,}|~{3,})[^\n`]*\n(?P<code>.*?)(?:^[ \t>]*(?P=mark)[`~]*[ \t]*$|\Z)",
    re.M | re.S,
)
_BLANK = re.compile(r"\n(?:[ \t]*\n)+")
_UNDERLINE = re.compile(r"(=+|-{2,})$")
_RULE = re.compile(r"(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_DELIMITER = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$")
_QUOTE = re.compile(r"^[ \t]*(?:>[ \t]?)+(?:\[!\w+\][ \t]*$)?", re.M)

_HTML_TABLE = re.compile(r"<table\b.*?(?:</table>|\Z)", re.S | re.I)
_ATTRIBUTES = re.compile(r"\{[#.:][^{}]*\}$")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_CODE = re.compile(r"(?<!`)(`{1,4})(?!`)([^`\n](?:[^\n]{0,500}?[^`\n])?)\1(?!`)")
_IMAGE = re.compile(r"!\[([^\]\n]{0,500})\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]\n]*\])")
_LINK = re.compile(r"\[((?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)")
_REFERENCE = re.compile(r"\[([^\[\]\n]+)\]\[[^\[\]\n]*\]")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]\n]+\]:[ \t]*\S+[^\n]*$", re.M)
_AUTOLINK = re.compile(r"<((?:https?|mailto):[^ <>\n]+|[\w.+-]+@[\w-]+\.[\w.]+)>")
_MACRO = re.compile(r"\[!(?:DNL|UICONTROL)[ \t]+([^\]\n]*)\]")
_STRONG = re.compile(r"(\*{1,3})(?=[^\s*])([^\n*]*?[^\s*])\1")
_UNDER = re.compile(r"(?<![\w_])(_{1,3})(?=[^\s_])([^\n]{0,200}?[^\s_])\1(?![\w_])")
_STRIKE = re.compile(r"~~(?=\S)([^\n]{0,200}?\S)~~")
_BREAK = re.compile(r"<br[ \t]*/?>", re.I)
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|blockquote|center|cite|code|dd|del|details|dfn|div|dl|dt|em|figure"
    r"|figcaption|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|picture|pre|q|s|samp|section|small"
    r"|source|span|strike|strong|sub|summary|sup|table|tbody|td|th|thead|tr|tt|u|ul|var|video)"
    r"(?:[ \t][^<>]*)?/?>",
    re.I,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

_SHIFT = 0xE000  # escaped ASCII punctuation waits in the private use area


def read(name: str, data: bytes, settings: Settings) -> Iterator[Parsed]:
    """One document."""
    fields, body = front_matter(decode(data, name))
    parsed = assemble(name, compose(body), fields)
    if parsed is not None:
        yield parsed


def compose(body: str) -> Composer:
    """The blocks of a Markdown text without front matter."""
    composer = Composer()
    if "<!--" in body:
        body = _COMMENT.sub("", body)
    if "```" not in body and "~~~" not in body:
        _text(body, composer)
        return composer
    position = 0
    for fence in _FENCE.finditer(body):
        _text(body[position : fence.start()], composer)
        composer.add("code", fence.group("code").strip("\n"))
        position = fence.end()
    _text(body[position:], composer)
    return composer


def _text(body: str, composer: Composer) -> None:
    """Everything between fenced code."""
    if "<table" in body:
        position = 0
        for table in _HTML_TABLE.finditer(body):
            _plain_text(body[position : table.start()], composer)
            composer.add("table", _html_table(table.group()))
            position = table.end()
        body = body[position:]
    _plain_text(body, composer)


def _html_table(source: str) -> str:
    """Rows of a table written in HTML."""
    from lxml import etree

    from openbook.corpus.formats.html import table_text

    root = etree.fromstring(source, etree.HTMLParser(no_network=True, remove_comments=True))
    table = root.find(".//table") if root is not None else None
    return table_text(table) if table is not None else ""


def _plain_text(body: str, composer: Composer) -> None:
    """Everything between fenced code and HTML tables."""
    body = inline(body)
    if "\n>" in body or body.lstrip().startswith(">"):
        body = _QUOTE.sub("", body)
    for chunk in _BLANK.split(body.strip("\n")):
        if "\n" in chunk:
            _lines(chunk.split("\n"), composer)
        else:
            _line(chunk, composer)


def _line(line: str, composer: Composer) -> None:
    """A chunk of one line."""
    text = line.strip()
    if text.startswith("#") and _heading(text, composer):
        return
    if text[:1] in "-*_" and _RULE.match(text):
        return
    item = ITEM.match(line)
    if item:
        composer.add("item", plain(line[item.end() :]), item_level(line))
    elif text.startswith("|"):
        _table([line], composer)
    else:
        composer.add("paragraph", plain(text))


def _heading(text: str, composer: Composer) -> bool:
    """``## Heading ##``; False where the hashes are not a heading."""
    level = len(text) - len(text.lstrip("#"))
    if level > 6 or text[level : level + 1] not in {"", " ", "\t"}:
        return False
    words = text[level:].strip()
    if words.endswith("#") and words.rstrip("#")[-1:] in {"", " ", "\t"}:
        words = words.rstrip("#")
    if words.endswith("}"):
        words = _ATTRIBUTES.sub("", words)
    composer.add("heading", plain(" ".join(words.split())), level)
    return True


def _lines(lines: list[str], composer: Composer) -> None:
    """A chunk of several lines: paragraph, items, tables, headings in any order."""
    if any(DRAWN.search(line) for line in lines):
        composer.add("table", plain("\n".join(line.rstrip() for line in lines)))
        return
    run = _Run(composer)
    position = 0
    while position < len(lines):
        line = lines[position]
        text = line.strip()
        end = _table_end(lines, position)
        if end > position:
            run.close()
            _table(lines[position:end], composer)
            position = end
            continue
        position += 1
        if not text:
            continue
        if text.startswith("#"):
            run.close()
            if _heading(text, composer):
                continue
        if run.lines and run.kind == "paragraph" and _UNDERLINE.match(text):
            run.close("heading", 1 if text[0] == "=" else 2)
        elif _RULE.match(text):
            run.close()
        elif item := ITEM.match(line):
            run.close()
            run.open(line[item.end() :], item_level(line))
        else:
            run.lines.append(line)
    run.close()


class _Run:
    """Lines that make one paragraph or one item."""

    __slots__ = ("composer", "kind", "level", "lines")

    def __init__(self, composer: Composer) -> None:
        self.composer = composer
        self.kind: Kind = "paragraph"
        self.level = 0
        self.lines: list[str] = []

    def open(self, line: str, level: int) -> None:
        """Begin an item."""
        self.kind, self.level, self.lines = "item", level, [line]

    def close(self, kind: Kind | None = None, level: int | None = None) -> None:
        """Hand the lines over as one block; forced line breaks stay, others become spaces."""
        if self.lines:
            text = self.lines[0].rstrip()
            for before, line in zip(self.lines, self.lines[1:], strict=False):
                if before.endswith(("  ", "\\")):
                    text = text.rstrip("\\") + "\n" + line.strip()
                else:
                    text = text + " " + line.strip()
            self.composer.add(
                kind or self.kind, plain(text), self.level if level is None else level
            )
        self.kind, self.level, self.lines = "paragraph", 0, []


def _table_end(lines: list[str], position: int) -> int:
    """Where the table that begins at a line ends; the line itself where none begins."""
    first = lines[position]
    if "|" not in first:
        return position
    following = lines[position + 1].strip() if position + 1 < len(lines) else ""
    ruled = "|" in following and "-" in following and bool(_DELIMITER.match(following))
    if not ruled and not first.lstrip().startswith("|"):
        return position
    end = position + 1
    while end < len(lines) and "|" in lines[end]:
        end += 1
    return end


def _table(lines: list[str], composer: Composer) -> None:
    rows = [_cells(line) for line in lines]
    ruled = len(lines) > 1 and bool(_DELIMITER.match(lines[1].strip()))
    if ruled:
        del rows[1]
    composer.add("table", render(rows, header=ruled))


def _cells(line: str) -> list[str]:
    text = line.strip().removeprefix("|").removesuffix("|")
    return [plain(cell).strip() for cell in text.split("|")]


def inline(text: str) -> str:
    """Text without inline marks; escaped punctuation is left shifted by :data:`_SHIFT`."""
    if "\\" in text:
        text = _ESCAPE.sub(lambda match: chr(_SHIFT + ord(match.group(1))), text)
    if "`" in text:
        text = _CODE.sub(lambda match: _shifted(match.group(2).strip()), text)
    if "](" in text or "][" in text or "]:" in text or "[!" in text:
        text = _MACRO.sub(r"\1", text)
        text = _IMAGE.sub(r"\1", text)
        text = _LINK.sub(r"\1", text)
        text = _DEFINITION.sub("", text)
        text = _REFERENCE.sub(r"\1", text)
    if "*" in text:
        text = _STRONG.sub(r"\2", text)
        text = _STRONG.sub(r"\2", text)
    if "_" in text:
        text = _UNDER.sub(r"\2", text)
    if "~~" in text:
        text = _STRIKE.sub(r"\1", text)
    if "<" in text:
        text = _AUTOLINK.sub(r"\1", text)
        text = _BREAK.sub("\u2028", text)
        text = _TAG.sub("", text)
    if "&" in text:
        text = _ENTITY.sub(lambda match: clean(html.unescape(match.group())), text)
    return text


def _shifted(text: str) -> str:
    """ASCII punctuation moved out of the way of Markdown's rules."""
    return "".join(
        chr(_SHIFT + ord(char)) if "!" <= char <= "~" and not char.isalnum() else char
        for char in text
    )


_BACK = {_SHIFT + code: chr(code) for code in range(33, 127)} | {0x2028: "\n"}
_SHIFTED = re.compile("[\ue021-\ue07e\u2028]")


def plain(text: str) -> str:
    """Escaped punctuation put back, forced line breaks made real."""
    return text.translate(_BACK) if _SHIFTED.search(text) else text
