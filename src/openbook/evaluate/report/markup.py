"""HTML and SVG as values: what is not markup is escaped, always.

Documents, questions and answers are hostile input. A string becomes part of a page only
through :func:`tag`, which escapes it; the type :class:`Markup` marks what is made here.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable

VOID = frozenset({"meta", "br", "hr", "col", "input", "link", "wbr"})


class Markup(str):
    """Text that is markup already; only this module makes it from strings."""

    __slots__ = ()


Content = str | Markup | None | Iterable["Content"]


def escape(text: str) -> Markup:
    """Text as it may stand in an element or a quoted attribute.

    Control characters, which HTML does not allow, and marks that turn the direction of the
    text around them become a visible replacement.

    >>> escape('<a href="x">&')
    '&lt;a href=&quot;x&quot;&gt;&amp;'
    """
    kept = "".join(c if _allowed(c) else "\ufffd" for c in text)
    return Markup(html.escape(kept, quote=True))


def _allowed(character: str) -> bool:
    if character in "\n\t":
        return True
    return unicodedata.category(character) not in ("Cc", "Cs", "Cn") and character not in (
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


def flat(*content: Content) -> Markup:
    """Contents one after another; strings are escaped, None is left out."""
    parts: list[str] = []
    for item in content:
        if item is None:
            continue
        if isinstance(item, Markup):
            parts.append(item)
        elif isinstance(item, str):
            parts.append(escape(item))
        else:
            parts.append(flat(*item))
    return Markup("".join(parts))


def tag(name: str, /, *content: Content, **attributes: str | float | bool | None) -> Markup:
    """An element.

    Args:
        name: of the element, written here, never from data.
        content: text (escaped), markup, or lists of them.
        attributes: ``class_`` is ``class``, ``data_sort`` is ``data-sort``; True is an
            attribute without a value; None and False leave it out.

    >>> tag("p", "1 < 2", class_="note", hidden=True)
    '<p class="note" hidden>1 &lt; 2</p>'
    """
    written = ""
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        spelt = key.rstrip("_").replace("_", "-")
        if spelt == "viewbox":
            spelt = "viewBox"
        if value is True:
            written += f" {spelt}"
        else:
            shown = f"{value:g}" if isinstance(value, float) else str(value)
            written += f' {spelt}="{escape(shown)}"'
    if name in VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{flat(*content)}</{name}>")


def code(name: str) -> Markup:
    """A name in the type of code; a long one may break after a mark, not within a word.

    >>> code("naive_rag")
    '<code>naive_<wbr>rag</code>'
    """
    parts = re.split(r"(?<=[_(,:/.>])", name)
    return tag("code", [[part, tag("wbr")] for part in parts[:-1]], parts[-1])


def raw(text: str) -> Markup:
    """Markup from a file of this package (style, script); never from data."""
    return Markup(text)
