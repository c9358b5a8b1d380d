"""Points with intervals over two axes, labelled where they stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from openbook.evaluate.report.axis import Axis
from openbook.evaluate.report.markup import Content, Markup, flat, tag

WIDTH, HEIGHT = 560, 380
LEFT, RIGHT, TOP, BOTTOM = 62, 542, 18, 326
LETTER = 7.0
"""Pixels that a letter of a label takes, about."""


@dataclass(frozen=True)
class Point:
    """A labelled point. ``low`` and ``high`` are the ends of the interval of ``y``."""

    name: str
    x: float
    y: float
    low: float | None = None
    high: float | None = None
    marked: bool = False


@dataclass(frozen=True)
class Frame:
    """What stands around the points: axes, their names, how ticks are written."""

    x: Axis
    y: Axis
    x_name: str
    y_name: str
    x_text: Callable[[float], str]
    y_text: Callable[[float], str]
    x_ticks: Sequence[float] | None = None
    y_ticks: Sequence[float] | None = None


def scatter(
    identity: str,
    title: str,
    description: str,
    frame: Frame,
    points: Sequence[Point],
    *,
    under: Content = None,
) -> Markup:
    """A chart of points; its title and description are its text alternative."""
    return tag(
        "svg",
        tag("title", title, id=f"{identity}-title"),
        tag("desc", description, id=f"{identity}-desc"),
        _grid(frame),
        under,
        [_whisker(frame, point) for point in points],
        [_dot(frame, point) for point in points],
        _labels(frame, points),
        class_="chart",
        viewbox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_labelledby=f"{identity}-title {identity}-desc",
    )


def _grid(frame: Frame) -> Markup:
    parts: list[Content] = []
    for value in frame.y_ticks if frame.y_ticks is not None else frame.y.ticks(7):
        y = frame.y.at(value)
        parts.append(tag("line", x1=LEFT, x2=RIGHT, y1=y, y2=y, class_="grid"))
        text = frame.y_text(value)
        parts.append(tag("text", text, x=LEFT - 8, y=y + 4, class_="tick end"))
    for value in frame.x_ticks if frame.x_ticks is not None else frame.x.ticks():
        x = frame.x.at(value)
        parts.append(tag("line", x1=x, x2=x, y1=BOTTOM, y2=BOTTOM + 5, class_="axis"))
        text = frame.x_text(value)
        parts.append(tag("text", text, x=x, y=BOTTOM + 20, class_="tick middle"))
    parts.append(tag("line", x1=LEFT, x2=RIGHT, y1=BOTTOM, y2=BOTTOM, class_="axis"))
    middle = (LEFT + RIGHT) / 2
    parts.append(tag("text", frame.x_name, x=middle, y=HEIGHT - 12, class_="name middle"))
    height = (TOP + BOTTOM) / 2
    turned = f"rotate(-90 14 {height:g})"
    parts.append(tag("text", frame.y_name, x=14, y=height, transform=turned, class_="name middle"))
    return flat(parts)


def _whisker(frame: Frame, point: Point) -> Markup | None:
    if point.low is None or point.high is None:
        return None
    x, low, high = frame.x.at(point.x), frame.y.at(point.low), frame.y.at(point.high)
    css = "whisker marked" if point.marked else "whisker"
    return flat(
        tag("line", x1=x, x2=x, y1=low, y2=high, class_=css),
        [tag("line", x1=x - 4, x2=x + 4, y1=end, y2=end, class_=css) for end in (low, high)],
    )


def _dot(frame: Frame, point: Point) -> Markup:
    css = "dot marked" if point.marked else "dot"
    x, y = frame.x.at(point.x), frame.y.at(point.y)
    return tag("circle", cx=x, cy=y, r=6.5 if point.marked else 5, class_=css)


Box = tuple[float, float, float, float]


def _labels(frame: Frame, points: Sequence[Point]) -> Markup:
    """Names beside the points, each at the first place where it covers nothing else."""
    taken: list[Box] = []
    for point in points:
        x, y = frame.x.at(point.x), frame.y.at(point.y)
        taken.append((x - 6, y - 6, x + 6, y + 6))
        if point.low is not None and point.high is not None:
            taken.append((x - 3, frame.y.at(point.high), x + 3, frame.y.at(point.low)))
    placed: list[Content] = []
    for point in sorted(points, key=lambda p: not p.marked):
        box, x, y, anchor = _place(frame, point, taken)
        taken.append(box)
        css = f"label {anchor} marked" if point.marked else f"label {anchor}"
        placed.append(tag("text", point.name, x=x, y=y, class_=css))
    return flat(placed)


def _place(
    frame: Frame, point: Point, taken: Sequence[Box]
) -> tuple[Box, float, float, str]:  # box, x, y, anchor
    x, y = frame.x.at(point.x), frame.y.at(point.y)
    width = LETTER * len(point.name)
    options: list[tuple[float, float, str]] = [(x + 11, y + 4, "start"), (x - 11, y + 4, "end")]
    if point.low is not None and point.high is not None:
        ends = (frame.y.at(point.high) - 8, frame.y.at(point.low) + 16)
        options += [(x, base, "middle") for base in ends]
    for down in (16, -14, 30, -28, 44, -42, 58, -56):
        options += [(x + 9, y + 4 + down, "start"), (x - 9, y + 4 + down, "end")]
    best: tuple[float, Box, float, float, str] | None = None
    for left, base, anchor in options:
        start = left - width * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        box = (start, base - 11, start + width, base + 3)
        outside = max(0.0, LEFT - start) + max(0.0, start + width - WIDTH + 4)
        outside += max(0.0, TOP - 12 - box[1]) + max(0.0, box[3] - BOTTOM)
        over = sum(_overlap(box, other) for other in taken) + 50 * outside
        if best is None or over < best[0]:
            best = (over, box, left, base, anchor)
        if over == 0:
            break
    assert best is not None
    return best[1:]


def _overlap(a: Box, b: Box) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height)
