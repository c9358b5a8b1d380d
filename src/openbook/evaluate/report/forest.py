"""Paired differences with their intervals around zero, a line each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from openbook.evaluate.record import Pair
from openbook.evaluate.report.axis import Axis
from openbook.evaluate.report.markup import Content, Markup, flat, tag

WIDTH, ROW, TOP, BOTTOM = 760, 36, 30, 46
RIGHT = 560
"""Where the axis ends; the differences are written to its right."""

LETTER = 7.4
"""Pixels that a letter of a name takes, about."""


def forest(
    identity: str,
    title: str,
    description: str,
    pairs: Sequence[Pair],
    *,
    write: Callable[[float], str],
    sides: tuple[str, str],
) -> Markup:
    """A forest plot: a dot and a line for each pair, the shape saying what is shown.

    Args:
        identity: unique on the page.
        title: what it shows.
        description: the same in words.
        pairs: with a difference.
        write: how a difference is written.
        sides: what the left and the right of zero mean.
    """
    edges = [abs(v) for p in pairs for v in (p.difference, p.low, p.high) if v is not None]
    reach = max([*edges, 0.02]) * 1.08
    longest = max(len(name) for pair in pairs for name in (pair.method, f"− {pair.parent}"))
    axis = Axis(-reach, reach, min(320.0, 24 + LETTER * longest), RIGHT)
    height = TOP + ROW * len(pairs) + BOTTOM
    return tag(
        "svg",
        tag("title", title, id=f"{identity}-title"),
        tag("desc", description, id=f"{identity}-desc"),
        _frame(axis, height, write, sides),
        [_row(axis, TOP + ROW * i + ROW / 2, pair, write) for i, pair in enumerate(pairs)],
        class_="chart wide",
        viewbox=f"0 0 {WIDTH} {height}",
        role="img",
        aria_labelledby=f"{identity}-title {identity}-desc",
    )


def _frame(
    axis: Axis, height: float, write: Callable[[float], str], sides: tuple[str, str]
) -> Markup:
    base = height - BOTTOM + 4
    zero = axis.at(0)
    parts: list[Content] = [
        tag("text", f"← {sides[0]}", x=zero - 10, y=14, class_="tick end"),
        tag("text", f"{sides[1]} →", x=zero + 10, y=14, class_="tick start"),
    ]
    for value in axis.ticks(8):
        x = axis.at(value)
        css = "axis" if value == 0 else "grid"
        parts.append(tag("line", x1=x, x2=x, y1=TOP - 6, y2=base, class_=css))
        parts.append(tag("text", write(value), x=x, y=base + 18, class_="tick middle"))
    return flat(parts)


def _row(axis: Axis, y: float, pair: Pair, write: Callable[[float], str]) -> Markup:
    parts: list[Content] = [
        tag("text", pair.method, x=0, y=y - 1 if pair.parent else y + 4, class_="label start"),
        tag("text", f"− {pair.parent}", x=0, y=y + 13, class_="tick start")
        if pair.parent
        else None,
    ]
    if pair.difference is not None:
        x = axis.at(pair.difference)
        if pair.low is not None and pair.high is not None:
            low, high = axis.at(pair.low), axis.at(pair.high)
            parts.append(tag("line", x1=low, x2=high, y1=y, y2=y, class_=f"whisker {pair.shown}"))
        parts.append(_mark(x, y, pair.shown))
        told = write(pair.difference)
        parts.append(tag("text", told, x=RIGHT + 24, y=y + 4, class_=f"told {pair.shown}"))
        if pair.low is not None and pair.high is not None:
            between = f"[{write(pair.low)}, {write(pair.high)}]"
            parts.append(tag("text", between, x=RIGHT + 74, y=y + 4, class_="tick"))
    return flat(parts)


def _mark(x: float, y: float, shown: str) -> Markup:
    """A filled square where better is shown, a filled triangle for worse, else a ring."""
    if shown == "better":
        return tag("rect", x=x - 5, y=y - 5, width=10, height=10, class_="dot better")
    if shown == "worse":
        corners = f"{x - 6:g},{y - 5:g} {x + 6:g},{y - 5:g} {x:g},{y + 6:g}"
        return tag("polygon", points=corners, class_="dot worse")
    return tag("circle", cx=x, cy=y, r=5, class_="dot none")
