"""What made the results: expressions, models, machine, versions, command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openbook.evaluate.report.markup import Content, Markup, code, tag
from openbook.evaluate.report.tables import Cell, table
from openbook.evaluate.report.view import View


def section(view: View) -> Markup:
    """Everything needed to make them again."""
    say, made = view.say, view.record.made_by
    command = made.get("command")
    return tag(
        "section",
        tag("h2", say("making"), id="making-title"),
        tag("dl", [_fact(name, value) for name, value in _facts(view)], class_="facts"),
        [tag("h3", say("command")), tag("pre", tag("code", str(command)), tabindex="0")]
        if command
        else None,
        tag("h3", say("methods")),
        [_method(view, name) for name in view.names],
        _stages(view),
        id="making",
        aria_labelledby="making-title",
    )


def _facts(view: View) -> list[tuple[str, str]]:
    say, made, knowledge = view.say, view.record.made_by, view.record.knowledge
    machine = _mapping(made.get("machine"))
    found = [
        ("openbook", " ".join(str(made.get(key, "")) for key in ("openbook", "commit")).strip()),
        (say("started"), str(made.get("started", ""))),
        (say("took"), _seconds(view, made.get("seconds"))),
        (say("seed"), str(made.get("seed", ""))),
        (say("machine"), _listed(machine)),
        (say("versions"), _listed(_mapping(made.get("versions")))),
        (say("knowledge_base"), _listed(knowledge)),
    ]
    return [(name, value) for name, value in found if value]


def _seconds(view: View, value: Any) -> str:
    return view.say.seconds(float(value)) if isinstance(value, int | float) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _listed(values: Mapping[str, Any]) -> str:
    """Keys and values in one line; inner mappings in parentheses."""
    parts = []
    for key, value in values.items():
        text = f"({_listed(value)})" if isinstance(value, Mapping) else str(value)
        parts.append(f"{key.replace('_', ' ')} {text}")
    return ", ".join(parts)


def _fact(name: str, value: str) -> Markup:
    return tag("div", tag("dt", name), tag("dd", value))


def _method(view: View, name: str) -> Markup:
    """One method: its idea, its expression, its models."""
    say, method = view.say, view.record.method(name)
    facts: list[Content] = [_fact(label, text) for label, text in method.about.items() if text]
    if method.models:
        facts.append(_fact(say("models"), ", ".join(method.models)))
    if method.adapters:
        facts.append(_fact(say("adapters"), ", ".join(method.adapters)))
    return tag(
        "details",
        tag("summary", code(name), " ", method.summary),
        tag("dl", facts, class_="facts"),
        tag("pre", tag("code", method.expression), tabindex="0") if method.expression else None,
        class_="case",
    )


def _expression(stage: Mapping[str, Any]) -> Markup | None:
    """A stage's own settings, under its name."""
    found = str(stage.get("expression") or "")
    return tag("span", found, class_="unit") if found else None


def _stages(view: View) -> Markup | None:
    """How often each stage ran: once for each query, whichever methods share it."""
    say = view.say
    rows = []
    for stage in view.record.stages:
        name, queries, runs = (stage.get(key) for key in ("stage", "queries", "runs"))
        if isinstance(queries, int) and isinstance(runs, int):
            rows.append(
                [
                    Cell([code(str(name)), _expression(stage)], sort=str(name), head=True),
                    Cell(f"{queries:,}", sort=queries, number=True),
                    Cell(f"{runs:,}", sort=runs, number=True),
                ]
            )
    if not rows:
        return None
    made = table(say("stages_caption"), [say("stage"), say("queries"), say("runs")], rows,
                 numbers=(1, 2))  # fmt: skip
    return tag("details", tag("summary", say("stages")), made, class_="case")
