"""What training took, what it adds to a question, and when it has paid for itself."""

from __future__ import annotations

import math

from openbook.evaluate.amortise import Amortised, amortised
from openbook.evaluate.report.markup import Markup, code, flat, tag
from openbook.evaluate.report.tables import Cell, name_cell, table
from openbook.evaluate.report.view import View

WEIGHED = {"seconds": "studied_seconds", "dollars": "studied_dollars"}
"""The sentence that says what training is weighed in."""


def section(view: View) -> Markup | None:
    """A table of the trained methods; nothing where none is."""
    say, found = view.say, amortised(view.record, view.needs)
    if not found:
        return None
    volume = found[0].volume
    heads = [say("method"), say("training_time"), say("peak_memory_mb"), say("disk_mb"),
             say("each_question")]  # fmt: skip
    if volume:
        heads.append(say("each_spread", volume=f"{volume:,}"))
    heads.append(say("pays_after"))
    unstated = [] if volume else [say("studied_volume")]
    made = table(
        say("studied_caption"),
        heads,
        [_row(view, one, spread=bool(volume)) for one in found],
        numbers=range(1, len(heads)),
    )
    return tag(
        "section",
        tag("h2", say("studied"), id="studied-title"),
        tag("p", " ".join([say(WEIGHED[found[0].unit]), *unstated])),
        made,
        id="studied",
        aria_labelledby="studied-title",
    )


def _row(view: View, one: Amortised, *, spread: bool) -> list[Cell]:
    say = view.say
    cells = [
        name_cell(view, one.method),
        Cell(say.seconds(one.seconds), sort=one.seconds, number=True),
        _megabytes(one.memory),
        _megabytes(one.disk),
        _amount(view, one, one.each),
    ]
    if spread:
        cells.append(_amount(view, one, one.whole))
    return [*cells, _pays(view, one)]


def _megabytes(value: float | None) -> Cell:
    return Cell("–" if value is None else f"{value:,.0f} MB", sort=value, number=True)


def _amount(view: View, one: Amortised, value: float | None) -> Cell:
    text = "–" if value is None else one.written(view.say, value)
    return Cell(text, sort=value, number=True)


def _pays(view: View, one: Amortised) -> Cell:
    """Questions after which it has paid for itself, and against which method."""
    if one.pays_after is None:
        return Cell("–", number=True)
    against = tag("span", view.say("against"), " ", code(one.against), class_="between")
    never = math.isinf(one.pays_after)
    text = view.say("never") if never else f"{one.pays_after:,.0f}"
    shown = tag("span", text, class_="value")
    return Cell(flat(shown, against), sort=None if never else one.pays_after, number=True)
