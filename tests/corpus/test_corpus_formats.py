"""Each format's text, headings, tables and fields."""

import json

import pytest

from openbook.corpus.formats.csv import delimiter
from openbook.corpus.frontmatter import front_matter, iso_date
from openbook.corpus.numberformat import shown
from openbook.corpus.settings import Settings
from openbook.corpus.split import indexed, split
from openbook.errors import DocumentError


def one(parse, name, data):
    (parsed,) = parse(name, data if isinstance(data, bytes) else data.encode())
    return parsed


def passages(parse, name, data):
    return split(one(parse, name, data), Settings())


MARKDOWN = """---
title: 휴가 규정: 정규직
date: 2025.1.2
tags: [휴가, "인사"]
nested:
- a: 1
  b: 2
owner:
  name: 서다인
---
# 휴가 규정

**연차**는 [사내망](http://x/y_(z))에서 `신청`하고,
승인을 받습니다.

## 발생

| 근속 | 일수 |
|:--|--:|
| 1년 \\| 미만 | **11일** |
| 3년 | 17일 |

- 반차도
  됩니다.
- [x] 끝난 일
1. 첫째

```python
# not a heading
x = "**kept**"
```

Setext
------

1\\. 가목 <개정 2024.1.1> <b>굵게</b> a\\*b &amp; snake_case _기울임_

> 인용한
> 문장입니다.
"""


def test_markdown(parse):
    parsed = one(parse, "a/b.md", MARKDOWN)
    document = parsed.document
    assert document.title == "휴가 규정: 정규직"
    assert (document.date, document.language) == ("2025-01-02", "ko")
    assert dict(document.metadata) == {
        "title": "휴가 규정: 정규직", "date": "2025.1.2", "tags": "휴가, 인사",
    }  # fmt: skip
    text = document.text
    assert "연차는 사내망에서 신청하고, 승인을 받습니다." in text
    assert "근속: 1년 | 미만; 일수: 11일\n근속: 3년; 일수: 17일" in text
    assert "반차도 됩니다.\n끝난 일\n1. 첫째" in text
    assert '# not a heading\nx = "**kept**"' in text
    assert "1. 가목 <개정 2024.1.1> 굵게 a*b & snake_case 기울임" in text
    assert "인용한 문장입니다." in text
    kinds = [block.kind for block in parsed.blocks]
    assert kinds == [
        "heading", "paragraph", "heading", "table", "item", "item", "item", "code", "heading",
        "item", "paragraph",
    ]  # fmt: skip
    headings = [p.heading for p in split(parsed, Settings())]
    assert headings == [("휴가 규정",), ("휴가 규정", "발생"), ("휴가 규정", "Setext")]


def test_markdown_without_closing_marks(parse):
    text = one(parse, "a.md", "```\ncode\n\n# 여전히\n").document.text
    assert text == "code\n\n# 여전히"
    assert one(parse, "a.md", "---\n\nonly a rule").document.text == "only a rule"
    assert one(parse, "a.md", "#hashtag stays").document.text == "#hashtag stays"


def test_html_table_in_markdown(parse):
    table = "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2 &amp; 3</td></tr></table>"
    assert one(parse, "a.md", f"text&#x200B;\n{table}\nmore").document.text == (
        "text\n\na: 1; b: 2 & 3\n\nmore"
    )


def test_front_matter_mistakes_cost_one_field_only():
    fields, body = front_matter("---\na: b: c\nbad: [x\n? q\nlist:\n- x\n- y\ngood: 1\n---\ntext")
    assert (fields["a"], fields["list"], fields["good"], body) == ("b: c", "x, y", "1", "text")


def test_dates():
    assert iso_date("시행 2025년 2월 1일") == "2025-02-01"
    assert iso_date("March 1, 2025") == iso_date("1 March 2025") == "2025-03-01"
    assert iso_date("2025-13-40") == iso_date("12345678901") == ""


TEXT = """Runbook
=======

1. Purpose

This text was wrapped by an editor at about seventy columns, so that
its lines belong together and a sentence goes on over the end of a line
and is found whole by whoever asks for it later on.

SEV-1: ten minutes.
SEV-2: one hour.

제2조 (정의)

용어는 다음과 같다.
"""


def test_text(parse):
    got = passages(parse, "a.txt", TEXT)
    assert [p.heading for p in got] == [
        ("Runbook", "1. Purpose"),
        ("Runbook", "1. Purpose", "제2조 (정의)"),
    ]
    assert "seventy columns, so that its lines belong together" in got[0].text
    assert "SEV-1: ten minutes.\nSEV-2: one hour." in got[0].text


FAQ = """고객 질문
2025년 5월

[계정과 앱]

Q. 비밀번호를 잊었어요.
A. 재설정 메일을 보냅니다.

IN THE BOX (2 items)

제품          가정용    업무용
숨 A3         2년       1년
타래 허브 H2  3년       2년

Range       80 m in the open
Protection  IP67
Weight      58 g
"""


def test_text_without_marks(parse):
    parsed = one(parse, "faq.txt", FAQ)
    assert parsed.document.title == "고객 질문"
    got = [(p.heading[1:], p.text) for p in split(parsed, Settings())]
    assert got == [
        ((), "2025년 5월"),
        (("계정과 앱", "비밀번호를 잊었어요."), "재설정 메일을 보냅니다."),
        (
            ("IN THE BOX (2 items)",),
            "제품: 숨 A3; 가정용: 2년; 업무용: 1년\n"
            "제품: 타래 허브 H2; 가정용: 3년; 업무용: 2년\n\n"
            "Range: 80 m in the open\nProtection: IP67\nWeight: 58 g",
        ),
    ]


HTML = """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html lang="ko-KR"><head>
<title>환불 정책 - 타래</title><meta name="date" content="2025-02-01"><style>p{}</style></head>
<body><nav><a href="/">홈</a></nav><div class="cookie-banner">쿠키를 씁니다</div>
<main><h1>환불 정책</h1><p>14일 <b>이내</b>에<br>신청합니다.</p>
<ul><li>하나<ul><li>안쪽</li></ul></li></ul><ol start="3"><li>셋</li></ol>
<table><caption>시기</caption><tr><th>수단</th><th>기간</th></tr>
<tr><td rowspan="2">카드</td><td>3일</td></tr><tr><td>5일</td></tr></table>
<pre>a
  b</pre><dl><dt>용어</dt><dd>뜻</dd></dl><script>alert(1)</script></main>
<footer>© 타래</footer></body></html>"""


def test_html(parse):
    parsed = one(parse, "a.html", HTML)
    document = parsed.document
    assert (document.title, document.date, document.language) == ("환불 정책", "2025-02-01", "ko")
    assert document.text == (
        "환불 정책\n\n14일 이내에\n신청합니다.\n\n하나\n안쪽\n3. 셋\n\n"
        "시기\n수단: 카드; 기간: 3일\n수단: 카드; 기간: 5일\n\na\n  b\n\n용어\n뜻"
    )
    assert [b.level for b in parsed.blocks if b.kind == "item"][:3] == [0, 1, 0]


def test_html_euc_kr_and_without_main(parse):
    page = (
        '<html><head><meta charset="euc-kr"></head><body><p>환불은 이렇게 합니다.</p></body></html>'
    )
    assert one(parse, "a.htm", page.encode("euc-kr")).document.text == "환불은 이렇게 합니다."
    assert one(parse, "a.html", "<div class=sidebar>유일한 글</div>").document.text == "유일한 글"
    assert (
        one(
            parse, "a.html", "<table><tr><td><h2>제목</h2><p>글</p></td></tr></table>"
        ).document.text
        == "제목\n\n글"
    )


def test_html_menus_without_names(parse):
    menu = "".join(f'<li><a href="/{n}">Topic {n}</a></li>' for n in range(9))
    text = "The text itself is longer than a menu. " * 8
    page = f"<body><div><ul>{menu}</ul></div><div><p>{text}</p></div></body>"
    assert one(parse, "a.html", page).document.text == text.strip()
    assert "Topic 3" in one(parse, "a.html", f"<body><ul>{menu}</ul></body>").document.text
    assert "Topic 3" in one(parse, "a.html", f"<main><ul>{menu}</ul></main>").document.text


def test_docx(make, parse):
    numbering = (
        '<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="decimal"/><w:lvlText w:val="제%1항"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="5"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
    )
    listed = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="5"/></w:numPr></w:pPr>'
        "<w:r><w:t>항목</w:t></w:r><w:del><w:r><w:delText>지움</w:delText></w:r></w:del></w:p>"
    )
    merged = (
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>구분</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>값</w:t></w:r></w:p></w:tc></w:tr>"
        '<w:tr><w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>'
        "<w:p><w:r><w:t>가</w:t></w:r></w:p>"
        "</w:tc><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr>"
        "<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>"
        "<w:tc><w:p><w:r><w:t>2</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    blocks = [("heading", "규정"), ("p", "본문"), ("xml", listed), ("xml", listed), ("xml", merged)]
    parsed = one(parse, "a.docx", make.docx(blocks, numbering=numbering))
    assert parsed.document.title == "규정"
    assert parsed.document.text == (
        "규정\n\n본문\n\n제1항 항목\n제2항 항목\n\n구분: 가; 값: 1\n구분: 가; 값: 2"
    )


def test_pptx_slides_are_pages_and_titles_headings(make, parse):
    got = passages(parse, "a.pptx", make.pptx([("하나", ["글", "둘째"]), ("둘", ["끝"])]))
    assert [(p.heading, p.page, p.text) for p in got] == [
        (("하나",), 1, "글\n둘째"),
        (("둘",), 2, "끝"),
    ]


def test_xlsx_shows_numbers_as_people_see_them(make, parse):
    formats = (
        '<numFmts><numFmt numFmtId="164" formatCode="#,##0&quot;원&quot;"/></numFmts><cellXfs>'
        '<xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/><xf numFmtId="9"/></cellXfs>'
    )
    rows = [
        ["2025년 가격"],
        ["품목", "가격", "날짜", "할인"],
        ["숨 A3", 249000, 45292, 0.15],
        ["", "", "", ""],
        ["부가세 포함"],
    ]
    data = make.xlsx({"제품": rows, "비밀": [["x", "y"]]}, formats, hidden="비밀")
    (passage,) = passages(parse, "a.xlsx", data)
    assert passage.text == (
        "2025년 가격\n\n품목: 숨 A3; 가격: 249,000원; 날짜: 2024-01-01; 할인: 15%\n\n부가세 포함"
    )
    assert (passage.heading, passage.page) == (("제품",), 1)


@pytest.mark.parametrize(
    ("value", "number", "code", "text"),
    [
        (0.5, 20, "", "12:00"),
        (45292.75, 22, "", "2024-01-01 18:00"),
        (1234.5, 4, "", "1,234.50"),
        (1234.5, 0, "General", "1234.5"),
        (45292, 165, 'yyyy"년" m"월" d"일"', "2024-01-01"),
        (3, 166, '0"개"', "3개"),
        (5000, 167, "[$₩-412]#,##0", "₩5,000"),
        (7, 168, "000", "7"),
    ],
)
def test_number_formats(value, number, code, text):
    assert shown(value, number, code) == text


def test_hwpx(make, parse):
    blocks = [
        ("heading", "제1조"),
        ("p", "① 본문"),
        ("table", [["금액", "승인"], ["50만", "팀장"]]),
    ]
    (passage,) = passages(parse, "a.hwpx", make.hwpx(blocks))
    assert passage.heading == ("제1조",)
    assert passage.text == "① 본문\n\n금액: 50만; 승인: 팀장"


def test_csv(parse):
    got = passages(parse, "a.csv", "이름;값\n가;1,5\n나;\n".encode("cp949"))
    assert got[0].text == "이름: 가; 값: 1,5\n나"
    assert delimiter(["a\tb", "c,d\te"]) == "\t"
    assert one(parse, "a.csv", "표 제목,,\n이름,값,비고\n가,1,x\n").document.text == (
        "표 제목\n\n이름: 가; 값: 1; 비고: x"
    )


def test_jsonl(parse):
    lines = [
        {"_id": "7", "title": "T", "text": "BEIR"},
        {
            "id": "faq-1",
            "question": "왜?",
            "answer": {"short": "그래서", "n": 3, "tags": ["a", "b"]},
        },
        {"text": "no id", "date": "2024-01-02", "nested": {"x": 1}},
    ]
    got = parse("x/a.jsonl", "\n\n".join(json.dumps(line) for line in lines).encode())
    assert [p.document.id for p in got] == ["7", "x/a.jsonl#faq-1", "x/a.jsonl#line-5"]
    assert {p.document.source for p in got} == {"x/a.jsonl"}
    assert got[1].document.text == (
        "id: faq-1\nquestion: 왜?\nanswer.short: 그래서\nanswer.n: 3\nanswer.tags: a, b"
    )
    assert got[2].document.date == "2024-01-02"


def test_jsonl_names_the_bad_line(parse):
    for line, reason in [
        ("{", "not a JSON object"),
        ("[1]", "JSON list"),
        ('{"_id": "1", "text": "x"}', "stands in line 1"),
    ]:
        data = '{"_id": "1", "text": "a"}\n' + line
        with pytest.raises(DocumentError, match=f"line 2.*{reason}"):
            parse("a.jsonl", data.encode())


def test_jsonl_goes_on_after_bad_lines():
    from pathlib import Path

    from openbook.corpus.read import read
    from openbook.corpus.settings import Settings
    from openbook.corpus.walk import Source

    lines = ['{"id": 0, "text": "zero"}', "{broken", '{"id": 1, "text": "one"}', "[]", "7", "x"]
    lines += ['{"text": "last"}']
    data = "\n".join(lines).encode()
    found = []
    with pytest.raises(DocumentError, match=r"left out: 4 \(line 2: .*line 5: .*and 1 more\)"):
        for parsed in read(Source("a.jsonl", Path("a.jsonl"), len(data)), data, Settings()):
            found.append(parsed.document.id)
    assert found == ["a.jsonl#0", "a.jsonl#1", "a.jsonl#line-7"]


@pytest.mark.parametrize("encoding", ["cp949", "utf-16", "utf-8-sig"])
def test_jsonl_in_other_encodings(parse, encoding):
    plain = [{"_id": f"{n}", "text": "plain"} for n in range(3000)]
    korean = [{"_id": f"k{n}", "text": f"연차 휴가는 {n}일입니다"} for n in range(1000)]
    lines = [json.dumps(row, ensure_ascii=False) for row in plain + korean]
    got = parse("a.jsonl", "\n".join(lines).encode(encoding))
    assert len(got) == 4000 and got[-1].document.text == "연차 휴가는 999일입니다"


def test_jsonl_with_a_damaged_line_keeps_the_rest():
    from pathlib import Path

    from openbook.corpus.read import read
    from openbook.corpus.settings import Settings
    from openbook.corpus.walk import Source

    rows = [f'{{"_id": "{n}", "text": "연차는 {n}일"}}' for n in range(50)]
    data = "\n".join(rows).encode().replace("연차는 7일".encode(), b"\xff\xfe\xfd")
    found = []
    with pytest.raises(DocumentError, match=r"left out: 1 .line 8"):
        for parsed in read(Source("a.jsonl", Path("a.jsonl"), len(data)), data, Settings()):
            found.append(parsed.document.id)
    assert len(found) == 49


def test_beir_line_stays_whole_up_to_its_own_limit(parse):
    text = "한 문장입니다. " * 60
    record = json.dumps({"_id": "1", "title": "제목", "text": text})
    (passage,) = passages(parse, "c.jsonl", record)
    assert indexed(passage).startswith("제목\n한 문장")
    assert (
        len(split(one(parse, "c.jsonl", record), Settings(record_tokens=100, max_tokens=100))) > 2
    )


def test_pdf(make, parse):
    body = [
        (50, 760, 10, "This policy applies to employees and contractors of the Rotter-"),
        (50, 746, 10, "dam office and is read by everyone who works there for a while."),
        (50, 718, 10, "A second paragraph."),
        (50, 704, 10, "- an item"),
    ]
    pages = [
        [(50, 800, 16, "1. Scope"), *body, (280, 20, 8, "1 / 2")],
        [(50, 800, 16, "2. 휴가"), (50, 770, 10, "연차는 17일입니다."), (280, 20, 8, "2 / 2")],
    ]
    got = passages(parse, "a.pdf", make.pdf(pages))
    assert [(p.heading, p.page) for p in got] == [(("1. Scope",), 1), (("2. 휴가",), 2)]
    assert got[0].text == (
        "This policy applies to employees and contractors of the Rotterdam office and is read by"
        " everyone who works there for a while.\n\nA second paragraph.\n\nan item"
    )
    assert got[1].text == "연차는 17일입니다."


def test_pdf_ruled_table(make, parse):
    rules = "".join(f"50 {y} m 450 {y} l S\n" for y in (700, 680, 660))
    rules += "".join(f"{x} 660 m {x} 700 l S\n" for x in (50, 250, 450))
    cells = [
        (60, 686, 10, "Class"),
        (260, 686, 10, "Kept"),
        (60, 666, 10, "Secret"),
        (260, 666, 10, "5 years"),
    ]
    text = one(
        parse, "a.pdf", make.pdf([[(50, 760, 10, "Before."), *cells]], extra=rules)
    ).document.text
    assert text == "Before.\n\nClass: Secret; Kept: 5 years"
