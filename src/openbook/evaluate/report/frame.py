"""What stands around the sections: head, title, contents, style and script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from openbook.evaluate.report.markup import Markup, flat, raw, tag
from openbook.evaluate.report.view import View
from openbook.evaluate.wording import Wording, words

HERE = Path(__file__).parent


def document(view: View, sections: Sequence[tuple[str, Markup]]) -> str:
    """The report's page."""
    say, record = view.say, view.record
    languages = ", ".join(
        f"{say(f'language_{code}') if say.has(f'language_{code}') else code} {count}"
        for code, count in _languages(view)
    )
    facts = [
        say("fact_questions", n=f"{len(record.questions):,}", languages=languages),
        say("fact_methods", n=len(record.methods)),
    ]
    if isinstance(record.knowledge.get("documents"), int):
        facts.append(say("fact_documents", n=f"{record.knowledge['documents']:,}"))
    started = str(record.made_by.get("started", ""))[:10]
    if started:
        facts.append(started)
    contents = [(key, say(key)) for key, _ in sections]
    body = [section for _, section in sections]
    return whole(view.language, say("title"), facts, contents, body)


def _languages(view: View) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for question in view.record.questions:
        counts[question.language or "?"] = counts.get(question.language or "?", 0) + 1
    return sorted(counts.items(), key=lambda item: -item[1])


def whole(
    language: str,
    title: str,
    facts: Sequence[str],
    contents: Sequence[tuple[str, str]],
    body: Sequence[Markup],
) -> str:
    """A page of this package: also that of two runs.

    Args:
        language: of its words.
        title: the one first heading.
        facts: what it is about, in a line.
        contents: ids of the sections and their names.
        body: the sections.
    """
    say = words("report", language)
    style, script = _file("style.css"), _file("script.js")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="robots", content="noindex"),
        tag("link", rel="icon", href="data:,"),
        tag("title", f"{title} · openbook"),
        tag("style", raw(style)),
    )
    links = [tag("li", tag("a", name, href=f"#{key}")) for key, name in contents]
    top = tag(
        "header",
        tag("p", "openbook", class_="brand"),
        tag("h1", title),
        tag("ul", [tag("li", fact) for fact in facts], class_="run"),
    )
    navigation = tag(
        "nav", tag("p", say("contents"), class_="contents"), tag("ol", links),
        aria_label=say("contents"),
    )  # fmt: skip
    page = tag(
        "body",
        tag("a", say("skip"), href="#content", class_="skip"),
        top,
        tag("div", navigation, tag("main", body, id="content"), class_="columns"),
        tag("footer", tag("p", say("footer"))),
        tag("script", raw(script)),
        **_told_to_script(say),
    )
    return "<!doctype html>\n" + tag("html", flat(head, page), lang=language) + "\n"


def _told_to_script(say: Wording) -> dict[str, str]:
    """Words that the script shows, as attributes of the body."""
    keys = ("sort_by", "filter", "open_all", "close_all", "shown_of")
    return {f"data_{key}": say(f"script_{key}") for key in keys}


def _file(name: str) -> str:
    return (HERE / name).read_text("utf-8").strip() + "\n"


def _policy(style: str, script: str) -> str:
    """Nothing may load, and only this style and this script may act."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
