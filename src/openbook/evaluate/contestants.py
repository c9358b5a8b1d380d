"""The methods of a comparison: their names, parameters, and the parent each is paired with.

A method is written as in ``naive_rag`` or, with parameters, ``naive_rag(k=3, rerank=20)``;
values are TOML, or words without quotation marks. One with an adapter is ``raft:handbook`` or
``raft:handbook(k=3)``. Several are parted by commas.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openbook.errors import InputError
from openbook.stage import Stage
from openbook.types import Answer, Query

_SPEC = re.compile(r"\s*([^\s(),]+)\s*(?:\((.*)\))?\s*", re.DOTALL)


@dataclass(frozen=True)
class Spec:
    """A method as it was written: its name, that without parameters, the parameters."""

    name: str
    base: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Contestant:
    """A method that takes part.

    Args:
        name: as it was written, ``naive_rag(k=3)``.
        base: the name of its file, ``naive_rag``.
        stage: its stages.
        summary: one sentence.
        about: labelled paragraphs of its file.
        makes: whatever else decides its answers: settings, calibration, the file's own text.
        adapter: the name of its adapter; empty where it takes none.
    """

    name: str
    base: str
    stage: Stage[Query, Answer]
    summary: str = ""
    about: tuple[tuple[str, str], ...] = ()
    makes: tuple[tuple[str, str], ...] = ()
    adapter: str = ""

    @property
    def plain(self) -> str:
        """Its name without parameters."""
        return f"{self.base}:{self.adapter}" if self.adapter else self.base


def parse_methods(text: str) -> list[Spec]:
    """The methods of a list, in order.

    Raises:
        InputError: an empty list, a method twice, or parentheses that cannot be read.

    >>> [spec.name for spec in parse_methods("extractive, naive_rag(k = 3,strict=true)")]
    ['extractive', 'naive_rag(k=3, strict=true)']
    """
    specs = [_spec(part) for part in _split(text) if part.strip()]
    names = [spec.name for spec in specs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if not specs or twice:
        raise InputError(
            f"{twice} is named twice" if twice else "no method is named",
            where="--methods",
            fix="Example: --methods 'extractive,naive_rag,naive_rag(k=3)'",
        )
    return specs


def _split(text: str) -> list[str]:
    """Parts at the commas outside of brackets and quotation marks."""
    parts, depth, quoted = [""], 0, ""
    for char in text:
        if char in "\"'" and quoted in ("", char):
            quoted = "" if quoted else char
        elif not quoted:
            depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _spec(text: str) -> Spec:
    match = _SPEC.fullmatch(text)
    if match is None:
        raise InputError(f'"{text.strip()}" is not NAME or NAME(KEY=VALUE, ...)', where="--methods")
    base, inside = match[1], match[2]
    pairs = [_pair(part, text) for part in _split(inside) if part.strip()] if inside else []
    shown = ", ".join(f"{key}={value}" for key, value in pairs)
    values = {key: _value(value) for key, value in pairs}
    return Spec(f"{base}({shown})" if pairs else base, base, values)


def _pair(part: str, text: str) -> tuple[str, str]:
    key, equals, value = (piece.strip() for piece in part.partition("="))
    if not (equals and key.isidentifier() and value):
        raise InputError(f'"{part.strip()}" is not KEY=VALUE', where=f"--methods, {text.strip()}")
    return key, value


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def parents(contestants: Sequence[Contestant], parent_of: Mapping[str, str]) -> dict[str, str]:
    """Whom each method is paired with: its parent if it takes part, else the nearest ancestor
    that does, else the first method. A method with parameters is paired with the same method
    without them. Of several with other adapters or parameters, the one with the same adapter is
    taken, then the plain one, then the first. Empty for the one from which the others descend.

    Args:
        parent_of: the parent of each method file; empty for a baseline.
    """
    found: dict[str, str] = {}
    for one in contestants:
        found[one.name] = _ancestor(one, contestants, parent_of)
    first = contestants[0].name
    for one in contestants:
        if not found[one.name] and one.name != first and not _leads(first, one.name, found):
            found[one.name] = first
    return found


def _ancestor(
    one: Contestant, contestants: Sequence[Contestant], parent_of: Mapping[str, str]
) -> str:
    """The nearest of the others that a method descends from; empty where there is none."""
    same = [other for other in contestants if other.plain == one.plain]
    if (nearest := _nearest(one, same)) is not one:
        return nearest.name
    base, seen = one.base, {one.base}
    while (base := parent_of.get(base, "")) and base not in seen:
        seen.add(base)
        if near := [other for other in contestants if other.base == base]:
            return _nearest(one, near).name
    return ""


def _nearest(one: Contestant, others: Sequence[Contestant]) -> Contestant:
    """The one with the same adapter, of these the one without parameters, else the first."""
    return max(others, key=lambda o: (o.adapter == one.adapter, o.name == o.plain))


def _leads(start: str, end: str, found: Mapping[str, str]) -> bool:
    """Whether a chain of parents leads from one to another."""
    seen: set[str] = set()
    while start and start not in seen:
        seen.add(start)
        start = found.get(start, "")
        if start == end:
            return True
    return False
