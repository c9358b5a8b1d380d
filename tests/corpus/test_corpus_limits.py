"""Hostile and damaged input: one named reason, never a crash, never a hang."""

import gzip
import os
import random
import socket
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from openbook.corpus.isolated import READER
from openbook.corpus.settings import Settings
from openbook.corpus.walk import find
from openbook.errors import DocumentError, InputError, LimitError

HOSTILE = [
    *(part * 50_000 for part in ("[", "[a](", "![", "_a ", "*a", "`", "`a", "<a ", "~~a ", "| ")),
    *(
        part * 50_000
        for part in ("- ", "<table>", "> ", "&amp", "<!--", "\\", "1. ", "**", "[x]: ", "가")
    ),
    *("# a " + " " * 200_000 + "b", "\t" * 200_000 + "x", "a" * 1_000_000, "```\n" * 20_000),
    *("---\n" + "a" * 200_000, "---\n" + "a: b\n" * 20_000, "---\na" + " " * 200_000 + "\n---"),
]


def test_find(tmp_path):
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.md").write_text("a")
    (folder / "sub" / unnormal("가.txt")).write_text("b")
    (folder / ".hidden.md").write_text("x")
    (folder / "photo.png").write_bytes(b"x")
    (folder / "old.hwp").write_bytes(b"x")
    (tmp_path / "outside.md").write_text("secret")
    (folder / "out.md").symlink_to(tmp_path / "outside.md")
    (folder / "outdir").symlink_to(tmp_path)
    (folder / "in.md").symlink_to(folder / "a.md")
    (folder / "dangling.md").symlink_to(folder / "nothing.md")
    (folder / "loop.md").symlink_to(folder / "loop.md")
    os.mkfifo(folder / "pipe.md")
    sources, problems = find([folder], Settings())
    assert [source.id for source in sources] == ["docs/a.md", "docs/sub/가.txt"]
    reasons = {problem.source: problem.reason for problem in problems}
    assert set(reasons) == {
        f"docs/{name}"
        for name in ("out.md", "outdir", "dangling.md", "loop.md", "pipe.md", "old.hwp")
    }
    assert "leads out" in reasons["docs/out.md"]
    assert "regular file" in reasons["docs/pipe.md"]
    assert ".hwpx" in reasons["docs/old.hwp"]


def unnormal(text):
    import unicodedata

    return unicodedata.normalize("NFD", text)


def test_find_single_files_twice_collisions_and_missing(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.md").write_text("x")
    sources, problems = find([tmp_path / "a" / "x.md", tmp_path / "b" / "x.md"], Settings())
    assert [source.id for source in sources] == ["x.md"]
    assert "already that of" in problems[0].reason
    sources, problems = find([tmp_path / "a", tmp_path / "a" / "x.md"], Settings())
    assert [source.id for source in sources] == ["a/x.md"]
    assert not problems
    with pytest.raises(InputError, match="no such file"):
        find([tmp_path / "nowhere"], Settings())


def test_find_refuses_names_that_are_not_text_and_large_files(tmp_path):
    os.mkdir(os.fsencode(tmp_path) + b"/docs")  # noqa: PTH102
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/docs/\xff.md")).write_text("x")
    (tmp_path / "docs" / "big.md").write_bytes(b"x" * (2 << 20))
    sources, problems = find([tmp_path / "docs"], Settings(max_file_mb=1))
    assert not sources
    assert {p.reason.split(",")[0].split(";")[0] for p in problems} == {
        "it has 2 MB",
        "its name is not valid text",
    }


def test_find_socket(tmp_path):
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "s.txt"))
    _, problems = find([tmp_path], Settings())
    server.close()
    assert "regular file" in problems[0].reason


def test_unreadable_folder_is_named(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    (tmp_path / "closed").mkdir(mode=0)
    _, problems = find([tmp_path], Settings())
    assert problems[0].source.endswith("closed/")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"%PDF-1.4 ...", r"content is a PDF.*Rename it to \.pdf"),
        ("a.pdf", b"just text", "content is text"),
        ("a.docx", b"%PDF-1.4", "content is a PDF"),
        ("a.md", b"\x89PNG\r\n\x1a\n", "PNG image"),
        ("a.csv", gzip.compress(b"a,b"), "gzip archive"),
        ("a.docx", b"PK\x03\x04nonsense", "zip archive"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1HWP Document File", "HWP 5"),
        ("a.md", b"", "empty"),
        ("a.html", b"<html><body></body></html>", "no text"),
        ("a.jsonl", b"[" * 100_000, "nested too deeply|not a JSON object"),
        ("a.xyz", b"x", "not known"),
    ],
)
def test_wrong_content_is_named(parse, name, data, reason):
    with pytest.raises(DocumentError, match=reason):
        parse(name, data)


def test_zip_bombs(make, parse):
    with pytest.raises(LimitError, match=r"packed .* to 1"):
        parse("a.docx", make.docx([("p", "x")], bomb=" " * (8 << 20)))
    with pytest.raises(LimitError, match="unpacks to"):
        parse(
            "a.docx",
            make.docx([("p", "x")], big=os.urandom(3 << 20).hex()),
            Settings(max_archive_mb=4),
        )
    many = make.zipped({"word/document.xml": "<a/>", **{f"x{n}": "" for n in range(50)}})
    with pytest.raises(LimitError, match="parts"):
        parse("a.docx", many, Settings(max_archive_entries=10))


def test_zip_that_lies_about_its_sizes(make, parse):
    data = bytearray(make.docx([("p", "본문 " * 1000)]))
    with zipfile.ZipFile(BytesIO(bytes(data))) as archive:
        size = archive.getinfo("word/document.xml").file_size
    lying = bytes(data).replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(DocumentError):
        parse("a.docx", lying)


def test_xml_bombs(make, parse):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><w:document>&a;</w:document>'
    with pytest.raises(DocumentError, match="entities"):
        parse("a.docx", make.zipped({"word/document.xml": bomb}))
    deep = "<a>" * 5000 + "</a>" * 5000
    with pytest.raises(DocumentError, match="nested too deeply"):
        parse("a.docx", make.zipped({"word/document.xml": deep}))


@pytest.mark.parametrize("depth", [260, 5000, 100_000])
def test_deep_html(parse, depth):
    with pytest.raises(LimitError, match="nested"):
        parse("a.html", b"<div>" * depth + b"x" + b"</div>" * depth)


def test_deep_front_matter_and_json(parse):
    parse("a.md", b"---\na: " + b"[" * 3000 + b"\n---\ntext")
    with pytest.raises(DocumentError):
        parse("a.jsonl", b'{"text": ' + b"[" * 100_000)
    parse("a.jsonl", b'{"text": "x", "a": ' + b"[" * 500 + b"]" * 500 + b"}")


@pytest.mark.parametrize(
    "line",
    HOSTILE,
)
@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_hostile_lines_take_no_time(parse, check, name, line):
    start = time.process_time()
    try:
        for parsed in parse(name, (line + "\n끝입니다.").encode()):
            check(parsed)
    except DocumentError:
        pass
    assert time.process_time() - start < 5


def test_damaged_office_and_pdf(make, parse):
    pages = [[(50, 800 - 14 * n, 10, f"line {n}") for n in range(20)]]
    files = {
        "a.docx": make.docx([("p", "본문"), ("table", [["a", "b"], ["c", "d"]])]),
        "a.pptx": make.pptx([("t", ["x"])]),
        "a.xlsx": make.xlsx({"s": [["a", "b"], [1, 2]]}),
        "a.hwpx": make.hwpx([("p", "본문")]),
        "a.pdf": make.pdf(pages),
    }
    chance = random.Random(0)
    for name, data in files.items():
        for _ in range(40):
            broken = bytearray(data[: chance.randrange(1, len(data) + 1)])
            for _ in range(chance.randrange(0, 6)):
                broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
            try:
                parse(name, bytes(broken))
            except DocumentError as error:
                assert name in error.where
                assert error.what


def test_pdf_limits(make, parse):
    page = [(50, 700, 10, "x")]
    with pytest.raises(LimitError, match="pages"):
        parse("a.pdf", make.pdf([page] * 4), Settings(max_pages=3))
    with pytest.raises(LimitError, match="longer than"):
        parse("a.pdf", make.pdf([page] * 400), Settings(max_seconds=0.001))
    assert parse("a.pdf", make.pdf([page]))[0].document.text == "x"


def test_a_reader_that_dies_is_replaced(make, parse):
    data = make.pdf([[(50, 700, 10, "x")]])
    parse("a.pdf", data)
    READER._process.kill()
    READER._process.wait()
    assert parse("a.pdf", data)[0].document.text == "x"


def test_modules_among_the_documents_are_not_imported(make, parse, tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit")
    (tmp_path / "pypdfium2.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    READER.close()
    assert parse("a.pdf", make.pdf([[(50, 700, 10, "x")]]))[0].document.text == "x"


def test_limits_of_lines_and_cells(parse):
    with pytest.raises(DocumentError, match="line 1: it is longer"):
        parse("a.jsonl", b'{"text": "' + b"a" * (2 << 20) + b'"}', Settings(max_line_mb=1))
    with pytest.raises(LimitError, match="cells"):
        parse("a.csv", b"a,b\n" * 100, Settings(max_cells=50))
    with pytest.raises(LimitError, match="more than the limit"):
        parse("a.md", b"a" * (2 << 20), Settings(max_file_mb=1))


def test_damaged_stream_of_a_pdf_is_named(make, parse):
    import re
    import zlib

    plain = make.pdf([[(50, 700, 10, "some text that matters")]])
    match = re.search(rb"<< /Length \d+ >>\nstream\n(.*?)endstream", plain, re.S)
    packed = zlib.compress(match.group(1))
    head = b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
    good = plain.replace(match.group(), head + packed + b"endstream")
    assert parse("a.pdf", good)[0].document.text == "some text that matters"
    broken = good.replace(packed, packed[:20] + bytes([packed[20] ^ 1]) + packed[21:])
    with pytest.raises(DocumentError, match="does not unpack"):
        parse("a.pdf", broken)
