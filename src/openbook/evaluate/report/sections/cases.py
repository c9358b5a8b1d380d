"""What each method got right that its parent did not, and the reverse, texts side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openbook.evaluate.record import Given, Question, Quoted
from openbook.evaluate.report.markup import Content, Markup, code, tag
from openbook.evaluate.report.tables import Cell, table
from openbook.evaluate.report.view import View, named

MOST = 25
"""Questions of one sort shown with their texts; results.json holds all."""

STEP = 0.5
"""Difference of the main measure from which on one method got a question right that the other
did not (exact for measures of 0 and 1)."""

TEXT, QUOTE, QUOTES = 2000, 600, 4
"""Characters shown of an answer and of a quote, and quotes of an answer."""


@dataclass(frozen=True)
class Split:
    """Places of the questions by who got them right."""

    gained: tuple[int, ...]
    lost: tuple[int, ...]
    same: int


def split(view: View, method: str, parent: str) -> Split:
    """Which questions a method got right that its parent did not, and the reverse."""
    known = view.record.measure(view.main)
    sign = -1.0 if known is not None and not known.higher_is_better else 1.0
    ours, theirs = (view.record.column(name, view.main) for name in (method, parent))
    gained, lost, same = [], [], 0
    for index, (own, other) in enumerate(zip(ours, theirs, strict=True)):
        if own is None or other is None:
            continue
        if sign * (own - other) >= STEP:
            gained.append(index)
        elif sign * (other - own) >= STEP:
            lost.append(index)
        else:
            same += 1
    return Split(tuple(gained), tuple(lost), same)


def section(view: View) -> Markup | None:
    """Counts for all pairs, then the questions of each pair."""
    pairs = [(m.name, m.parent) for m in view.record.methods if m.parent in view.names]
    if not pairs or not view.record.answers:
        return None
    say = view.say
    splits = {pair: split(view, *pair) for pair in pairs}
    rows = [
        [
            Cell(code(method), sort=method, head=True),
            Cell(code(parent), sort=parent),
            Cell(str(len(found.gained)), sort=len(found.gained), number=True),
            Cell(str(len(found.lost)), sort=len(found.lost), number=True),
            Cell(str(found.same), sort=found.same, number=True),
        ]
        for (method, parent), found in splits.items()
    ]
    heads = [say("method"), say("parent"), say("gained"), say("lost"), say("alike")]
    return tag(
        "section",
        tag("h2", say("cases"), id="cases-title"),
        tag("p", say("cases_intro", measure=say.label(view.main))),
        table(say("cases_caption"), heads, rows, numbers=(2, 3, 4)),
        [_pair(view, *pair, found) for pair, found in splits.items()],
        id="cases",
        aria_labelledby="cases-title",
    )


def _pair(view: View, method: str, parent: str, found: Split) -> Markup | None:
    if not found.gained and not found.lost:
        return None
    say = view.say
    title = tag("h3", code(method), " ", say("versus"), " ", code(parent))
    lists = [
        _questions(view, say(key, method=method, parent=parent), indexes, method, parent)
        for key, indexes in (("cases_gained", found.gained), ("cases_lost", found.lost))
    ]
    return tag("div", title, lists, class_="pair")


def _questions(
    view: View, title: str, indexes: Sequence[int], method: str, parent: str
) -> Markup | None:
    if not indexes:
        return None
    more = len(indexes) - MOST
    return tag(
        "div",
        tag("h4", title, " ", tag("span", str(len(indexes)), class_="count")),
        [_case(view, index, method, parent) for index in indexes[:MOST]],
        tag("p", view.say("more_cases", n=more), class_="aside") if more > 0 else None,
        class_="cases",
    )


def _case(view: View, index: int, method: str, parent: str) -> Markup:
    """One question: closed it is a line, open it shows both answers with their quotes."""
    question = view.record.questions[index]
    say = view.say
    tags = [
        named(view, "language", question.language),
        named(view, "kind", question.kind),
        *_unanswerable(view, question),
    ]
    small = [tag("span", text, class_="tag") for text in tags if text]
    head = tag("summary", tag("span", question.text, lang=question.language or None), " ", small)
    accepted = "; ".join(question.answers) or say("no_answer")
    facts: list[Content] = [_fact(say("accepted"), accepted)]
    if question.gold:
        facts.append(_fact(say("gold"), ", ".join(question.gold)))
    facts.append(_fact(say("question_id"), question.id))
    sides = [_side(view, name, index) for name in (method, parent)]
    return tag(
        "details",
        head,
        tag("dl", facts, class_="facts"),
        tag("div", sides, class_="sides"),
        class_="case",
    )


def _unanswerable(view: View, question: Question) -> Iterator[str]:
    if question.answerable is False:
        yield view.say("unanswerable")


def _fact(name: str, value: str) -> Markup:
    return tag("div", tag("dt", name), tag("dd", value))


def _side(view: View, method: str, index: int) -> Markup:
    given = view.record.answers.get(method, ())
    answer = given[index] if index < len(given) else Given()
    say = view.say
    value = view.record.column(method, view.main)[index]
    accepted = view.record.questions[index].answers
    return tag(
        "div",
        tag("p", code(method), " ", _score(view, value), class_="who"),
        _said(view, answer, accepted),
        [_quote(quote, accepted) for quote in answer.quotes[:QUOTES]],
        None if answer.quotes else tag("p", say("no_quotes"), class_="none"),
        class_="side",
    )


def _score(view: View, value: float | None) -> Markup:
    """Whether it was right, or the value where that is neither 0 nor 1."""
    if value == 1.0:
        return tag("span", view.say("right"), class_="mark")
    if value == 0.0:
        return tag("span", view.say("wrong"), class_="mark out")
    shown = "–" if value is None else view.written(view.main, value)
    return tag("span", f"{view.say.label(view.main)} {shown}", class_="between")


def marked(text: str, accepted: Sequence[str]) -> Content:
    """A text in which accepted answers are marked, where they stand as they are written."""
    words = sorted({" ".join(a.split()) for a in accepted if a.strip()}, key=len, reverse=True)
    if not words:
        return text
    parts = re.split(f"({'|'.join(map(re.escape, words))})", text, flags=re.IGNORECASE)
    return [tag("mark", part) if i % 2 else part for i, part in enumerate(parts)]


def _said(view: View, answer: Given, accepted: Sequence[str]) -> Markup:
    """What was said; an abstention says so in words."""
    text = _cut(answer.text, TEXT)
    if answer.kind == "answered":
        return tag("p", marked(text, accepted) if text else view.say("empty"), class_="answer")
    kind = tag("span", view.say(f"kind_{answer.kind}"), class_="mark out")
    return tag("p", kind, " ", text, class_="answer")


def _quote(quote: Quoted, accepted: Sequence[str]) -> Markup:
    place = " › ".join([quote.source or quote.title, *quote.heading])
    return tag(
        "blockquote", tag("p", marked(_cut(quote.text, QUOTE), accepted)), tag("footer", place)
    )


def _cut(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"
