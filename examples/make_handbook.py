"""Make the handbook's binary files from their readable sources.

    pip install reportlab python-docx python-pptx openpyxl
    python examples/make_handbook.py [--font NanumGothic.ttf --bold-font NanumGothicBold.ttf]

Nobody needs to run this to use the samples: what it makes is committed. A
source is `handbook-sources/LANGUAGE/NAME.FORMAT.md`, Markdown reduced to front
matter, headings, paragraphs, lists, pipe tables and `>` speaker notes; it
becomes `handbook/LANGUAGE/NAME.FORMAT`. A source `NAME.txt` becomes the same
text in CP949. The same sources and libraries give the same bytes.

Korean PDFs embed a subset of NanumGothic (SIL Open Font License), found in
Debian's `fonts-nanum` or in the PyPI package `koreanize-matplotlib`.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape

import docx
import openpyxl
import pptx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl.styles import Alignment, Font, PatternFill
from pptx.util import Inches, Pt
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

EXAMPLES = Path(__file__).resolve().parent
SOURCES = EXAMPLES / "handbook-sources"
HANDBOOK = EXAMPLES / "handbook"
STAMP = datetime(2025, 6, 16, 9, 0, 0)
INK, SHADE = "1F3B4D", "E6EEF2"


# -- the source format --------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """A heading, paragraph, list, table or note. `level` counts a heading's `#`;
    an ordered list has level 1. `rows` holds list items as rows of one cell."""

    kind: str
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Source:
    fields: dict[str, str]
    blocks: tuple[Block, ...]

    @property
    def title(self) -> str:
        return self.fields["title"]


def cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))


def parse_block(lines: list[str]) -> Block:
    first = lines[0]
    if heading := re.match(r"(#+) (.*)", first):
        return Block("heading", heading[2], len(heading[1]))
    if first.startswith("|"):
        return Block("table", rows=tuple(cells(line) for line in (first, *lines[2:])))
    if first.startswith("> "):
        return Block("note", " ".join(line[2:] for line in lines))
    if item := re.match(r"(- |\d+\. )", first):
        pattern = re.compile(r"- |\d+\. ")
        items = tuple((pattern.sub("", line, count=1),) for line in lines)
        return Block("list", level=int(item[1] != "- "), rows=items)
    return Block("paragraph", " ".join(lines))


def parse(path: Path) -> Source:
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    fields = dict(line.split(": ", 1) for line in front.splitlines())
    groups = [group.splitlines() for group in re.split(r"\n\s*\n", body.strip())]
    return Source(fields, tuple(parse_block(group) for group in groups))


# -- PDF ------------------------------------------------------------------------


class NumberedCanvas(Canvas):
    """Writes "page / pages" at the foot, once the number of pages is known."""

    foot_font = "Helvetica"

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.pages: list[dict[str, object]] = []

    def showPage(self) -> None:
        self.pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self.pages, 1):
            self.__dict__.update(page)
            self.setFont(self.foot_font, 8)
            self.drawCentredString(self._pagesize[0] / 2, 24, f"{number} / {len(self.pages)}")
            super().showPage()
        super().save()


def pdf_styles(korean: bool, small: bool) -> dict[str, ParagraphStyle]:
    plain, bold = ("Nanum", "Nanum-Bold") if korean else ("Helvetica", "Helvetica-Bold")
    size = 9.5 if small else 10.5
    base = ParagraphStyle("base", fontName=plain, fontSize=size, leading=size * 1.6, spaceAfter=6)
    ink = colors.HexColor(f"#{INK}")

    def heading(name: str, scale: float, before: float) -> ParagraphStyle:
        return ParagraphStyle(
            name,
            base,
            fontName=bold,
            fontSize=size * scale,
            leading=size * scale * 1.35,
            spaceBefore=before,
            spaceAfter=6,
            textColor=ink,
            keepWithNext=True,
        )

    return {
        "base": base,
        "h1": heading("h1", 1.9, 0),
        "h2": heading("h2", 1.35, 12),
        "h3": heading("h3", 1.1, 8),
        "cell": ParagraphStyle("cell", base, fontSize=size - 1.2, leading=size * 1.3, spaceAfter=0),
        "head": ParagraphStyle(
            "head", base, fontName=bold, fontSize=size - 1.2, leading=size * 1.3, spaceAfter=0
        ),
    }


def pdf_table(block: Block, styles: dict[str, ParagraphStyle], width: float) -> Table:
    longest = [max(len(row[i]) for row in block.rows) for i in range(len(block.rows[0]))]
    weights = [min(max(n, 11), 34) for n in longest]
    rows = [
        [Paragraph(escape(cell), styles["cell" if n else "head"]) for cell in row]
        for n, row in enumerate(block.rows)
    ]
    table = Table(rows, colWidths=[width * w / sum(weights) for w in weights], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
                ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor(f"#{SHADE}")),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    return table


def pdf_flow(source: Source, styles: dict[str, ParagraphStyle], width: float) -> Iterator[Flowable]:
    for block in source.blocks:
        if block.kind == "heading":
            yield Paragraph(escape(block.text), styles[f"h{min(block.level, 3)}"])
            if block.level == 1:
                yield Paragraph(escape(source.fields["subject"]), styles["base"])
        elif block.kind == "table":
            yield pdf_table(block, styles, width)
            yield Spacer(1, 8)
        elif block.kind == "list":
            item = ParagraphStyle("item", styles["base"], leftIndent=16, spaceAfter=3)
            for n, (text,) in enumerate(block.rows, 1):
                mark = f"{n}." if block.level else "-"
                yield Paragraph(f"{mark} {escape(text)}", item)
            yield Spacer(1, 4)
        else:
            yield Paragraph(escape(block.text), styles["base"])


def make_pdf(source: Source, path: Path) -> None:
    korean = path.parent.name == "ko"
    page = A5 if source.fields.get("page") == "A5" else A4
    margin = 45 if page is A5 else 64
    styles = pdf_styles(korean, page is A5)
    canvas = type("Numbered", (NumberedCanvas,), {"foot_font": styles["base"].fontName})
    document = SimpleDocTemplate(
        str(path),
        pagesize=page,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin,
        bottomMargin=margin,
        title=source.title,
        author=source.fields["author"],
        subject=source.fields["subject"],
        lang=path.parent.name,
        invariant=1,
    )
    flow = list(pdf_flow(source, styles, page[0] - 2 * margin - 12))
    document.build(flow, canvasmaker=canvas)


# -- DOCX -------------------------------------------------------------------------


def restart_numbering(document: docx.document.Document) -> str:
    """A new instance of the "List Number" list that starts at 1; its id."""
    numbering = document.part.numbering_part.element
    style = document.styles["List Number"].element
    old = style.find(f".//{qn('w:numId')}").get(qn("w:val"))
    abstract = next(n for n in numbering.num_lst if str(n.numId) == old).abstractNumId.val
    number = numbering.add_num(abstract)
    number.add_lvlOverride(ilvl=0).add_startOverride(1)
    return str(number.numId)


def docx_list(document: docx.document.Document, block: Block) -> None:
    number = restart_numbering(document) if block.level else None
    for (text,) in block.rows:
        style = "List Number" if block.level else "List Bullet"
        paragraph = document.add_paragraph(text, style=style)
        if number is not None:
            properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val = 0
            properties.get_or_add_numId().val = int(number)


def docx_table(document: docx.document.Document, block: Block) -> None:
    table = document.add_table(rows=0, cols=len(block.rows[0]), style="Light Grid Accent 1")
    for row in block.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    header = table.rows[0]._tr.get_or_add_trPr()
    header.append(OxmlElement("w:tblHeader"))
    document.add_paragraph()


def make_docx(source: Source, path: Path) -> None:
    document = docx.Document()
    fonts = document.styles["Normal"].element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), "Malgun Gothic")
    properties = document.core_properties
    properties.title, properties.author = source.title, source.fields["author"]
    properties.subject = source.fields["subject"]
    properties.created = properties.modified = STAMP
    properties.language = path.parent.name
    for block in source.blocks:
        if block.kind == "heading":
            document.add_heading(block.text, level=block.level)
            if block.level == 1:
                document.add_paragraph(source.fields["subject"])
        elif block.kind == "list":
            docx_list(document, block)
        elif block.kind == "table":
            docx_table(document, block)
        else:
            document.add_paragraph(block.text)
    document.save(str(path))


# -- PPTX -------------------------------------------------------------------------


def slides(source: Source) -> Iterator[tuple[str, list[Block]]]:
    """(slide title, its blocks); a second-level heading opens a slide."""
    title, blocks = "", list[Block]()
    for block in source.blocks:
        if block.kind == "heading" and block.level == 2:
            if title:
                yield title, blocks
            title, blocks = block.text, []
        elif title:
            blocks.append(block)
    yield title, blocks


def pptx_table(slide: pptx.slide.Slide, block: Block) -> float:
    """Adds a table under the title; returns its lower edge in inches."""
    height = 0.45 * len(block.rows)
    shape = slide.shapes.add_table(
        len(block.rows), len(block.rows[0]), Inches(0.5), Inches(1.6), Inches(9), Inches(height)
    )
    for n, row in enumerate(block.rows):
        for i, text in enumerate(row):
            cell = shape.table.cell(n, i)
            cell.text = text
            cell.text_frame.paragraphs[0].font.size = Pt(14)
    return 1.6 + height


def pptx_bullets(frame: pptx.text.text.TextFrame, block: Block) -> None:
    for n, (text,) in enumerate(block.rows):
        paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
        paragraph.text = text
        paragraph.font.size = Pt(18)


def pptx_slide(deck: pptx.presentation.Presentation, title: str, blocks: list[Block]) -> None:
    tables = [block for block in blocks if block.kind == "table"]
    slide = deck.slides.add_slide(deck.slide_layouts[5 if tables else 1])
    slide.shapes.title.text = title
    below = 1.6
    for block in blocks:
        if block.kind == "table":
            below = pptx_table(slide, block)
        elif block.kind == "list" and tables:
            box = slide.shapes.add_textbox(Inches(0.5), Inches(below + 0.2), Inches(9), Inches(1))
            box.text_frame.word_wrap = True
            pptx_bullets(box.text_frame, block)
        elif block.kind == "list":
            pptx_bullets(slide.placeholders[1].text_frame, block)
        elif block.kind == "note":
            slide.notes_slide.notes_text_frame.text = block.text


def make_pptx(source: Source, path: Path) -> None:
    deck = pptx.Presentation()
    properties = deck.core_properties
    properties.title, properties.author = source.title, source.fields["author"]
    properties.created = properties.modified = STAMP
    cover = deck.slides.add_slide(deck.slide_layouts[0])
    cover.shapes.title.text = source.title
    cover.placeholders[1].text = source.fields["subject"]
    for title, blocks in slides(source):
        pptx_slide(deck, title, blocks)
    deck.save(str(path))


# -- XLSX -------------------------------------------------------------------------


def value(text: str) -> str | int | float:
    """A cell that is a plain number becomes one."""
    if re.fullmatch(r"0|[1-9]\d*", text):
        return int(text)
    return float(text) if re.fullmatch(r"\d+\.\d+", text) else text


def xlsx_rows(sheet: openpyxl.worksheet.worksheet.Worksheet, block: Block) -> None:
    for n, row in enumerate(block.rows):
        sheet.append([value(cell) for cell in row])
        for cell in sheet[sheet.max_row]:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if n == 0:
                cell.font = Font(bold=True)
                cell.fill = PatternFill("solid", start_color=SHADE)
            elif isinstance(cell.value, int) and cell.value >= 5000:
                cell.number_format = "#,##0"
    for i, letter in enumerate("ABCDEFGH"[: len(block.rows[0])]):
        longest = max(len(row[i]) for row in block.rows)
        sheet.column_dimensions[letter].width = min(max(longest * 1.4, 10), 42)


def make_xlsx(source: Source, path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.title, book.properties.creator = source.title, source.fields["author"]
    book.properties.created = STAMP
    for block in source.blocks:
        if block.kind == "heading" and block.level == 2:
            sheet = book.create_sheet(block.text)
        elif block.kind == "table":
            xlsx_rows(sheet, block)
        elif block.kind == "paragraph":
            # A line of explanation stands apart from the table by an empty row.
            if sheet.max_row > 1:
                sheet.append([])
            sheet.append([block.text])
            if sheet.max_row == 1:
                sheet.append([])
    book.save(path)


# -- HWPX -------------------------------------------------------------------------

HWPX_SPACES = " ".join(
    f'xmlns:{prefix}="http://www.hancom.co.kr/hwpml/2011/{name}"'
    for prefix, name in (
        ("ha", "app"),
        ("hp", "paragraph"),
        ("hs", "section"),
        ("hc", "core"),
        ("hh", "head"),
    )
)
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
SCRIPTS = ("HANGUL", "LATIN", "HANJA", "JAPANESE", "OTHER", "SYMBOL", "USER")
HWPX_STYLES = (("바탕글", "Normal"), ("개요 1", "Outline 1"), ("개요 2", "Outline 2"))


def per_script(tag: str, number: int) -> str:
    return f"<hh:{tag} " + " ".join(f'{s.lower()}="{number}"' for s in SCRIPTS) + "/>"


def hwpx_header() -> str:
    faces = "".join(
        f'<hh:fontface lang="{s}" fontCnt="1"><hh:font id="0" face="함초롬바탕" type="TTF" '
        f'isEmbedded="0"/></hh:fontface>'
        for s in SCRIPTS
    )

    def border(ident: int, kind: str) -> str:
        sides = "".join(
            f'<hh:{s}Border type="{kind}" width="0.12 mm" color="#000000"/>'
            for s in ("left", "right", "top", "bottom")
        )
        return (
            f'<hh:borderFill id="{ident}" threeD="0" shadow="0" centerLine="NONE" '
            f'breakCellSeparateLine="0"><hh:slash type="NONE" Crooked="0" isCounter="0"/>'
            f'<hh:backSlash type="NONE" Crooked="0" isCounter="0"/>{sides}</hh:borderFill>'
        )

    characters = "".join(
        f'<hh:charPr id="{n}" height="{height}" textColor="#000000" shadeColor="none" '
        f'useFontSpace="0" useKerning="0" symMark="NONE" borderFillIDRef="1">'
        + per_script("fontRef", 0)
        + per_script("ratio", 100)
        + per_script("spacing", 0)
        + per_script("relSz", 100)
        + per_script("offset", 0)
        + ("<hh:bold/>" if n else "")
        + "</hh:charPr>"
        for n, height in enumerate((1000, 1600, 1200))
    )
    paragraphs = "".join(
        f'<hh:paraPr id="{n}" tabPrIDRef="0" condense="0" fontLineHeight="0" snapToGrid="1" '
        f'suppressLineNumbers="0" checked="0">'
        f'<hh:align horizontal="JUSTIFY" vertical="BASELINE"/>'
        f'<hh:heading type="NONE" idRef="0" level="0"/>'
        f'<hh:breakSetting breakLatinWord="KEEP_WORD" breakNonLatinWord="KEEP_WORD" '
        f'widowOrphan="0" keepWithNext="{int(n > 0)}" keepLines="0" pageBreakBefore="0" '
        f'lineWrap="BREAK"/><hh:lineSpacing type="PERCENT" value="160" unit="HWPUNIT"/>'
        f"</hh:paraPr>"
        for n in range(3)
    )
    styles = "".join(
        f'<hh:style id="{n}" type="PARA" name="{name}" engName="{english}" paraPrIDRef="{n}" '
        f'charPrIDRef="{n}" nextStyleIDRef="0" langID="1042" lockForm="0"/>'
        for n, (name, english) in enumerate(HWPX_STYLES)
    )
    return (
        f'{XML}<hh:head {HWPX_SPACES} version="1.4" secCnt="1">'
        f'<hh:beginNum page="1" footnote="1" endnote="1" pic="1" tbl="1" equation="1"/>'
        f'<hh:refList><hh:fontfaces itemCnt="7">{faces}</hh:fontfaces>'
        f'<hh:borderFills itemCnt="2">{border(1, "NONE")}{border(2, "SOLID")}</hh:borderFills>'
        f'<hh:charProperties itemCnt="3">{characters}</hh:charProperties>'
        f'<hh:tabProperties itemCnt="1"><hh:tabPr id="0" autoTabLeft="0" autoTabRight="0"/>'
        f'</hh:tabProperties><hh:paraProperties itemCnt="3">{paragraphs}</hh:paraProperties>'
        f'<hh:styles itemCnt="3">{styles}</hh:styles></hh:refList></hh:head>'
    )


def hwpx_paragraph(text: str, style: int = 0, inside: str = "") -> str:
    words = f"<hp:t>{escape(text)}</hp:t>" if text else ""
    return (
        f'<hp:p id="0" paraPrIDRef="{style}" styleIDRef="{style}" pageBreak="0" columnBreak="0" '
        f'merged="0"><hp:run charPrIDRef="{style}">{inside}{words}</hp:run></hp:p>'
    )


def hwpx_table(block: Block, ident: int) -> str:
    columns, width, height = len(block.rows[0]), 42520, 1800
    rows = "".join(
        "<hp:tr>"
        + "".join(
            f'<hp:tc name="" header="{int(r == 0)}" hasMargin="0" protect="0" editable="0" '
            f'dirty="0" borderFillIDRef="2"><hp:subList id="" textDirection="HORIZONTAL" '
            f'lineWrap="BREAK" vertAlign="CENTER" linkListIDRef="0" linkListNextIDRef="0" '
            f'textWidth="0" textHeight="0" hasTextRef="0" hasNumRef="0">{hwpx_paragraph(cell)}'
            f'</hp:subList><hp:cellAddr colAddr="{c}" rowAddr="{r}"/>'
            f'<hp:cellSpan colSpan="1" rowSpan="1"/>'
            f'<hp:cellSz width="{width // columns}" height="{height}"/>'
            f'<hp:cellMargin left="510" right="510" top="141" bottom="141"/></hp:tc>'
            for c, cell in enumerate(row)
        )
        + "</hp:tr>"
        for r, row in enumerate(block.rows)
    )
    table = (
        f'<hp:tbl id="{ident}" zOrder="0" numberingType="TABLE" textWrap="TOP_AND_BOTTOM" '
        f'textFlow="BOTH_SIDES" lock="0" dropcapstyle="None" pageBreak="CELL" repeatHeader="1" '
        f'rowCnt="{len(block.rows)}" colCnt="{columns}" cellSpacing="0" borderFillIDRef="2" '
        f'noAdjust="0"><hp:sz width="{width}" widthRelTo="ABSOLUTE" '
        f'height="{height * len(block.rows)}" heightRelTo="ABSOLUTE" protect="0"/>'
        f'<hp:pos treatAsChar="1" affectLSpacing="0" flowWithText="1" allowOverlap="0" '
        f'holdAnchorAndSO="0" vertRelTo="PARA" horzRelTo="PARA" vertAlign="TOP" '
        f'horzAlign="LEFT" vertOffset="0" horzOffset="0"/>'
        f'<hp:outMargin left="0" right="0" top="283" bottom="283"/>'
        f'<hp:inMargin left="510" right="510" top="141" bottom="141"/>{rows}</hp:tbl>'
    )
    return hwpx_paragraph("", inside=table)


def hwpx_section(source: Source) -> str:
    page = (
        '<hp:secPr id="" textDirection="HORIZONTAL" spaceColumns="1134" tabStop="8000" '
        'outlineShapeIDRef="0" memoShapeIDRef="0" textVerticalWidthHead="0" masterPageCnt="0">'
        '<hp:pagePr landscape="WIDELY" width="59528" height="84188" gutterType="LEFT_ONLY">'
        '<hp:margin header="4252" footer="4252" gutter="0" left="8504" right="8504" top="5668" '
        'bottom="4252"/></hp:pagePr></hp:secPr>'
    )
    parts: list[str] = []
    for block in source.blocks:
        if block.kind == "heading":
            first = "" if parts else page
            parts.append(hwpx_paragraph(block.text, min(block.level, 2), first))
            if block.level == 1:
                parts.append(hwpx_paragraph(source.fields["subject"]))
        elif block.kind == "table":
            parts.append(hwpx_table(block, 1000 + len(parts)))
        elif block.kind == "list":
            marks = (f"{n}. " if block.level else "- " for n in range(1, 1 + len(block.rows)))
            parts += [
                hwpx_paragraph(m + text) for m, (text,) in zip(marks, block.rows, strict=True)
            ]
        else:
            parts.append(hwpx_paragraph(block.text))
    return f"{XML}<hs:sec {HWPX_SPACES}>{''.join(parts)}</hs:sec>"


def make_hwpx(source: Source, path: Path) -> None:
    opf, ocf = "http://www.idpf.org/2007/opf/", "urn:oasis:names:tc:opendocument:xmlns:container"
    items = (("header", "header.xml"), ("section0", "section0.xml"))
    manifest = "".join(
        f'<opf:item id="{i}" href="Contents/{n}" media-type="application/xml"/>' for i, n in items
    )
    preview = "\n".join(block.text for block in source.blocks if block.text)[:1000]
    members = {
        "mimetype": "application/hwp+zip",
        "version.xml": f'{XML}<hv:HCFVersion xmlns:hv="http://www.hancom.co.kr/hwpml/2011/version" '
        'tagetApplication="WORDPROCESSOR" major="5" minor="1" micro="0" buildNumber="1" os="1" '
        'xmlVersion="1.4" application="openbook samples" appVersion="1"/>',
        "META-INF/container.xml": f'{XML}<ocf:container xmlns:ocf="{ocf}"><ocf:rootfiles>'
        '<ocf:rootfile full-path="Contents/content.hpf" '
        'media-type="application/hwpml-package+xml"/>'
        "</ocf:rootfiles></ocf:container>",
        "Contents/content.hpf": f'{XML}<opf:package xmlns:opf="{opf}" version="" '
        f'unique-identifier="" id=""><opf:metadata><opf:title>{escape(source.title)}</opf:title>'
        f"<opf:language>{path.parent.name}</opf:language>"
        f'<opf:meta name="creator" content="text">{escape(source.fields["author"])}</opf:meta>'
        f'<opf:meta name="CreatedDate" content="text">{STAMP:%Y-%m-%dT%H:%M:%SZ}</opf:meta>'
        f"</opf:metadata><opf:manifest>{manifest}</opf:manifest><opf:spine>"
        '<opf:itemref idref="header" linear="yes"/><opf:itemref idref="section0" linear="yes"/>'
        "</opf:spine></opf:package>",
        "Contents/header.xml": hwpx_header(),
        "Contents/section0.xml": hwpx_section(source),
        "Preview/PrvText.txt": preview,
        "settings.xml": f"{XML}<ha:HWPApplicationSetting {HWPX_SPACES}>"
        '<ha:CaretPosition listIDRef="0" paraIDRef="0" pos="0"/></ha:HWPApplicationSetting>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)


# -- writing ----------------------------------------------------------------------


def repack(path: Path) -> None:
    """Gives an archive fixed times, so that a second run writes the same bytes."""
    stamp = f"{STAMP:%Y-%m-%dT%H:%M:%SZ}".encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            entry = zipfile.ZipInfo(name, STAMP.timetuple()[:6])
            stored = name == "mimetype"
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            new.writestr(entry, data)
    path.write_bytes(buffer.getvalue())


MAKERS: dict[str, Callable[[Source, Path], None]] = {
    ".pdf": make_pdf,
    ".docx": make_docx,
    ".pptx": make_pptx,
    ".xlsx": make_xlsx,
    ".hwpx": make_hwpx,
}


def find_fonts() -> tuple[Path, Path]:
    """The regular and bold NanumGothic of the system or of `koreanize-matplotlib`."""
    folders = [Path("/usr/share/fonts/truetype/nanum")]
    spec = importlib.util.find_spec("koreanize_matplotlib")
    if spec is not None and spec.origin is not None:
        folders.append(Path(spec.origin).parent / "fonts")
    for folder in folders:
        pair = folder / "NanumGothic.ttf", folder / "NanumGothicBold.ttf"
        if pair[0].is_file() and pair[1].is_file():
            return pair
    raise SystemExit(
        "NanumGothic not found: install fonts-nanum or koreanize-matplotlib, "
        "or name the files with --font and --bold-font"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the handbook's binary files.")
    parser.add_argument("--font", type=Path, help="regular Korean TrueType font")
    parser.add_argument("--bold-font", type=Path, help="bold Korean TrueType font")
    options = parser.parse_args()
    fonts = (
        (options.font, options.bold_font) if options.font and options.bold_font else find_fonts()
    )
    for name, font in zip(("Nanum", "Nanum-Bold"), fonts, strict=True):
        pdfmetrics.registerFont(TTFont(name, str(font)))
    for path in sorted(SOURCES.glob("*/*")):
        if path.suffix == ".txt":
            target = HANDBOOK / path.relative_to(SOURCES)
            target.write_bytes(path.read_text(encoding="utf-8").encode("cp949"))
        else:
            target = (HANDBOOK / path.relative_to(SOURCES)).with_suffix("")
            MAKERS[target.suffix](parse(path), target)
            if target.suffix != ".pdf":
                repack(target)
        sys.stdout.write(f"{target.relative_to(EXAMPLES)} {target.stat().st_size}\n")


if __name__ == "__main__":
    main()
