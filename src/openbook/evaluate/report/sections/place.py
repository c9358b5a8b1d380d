"""Each method's place on the chart of adaptation against outside knowledge."""

from __future__ import annotations

from openbook.evaluate.report.axis import Axis
from openbook.evaluate.report.markup import Markup, flat, tag
from openbook.evaluate.report.scatter import BOTTOM, LEFT, RIGHT, TOP, Frame, Point, scatter
from openbook.evaluate.report.tables import Cell, name_cell, region, table
from openbook.evaluate.report.view import View


def section(view: View) -> Markup:
    """The articles' chart, and where each method stands in numbers."""
    say = view.say
    shown = [
        Point(m.name, m.adapted, m.knowledge, marked=m.name == view.chosen)
        for m in view.record.methods
    ]
    frame = Frame(
        Axis(0, 1, LEFT + 14, RIGHT - 14),
        Axis(0, 1, BOTTOM - 14, TOP + 8),
        say("adapted_axis"),
        say("knowledge_axis"),
        lambda value: say("low") if value == 0 else say("high"),
        lambda value: say("low") if value == 0 else say("high"),
        (0, 1),
        (0, 1),
    )
    told = "; ".join(
        say("place_point", name=p.name, x=say.number(p.x), y=say.number(p.y)) for p in shown
    )
    corners = flat(
        tag("text", say("corner_prompting"), x=LEFT + 12, y=BOTTOM - 30, class_="corner start"),
        tag("text", say("corner_retrieval"), x=LEFT + 12, y=TOP + 34, class_="corner start"),
        tag("text", say("corner_tuning"), x=RIGHT - 8, y=BOTTOM - 30, class_="corner end"),
        tag("text", say("corner_both"), x=RIGHT - 8, y=TOP + 34, class_="corner end"),
    )
    made = scatter("place-chart", say("place"), told, frame, shown, under=corners)
    return tag(
        "section",
        tag("h2", say("place"), id="place-title"),
        tag("p", say("place_intro")),
        tag("div", tag("figure", region(say("place"), made)), _table(view), class_="beside"),
        id="place",
        aria_labelledby="place-title",
    )


def _table(view: View) -> Markup:
    say = view.say
    rows = [
        [
            name_cell(view, m.name),
            Cell(say.number(m.adapted), sort=m.adapted, number=True),
            Cell(say.number(m.knowledge), sort=m.knowledge, number=True),
        ]
        for m in view.record.methods
    ]
    heads = [say("method"), say("adapted"), say("knowledge")]
    return table(say("place_caption"), heads, rows, numbers=(1, 2))
