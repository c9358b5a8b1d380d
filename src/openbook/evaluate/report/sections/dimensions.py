"""The seven dimensions in which retrieval and fine-tuning are compared, with numbers.

As in the articles' table a row is a dimension and a column a method; here a dimension has a
line for each number that says something about it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openbook.evaluate.report.markup import Content, Markup, tag
from openbook.evaluate.report.tables import method_heads, region
from openbook.evaluate.report.view import View

Shown = Callable[[View, str], str]
"""What a method has on one line; empty where it was not measured."""


@dataclass(frozen=True)
class Line:
    """A line of a dimension: its words, and what a method shows."""

    label: str
    shown: Shown


def section(view: View) -> Markup:
    """A block of lines for each dimension, a column for each method."""
    say = view.say
    heads: list[Content] = [
        tag("th", say("dimension"), scope="col"),
        tag("th", say("what"), scope="col"),
        *method_heads(view),
    ]
    blocks = [_block(view, key, lines) for key, lines in dimensions(view).items()]
    caption = say("dimensions_caption")
    made = tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", heads)),
        blocks,
        class_="dimensions",
    )
    return tag(
        "section",
        tag("h2", say("dimensions"), id="dimensions-title"),
        tag("p", say("dimensions_intro")),
        region(caption, made),
        id="dimensions",
        aria_labelledby="dimensions-title",
    )


def _block(view: View, key: str, lines: list[Line]) -> Markup:
    """A dimension; where nothing of it was measured, one line says so."""
    say = view.say
    values = [[line.shown(view, name) for name in view.names] for line in lines]
    kept = [(line, row) for line, row in zip(lines, values, strict=True) if any(row)]
    head = tag("th", say(f"dim_{key}"), scope="rowgroup", rowspan=str(max(1, len(kept))))
    if not kept:
        nothing = tag("td", say("unknown"), class_="none", colspan=str(len(view.names) + 1))
        return tag("tbody", tag("tr", head, nothing))
    rows = []
    for number, (line, row) in enumerate(kept):
        cells = [
            tag("td", text or "–", class_=_css(view, name, text))
            for name, text in zip(view.names, row, strict=True)
        ]
        first = head if number == 0 else None
        rows.append(tag("tr", first, tag("th", line.label, scope="row", class_="what"), cells))
    return tag("tbody", rows)


def _css(view: View, name: str, text: str) -> str:
    classes = ["number", *(["chosen"] if name == view.chosen else []), *([] if text else ["none"])]
    return " ".join(classes)


def dimensions(view: View) -> dict[str, list[Line]]:
    """The lines of each dimension, in the order of the articles."""
    say = view.say
    return {
        "knowledge": [Line(say("source"), _knowledge)],
        "update": [
            Line(say("update_seconds"), _updated("seconds")),
            Line(say("update_cost"), _updated("cost")),
            Line(say("accuracy_changed"), _updated("accuracy_changed")),
            Line(say("accuracy_unchanged"), _updated("accuracy_unchanged")),
        ],
        "style": [_measured(view, "style agreement")],
        "sources": [_measured(view, "sourced answers"), _measured(view, "supported share")],
        "resources": [
            Line(say("training_time"), _training),
            Line(say("peak_memory_mb"), _size("peak_memory_mb")),
            Line(say("disk_mb"), _size("disk_mb")),
            _measured(view, "tokens in"),
            _measured(view, "tokens out"),
        ],
        "hallucination": [
            _measured(view, "unsupported answers"),
            _measured(view, "answered unanswerable"),
        ],
        "latency": [Line(say("p50"), _latency("p50")), Line(say("p95"), _latency("p95"))],
    }


def _measured(view: View, measure: str) -> Line:
    """A line of one measure: its total."""

    def shown(view: View, method: str) -> str:
        value = view.total(method, measure).value
        return "" if value is None else view.written(measure, value)

    return Line(view.say.label(measure), shown)


def _knowledge(view: View, method: str) -> str:
    """Where the knowledge of an answer comes from."""
    known = view.record.method(method)
    if not known.knowledge:
        return view.say("source_parametric" if known.models else "source_none")
    return view.say("source_both" if known.trained else "source_external")


def _updated(key: str) -> Shown:
    """A number of the knowledge update."""

    def shown(view: View, method: str) -> str:
        found = (view.record.update or {}).get(method)
        value = found.get(key) if isinstance(found, dict) else None
        if not isinstance(value, int | float):
            return ""
        if key == "seconds":
            return view.say.seconds(value)
        return f"${view.say.dollars(value)}" if key == "cost" else view.say.number(value)

    return shown


def _training(view: View, method: str) -> str:
    seconds = view.record.method(method).spent.get("training_seconds")
    if seconds is None:
        return ""
    return view.say.seconds(seconds) if seconds else view.say("none")


def _size(key: str) -> Shown:
    """Megabytes of memory or disk."""

    def shown(view: View, method: str) -> str:
        size = view.record.method(method).spent.get(key)
        return "" if size is None else f"{size:,.0f} MB"

    return shown


def _latency(key: str) -> Shown:
    """A quantile of the seconds a question."""

    def shown(view: View, method: str) -> str:
        latency = view.record.latency.get(method)
        value = getattr(latency, key) if latency else None
        return "" if value is None else view.say.seconds(value)

    return shown
