"""All measures of all methods, with what each measure is."""

from __future__ import annotations

from openbook.evaluate.report.markup import Content, Markup, code, tag
from openbook.evaluate.report.tables import Cell, interval_cell, table
from openbook.evaluate.report.view import View


def section(view: View) -> Markup:
    """A row for each measure, a column for each method."""
    say = view.say
    shown = [m for m in view.record.measures if any(view.total(n, m.name).n for n in view.names)]
    heads: list[Content] = [say("measure"), *(code(name) for name in view.names)]
    rows = []
    for measure in shown:
        way = say("higher" if measure.higher_is_better else "lower")
        counts = sorted({view.total(name, measure.name).n for name in view.names} - {0})
        head = tag("span", say.label(measure.name), class_="head")
        small = tag("span", f"{way}, n = {'–'.join(map(str, counts[::max(1, len(counts) - 1)]))}",
                    class_="unit")  # fmt: skip
        cells = [interval_cell(view, measure.name, view.total(n, measure.name), bar=False)
                 for n in view.names]  # fmt: skip
        rows.append([Cell([head, small], sort=measure.name, head=True), *cells])
    terms = [
        tag("div", tag("dt", say.label(m.name), _own_name(view, m.name)), tag("dd", m.doc))
        for m in shown
        if m.doc
    ]
    return tag(
        "section",
        tag("h2", say("everything"), id="everything-title"),
        table(say("everything_caption"), heads, rows, numbers=range(1, len(heads)), css="all"),
        tag("h3", say("what_measures_are")),
        tag("dl", terms, class_="terms"),
        id="everything",
        aria_labelledby="everything-title",
    )


def _own_name(view: View, name: str) -> Content:
    """The measure's name as --fail-below and [needs] take it, where the words differ."""
    return None if view.say.label(name) == name else [" ", code(name)]
