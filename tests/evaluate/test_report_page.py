"""The report as text: everything escaped, both languages whole, whatever is in the results."""

import re
import runpy
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openbook.errors import InputError
from openbook.evaluate.record import record
from openbook.evaluate.report import page, write
from openbook.evaluate.report.axis import Axis, amounts, span
from openbook.evaluate.report.markup import code, escape, flat, tag
from openbook.evaluate.wording import texts

results: Callable[..., dict[str, Any]] = runpy.run_path(
    str(Path(__file__).with_name("made_results.py"))
)["results"]

HOSTILE = st.text() | st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='alert(1)",
        "</style></title></textarea><svg onload=alert(1)>",
        "<!--",
        "]]>",
        "&lt;b&gt;",
        "{name} {0} {} %s",
        "\u202eevil\u202c",
        "\x00\x08\x7f\ud800",
        "한국어 <b>굵게</b> & '따옴표'",
    ]
)


class Elements(HTMLParser):
    """Names and attributes of all elements, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("meta", "link", "br", "input", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@given(HOSTILE, HOSTILE)
def test_nothing_given_becomes_markup(text: str, other: str) -> None:
    html = tag("p", text, tag("b", other, title=text), [other, None], class_=other)
    found = Elements(html)
    assert found.tags == ["p", "b"]
    assert found.attributes <= {"class", "title"}
    assert not found.open
    allowed = [c for c in text + other + other if escape(c) != "\ufffd"]
    assert [c for c in found.text if c != "\ufffd"] == [
        c for c in allowed if c != "\ufffd"
    ] or "\r" in text + other


@given(HOSTILE)
def test_names_break_only_after_marks_and_stay_whole(name: str) -> None:
    found = Elements(code(name))
    assert set(found.tags) <= {"code", "wbr"}
    assert found.text == Elements(tag("i", name)).text


def hostile(value: Any, texts_: list[str]) -> Any:
    """The same results with hostile texts wherever a text of the user's or of a document is."""
    draw = iter(texts_ * 1000)
    made: dict[str, Any] = value
    for question in made["questions"]:
        for key in ("text", "language", "kind", "source", "document"):
            question[key] = next(draw)
        question["answers"], question["gold"] = [next(draw)], [next(draw)]
    for given_ in made["answers"].values():
        for answer in given_:
            answer["text"] = next(draw)
            for quote in answer["quotes"]:
                quote |= {"text": next(draw), "source": next(draw), "heading": [next(draw)]}
    for method in made["methods"]:
        method |= {"summary": next(draw), "expression": next(draw), "models": [next(draw)]}
        method["about"] = {next(draw): next(draw)}
    for measure in made["measures"]:
        measure |= {"doc": next(draw), "unit": next(draw), "dimension": next(draw)}
    made["made_by"] |= {"command": next(draw), "started": next(draw), "commit": next(draw)}
    made["knowledge"]["languages"] = {next(draw): 1}
    return made


PLAIN = Elements(page(record(results(0, 8)), "en"))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(HOSTILE, min_size=3, max_size=12), st.sampled_from(["en", "ko", ""]))
def test_a_page_of_hostile_texts_has_only_our_elements(words: list[str], language: str) -> None:
    html = page(record(hostile(results(0, 8), words)), language)
    found = Elements(html)
    assert not found.open
    assert set(found.tags) <= set(PLAIN.tags)
    assert found.attributes <= PLAIN.attributes
    assert found.tags.count("script") == 1
    assert found.tags.count("style") == 1
    assert not any(name.startswith("on") for name in found.attributes)


def test_nothing_is_loaded() -> None:
    html = page(record(results(0, 8)), "en")
    assert not re.search(r"""(?:src|href)=["'](?!#|data:,)""", html)
    assert not re.search(r"@import|url\(", html)
    assert "default-src 'none'" in unescape(html)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_section_stands_where_there_is_something_for_it(language: str) -> None:
    html = page(record(results(0, 30)), language)
    sections = re.findall(r'<section id="(\w+)"', html)
    assert sections == [
        "recommendation",
        "dimensions",
        "tradeoff",
        "pairs",
        "groups",
        "cases",
        "changes",
        "studied",
        "place",
        "everything",
        "making",
    ]
    assert [f"#{name}" for name in sections] == re.findall(r'<a href="(#\w+)">', html)


def test_a_poor_comparison_has_a_page_too() -> None:
    made = results(0, 3, only=("extractive",), update=False)
    for key in ("pairs", "latency", "answers", "stages", "made_by", "knowledge"):
        made[key] = type(made[key])()
    html = page(record(made), "en")
    sections = re.findall(r'<section id="(\w+)"', html)
    assert {"pairs", "cases", "changes", "studied"}.isdisjoint(sections)
    assert "3 questions are a first impression" in Elements(html).text
    assert "Latency was not measured." in html


def test_the_language_is_that_of_most_questions(tmp_path: Path) -> None:
    assert '<html lang="ko">' in page(record(results(0, 20, korean=0.9)))
    assert '<html lang="en">' in page(record(results(0, 20, korean=0.1)))
    file = write(results(0, 5, korean=1.0), tmp_path / "report.html")
    assert "권고" in file.read_text("utf-8")


def test_the_same_results_make_the_same_page() -> None:
    assert page(record(results(3, 12))) == page(record(results(3, 12)))


def test_the_korean_page_has_no_english_sentence_left() -> None:
    for table in texts().values():
        for key, (english, korean) in table.items():
            assert english.strip(), key
            assert korean.strip(), key
            places = [set(re.findall(r"\{(\w+)\}", text)) for text in (english, korean)]
            assert places[0] == places[1], key


def test_every_sentence_is_used_and_every_used_one_is_there() -> None:
    import openbook.evaluate as room

    folder = Path(room.__file__).parent
    source = "".join(
        file.read_text("utf-8")
        for place in (folder, folder.parents[0] / "cli")
        for file in place.rglob("*.py")
    )
    made = r"kind_|by_|head_|language_|split_|part_|shown_|word_|dim_"
    made += r"|how_|often_|answer_|script_|source_"
    for table in ("report", "moved", "recommend"):
        for key in texts()[table]:
            built = re.match(rf"(?:{made}|cases_|chart_|update_|style_|\w+_axis|\w+_caption)", key)
            assert f'"{key}"' in source or built, (table, key)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r.pop("questions"), "questions: field required"),
        (lambda r: r.update(format=99), "has format 99"),
        (lambda r: r.update(format="1"), "does not hold the results"),
        (lambda r: r["values"]["raft"]["F1"].pop(), "values.raft.F1 has 7 entries for 8"),
        (lambda r: r["values"].update(nobody={}), 'unknown method "nobody"'),
        (lambda r: r["questions"][0].update(answers=3), "questions.0.answers"),
        (lambda r: r.update(methods=[], values={}, totals={}, answers={}, latency={}), "no method"),
    ],
)
def test_damaged_results_are_named(change: Callable[[Any], Any], message: str) -> None:
    made = results(0, 8)
    change(made)
    with pytest.raises(InputError, match=re.escape(message)):
        record(made)


finite = st.floats(-1e6, 1e6)


@given(st.lists(finite, min_size=1, max_size=20))
def test_values_stand_inside_the_axis_in_their_order(values: list[float]) -> None:
    axis = span(values, 0, 100)
    places = [axis.at(value) for value in sorted(values)]
    assert places == sorted(places)
    assert all(0 <= place <= 100 for place in places)
    assert all(0 <= axis.at(tick) <= 100 for tick in axis.ticks())
    assert len(axis.ticks()) <= 12


@given(st.lists(st.floats(0, 1e5).filter(lambda v: v == 0 or v > 1e-9), min_size=1, max_size=9))
def test_amounts_stand_in_their_order_and_zero_first(values: list[float]) -> None:
    axis = amounts(values, 0, 100)
    places = [axis.at(value) for value in sorted(values)]
    assert places == sorted(places)
    assert all(0 <= place <= 100 for place in places)
    assert axis.ticks()


def test_an_axis_of_one_value_has_a_middle() -> None:
    assert Axis(1, 1, 0, 10).at(1) == 5
    assert flat(None, []) == ""
