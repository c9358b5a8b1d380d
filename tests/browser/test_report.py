"""The report in a real browser: nothing loads, everything works by keyboard, prints, is legible."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CHECKS = (Path(__file__).parent / "checks.js").read_text("utf-8")
KEYS = {"enter": "\ue007", "tab": "\ue004", "space": " "}
HOSTILE = '<script>window.hacked=1</script>"><img src=x onerror="window.hacked=1"></title></style>'

LANGUAGES = pytest.mark.parametrize("language", ["en", "ko"])


@LANGUAGES
def test_it_asks_nothing_of_the_network(
    browser: Any, reports: dict[str, Path], language: str
) -> None:
    browser.open(reports[language])
    wanted = [url for url in browser.requests if not url.startswith("data:")]
    assert wanted == [reports[language].as_uri()]
    assert not browser.complaints


@LANGUAGES
def test_the_recommendation_comes_first(
    browser: Any, reports: dict[str, Path], language: str
) -> None:
    browser.open(reports[language])
    headline = browser.one("#recommendation .headline")
    assert headline.is_displayed()
    assert headline.rect["y"] < 700
    assert browser.one("#recommendation .mark").is_displayed()
    assert browser.one("html").get_attribute("lang") == language


def test_a_table_sorts_by_mouse_and_by_key(browser: Any, reports: dict[str, Path]) -> None:
    browser.open(reports["en"])
    selector = "#tradeoff table tbody tr th code"
    before = browser.texts(selector)
    head = browser.all("#tradeoff thead th")[3]
    button = head.find_element("css selector", "button")
    button.click()
    slowest = browser.texts(selector)
    assert head.get_attribute("aria-sort") == "descending"
    assert slowest[0] == "advanced_rag"
    assert slowest != before
    button.send_keys(KEYS["enter"])
    assert head.get_attribute("aria-sort") == "ascending"
    assert browser.texts(selector) == slowest[::-1]


def test_what_was_not_measured_sorts_last(browser: Any, reports: dict[str, Path]) -> None:
    browser.open(reports["en"])
    heads = browser.texts("#recommendation thead th .head")
    column = next(i for i, text in enumerate(heads) if "nDCG" in text)
    button = browser.all("#recommendation thead th button")[column]
    for _ in range(2):
        button.click()
        assert browser.texts("#recommendation tbody th code")[-1] == "standard"


def test_texts_open_side_by_side_by_key(browser: Any, reports: dict[str, Path]) -> None:
    browser.open(reports["en"])
    case = browser.one("#cases .case")
    sides = case.find_elements("css selector", ".side")
    assert len(sides) == 2
    assert not sides[0].is_displayed()
    browser.js("arguments[0].focus()", case.find_element("css selector", "summary"))
    browser.driver.switch_to.active_element.send_keys(KEYS["enter"])
    assert all(side.is_displayed() for side in sides)
    assert sides[0].rect["y"] == sides[1].rect["y"]
    assert sides[0].rect["x"] < sides[1].rect["x"]
    assert sides[0].find_elements("css selector", "blockquote, .none")


def test_lists_are_filtered_and_say_so(browser: Any, reports: dict[str, Path]) -> None:
    browser.open(reports["en"])
    rows = browser.all("#pairs tbody tr")
    browser.one("#pairs .filter input").send_keys("raft")
    shown = [row for row in rows if row.is_displayed()]
    assert 0 < len(shown) < len(rows)
    assert all("raft" in row.text for row in shown)
    assert browser.one("#pairs [role=status]").text == f"{len(shown)} of {len(rows)} shown"


def test_everything_can_be_read_without_scripts(browser: Any, reports: dict[str, Path]) -> None:
    browser.open(reports["ko"], scripts=False)
    html = browser.driver.page_source
    browser.open(reports["ko"])
    assert "<button" not in html
    assert "<input" not in html
    for section in browser.all("main > section"):
        identity = section.get_attribute("id")
        assert f'id="{identity}"' in html
    assert html.count("<details") == len(browser.all("details"))


@LANGUAGES
@pytest.mark.parametrize("dark", [False, True])
def test_text_is_legible_in_light_and_dark(
    browser: Any, reports: dict[str, Path], language: str, dark: bool
) -> None:
    browser.open(reports[language], dark=dark)
    assert browser.js("return matchMedia('(prefers-color-scheme: dark)').matches") is dark
    browser.js("for (const one of document.querySelectorAll('details')) one.open = true")
    assert browser.js(CHECKS, "contrast") == []


@LANGUAGES
def test_headings_tables_and_charts_have_their_words(
    browser: Any, reports: dict[str, Path], language: str
) -> None:
    browser.open(reports[language])
    assert browser.js(CHECKS, "structure") == []


@pytest.mark.parametrize("width", [320, 375, 768])
def test_a_narrow_page_does_not_scroll_sideways(
    browser: Any, reports: dict[str, Path], width: int
) -> None:
    browser.open(reports["ko"], width=width)
    browser.js("for (const one of document.querySelectorAll('details')) one.open = true")
    assert browser.js("return document.documentElement.scrollWidth") <= width


def test_the_first_key_leads_past_the_contents(browser: Any, reports: dict[str, Path]) -> None:
    browser.open(reports["en"])
    browser.one("body").send_keys(KEYS["tab"])
    focused = browser.driver.switch_to.active_element
    assert focused.get_attribute("href").endswith("#content")
    assert focused.rect["x"] >= 0


def printed(browser: Any) -> Any:
    """The page as its print-out, an opened PDF of A4."""
    import pypdfium2

    made = browser.command("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
    return pypdfium2.PdfDocument(base64.b64decode(made["data"]))


@LANGUAGES
def test_it_prints_whole(browser: Any, reports: dict[str, Path], language: str) -> None:
    browser.open(reports[language])
    browser.js("for (const one of document.querySelectorAll('details')) one.open = true")
    heads = browser.texts("#recommendation thead th .head")
    titles = browser.texts("h2")
    document = printed(browser)
    assert 3 <= len(document) <= 60
    text = ""
    for page in document:
        width, height = page.get_size()
        assert (round(width), round(height)) == (595, 842)
        held = page.get_textpage()
        text += held.get_text_range()
        for index in range(held.count_chars()):
            left, bottom, right, top = held.get_charbox(index)
            if right > left and top > bottom:
                assert left >= 0
                assert right <= width, (held.get_text_range(index, 20), page)
    document.close()
    plain = "".join(text.split())
    for words in (*titles, *heads):
        assert "".join(words.split()) in plain, words


def test_hostile_texts_stay_texts(
    browser: Any, results: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    from openbook.evaluate.report import write

    made: dict[str, Any] = json.loads(
        json.dumps(results(2, 20)).replace("The answer is", json.dumps(HOSTILE)[1:-1])
    )
    for part in (*made["questions"], *made["methods"], *made["measures"]):
        for key in ("text", "kind", "summary", "doc", "source"):
            if key in part:
                part[key] += HOSTILE
    made["made_by"]["command"] = HOSTILE
    browser.open(write(made, tmp_path / "hostile.html"))
    browser.js("for (const one of document.querySelectorAll('details')) one.open = true")
    assert browser.js("return window.hacked") is None
    assert not browser.complaints
    assert HOSTILE.split("<img", maxsplit=1)[0] in browser.one("#cases .answer").text
    assert len(browser.all("img, script:not(body > script)")) == 0


def test_even_markup_that_got_in_could_not_act(
    browser: Any, reports: dict[str, Path], tmp_path: Path
) -> None:
    """The page's policy is a second lock: here the first one is picked."""
    html = reports["en"].read_text("utf-8")
    file = tmp_path / "picked.html"
    evil = '<script>window.hacked=1</script><img src="https://example.invalid/x.png">'
    file.write_text(html.replace("<main", f"{evil}<main"), "utf-8")
    browser.open(file)
    assert browser.js("return window.hacked") is None
    asked = [url for url in browser.requests if url.startswith("http")]
    assert not asked or all("Content Security Policy" in text for text in browser.complaints)


def test_two_runs_make_a_page_of_their_own(
    browser: Any, results: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    from openbook.evaluate.moved import moved
    from openbook.evaluate.record import record
    from openbook.evaluate.report.moves import moves_page

    old, new = record(results(0, 60)), record(results(3, 60))
    file = tmp_path / "moved.html"
    file.write_text(moves_page(old, new, moved(old, new), ("monday", "friday"), "en"), "utf-8")
    browser.open(file, width=375)
    assert browser.one("#answer .headline").is_displayed()
    assert browser.js(CHECKS, "structure") == []
    assert browser.js(CHECKS, "contrast") == []
    assert browser.js("return document.documentElement.scrollWidth") <= 375
    assert not browser.complaints
