"""Check the sample handbook and its question files.

    python examples/check_samples.py

It reads every document with a small extraction of its own, independent of
openbook's, and checks that ids are unique, gold documents exist, accepted
answers stand verbatim in the gold text, the shares of languages and of
unanswerable questions are as the README says, text is NFC, and that no
document serves both `questions.jsonl` and `calibration.jsonl`.

Needs: pypdfium2, python-docx, python-pptx, openpyxl, lxml.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
import pypdfium2
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree, html

EXAMPLES = Path(__file__).resolve().parent
HANDBOOK = EXAMPLES / "handbook"
FORMATS = (".md", ".txt", ".html", ".pdf", ".docx", ".pptx", ".xlsx", ".csv", ".jsonl", ".hwpx")
MAX_BYTES = 2_000_000
MIN_FILES = 44
KINDS = {
    "fact",
    "number",
    "date",
    "person",
    "procedure",
    "table",
    "yes/no",
    "definition",
}
HP = "{http://www.hancom.co.kr/hwpml/2011/paragraph}"


# -- extraction -------------------------------------------------------------


def decode(data: bytes) -> str:
    """UTF-8 with or without a byte order mark, else CP949."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp949")


def read_text(path: Path) -> str:
    return decode(path.read_bytes())


def read_html(path: Path) -> str:
    # The parser is told the encoding; decoded text with a charset line confuses it.
    tree = html.fromstring(path.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
    blocks = tree.iter("h1", "h2", "h3", "p", "li", "th", "td")
    return "\n".join(" ".join(block.text_content().split()) for block in blocks)


def read_pdf(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return "\n".join(pages).replace("\r\n", "\n")


def read_docx(path: Path) -> str:
    lines: list[str] = []
    for block in docx.Document(str(path)).iter_inner_content():
        if isinstance(block, Paragraph):
            lines.append(block.text)
        elif isinstance(block, Table):
            lines += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
    return "\n".join(lines)


def read_pptx(path: Path) -> str:
    lines: list[str] = []
    for slide in pptx.Presentation(str(path)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                lines += [paragraph.text for paragraph in shape.text_frame.paragraphs]
            if shape.has_table:
                lines += [" | ".join(c.text for c in row.cells) for row in shape.table.rows]
        if slide.has_notes_slide:
            lines.append(slide.notes_slide.notes_text_frame.text)
    return "\n".join(lines)


def shown(cell: Any) -> str:
    """A cell as its number format shows it, and as it is stored where that differs."""
    value = cell.value
    if isinstance(value, int) and "#,##0" in cell.number_format:
        return f"{value:,} {value}"
    return "" if value is None else str(value)


def read_xlsx(path: Path) -> str:
    book = openpyxl.load_workbook(path, data_only=True)
    lines: list[str] = []
    for sheet in book:
        lines.append(sheet.title)
        lines += [" | ".join(shown(cell) for cell in row) for row in sheet.iter_rows()]
    return "\n".join(lines)


def read_csv(path: Path) -> str:
    return "\n".join(" | ".join(row) for row in csv.reader(io.StringIO(read_text(path))))


def records(path: Path) -> dict[str, str]:
    """The lines of a JSONL file by their ids: each is a document of its own."""
    lines = [json.loads(line) for line in read_text(path).splitlines()]
    return {record["id"]: "\n".join(str(value) for value in record.values()) for record in lines}


def read_jsonl(path: Path) -> str:
    return "\n".join(records(path).values())


def read_hwpx(path: Path) -> str:
    lines: list[str] = []
    with zipfile.ZipFile(path) as archive:
        first = archive.infolist()[0]
        if first.filename != "mimetype" or archive.read(first) != b"application/hwp+zip":
            raise ValueError("the first member must be the mimetype")
        names = [n for n in archive.namelist() if n.startswith("Contents/section")]
        for name in sorted(names):
            root = etree.fromstring(archive.read(name))
            for paragraph in root.iter(f"{HP}p"):
                lines.append("".join(t.text or "" for t in paragraph.iterfind(f"{HP}run/{HP}t")))
    return "\n".join(lines)


READERS: dict[str, Callable[[Path], str]] = {
    ".md": read_text,
    ".txt": read_text,
    ".html": read_html,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".pptx": read_pptx,
    ".xlsx": read_xlsx,
    ".csv": read_csv,
    ".jsonl": read_jsonl,
    ".hwpx": read_hwpx,
}


# -- checks -----------------------------------------------------------------


def rows(name: str) -> list[dict[str, Any]]:
    with (EXAMPLES / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def check_handbook(texts: dict[str, str]) -> Iterator[str]:
    files = [path for path in HANDBOOK.rglob("*") if path.is_file()]
    if len(files) < MIN_FILES:
        yield f"handbook: {len(files)} files, at least {MIN_FILES} wanted"
    formats = Counter(path.suffix for path in files)
    yield from (f"handbook: fewer than two {f} files" for f in FORMATS if formats[f] < 2)
    size = sum(path.stat().st_size for path in files)
    if size > MAX_BYTES:
        yield f"handbook: {size} bytes, at most {MAX_BYTES} wanted"
    for name, text in texts.items():
        if len(text) < 600:
            yield f"{name}: only {len(text)} characters of text"
        if not unicodedata.is_normalized("NFC", text):
            yield f"{name}: text is not NFC"
        if "\ufffd" in text:
            yield f"{name}: replacement characters in the text"
    plain = [path for path in files if path.suffix == ".txt"]
    marked = sum(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in plain)
    cp949 = 0
    for path in plain:
        try:
            path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            cp949 += 1
    if marked < 1 or cp949 < 2:
        yield f"handbook: {marked} text files with a byte order mark, {cp949} in CP949"


def check_gold(
    row: dict[str, Any], ident: str, answers: list[str], texts: dict[str, str]
) -> Iterator[str]:
    missing = [gold for gold in row["gold"] if gold not in texts]
    yield from (f"{ident}: no such document: {gold}" for gold in missing)
    for answer in answers:
        if not any(answer in texts[gold] for gold in row["gold"] if gold in texts):
            yield f"{ident}: answer not in the gold text: {answer!r}"


def check_questions(
    name: str, count: int, unanswerable: int, texts: dict[str, str]
) -> Iterator[str]:
    questions = rows(name)
    if len(questions) != count:
        yield f"{name}: {len(questions)} questions, {count} wanted"
    found = sum(not question["answerable"] for question in questions)
    if found != unanswerable:
        yield f"{name}: {found} unanswerable, {unanswerable} wanted"
    seen = Counter(question["text"] for question in questions)
    yield from (f"{name}: asked twice: {text}" for text, n in seen.items() if n > 1)
    for question in questions:
        ident = f"{name} {question['_id']}"
        if question["language"] not in ("ko", "en") or question["kind"] not in KINDS:
            yield f"{ident}: unknown language or kind"
        if not unicodedata.is_normalized("NFC", json.dumps(question, ensure_ascii=False)):
            yield f"{ident}: not NFC"
        if question["answerable"] != bool(question["answers"]) or question["answerable"] != bool(
            question["gold"]
        ):
            yield f"{ident}: answerable, answers and gold disagree"
        yield from check_gold(question, ident, question["answers"], texts)


def check_ambiguous(texts: dict[str, str]) -> Iterator[str]:
    questions = rows("ambiguous.jsonl")
    if Counter(q["ambiguous"] for q in questions) != {True: 6, False: 6}:
        yield "ambiguous.jsonl: six ambiguous and six clear questions wanted"
    for question in questions:
        readings = question["readings"] if question["ambiguous"] else []
        if question["ambiguous"] and not len(readings) == len(question["meanings"]) == 2:
            yield f"ambiguous.jsonl {question['_id']}: two readings and meanings wanted"
        answers = readings or question["answers"]
        yield from check_gold(question, f"ambiguous.jsonl {question['_id']}", answers, texts)


def check_conversations(texts: dict[str, str]) -> Iterator[str]:
    conversations = rows("conversations.jsonl")
    if len(conversations) != 10:
        yield f"conversations.jsonl: {len(conversations)} conversations, 10 wanted"
    for row in conversations:
        ident, last = f"conversations.jsonl {row['_id']}", row["turns"][-1]
        if len(row["turns"]) < 2 or any(turn["role"] != "user" for turn in row["turns"]):
            yield f"{ident}: two or more user turns wanted"
        yield from check_gold(last, ident, last["answers"], texts)


def check_apart() -> Iterator[str]:
    """Calibration and test share no document and no id."""
    asked, learnt = rows("questions.jsonl"), rows("calibration.jsonl")
    gold = [{g.partition("#")[0] for row in part for g in row["gold"]} for part in (asked, learnt)]
    yield from (f"in test and calibration: {name}" for name in sorted(gold[0] & gold[1]))
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for name in sorted(gold[1]):
        if f"`{name.removeprefix('handbook/')}`" not in readme:
            yield f"README.md: {name} is reserved for calibration but not listed"
    files = ("questions", "calibration", "ambiguous", "conversations")
    ids = Counter(row["_id"] for name in files for row in rows(f"{name}.jsonl"))
    yield from (f"id used twice: {ident}" for ident, n in ids.items() if n > 1)


def main() -> int:
    texts: dict[str, str] = {}
    problems: list[str] = []
    for path in sorted(HANDBOOK.rglob("*")):
        if path.is_file():
            texts[path.relative_to(EXAMPLES).as_posix()] = READERS[path.suffix](path)
    problems += check_handbook(texts)
    formats = Counter(Path(name).suffix for name in texts)
    for path in HANDBOOK.rglob("*.jsonl"):
        name = path.relative_to(EXAMPLES).as_posix()
        del texts[name]  # its lines are the documents
        texts |= {f"{name}#{ident}": text for ident, text in records(path).items()}
    problems += check_questions("questions.jsonl", 150, 30, texts)
    problems += check_questions("calibration.jsonl", 80, 20, texts)
    problems += check_ambiguous(texts)
    problems += check_conversations(texts)
    problems += check_apart()
    for problem in problems:
        sys.stderr.write(problem + "\n")
    languages = Counter(q["language"] for q in rows("questions.jsonl"))
    sys.stdout.write(
        f"{formats.total()} files {dict(formats)}; questions {dict(languages)}; "
        f"{len(problems)} problems\n"
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
