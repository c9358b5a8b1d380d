"""Answers and retrieval by kind of question, by language, and by seen and unseen documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from openbook.evaluate.record import Question, Total
from openbook.evaluate.report.markup import Content, Markup, code, flat, tag
from openbook.evaluate.report.tables import Cell, interval_cell, table
from openbook.evaluate.report.view import RESAMPLES, View, named
from openbook.evaluate.statistics import interval

FEWEST = 5
"""Values below which a group has no interval: it would say more than is known."""

MOST = 12
"""Groups of one sort that are shown, the largest; the others are counted together."""


def section(view: View) -> Markup | None:
    """A table for each way to group and each of two measures."""
    parts: list[Content] = []
    for key, group in GROUPS.items():
        found = grouped(view.record.questions, group)
        if len(found) < 2:
            continue
        parts.append(tag("h3", view.say(f"by_{key}")))
        for measure in (view.main, view.retrieval):
            if measure:
                parts.append(_table(view, key, found, measure))
    parts += _seen(view)
    if not parts:
        return None
    return tag(
        "section",
        tag("h2", view.say("groups"), id="groups-title"),
        tag("p", view.say("groups_intro", n=FEWEST)),
        parts,
        id="groups",
        aria_labelledby="groups-title",
    )


def _kind(question: Question) -> str:
    return question.kind


def _language(question: Question) -> str:
    return question.language


def _topic(question: Question) -> str:
    return question.topic


GROUPS: dict[str, Callable[[Question], str]] = {
    "language": _language,
    "kind": _kind,
    "topic": _topic,
}


def grouped(
    questions: Sequence[Question], group: Callable[[Question], str]
) -> dict[str, list[int]]:
    """Places of the questions by group, largest first; those beyond :data:`MOST` under ``…``."""
    found: dict[str, list[int]] = {}
    for index, question in enumerate(questions):
        found.setdefault(group(question), []).append(index)
    ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    rest = [index for _, indexes in ordered[MOST:] for index in indexes]
    shown = dict(ordered[:MOST])
    return {**shown, "…": rest} if rest else shown


def mean_of(values: Sequence[float | None], indexes: Sequence[int]) -> Total:
    """The mean over some questions, with a bootstrap interval where there are enough."""
    known = [value for index in indexes if (value := values[index]) is not None]
    if not known:
        return Total()
    mean = sum(known) / len(known)
    if len(known) < FEWEST:
        return Total(mean, None, None, len(known))
    low, high = interval(known, resamples=RESAMPLES)
    return Total(mean, low, high, len(known))


def _table(view: View, key: str, found: Mapping[str, Sequence[int]], measure: str) -> Markup:
    say = view.say
    rows = []
    for name, indexes in found.items():
        totals = [mean_of(view.record.column(m, measure), indexes) for m in view.names]
        count = max(total.n for total in totals)
        rows.append(
            [
                Cell(_named(view, key, name), sort=name, head=True),
                Cell(f"{count:,}", sort=count, number=True),
                *(interval_cell(view, measure, total) for total in totals),
            ]
        )
    heads: list[Content] = [say(f"head_{key}"), "n", *(code(m) for m in view.names)]
    caption = say(f"by_{key}_caption", measure=say.label(measure))
    return table(caption, heads, rows, numbers=range(1, len(heads)), css="groups")


def _named(view: View, key: str, name: str) -> str:
    """A group in words, where there are words for it."""
    if not name:
        return view.say("no_group")
    return named(view, key, name)


def _seen(view: View) -> list[Content]:
    """Questions about documents that could be learnt from, and about others."""
    say, groups = view.say, view.record.groups
    if not groups:
        return []
    parts: list[Content] = [tag("h3", say("by_split"))]
    for measure in (view.main, view.retrieval):
        if not measure:
            continue
        rows = []
        for group, methods in groups.items():
            totals = [methods.get(name, {}).get(measure, Total()) for name in view.names]
            rows.append(
                [
                    Cell(_named(view, "split", group), sort=group, head=True),
                    Cell(f"{max(t.n for t in totals):,}", number=True),
                    *(interval_cell(view, measure, total) for total in totals),
                ]
            )
        heads: list[Content] = [say("head_split"), "n", *(code(m) for m in view.names)]
        caption = say("by_split_caption", measure=say.label(measure))
        parts.append(table(caption, heads, rows, numbers=range(1, len(heads)), css="groups"))
    return [flat(parts)]
