"""Quality against cost and against latency."""

from __future__ import annotations

from collections.abc import Callable

from openbook.evaluate.report.axis import amounts, span
from openbook.evaluate.report.markup import Markup, flat, tag
from openbook.evaluate.report.scatter import BOTTOM, LEFT, RIGHT, TOP, Frame, Point, scatter
from openbook.evaluate.report.tables import Cell, interval_cell, name_cell, region, table
from openbook.evaluate.report.view import View


def section(view: View) -> Markup:
    """Two charts, and the table that says the same."""
    say = view.say
    latency = chart(view, "latency", _seconds, say.seconds_tick, say.seconds)
    cost = chart(view, "cost", _dollars, lambda v: f"${v:g}", lambda v: f"${say.dollars(v)}")
    charts = [made for made in (cost, latency) if made is not None]
    return tag(
        "section",
        tag("h2", say("tradeoff"), id="tradeoff-title"),
        tag("p", say("tradeoff_intro")),
        tag("div", charts, class_="charts"),
        None if cost is not None else tag("p", say("no_cost"), class_="aside"),
        None if latency is not None else tag("p", say("no_latency"), class_="aside"),
        _table(view),
        id="tradeoff",
        aria_labelledby="tradeoff-title",
    )


def _seconds(view: View, method: str) -> float | None:
    return view.facts(method).seconds


def _dollars(view: View, method: str) -> float | None:
    return view.facts(method).cost


def points(view: View, amount: Callable[[View, str], float | None]) -> list[Point]:
    """Methods for which both the amount and the quality are known."""
    found = []
    for name in view.names:
        total, x = view.total(name, view.main), amount(view, name)
        if total.value is not None and x is not None:
            marked = name == view.chosen
            found.append(Point(name, x, total.value, total.low, total.high, marked))
    return found


def chart(
    view: View,
    key: str,
    amount: Callable[[View, str], float | None],
    write: Callable[[float], str],
    exact: Callable[[float], str],
) -> Markup | None:
    """Quality against an amount; None where no method has any of it.

    Args:
        view: the comparison.
        key: of the chart's words.
        amount: of a method.
        write: how round amounts are written at the axis.
        exact: how other amounts are written.
    """
    shown = points(view, amount)
    if not any(point.x > 0 for point in shown):
        return None
    heights = [v for p in shown for v in (p.y, p.low, p.high) if v is not None]
    across = amounts([p.x for p in shown], LEFT + 14, RIGHT - 8)
    frame = Frame(
        across,
        span(heights, BOTTOM, TOP),
        view.say(f"{key}_axis"),
        view.say.label(view.main),
        lambda value: "0" if across.logarithmic and value == across.low and zero else write(value),
        lambda value: view.say.number(value, 1 if abs(heights[0]) > 10 else 2),
    )
    zero = any(point.x == 0 for point in shown)
    title = view.say(f"chart_{key}", measure=view.say.label(view.main))
    told = "; ".join(
        view.say("chart_point", name=p.name, x=exact(p.x), y=view.say.number(p.y)) for p in shown
    )
    return tag(
        "figure",
        tag("figcaption", title),
        region(title, scatter(f"{key}-chart", title, told, frame, shown)),
        view.say("zero_note") if across.logarithmic and zero else None,
    )


def _table(view: View) -> Markup:
    """The same numbers."""
    say = view.say
    heads = [say("method"), say.label(view.main), say("cost"), say("latency"), say("efficient")]
    front = efficient(view)
    rows = []
    for name in view.names:
        seconds, cost = _seconds(view, name), _dollars(view, name)
        rows.append(
            [
                name_cell(view, name),
                interval_cell(view, view.main, view.total(name, view.main), bar=False),
                Cell("–" if cost is None else f"${say.dollars(cost)}", sort=cost, number=True),
                Cell("–" if seconds is None else say.seconds(seconds), sort=seconds, number=True),
                Cell(say("yes") if name in front else say("no")),
            ]
        )
    made = table(say("tradeoff_caption"), heads, rows, numbers=(1, 2, 3))
    return flat(made, tag("p", say("efficient_note"), class_="aside"))


def efficient(view: View) -> set[str]:
    """Methods than which none is at least as good by mean, as cheap and as fast, and better in
    one of these.
    """
    known = {
        name: (-total.value, cost, seconds)
        for name in view.names
        if (total := view.total(name, view.main)).value is not None
        and (cost := _dollars(view, name)) is not None
        and (seconds := _seconds(view, name)) is not None
    }
    return {
        name
        for name, own in known.items()
        if not any(
            other != own and all(a <= b for a, b in zip(other, own, strict=True))
            for other in known.values()
        )
    }
