"""Tables of the report: a caption, heads with a scope, and values to sort by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openbook.evaluate.record import Total
from openbook.evaluate.report.markup import Content, Markup, code, flat, tag
from openbook.evaluate.report.view import View


@dataclass(frozen=True)
class Cell:
    """A cell: what it shows, what it sorts by, and whether it is a number or a row's head."""

    content: Content
    sort: float | str | None = None
    number: bool = False
    head: bool = False
    css: str = ""


def table(
    caption: str,
    heads: Sequence[Content],
    rows: Iterable[Sequence[Cell]],
    *,
    numbers: Sequence[int] = (),
    sortable: bool = True,
    css: str = "",
    notes: Sequence[Content] = (),
) -> Markup:
    """A table in a region that can be scrolled by keyboard where it is wider than the page.

    Args:
        caption: what it shows; also names the region.
        heads: of the columns.
        rows: of cells; a ``head`` cell names its row.
        numbers: columns that are numbers, whose heads stand over them.
        sortable: whether the script may offer to sort it.
        css: further classes.
        notes: a second line under each head.
    """
    top = [
        tag(
            "th",
            tag("span", head, class_="head"),
            tag("span", notes[i], class_="unit") if notes and notes[i] else None,
            scope="col",
            class_="number" if i in numbers else None,
        )
        for i, head in enumerate(heads)
    ]
    body = [tag("tr", [_cell(cell) for cell in row]) for row in rows]
    made = tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", top)),
        tag("tbody", body),
        class_=f"{css} sortable".strip() if sortable else css or None,
    )
    return region(caption, made)


def region(caption: str, made: Markup) -> Markup:
    """What holds a table or a chart, so that a wide one scrolls by itself, also by keyboard."""
    return tag("div", made, class_="scroll", role="region", aria_label=caption, tabindex="0")


def method_heads(view: View, css: str = "number") -> list[Markup]:
    """Heads of columns that are methods; the recommended one is marked."""
    return [
        tag(
            "th",
            code(name),
            tag("span", view.say("taken"), class_="mark") if name == view.chosen else None,
            scope="col",
            class_=f"{css} chosen" if name == view.chosen else css,
        )
        for name in view.names
    ]


def _cell(cell: Cell) -> Markup:
    css = " ".join(filter(None, ("number" if cell.number else "", cell.css))) or None
    sort = None if cell.sort is None else str(cell.sort)
    if cell.head:
        return tag("th", cell.content, scope="row", class_=css, data_sort=sort)
    return tag("td", cell.content, class_=css, data_sort=sort)


def name_cell(view: View, method: str) -> Cell:
    """A method's name at the head of a row; the recommended one is marked in words too."""
    mark = tag("span", view.say("taken"), class_="mark") if method == view.chosen else None
    return Cell(flat(code(method), mark), sort=method, head=True)


def interval_cell(view: View, measure: str, total: Total, *, bar: bool = True) -> Cell:
    """A mean, its interval below it, and both as a small bar where they are in [0, 1]."""
    if total.value is None:
        return Cell(tag("span", view.say("unknown"), class_="none"), number=True)
    known = view.record.measure(measure)
    share = known is None or known.unit in ("share", "")
    between: Content = None
    if total.low is not None and total.high is not None:
        between = tag("span", _between(view, measure, total), class_="between")
    return Cell(
        flat(
            tag("span", view.written(measure, total.value), class_="value"),
            between,
            small_bar(total) if bar and share else None,
        ),
        sort=total.value,
        number=True,
    )


def _between(view: View, measure: str, total: Total) -> str:
    """The interval in words; of values that are all alike, that they are."""
    if total.low is None or total.high is None:
        return ""
    if total.low == total.high and total.n > 1:
        return view.say("all_alike", n=f"{total.n:,}")
    low, high = (view.written(measure, edge) for edge in (total.low, total.high))
    return view.say("between", low=low, high=high)


def small_bar(total: Total) -> Markup | None:
    """A mean and its interval on a line from 0 to 1; said in words beside it."""
    if total.value is None:
        return None
    low = total.value if total.low is None else total.low
    high = total.value if total.high is None else total.high
    left, right, at = (max(0.0, min(1.0, edge)) * 100 for edge in (low, high, total.value))
    return tag(
        "svg",
        tag("rect", x=0, y=3.5, width=100, height=1, class_="track"),
        tag("rect", x=left, y=2, width=max(right - left, 0.5), height=4, class_="range"),
        tag("rect", x=max(0.0, at - 0.75), y=0, width=1.5, height=8, class_="at"),
        class_="bar",
        viewbox="0 0 100 8",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
