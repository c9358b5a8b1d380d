"""Front matter and other fields of a document: title, date, language, metadata as text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MAX_FIELD = 2000  # characters of one metadata value
MAX_BLOCK = 8192  # characters of one nested field that are still parsed as YAML

TITLE = ("title", "제목", "name", "subject")
LANGUAGE = ("language", "lang", "언어")
DATE = (
    "date",
    "날짜",
    "effective",
    "effective_date",
    "시행일자",
    "시행일",
    "updated",
    "last_updated",
    "modified",
    "last_modified",
    "lastmod",
    "published",
    "created",
    "공포일자",
    "작성일",
    "개정일",
)

_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_KEY = re.compile(r"^([^\s#\-\[{&*!|>'\"%@`:][^:\n]*|\"[^\"\n]+\"|'[^'\n]+'):(?=[ \t\n]|$)", re.M)
_DATE = re.compile(
    r"(?<!\d)(\d{4})(?:\s*[-./]\s*(\d{1,2})\s*[-./]\s*(\d{1,2})(?!\d)"
    r"|\s*년\s*(\d{1,2})\s*월\s*(\d{1,2})\s*일|(\d{2})(\d{2})(?!\d))"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(
    r"\b(?:(?P<m1>[A-Z][a-z]{2})[a-z]*\.? (?P<d1>\d{1,2})(?:st|nd|rd|th)?, ?(?P<y1>\d{4})"
    r"|(?P<d2>\d{1,2})(?:st|nd|rd|th)? (?P<m2>[A-Z][a-z]{2})[a-z]*\.?,? (?P<y2>\d{4}))\b"
)
_ITEMS = re.compile(r"(?:[ \t]*-[ \t]+[^\n]*\n?)+")
_PLAIN = re.compile(r"[^\[\]{}&*!|>'\"%@`#]*")


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """Fields of a text's YAML front matter, and the text after it.

    Each top-level field is read alone: plain values and lists of values directly, the rest
    with PyYAML's safe loader. So a mistake in one field (``title: a: b``) costs no other, and
    thousands of nested lines cost little time. Values are text; lists are joined by a comma;
    deeper structures are left out.

    >>> front_matter("---\\ntitle: Leave: rules\\ntags: [a, b]\\n---\\nBody")
    ({'title': 'Leave: rules', 'tags': 'a, b'}, 'Body')
    """
    if not text.startswith("---"):
        return {}, text
    match = _FRONT.match(text)
    if match is None:
        return {}, text
    head = match.group(1) or ""
    keys = list(_KEY.finditer(head))
    if head.strip() and not keys:
        return {}, text
    fields: dict[str, str] = {}
    for key, following in zip(keys, [*keys[1:], None], strict=True):
        end = following.start() if following else len(head)
        value = _value(head[key.end() : end])
        if value:
            fields.setdefault(key.group(1).strip().strip("\"'"), value)
    return fields, text[match.end() :]


def _value(raw: str) -> str:
    """The text of one field's value."""
    value = raw.strip()
    if "\n" not in raw.rstrip() and _PLAIN.fullmatch(value) and not value.startswith("- "):
        return value[:MAX_FIELD]
    if value.startswith("- ") and _PLAIN.fullmatch(value) and _ITEMS.fullmatch(value):
        if re.search(r":(?:\s|$)", value):
            return ""
        items = (line.strip().removeprefix("-").strip() for line in value.split("\n"))
        return ", ".join(item for item in items if item)[:MAX_FIELD]
    if len(value) > MAX_BLOCK:
        return ""
    return _yaml(raw, value)


def _yaml(raw: str, value: str) -> str:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        loaded = yaml.load(f"value:{raw}", Loader=loader)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        return " ".join(value.split())[:MAX_FIELD]
    return flat(loaded).get("value", "") if isinstance(loaded, dict) else ""


def flat(record: Mapping[Any, Any]) -> dict[str, str]:
    """Values as text: scalars as they are, lists of scalars joined; deeper ones left out."""
    fields: dict[str, str] = {}
    for key, value in record.items():
        if isinstance(value, list) and all(isinstance(v, str | int | float) for v in value):
            text = ", ".join(str(item) for item in value)
        elif value is None or isinstance(value, dict | list | tuple | set):
            continue
        elif isinstance(value, bool):
            text = "true" if value else "false"
        else:
            text = str(value)
        text = text.encode("utf-8", "ignore").decode("utf-8").strip()
        if text:
            fields[str(key).encode("utf-8", "ignore").decode("utf-8")] = text[:MAX_FIELD]
    return fields


def iso_date(text: str) -> str:
    """The first date of a text as ``2024-03-01``, or empty.

    >>> iso_date("2025.1.2"), iso_date("시행 2025년 2월 1일"), iso_date("March 1, 2024")
    ('2025-01-02', '2025-02-01', '2024-03-01')
    """
    match = _DATE.search(text)
    if match is not None:
        year, *parts = (group for group in match.groups() if group)
        month, day = (int(part) for part in parts)
    else:
        named = _NAMED.search(text)
        name = (named["m1"] or named["m2"]).lower() if named else ""
        if named is None or name not in _MONTHS:
            return ""
        year, month = named["y1"] or named["y2"], _MONTHS.index(name) + 1
        day = int(named["d1"] or named["d2"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return ""
    return f"{year}-{month:02}-{day:02}"


def field_date(fields: Mapping[str, str]) -> str:
    """ISO date of the first field that holds one, in the order of :data:`DATE`."""
    for name in DATE:
        if name in fields:
            date = iso_date(fields[name])
            if date:
                return date
    return ""


def field_title(fields: Mapping[str, str]) -> str:
    """The title field, if there is one."""
    return next((" ".join(fields[name].split()) for name in TITLE if name in fields), "")


def field_language(fields: Mapping[str, str]) -> str:
    """ISO 639-1 code of the language field, if it holds one (``ko-KR`` gives ``ko``)."""
    for name in LANGUAGE:
        code = fields.get(name, "").strip().lower()[:5].replace("_", "-").split("-")[0]
        if len(code) == 2 and code.isascii() and code.isalpha():
            return code
    return ""
