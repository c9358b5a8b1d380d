"""``openbook methods`` at several widths: nothing that is said of a method is cut off."""

import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from openbook.cli import methods as verb
from openbook.stage import methods


def words(text: str) -> str:
    """The letters alone, so that line breaks and borders do not matter."""
    return re.sub(r"\W", "", text)


@pytest.mark.parametrize("width", [20, 40, 80, 119])
def test_on_a_narrow_terminal_all_is_said_below_the_name(width: int) -> None:
    console = Console(file=StringIO(), width=width)
    found = list(methods().values())
    verb._stack(console, found, None)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, shown.splitlines())) <= width
    for method in found:
        for column in verb.COLUMNS:
            assert words(dict(method.about)[column]) in words(shown)


@pytest.mark.parametrize("width", [verb.NARROW, verb.WIDTH, 240])
def test_the_last_column_of_the_table_is_whole(width: int) -> None:
    console = Console(file=StringIO(), width=width)
    found = list(methods().values())
    verb._table(console, found, None)
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert {len(line) for line in lines} == {len(lines[0])}
    assert len(lines[0]) <= width
    rows = [line.strip("│").split("│") for line in lines if line.startswith("│")]
    last = words("".join(row[-1] for row in rows))
    for method in found:
        assert words(dict(method.about)[verb.COLUMNS[-1]]) in last


def test_piped_it_is_a_whole_table(openbook: Callable[[str], Any], project: object) -> None:
    lines = openbook("methods").out.splitlines()
    assert lines[0].endswith("┓")
    assert lines[-1].endswith("┘")
