"""Quotes are the source's own words at true offsets, or they are not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbook.generate.quotes import cut, find, marks, quote, whole
from openbook.types import Passage

SOURCE = (
    "# Leave\n\nFull-time staff have **15 days** of paid leave a year; it’s paid in “full”.\n"
    "| Grade | Days |\n|---|---|\n| Senior | 115 |\n"
    "연차 휴가는 입사일로부터 1년이 지나면 15일이 주어집니다. 단, 병가(유급)는 별도입니다.\n"
    "The limit is 1,500.50 USD — US only, 10² units, ½ price."
)


def passage(text: str, start: int = 40) -> Passage:
    return Passage("d#1", "d", start, start + len(text), text, ("A",), 3, "T", "d.md", "en")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("Full-time staff have **15 days** of paid leave", None),
        ("full-time staff have 15 days of paid", "Full-time staff have **15 days** of paid"),
        ("Full‑time staff have 15\n days", "Full-time staff have **15 days"),
        ('"it\'s paid in "full"."', "it’s paid in “full”."),
        ("Grade Days", "Grade | Days"),
        ("1년이지나면 15 일이 주어집니다", "1년이 지나면 15일이 주어집니다"),
        (unicodedata.normalize("NFD", "연차 휴가는"), "연차 휴가는"),
        ("병가（유급）는 별도", "병가(유급)는 별도"),
        ("1,500.50 USD - US only.", "1,500.50 USD — US only"),
        ("paid\u200b leave", "paid leave"),
        ("paid leave...", "paid leave"),
    ],
)  # fmt: skip
def test_found_in_the_words_of_the_source(asked: str, words: str | None) -> None:
    found = quote(asked, passage(SOURCE))
    assert found is not None
    assert found.text == (words or asked)
    assert SOURCE[found.start - 40 : found.end - 40] == found.text
    assert (found.document_id, found.passage_id, found.page) == ("d", "d#1", 3)


@pytest.mark.parametrize(
    "asked",
    [
        "25 days of paid leave",
        "5 days",  # of 15 days
        "15",  # stands, but see the next line
        "500.50",  # of 1,500.50
        "1,500",
        "ull-time staff",
        "staff have 15 days of unpaid leave",
        "102 units",  # 10²
        "us",  # US
        "1/2 price",
        "",
        " ... ",
        "##",
    ],
)
def test_not_found(asked: str) -> None:
    found = quote(asked, passage(SOURCE))
    if asked == "15":
        assert found is not None
        assert SOURCE[: found.start - 40].endswith("**")
    else:
        assert found is None


def test_hangul_may_follow_without_a_space() -> None:
    assert find("15일", "연차는 15일이다") == (4, 7)
    assert find("휴가", "연차휴가는") == (2, 4)
    assert find("15일", "연차는 115일이다") is None
    assert find("A4", "A4용지") == (0, 2)
    assert find("A4", "A45용지") is None


def test_cut_refuses_what_leads_out() -> None:
    assert cut(passage("abc"), 0, 3).end == 43
    for start, end in ((2, 2), (-1, 2), (1, 4)):
        with pytest.raises(ValueError, match="no span"):
            cut(passage("abc"), start, end)


TEXTS = st.text(
    st.one_of(
        st.sampled_from(
            list("ab AB19.,-–“”\"'’*|\n\t 연차휴가가각\u1100\u1161\u0301ﬁＡ½²①…\u200b")
        ),
        st.characters(exclude_categories=("Cs",)),
    ),
    max_size=60,
)


@settings(max_examples=400, deadline=None)
@given(TEXTS, TEXTS)
def test_what_is_found_stands_there(asked: str, text: str) -> None:
    found = quote(asked, passage(text))
    if found:
        assert text[found.start - 40 : found.end - 40] == found.text != ""
        assert whole(text, found.start - 40, found.end - 40)


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.data())
def test_every_whole_span_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    span = text[start:end]
    if any(c.isalnum() for c in span.strip()) and whole(text, start, end):
        lead, tail = len(span) - len(span.lstrip()), len(span) - len(span.rstrip())
        if whole(text, start + lead, end - tail):
            assert quote(span, passage(text)) is not None


WORDS = ["paid", "leave", "15", "days,", "연차", "휴가는", "it’s", "“full”", "co-op."]
MARKED = st.lists(st.sampled_from(["##begin_quote##", "##end_quote##", "a", " ", "\n", "#", "<"]))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=9))
def test_typography_and_spacing_do_not_matter(words: list[str]) -> None:
    text = "Before. " + "\n ".join(words) + " After."
    changed = " ".join(words).translate(str.maketrans("’“”-", '\'""–'))
    found = quote(unicodedata.normalize("NFD", changed), passage(text))
    if any(c.isalnum() for c in changed):
        assert found is not None
        assert found.text.split()[0] in text


@given(MARKED.map("".join))
def test_marks_never_hold_marks(text: str) -> None:
    for inner in marks(text):
        assert inner
        assert "##begin_quote##" not in inner
        assert "##end_quote##" not in inner


def test_marks() -> None:
    assert marks("##begin_quote##a##end_quote## ##BEGIN_QUOTE## b ## end quote ##") == ["a", "b"]
    assert marks("##begin_quote##a ##begin_quote##b##end_quote##") == ["a", "b"]
    assert marks("##begin_quote##a\n<ANSWER>: b") == ["a"]
    assert marks("##begin_quote##a\n\nb") == ["a"]
    assert marks("a##end_quote## ##begin_quote####end_quote##") == []
