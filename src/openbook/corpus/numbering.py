"""Automatic numbers of Word: the text does not hold them, the reader sees them."""

from __future__ import annotations

from typing import Any

from openbook.corpus.archive import attribute, child, children

_GANADA = "가나다라마바사아자차카타파하"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


class _Level:
    """Format of one level: ``decimal``, ``%1.%2``, first number."""

    def __init__(self, element: Any) -> None:
        def value(name: str, default: str) -> str:
            found = child(element, name)
            return attribute(found, "val") if found is not None else default

        self.format = value("numFmt", "decimal")
        self.text = value("lvlText", "")
        start = value("start", "1")
        self.start = int(start) if start.isdecimal() and len(start) < 7 else 1
        self.style = value("pStyle", "")


class Numbering:
    """Counts numbered paragraphs in document order.

    Args:
        root: root of ``word/numbering.xml``, or None where the document has no lists.
    """

    def __init__(self, root: Any | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._styles: dict[str, tuple[str, int]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        abstract: dict[str, dict[int, _Level]] = {}
        if root is None:
            return
        for element in children(root, "abstractNum"):
            abstract[attribute(element, "abstractNumId")] = {
                int(attribute(level, "ilvl")): _Level(level)
                for level in children(element, "lvl")
                if attribute(level, "ilvl").isdecimal()
            }
        for element in children(root, "num"):
            link = child(element, "abstractNumId")
            number = attribute(element, "numId")
            levels = abstract.get(attribute(link, "val") if link is not None else "", {})
            self._levels[number] = levels
            for depth, level in levels.items():
                if level.style:
                    self._styles.setdefault(level.style, (number, depth))

    def marker(self, properties: Any | None, style: str) -> tuple[str, int | None]:
        """The number a paragraph shows (empty for a bullet), and its depth; None outside lists.

        Args:
            properties: the paragraph's ``numPr``, or None.
            style: id of its style, which may be bound to a list.
        """
        if properties is None:
            if style not in self._styles:
                return "", None
            number, depth = self._styles[style]
        else:
            link, ilvl = child(properties, "numId"), child(properties, "ilvl")
            number = attribute(link, "val") if link is not None else "0"
            raw = attribute(ilvl, "val") if ilvl is not None else "0"
            depth = int(raw) if raw.isdecimal() and len(raw) < 3 else 0
            if number == "0":
                return "", None
        levels = self._levels.get(number, {})
        level = levels.get(depth)
        if level is None or level.format in {"bullet", "none"}:
            return "", depth
        counts = self._counts.setdefault(number, {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        text = level.text
        for other in range(depth + 1):
            form = levels[other].format if other in levels else "decimal"
            start = levels[other].start if other in levels else 1
            text = text.replace(f"%{other + 1}", number_text(counts.get(other, start), form))
        return text.strip(), depth


def number_text(number: int, form: str) -> str:
    """A number as Word shows it.

    >>> [number_text(3, form) for form in ("decimal", "ganada", "upperRoman", "lowerLetter")]
    ['3', '다', 'III', 'c']
    """
    if form == "ganada":
        return _GANADA[(number - 1) % len(_GANADA)]
    if form in {"decimalEnclosedCircle", "decimalEnclosedCircleChinese"} and number <= 20:
        return _CIRCLED[number - 1]
    if form in {"lowerLetter", "upperLetter"}:
        letter = chr(97 + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if form == "lowerLetter" else letter.upper()
    if form in {"lowerRoman", "upperRoman"} and 0 < number < 40:
        rest, roman = number, ""
        for value, sign in _ROMAN:
            while rest >= value:
                roman, rest = roman + sign, rest - value
        return roman if form == "lowerRoman" else roman.upper()
    return f"{number:02}" if form == "decimalZero" else str(number)
