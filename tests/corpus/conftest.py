"""Makers of small files of every format, written by hand so that the readers meet bytes that
no library of theirs has written.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from xml.sax.saxutils import escape

import pytest

from openbook.corpus.blocks import Parsed
from openbook.corpus.isolated import READER
from openbook.corpus.read import read
from openbook.corpus.settings import Settings
from openbook.corpus.split import split
from openbook.corpus.walk import Source
from openbook.types import Passage

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
P = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
S = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
H = (
    'xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section"'
    ' xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph"'
    ' xmlns:hh="http://www.hancom.co.kr/hwpml/2011/head"'
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

Blocks = Sequence[tuple[str, object]]  # ("heading", "text") or ("table", rows)


def zipped(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def relations(targets: dict[str, tuple[str, str]]) -> str:
    inner = "".join(
        f'<Relationship Id="{key}" Type="{RELATION}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'


def docx(blocks: Blocks, **parts: str) -> bytes:
    def paragraph(text: str, style: str = "") -> str:
        properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
        return f"<w:p>{properties}<w:r><w:t>{escape(text)}</w:t></w:r></w:p>"

    body = ""
    for kind, value in blocks:
        if kind == "table":
            rows = "".join(
                "<w:tr>" + "".join(f"<w:tc>{paragraph(c)}</w:tc>" for c in row) + "</w:tr>"
                for row in value  # type: ignore[attr-defined]
            )
            body += f"<w:tbl>{rows}</w:tbl>"
        elif kind == "xml":
            body += str(value)
        else:
            body += paragraph(str(value), "H1" if kind == "heading" else "")
    styles = (
        f'<w:styles {W}><w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style></w:styles>'
    )
    return zipped(
        {
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": styles,
            **{f"word/{name}.xml": part for name, part in parts.items()},
        }
    )


def pptx(slides: Sequence[tuple[str, Sequence[str]]]) -> bytes:
    def shape(kind: str, lines: Sequence[str]) -> str:
        paragraphs = "".join(f"<a:p><a:r><a:t>{escape(x)}</a:t></a:r></a:p>" for x in lines)
        return (
            f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>'
            f"<p:txBody>{paragraphs}</p:txBody></p:sp>"
        )

    parts: dict[str, str | bytes] = {}
    ids = ""
    targets = {}
    for number, (title, lines) in enumerate(slides, 1):
        tree = shape("body", lines) + shape("title", [title])
        parts[f"ppt/slides/slide{number}.xml"] = (
            f"<p:sld {P}><p:cSld><p:spTree>{tree}</p:spTree></p:cSld></p:sld>"
        )
        ids += f'<p:sldId id="{255 + number}" r:id="rId{number}"/>'
        targets[f"rId{number}"] = ("slide", f"slides/slide{number}.xml")
    parts["ppt/presentation.xml"] = (
        f"<p:presentation {P}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>"
    )
    parts["ppt/_rels/presentation.xml.rels"] = relations(targets)
    return zipped(parts)


def xlsx(
    sheets: dict[str, Sequence[Sequence[str | float]]], formats: str = "", hidden: str = ""
) -> bytes:
    parts: dict[str, str | bytes] = {}
    listing = ""
    targets = {}
    for number, (name, rows) in enumerate(sheets.items(), 1):
        body = ""
        for r, row in enumerate(rows, 1):
            cells = ""
            for c, value in enumerate(row):
                place = f'r="{chr(65 + c)}{r}"'
                if isinstance(value, str) and value:
                    text = escape(value)
                    cells += f'<c {place} t="inlineStr"><is><t>{text}</t></is></c>'
                elif value != "":
                    cells += f'<c {place} s="{c}"><v>{value}</v></c>'
            body += f'<row r="{r}">{cells}</row>'
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f"<worksheet {S}><sheetData>{body}</sheetData></worksheet>"
        )
        state = ' state="hidden"' if name == hidden else ""
        listing += f'<sheet name="{escape(name)}" sheetId="{number}"{state} r:id="rId{number}"/>'
        targets[f"rId{number}"] = ("worksheet", f"worksheets/sheet{number}.xml")
    parts["xl/workbook.xml"] = f"<workbook {S}><sheets>{listing}</sheets></workbook>"
    parts["xl/_rels/workbook.xml.rels"] = relations(targets)
    if formats:
        parts["xl/styles.xml"] = f"<styleSheet {S}>{formats}</styleSheet>"
    return zipped(parts)


def hwpx(blocks: Blocks) -> bytes:
    def paragraph(text: str, style: str = "0") -> str:
        return f'<hp:p styleIDRef="{style}"><hp:run><hp:t>{escape(text)}</hp:t></hp:run></hp:p>'

    body = ""
    for kind, value in blocks:
        if kind == "table":
            rows = ""
            for r, row in enumerate(value):  # type: ignore[arg-type, var-annotated]
                cells = "".join(
                    f'<hp:tc><hp:subList>{paragraph(text)}</hp:subList><hp:cellAddr colAddr="{c}"'
                    f' rowAddr="{r}"/><hp:cellSpan colSpan="1" rowSpan="1"/></hp:tc>'
                    for c, text in enumerate(row)
                )
                rows += f"<hp:tr>{cells}</hp:tr>"
            body += f'<hp:p styleIDRef="0"><hp:run><hp:tbl>{rows}</hp:tbl></hp:run></hp:p>'
        else:
            body += paragraph(str(value), "1" if kind == "heading" else "0")
    header = (
        f'<hh:head {H}><hh:style id="0" name="바탕글"/><hh:style id="1" name="개요 1"/></hh:head>'
    )
    return zipped(
        {
            "mimetype": "application/hwp+zip",
            "Contents/header.xml": header,
            "Contents/section0.xml": f"<hs:sec {H}>{body}</hs:sec>",
        }
    )


def pdf(pages: Sequence[Sequence[tuple[float, float, float, str]]], extra: str = "") -> bytes:
    """Pages of (x, y, font size, text); Korean through a standard CMap, nothing embedded."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids ["
        + " ".join(f"{6 + 2 * n} 0 R" for n in range(len(pages)))
        + "] >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /HYSMyeongJo-Medium"
        " /Encoding /UniKS-UCS2-H /DescendantFonts [4 0 R] >>",
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HYSMyeongJo-Medium /CIDSystemInfo"
        " << /Registry (Adobe) /Ordering (Korea1) /Supplement 2 >> /DW 1000"
        " /FontDescriptor 5 0 R >>",
        "<< /Type /FontDescriptor /FontName /HYSMyeongJo-Medium /Flags 6 /FontBBox"
        " [0 -148 1001 880] /ItalicAngle 0 /Ascent 880 /Descent -148 /CapHeight 880 /StemV 80 >>",
    ]
    for number, page in enumerate(pages):
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R"
            f" >> >> /Contents {7 + 2 * number} 0 R >>"
        )
        content = extra
        for x, y, size, text in page:
            code = text.encode("utf-16-be").hex()
            content += f"BT /F1 {size} Tf {x} {y} Td <{code}> Tj ET\n"
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}endstream")
    out = b"%PDF-1.5\n"
    offsets = []
    for number, item in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{item}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode()
    return out


@pytest.fixture(scope="session")
def make() -> Iterator[SimpleNamespace]:
    """Makers of files: ``make.docx(...)`` and so on."""
    yield SimpleNamespace(docx=docx, pptx=pptx, xlsx=xlsx, hwpx=hwpx, pdf=pdf, zipped=zipped)
    READER.close()


def reading(name: str, data: bytes, settings: Settings | None = None) -> list[Parsed]:
    source = Source(name, Path("/nowhere") / name, len(data))
    return list(read(source, data, settings or Settings()))


@pytest.fixture(scope="session")
def parse() -> Callable[..., list[Parsed]]:
    """``parse("a.md", data, settings)``: the documents of bytes under a name."""
    return reading


@pytest.fixture(scope="session")
def check() -> Callable[..., list[Passage]]:
    """Splits a parsed document, checks every law of blocks and passages, returns the passages."""

    def laws(parsed: Parsed, settings: Settings | None = None) -> list[Passage]:
        text = parsed.document.text
        before = 0
        for block in parsed.blocks:
            assert before <= block.start < block.end <= len(text)
            assert not text[before : block.start].strip(), "blocks cover all visible text"
            before = block.end
        assert not text[before:].strip()
        passages = split(parsed, settings or Settings())
        covered = bytearray(len(text))
        end = 0
        for passage in passages:
            assert text[passage.start : passage.end] == passage.text
            assert passage.text == passage.text.strip() != ""
            assert passage.start >= end, "in order, without overlaps"
            end = passage.end
            covered[passage.start : passage.end] = b"\x01" * (passage.end - passage.start)
        for block in parsed.blocks:
            if block.kind == "heading":
                covered[block.start : block.end] = b"\x01" * (block.end - block.start)
        assert all(covered[i] or text[i].isspace() for i in range(len(text)))
        assert len({passage.id for passage in passages}) == len(passages)
        return passages

    return laws
