"""The recommendation in words, then the table it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from openbook.evaluate.record import Pair
from openbook.evaluate.report.markup import Content, Markup, code, flat, tag
from openbook.evaluate.report.tables import Cell, interval_cell, name_cell, table
from openbook.evaluate.report.view import View
from openbook.evaluate.settings import Needs

SHOWN = (("F1",), ("supported share", "sourced answers"), ("unsupported answers",))
"""Measures of the main table, beside the one that decides and the one of retrieval."""


def section(view: View) -> Markup:
    """What to take, why, what speaks against the others, and the main table."""
    say, advice = view.say, view.recommendation
    return tag(
        "section",
        tag("h2", say("recommendation"), id="recommendation-title"),
        tag("p", advice.headline, class_="headline"),
        tag("ul", [tag("li", reason) for reason in advice.reasons], class_="reasons"),
        _list(say("breaks"), [tag("li", text) for text in advice.broken]),
        _stated(view),
        _list(say("caveats"), [tag("li", text) for text in advice.caveats], "caveats"),
        _others(view),
        main_table(view),
        id="recommendation",
        aria_labelledby="recommendation-title",
    )


def _list(title: str, items: list[Markup], css: str | None = None) -> Markup | None:
    if not items:
        return None
    return flat(tag("h3", title), tag("ul", items, class_=css))


def _stated(view: View) -> Markup | None:
    """The needs that the user stated, as they stand in openbook.toml."""
    default = Needs()
    stated = [
        f"{field.name} = {value}"
        for field in fields(Needs)
        if (value := getattr(view.needs, field.name)) != getattr(default, field.name)
    ]
    if not stated:
        return None
    listed = [flat(tag("code", text), " ") for text in stated]
    return tag("p", view.say("needs"), " ", listed, class_="needs")


def _others(view: View) -> Markup | None:
    """Every method that was not taken, and why."""
    told = [(name, why, "runner") for name, why in view.recommendation.runners_up]
    told += [(name, why, "out") for name, why in view.recommendation.excluded]
    if not told:
        return None
    items: list[Content] = []
    for name, why, kind in told:
        mark = tag("span", view.say("excluded"), class_="mark out") if kind == "out" else None
        items.append(tag("div", tag("dt", code(name), mark), tag("dd", why)))
    return flat(tag("h3", view.say("others")), tag("dl", items, class_="others"))


def main_table(view: View) -> Markup:
    """Quality, evidence, time and money of every method."""
    say = view.say
    wanted = [view.main, *(view.measured(names) for names in SHOWN), view.retrieval]
    shown = [name for name in dict.fromkeys(wanted) if name]
    heads: list[Content] = [say("method"), *(say.label(name) for name in shown)]
    heads += [say("against_parent"), say("latency"), say("cost")]
    notes: list[Content] = ["", *(_unit(view, name) for name in shown)]
    notes += [say.label(view.main), say("median"), ""]
    rows = [
        [
            name_cell(view, name),
            *(interval_cell(view, measure, view.total(name, measure)) for measure in shown),
            _parent(view, name),
            _latency(view, name),
            _cost(view, name),
        ]
        for name in view.names
    ]
    count = len(view.record.questions)
    caption = say("main_caption", n=count)
    return table(caption, heads, rows, numbers=range(1, len(heads)), notes=notes, css="main")


def _unit(view: View, measure: str) -> Content:
    """On how many questions it was measured, and which way is better where that is down."""
    known = view.record.measure(measure)
    counts = sorted({view.total(name, measure).n for name in view.names} - {0})
    many = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]}–{counts[-1]}" if counts else "0"
    count = tag("span", f"n = {many}")
    if known is None or known.higher_is_better:
        return count
    return flat(count, tag("br"), tag("span", view.say("lower")))


def pair_of(view: View, method: str, measure: str) -> Pair | None:
    """The comparison of a method with its parent in a measure."""
    found: Iterator[Pair] = (
        pair for pair in view.record.pairs if (pair.method, pair.measure) == (method, measure)
    )
    return next(found, None)


def _parent(view: View, method: str) -> Cell:
    pair = pair_of(view, method, view.main)
    if pair is None or pair.difference is None:
        return Cell(tag("span", "–", class_="none"), number=True)
    text = tag("span", view.say.signed(pair.difference), class_=f"value {pair.shown}")
    words = tag("span", view.say(f"shown_{pair.shown}", parent=pair.parent), class_="between")
    return Cell(flat(text, words), sort=pair.difference, number=True)


def _latency(view: View, method: str) -> Cell:
    latency = view.record.latency.get(method)
    if latency is None or latency.p50 is None:
        return Cell(tag("span", view.say("unknown"), class_="none"), number=True)
    text = tag("span", view.say.seconds(latency.p50), class_="value")
    words = [f"n = {latency.n}"]
    if latency.p95 is not None:
        words.insert(0, f"p95 {view.say.seconds(latency.p95)}".replace(" ", "\N{NO-BREAK SPACE}"))
    small = [tag("span", word, class_="between") for word in words]
    return Cell(flat(text, small), sort=latency.p50, number=True)


def _cost(view: View, method: str) -> Cell:
    cost = view.facts(method).cost
    if cost is None:
        return Cell(tag("span", view.say("unknown"), class_="none"), number=True)
    return Cell(tag("span", f"${view.say.dollars(cost)}", class_="value"), sort=cost, number=True)
