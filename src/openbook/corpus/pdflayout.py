"""Lines of PDF pages to blocks: headings, paragraphs, items, tables; page furniture dropped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from openbook.corpus.blocks import Composer, Kind
from openbook.corpus.decode import clean
from openbook.corpus.lines import ITEM, numbered_heading
from openbook.corpus.pdfpage import SOFT_HYPHEN, Line
from openbook.corpus.tables import render

_PAGE_NUMBER = re.compile(
    r"\W{0,3}(?:page|쪽|p\.)?\s*\d{1,4}\s*(?:(?:/|of|쪽|-)\s*(?:\d{1,4})?)?\W{0,3}$", re.I
)
_DIGITS = re.compile(r"\d+")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
LARGER = 1.12  # a heading's font against the body's
SLIGHTLY = 1.04  # enough for a short line that does not end like a sentence
_SENTENCE_ENDS = (".", ",", ";", ":", "。")
LONGEST_HEADING = 160  # characters


def compose(pages: Sequence[Sequence[Line]], composer: Composer) -> None:
    """Write the blocks of a document's pages."""
    kept = _without_furniture(pages)
    lines = [line for page in kept for line in page]
    texts = [line for line in lines if line.text]
    if not texts and not lines:
        return
    body = _body_size(texts)
    sizes = sorted({line.size for line in texts if _large(line, body)}, reverse=True)
    groups = enumerate(_distinct(sizes), 1)
    levels = {size: level for level, group in groups for size in group}
    writer = _Writer(composer, _Words(texts), body, levels)
    for page in kept:
        writer.page(page)
    writer.flush()


def _distinct(sizes: Sequence[float]) -> list[list[float]]:
    """Font sizes grouped so that sizes within 0.6 points are one; at most six groups."""
    groups: list[list[float]] = []
    for size in sizes:
        if groups and (groups[-1][0] - size < 0.6 or len(groups) == 6):
            groups[-1].append(size)
        else:
            groups.append([size])
    return groups


def _without_furniture(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Pages without page numbers and without what stands at the edge of most pages."""
    edges: Counter[str] = Counter()
    for page in pages:
        for line in {id(line): line for line in (*page[:2], *page[-2:])}.values():
            edges[_DIGITS.sub("#", line.text.strip())] += 1
    usual = {
        text
        for text, count in edges.items()
        if text and count >= 3 and count > 0.5 * len(pages) and len(text) < 120
    }
    kept = []
    for page in pages:
        lines = list(page)
        for position in (0, -1):
            for _ in range(2):
                text = lines[position].text.strip() if lines else ""
                if text and (_PAGE_NUMBER.match(text) or _DIGITS.sub("#", text) in usual):
                    del lines[position]
        kept.append(lines)
    return kept if any(kept) else [list(page) for page in pages]


def _body_size(lines: Sequence[Line]) -> float:
    """The font size that most characters have."""
    counts: Counter[float] = Counter()
    for line in lines:
        counts[line.size] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 0.0


def _large(line: Line, body: float) -> bool:
    text = line.text.strip()
    if line.size > LARGER * body:
        return len(text) <= LONGEST_HEADING
    return line.size > SLIGHTLY * body and len(text) <= 80 and not text.endswith(_SENTENCE_ENDS)


class _Words:
    """Words seen inside lines, to tell a word cut by a line's end from two words."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.inside: Counter[str] = Counter()
        for line in lines:
            self.inside.update(line.text.split()[1:-1])

    def joint(self, before: str, after: str) -> str:
        """What joins two lines of a paragraph: a space, nothing, or nothing and no hyphen."""
        last, first = before[-1:], after[:1]
        if _CJK.match(last) and _CJK.match(first):
            return ""
        if _HANGUL.match(last) and _HANGUL.match(first):
            head, tail = before.rsplit(maxsplit=1)[-1], after.split(maxsplit=1)[0]
            if self.inside[head + tail] and not (self.inside[head] and self.inside[tail]):
                return ""
        return " "

    def joined(self, before: str, after: str) -> str:
        """Two lines of a paragraph as one, with a hyphen at the line's end taken out."""
        hyphen = before.endswith((SOFT_HYPHEN, "-", "\u2010"))
        if hyphen and len(before) > 1 and before[-2].isalpha() and after[:1].islower():
            head, tail = before[:-1].rsplit(maxsplit=1)[-1], after.split(maxsplit=1)[0]
            if self.inside[f"{head}-{tail}"]:
                return f"{before[:-1]}-{after}"
            return before[:-1] + after
        before = before.replace(SOFT_HYPHEN, "-")
        return before + ("" if before.endswith("-") else self.joint(before, after)) + after


class _Writer:
    """Joins lines to blocks."""

    def __init__(
        self, composer: Composer, words: _Words, body: float, levels: dict[float, int]
    ) -> None:
        self.composer = composer
        self.words = words
        self.body = body
        self.levels = levels
        self.text = ""
        self.kind: Kind = "paragraph"
        self.level = 0
        self.page_number = 1
        self.last: Line | None = None
        self.margin = 0.0

    def page(self, lines: Sequence[Line]) -> None:
        """All lines of a page."""
        plain = [line.right for line in lines if line.text and line.size <= LARGER * self.body]
        self.margin = max(plain, default=0.0)
        position = 0
        while position < len(lines):
            line = lines[position]
            end = _columns(lines, position)
            if line.rows or end > position:
                self.flush()
                rows = line.rows or [list(row.cells) for row in lines[position:end]]
                self.composer.add("table", clean(render(rows)), page=line.page)
                position = max(end, position + 1)
                continue
            self.line(line)
            position += 1

    def line(self, line: Line) -> None:
        """One line: a heading, the start of a block, or more of the last one."""
        text = " ".join(line.text.split())
        heading = self._heading(line, text)
        if self._continues(line, text, heading):
            self.text = self.words.joined(self.text, text)
            self.last = line
            return
        self.flush()
        self.page_number, self.last = line.page, line
        item = ITEM.match(text)
        if heading:
            self.kind, self.level, self.text = "heading", heading, text
        elif item:
            self.kind, self.level, self.text = "item", 0, text[item.end() :]
        else:
            self.kind, self.level, self.text = "paragraph", 0, text

    def _heading(self, line: Line, text: str) -> int:
        """Level of a heading, 0 where the line is none."""
        if _large(line, self.body) and line.size in self.levels:
            return self.levels[line.size]
        if line.bold and len(text) <= 80 and not text.endswith(_SENTENCE_ENDS):
            return len(set(self.levels.values())) + (numbered_heading(text) or 1)
        return 0

    def _continues(self, line: Line, text: str, heading: int) -> bool:
        """Whether a line goes on with what the last one began."""
        last = self.last
        if last is None or not self.text or abs(last.size - line.size) > 0.6:
            return False
        if heading or self.kind == "heading":
            near = last.page == line.page and last.bottom - line.top < 0.6 * line.size
            full = last.right > 0.9 * self.margin
            return (
                bool(heading) and self.kind == "heading" and heading == self.level and near and full
            )
        if ITEM.match(text):
            return False
        if last.page == line.page:
            if last.bottom - line.top > 0.95 * line.size or line.bottom > last.top:
                return False
        elif self.text.endswith((".", "!", "?", "。", ":")):
            return False
        first_word = text.split(maxsplit=1)[0]
        room = len(first_word) * line.size * (0.95 if _HANGUL.match(first_word) else 0.5)
        return last.right + room + 0.25 * line.size > self.margin

    def flush(self) -> None:
        """Write the block that was gathered."""
        text = clean(self.text.replace(SOFT_HYPHEN, "-"))
        self.composer.add(self.kind, text, self.level, self.page_number)
        self.text, self.kind, self.level, self.last = "", "paragraph", 0, None


def _columns(lines: Sequence[Line], position: int) -> int:
    """Where a table without rulings ends that begins here: lines cut by wide gaps into
    equally many cells, at least three of them; the same position where there is none.
    """
    width = len(lines[position].cells)
    if width < 2:
        return position
    end = position
    while end < len(lines) and len(lines[end].cells) == width and not lines[end].rows:
        end += 1
    return end if end - position >= 3 else position
