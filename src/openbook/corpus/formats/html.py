"""HTML: headings, paragraphs, lists, tables, code; navigation and other furniture dropped.

Where the page marks its main part (``main``, ``article``, ``role=main``) and that holds a
fair share of the text, only that part is read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from openbook.corpus.assemble import assemble
from openbook.corpus.blocks import Composer, Kind, Parsed
from openbook.corpus.decode import clean, decode
from openbook.corpus.settings import Settings
from openbook.corpus.tables import render
from openbook.errors import DocumentError, LimitError

SUFFIXES = (".html", ".htm", ".xhtml")
CONTENT = "text"

_SKIPPED_TAGS = """
    script style noscript template nav svg math iframe object embed button input select
    textarea canvas video audio map head aside footer dialog menu
"""
_BLOCK_TAGS = """
    p div section article main header body html form fieldset figure figcaption details
    summary address blockquote center hr ul ol dl dd dt li pre table h1 h2 h3 h4 h5 h6
"""
SKIPPED = frozenset(_SKIPPED_TAGS.split())
BLOCKS = frozenset(_BLOCK_TAGS.split())
LEAST_TEXT = 200  # characters
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary", "menu"})
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|breadcrumbs?|navbar|navigation|sidebar|site-?footer"
    r"|site-?header|share|sharing|social|advert|ads?|pagination|pager|skip-?link|toc-?nav)"
    r"(?:$|[\s_-])",
    re.I,
)
_PROLOG = re.compile(r"\A\s*<\?xml[^>]*\?>")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,30})", re.I)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_SPACE = re.compile(r"[ \t\n\f]+")


def read(name: str, data: bytes, settings: Settings) -> Iterator[Parsed]:
    """One document."""
    declared = _CHARSET.search(data[:4096])
    text = decode(data, name, declared=declared.group(1).decode("ascii") if declared else "")
    root = parse(text, name, settings)
    composer = Composer()
    marked, parts = _main_parts(root)
    lists = set() if marked else _link_lists(root)
    for part in parts:
        walk(part, composer, lists)
    if not composer.blocks:
        walk(root, composer, whole=True)
    fields, title = _head(root, composer)
    parsed = assemble(name, composer, fields, title)
    if parsed is not None:
        yield parsed


def parse(text: str, name: str, settings: Settings) -> Any:
    """Root of the tree.

    Raises:
        DocumentError: no elements.
        LimitError: nested too deeply.
    """
    from lxml import etree

    parser = etree.HTMLParser(no_network=True, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(_PROLOG.sub("", text), parser)
    except (etree.XMLSyntaxError, etree.ParserError, ValueError) as error:
        raise DocumentError(f"it is not readable as HTML ({error})", where=name) from error
    if root is None:
        raise DocumentError("there is no text in it", where=name)
    if any("depth" in entry.message for entry in parser.error_log):
        raise LimitError("its elements are nested too deeply", where=name)
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > settings.max_nesting:
            raise LimitError(
                f"its elements are nested deeper than {settings.max_nesting} levels", where=name
            )
    return root


def _main_parts(root: Any) -> tuple[bool, list[Any]]:
    """The elements that hold the page's own text, and whether the page marks them."""
    body = root.find("body") if root.tag == "html" else root
    if body is None:
        return False, [root]
    total = len("".join(body.itertext()))
    for path in (".//main", ".//*[@role='main']", ".//article"):
        found = [part for part in body.iterfind(path) if not _inside(part, body)]
        if sum(len("".join(part.itertext())) for part in found) >= 0.3 * total and found:
            return True, found
    return False, [body]


def _link_lists(root: Any) -> set[Any]:
    """Lists and boxes that are nearly all links: menus, where nothing marks them as such.

    None where little else would be left: the page is a table of contents.
    """
    from lxml import etree

    counts: dict[Any, list[int]] = {}  # characters, characters in links, links
    lists = set()
    for _, element in etree.iterwalk(root, events=("end",)):
        inside = [len((element.text or "").strip()), 0, 0]
        for part in element:
            for position, count in enumerate(counts.pop(part, (0, 0, 0))):
                inside[position] += count
            inside[0] += len((part.tail or "").strip())
        if element.tag == "a":
            inside[1:] = [inside[0], 1]
        counts[element] = inside
        characters, linked, links = inside
        if element.tag in {"ul", "ol", "div", "td"} and links >= 5 and linked > 0.8 * characters:
            lists.add(element)
    outermost = (e for e in lists if not any(above in lists for above in e.iterancestors()))
    menus = sum(len("".join(element.itertext()).strip()) for element in outermost)
    total = len("".join(root.itertext()).strip())
    return lists if total - menus > max(LEAST_TEXT, total // 10) else set()


def _inside(part: Any, body: Any) -> bool:
    """Whether an element stands in another of its kind, or in what is dropped."""
    above = part.getparent()
    while above is not None and above is not body:
        if above.tag == part.tag or above.tag in SKIPPED:
            return True
        above = above.getparent()
    return False


def _head(root: Any, composer: Composer) -> tuple[dict[str, str], str]:
    """Fields of the head, and the title: the first heading where the title names it."""
    fields: dict[str, str] = {}
    for meta in root.iter("meta"):
        key = (meta.get("name") or meta.get("property") or "").strip().lower()
        key = {"article:published_time": "date", "article:modified_time": "modified"}.get(key, key)
        value = tidy(meta.get("content") or "")
        if value and key in {"author", "date", "modified", "description", "keywords", "created"}:
            fields.setdefault(key, value)
    language = (root.get("lang") or "").strip()
    if language:
        fields["language"] = language
    element = root.find(".//title")
    title = tidy("".join(element.itertext())) if element is not None else ""
    heading = composer.first_heading()
    return fields, heading if heading and (heading in title or not title) else title


def tidy(text: str) -> str:
    """Clean text with single spaces."""
    return " ".join(clean(text).split())


class _Walk:
    """What is open while the tree is walked: text not yet written, lists, a definition."""

    def __init__(self, composer: Composer) -> None:
        self.composer = composer
        self.buffer: list[str] = []
        self.kind: Kind = "paragraph"
        self.level = 0
        self.lists: list[int] = []  # the number reached in each open list; -1 without numbers
        self.prefix = ""

    def flush(self) -> None:
        """Write what was gathered as one block."""
        if self.buffer:
            lines = "".join(self.buffer).split("\v")
            text = "\n".join(line for line in (tidy(line) for line in lines) if line)
            if text:
                if self.kind == "heading":
                    text = " ".join(text.split())
                self.composer.add(self.kind, self.prefix + text, self.level)
                self.prefix = ""
                if self.kind == "item":
                    self.kind, self.level = "paragraph", 0
            self.buffer = []


def walk(
    root: Any, composer: Composer, left_out: Collection[Any] = (), whole: bool = False
) -> None:
    """Write the blocks under an element but for ``left_out``; ``whole`` keeps furniture too."""
    from lxml import etree

    state = _Walk(composer)
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "end":
            if tag in BLOCKS:
                _close(tag, state)
            if element is not root and element.tail:
                state.buffer.append(element.tail)
            continue
        dropped = element is not root and (element in left_out or _dropped(element, tag, whole))
        if dropped or tag in {"table", "pre"}:
            walker.skip_subtree()
            if not dropped:
                state.flush()
                _whole(element, tag, composer, left_out, whole)
            continue
        if tag in BLOCKS:
            state.flush()
            _open(tag, element, state)
        elif tag == "br":
            state.buffer.append("\v")
        if element.text:
            state.buffer.append(_SPACE.sub(" ", element.text))
    state.flush()


def _whole(
    element: Any, tag: str, composer: Composer, left_out: Collection[Any], whole: bool
) -> None:
    """A table or preformatted text."""
    if tag == "pre":
        composer.add("code", clean("".join(element.itertext())).strip("\n"))
    elif _layout(element):
        for cell in _cells_of_layout(element):
            walk(cell, composer, left_out, whole)
    else:
        composer.add("table", table_text(element))


def _open(tag: str, element: Any, state: _Walk) -> None:
    if tag in _HEADINGS:
        state.kind, state.level = "heading", _HEADINGS[tag]
    elif tag in {"ul", "ol"}:
        start = element.get("start", "1")
        first = int(start) if start.isdecimal() and len(start) < 6 else 1
        state.lists.append(first - 1 if tag == "ol" else -1)
    elif tag == "li":
        state.kind, state.level, state.prefix = "item", max(0, len(state.lists) - 1), ""
        if state.lists and state.lists[-1] >= 0:
            state.lists[-1] += 1
            state.prefix = f"{state.lists[-1]}. "
    elif tag == "dd":
        state.kind, state.level = "item", 1
    elif tag == "dt":
        state.kind, state.level = "item", 0


def _close(tag: str, state: _Walk) -> None:
    state.flush()
    if tag in {"ul", "ol"} and state.lists:
        state.lists.pop()
    if tag in {"li", "dd", "dt"} or tag in _HEADINGS:
        state.kind, state.level, state.prefix = "paragraph", 0, ""


def _dropped(element: Any, tag: str, whole: bool) -> bool:
    """Whether an element is not part of the text."""
    if not tag or tag in {"script", "style", "noscript", "template", "head", "svg", "math"}:
        return True
    if whole:
        return False
    if tag in SKIPPED or element.get("role", "") in _ROLES:
        return True
    if element.get("hidden") is not None or _HIDDEN.search(element.get("style", "")):
        return True
    if tag in {"div", "ul", "section", "p"}:
        marks = f"{element.get('class', '')} {element.get('id', '')}"
        if len(marks) > 1 and _FURNITURE.search(marks):
            return True
    return False


def _layout(table: Any) -> bool:
    """Whether a table only arranges the page: one cell, or headings and tables inside it."""
    cells = sum(1 for _ in table.iter("td", "th"))
    inner = next(table.iterdescendants("table", "h1", "h2", "h3"), None)
    return cells <= 1 or inner is not None


def _cells_of_layout(table: Any) -> Iterator[Any]:
    """Cells of a layout table itself, not those of tables inside it."""
    for cell in table.iter("td", "th", "caption"):
        above = cell.getparent()
        while above is not None and above.tag != "table":
            above = above.getparent()
        if above is table:
            yield cell


def table_text(table: Any) -> str:
    """Rows of a data table, its caption before them, spanning cells repeated."""
    grid: dict[tuple[int, int], str] = {}
    row_number = 0
    header = None
    for row in table.iter("tr"):
        column = 0
        cells = [cell for cell in row if cell.tag in {"td", "th"}]
        if row_number == 0 and cells and all(cell.tag == "th" for cell in cells):
            header = True
        for cell in cells:
            while (row_number, column) in grid:
                column += 1
            text = cell_text(cell)
            down, across = _span(cell, "rowspan"), _span(cell, "colspan")
            for position in range(down * across):
                grid[row_number + position // across, column + position % across] = text
            column += across
        row_number += 1
    width = max((column for _, column in grid), default=-1) + 1
    rows = [[grid.get((r, c), "") for c in range(width)] for r in range(row_number)]
    caption = table.find("caption")
    lines = [tidy("".join(caption.itertext()))] if caption is not None else []
    return "\n".join([*(line for line in lines if line), render(rows, header)])


def cell_text(cell: Any) -> str:
    """Text of a cell; its blocks are parted by spaces."""
    parts: list[str] = []
    for element in cell.iter():
        if not isinstance(element.tag, str) or element.tag in {"script", "style"}:
            continue
        if element.tag in BLOCKS or element.tag == "br":
            parts.append(" ")
        parts.append(element.text or "")
        if element is not cell:
            parts.append((" " if element.tag in BLOCKS else "") + (element.tail or ""))
    return tidy("".join(parts))


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), 100) if value.isdecimal() and len(value) < 5 else 1
