"""Each method against its parent: paired differences, their intervals and corrected tests."""

from __future__ import annotations

from collections.abc import Sequence

from openbook.evaluate.record import Pair
from openbook.evaluate.report.forest import forest
from openbook.evaluate.report.markup import Content, Markup, code, tag
from openbook.evaluate.report.tables import Cell, region, table
from openbook.evaluate.report.view import View


def section(view: View) -> Markup | None:
    """A forest plot of the main measure and of retrieval, and a table of all."""
    pairs = [pair for pair in view.record.pairs if pair.difference is not None]
    if not pairs:
        return None
    say = view.say
    plots = [_plot(view, measure, pairs) for measure in (view.main, view.retrieval) if measure]
    return tag(
        "section",
        tag("h2", say("pairs"), id="pairs-title"),
        tag("p", say("pairs_intro")),
        [plot for plot in plots if plot is not None],
        _table(view, pairs),
        id="pairs",
        aria_labelledby="pairs-title",
    )


def _plot(view: View, measure: str, pairs: Sequence[Pair]) -> Markup | None:
    shown = [pair for pair in pairs if pair.measure == measure]
    if not shown:
        return None
    say = view.say
    known = view.record.measure(measure)
    sides = (say("worse"), say("better"))
    if known is not None and not known.higher_is_better:
        sides = (say("better"), say("worse"))
    title = say("forest", measure=say.label(measure))
    told = "; ".join(_told(view, pair) for pair in shown)
    identity = f"forest-{'main' if measure == view.main else 'retrieval'}"
    made = forest(identity, title, told, shown, write=say.signed, sides=sides)
    return tag("figure", tag("figcaption", title), region(title, made))


def _told(view: View, pair: Pair) -> str:
    say = view.say
    difference, low, high = (
        say.signed(value) if value is not None else "?"
        for value in (pair.difference, pair.low, pair.high)
    )
    return say(
        "forest_point",
        name=pair.method,
        parent=pair.parent,
        difference=difference,
        low=low,
        high=high,
        shown=say(f"word_{pair.shown}"),
    )


def _table(view: View, pairs: Sequence[Pair]) -> Markup:
    say = view.say
    heads: list[Content] = [say("method"), say("parent"), say("measure"), say("difference")]
    heads += [say("interval"), "n", "p", say("p_holm"), say("shown")]
    rows = [
        [
            Cell(code(pair.method), sort=pair.method, head=True),
            Cell(code(pair.parent), sort=pair.parent),
            Cell(say.label(pair.measure), sort=pair.measure),
            Cell(
                view.moved(pair.measure, pair.difference or 0.0), sort=pair.difference, number=True
            ),
            Cell(_between(view, pair), sort=pair.low, number=True),
            Cell(f"{pair.n:,}", sort=pair.n, number=True),
            Cell(probability(pair.p), sort=pair.p, number=True),
            Cell(probability(pair.p_holm), sort=pair.p_holm, number=True),
            Cell(say(f"word_{pair.shown}"), sort=pair.shown, css=f"shown {pair.shown}"),
        ]
        for pair in pairs
    ]
    return table(say("pairs_caption"), heads, rows, numbers=(3, 4, 5, 6, 7), css="filterable")


def _between(view: View, pair: Pair) -> str:
    if pair.low is None or pair.high is None:
        return "–"
    low, high = (view.moved(pair.measure, edge) for edge in (pair.low, pair.high))
    return view.say("between", low=low, high=high)


def probability(p: float | None) -> str:
    """A p value as it is usually written.

    >>> probability(0.00002), probability(0.0312), probability(1.0)
    ('< 0.001', '0.031', '1.00')
    """
    if p is None:
        return "–"
    if p < 0.001:
        return "< 0.001"
    return f"{p:.3f}" if p < 0.1 else f"{p:.2f}"
