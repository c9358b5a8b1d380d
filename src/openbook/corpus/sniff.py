"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import io
import zipfile

MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"BM", "a BMP image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"{\\rtf", "an RTF document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
)

NAMES = {
    "text": "text",
    "pdf": "a PDF",
    "docx": "a Word document (.docx)",
    "pptx": "a presentation (.pptx)",
    "xlsx": "a spreadsheet (.xlsx)",
    "hwpx": "an HWPX document",
    "zip": "a zip archive",
    "locked": "an Office document with a password",
    "hwp": "an HWP 5 document",
    "ole": "an Office document of before 2007",
}


def sniff(data: bytes) -> str:
    """``text``, ``pdf``, ``docx``, ``pptx``, ``xlsx``, ``hwpx``, ``zip``, ``locked``, ``hwp``,
    ``ole``, or in words what else it is (``a PNG image``).
    """
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _zipped(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    for magic, name in MAGIC:
        if data.startswith(magic) and (len(magic) > 2 or b"\x00" in data[:512]):
            return name
    return "text"


def _zipped(data: bytes) -> str:
    """The kind of document a zip holds, by its parts; ``zip`` where it is none or damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist()[:50_000])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return _by_bytes(data)
    if "word/document.xml" in names:
        return "docx"
    if "ppt/presentation.xml" in names:
        return "pptx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if any(name.startswith("Contents/section") for name in names):
        return "hwpx"
    return _by_bytes(data)


def _by_bytes(data: bytes) -> str:
    """A guess for an archive whose list of parts is gone or renamed."""
    for part, kind in (
        (b"word/", "docx"),
        (b"ppt/", "pptx"),
        (b"xl/", "xlsx"),
        (b"application/hwp+zip", "hwpx"),
        (b"Contents/", "hwpx"),
    ):
        if part in data:
            return kind
    return "zip"


def _compound(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "locked"
    if b"HWP Document File" in data or "HwpSummaryInformation".encode("utf-16-le") in data:
        return "hwp"
    return "ole"
