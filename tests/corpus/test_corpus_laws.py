"""Offsets are exact and nothing is lost, for every format and any text."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openbook.corpus.formats import formats
from openbook.corpus.read import read
from openbook.corpus.settings import Settings
from openbook.corpus.split import split
from openbook.corpus.tokens import tokens, weight
from openbook.corpus.walk import find
from openbook.errors import DocumentError

HANDBOOK = Path(__file__).parents[2] / "examples" / "handbook"
SMALL = Settings(max_tokens=24, record_tokens=40)
LAWS = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

WORDS = st.sampled_from(
    [
        "연차휴가는",
        "17일입니다.",
        "환불",
        "14",
        "days,",
        "refund.",
        "**bold**",
        "`code`",
        "[link](http://x.y)",
        "|",
        "#",
        "-",
        "1.",
        "①",
        "제3조(정의)",
        "<개정",
        "2024.1.1>",
        "&amp;",
        "\\*",
        "_x_",
        "🎉",
        "日本語。",
        "été",
        "···",
        "A.",
        "가.",
        "100,000원",
        "~~x~~",
        "<b>tag</b>",
    ]
)
LINES = st.lists(WORDS, min_size=0, max_size=14).map(" ".join)
TEXTS = st.lists(
    st.one_of(
        LINES, st.sampled_from(["", "", "# 제목", "## Sub", "- item", "| a | b |", "|--|--|"])
    ),
    min_size=1,
    max_size=30,
).map("\n".join)
CELLS = st.lists(
    st.lists(st.one_of(LINES, st.just("")), min_size=2, max_size=4), min_size=1, max_size=8
)


def visible(text):
    """XML cannot hold control characters, and PDF fonts have no emoji."""
    return "".join(c for c in text if c.isprintable() and ord(c) < 0x10000)


@pytest.mark.parametrize("suffix", [".md", ".txt", ".html"])
@LAWS
@given(text=TEXTS | st.text(max_size=300))
def test_text_formats(suffix, text, parse, check):
    data = text.encode("utf-8", "ignore")
    try:
        documents = parse(f"a{suffix}", data)
    except DocumentError as error:
        assert re.search("empty|no text|binary", error.what)
        return
    for parsed in documents:
        check(parsed)
        check(parsed, SMALL)


@LAWS
@given(rows=CELLS)
def test_csv(rows, parse, check):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    if not any(cell.strip() for row in rows for cell in row):
        return
    for parsed in parse("a.csv", out.getvalue().encode()):
        check(parsed, SMALL)


@LAWS
@given(texts=st.lists(TEXTS | st.text(max_size=200), min_size=1, max_size=5))
def test_jsonl(texts, parse, check):
    records = [{"_id": f"d{n}", "title": "제목", "text": t} for n, t in enumerate(texts)]
    data = "\n".join(json.dumps(record) for record in records).encode()
    documents = parse("corpus.jsonl", data)
    assert [parsed.document.id for parsed in documents] == [r["_id"] for r in records]
    for parsed in documents:
        check(parsed, SMALL)


@LAWS
@given(lines=st.lists(LINES, min_size=1, max_size=10), rows=CELLS)
def test_office_formats(lines, rows, make, parse, check):
    lines = [line for line in map(visible, lines) if line.strip()] or ["본문"]
    rows = [[visible(cell) for cell in row] for row in rows]
    blocks = [("heading", lines[0]), *(("paragraph", line) for line in lines), ("table", rows)]
    files = {
        "a.docx": make.docx(blocks),
        "a.hwpx": make.hwpx(blocks),
        "a.pptx": make.pptx([(lines[0], lines), ("끝", lines)]),
        "a.xlsx": make.xlsx({"표": rows, "둘": [lines]}),
    }
    for name, data in files.items():
        for parsed in parse(name, data):
            check(parsed)
            check(parsed, SMALL)


@settings(parent=LAWS, max_examples=15)
@given(pages=st.lists(st.lists(LINES, min_size=1, max_size=12), min_size=1, max_size=3))
def test_pdf(pages, make, parse, check):
    placed = [
        [(50, 800 - 14 * n, 10, visible(line) or "x") for n, line in enumerate(page)]
        for page in pages
    ]
    for parsed in parse("a.pdf", make.pdf(placed)):
        check(parsed)
        check(parsed, SMALL)


@pytest.mark.skipif(not HANDBOOK.is_dir(), reason="the sample handbook is not here")
def test_sample_handbook(check):
    sources, problems = find([HANDBOOK], Settings())
    assert not problems
    suffixes = {source.path.suffix for source in sources}
    assert suffixes >= {".md", ".txt", ".html", ".csv", ".jsonl"}
    for source in sources:
        for parsed in read(source, source.path.read_bytes(), Settings()):
            passages = check(parsed)
            assert passages
            assert all(weight(p.text) <= 256 or "\n" not in p.text for p in passages)


def test_same_bytes_same_ids_and_local_change_local_ids(parse):
    text = "# A\n\n" + "\n\n".join(
        f"## {n}\n\n{n}번 문단입니다. 내용이 있습니다." for n in range(20)
    )
    first = split(parse("a.md", text.encode())[0], Settings())
    again = split(parse("a.md", text.encode())[0], Settings())
    assert first == again
    changed = split(parse("a.md", text.replace("\n7번", "\n일곱째").encode())[0], Settings())
    assert len({p.id for p in first} - {p.id for p in changed}) == 1


def test_repeated_text_has_its_own_id(parse):
    passages = split(parse("a.md", b"# A\n\nsame\n\n# B\n\nsame")[0], Settings())
    assert [p.text for p in passages] == ["same", "same"]
    assert passages[0].id != passages[1].id


@given(st.text(max_size=200), st.text(max_size=200))
def test_weight_adds_up(a, b):
    a, b = (t.encode("utf-8", "ignore").decode() for t in (a, b))
    assert weight(a + b) == pytest.approx(weight(a) + weight(b))
    assert tokens(a) >= bool(a)


def test_every_format_has_its_parts():
    assert set(formats()) >= {
        ".md", ".txt", ".html", ".pdf", ".docx", ".pptx", ".xlsx", ".csv", ".jsonl", ".hwpx",
    }  # fmt: skip
    for module in formats().values():
        assert module.CONTENT
        assert callable(module.read)
