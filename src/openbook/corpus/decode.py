"""Bytes to clean text: encodings, NFC, control characters.

Order of evidence: a byte order mark; UTF-16 without one (by its zero bytes); strict UTF-8;
strict CP949 (EUC-KR is inside it) if what comes out reads like Korean; last, the guess of
charset-normalizer. Statistics alone fail on short Korean texts, strict decoding does not.
"""

from __future__ import annotations

import re
import unicodedata

from openbook.errors import DocumentError

BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\x1b$)C", "iso2022_kr"),
)

# The syllables that Korean particles, endings and common words are made of. Running text
# holds more than 40 % of them; Chinese or Japanese bytes read as CP949 hold a few per cent.
COMMON = frozenset(
    "이다는을의에가고하지로한은를도사기어리서자해나일인대시스그정과아있제수전부보으라게들만면"
    "주여상니원구조조신장동성비안유위원공적경연요년월합습관할문용법및또는때호각항모회되여개후무"
    "내발소방선실행교우화당세국계등단간통재생었였했려러음오"
)

# What texts of Western Europe hold beside ASCII. Statistics take short ones for Hungarian.
WESTERN = frozenset(
    "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŸŒ¡¿«»‹›‘’“”‚„–—…€£§°·•ªº©®™½ "
)

# Pages that say EUC-KR are mostly CP949, which holds all of it.
_KOREAN = {"euc-kr": "cp949", "ks_c_5601-1987": "cp949", "ksc5601": "cp949", "utf-8": ""}

_HANGUL = re.compile("[가-힣]")
_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufff9-\ufffc\ud800-\udfff]"
)
_BREAKS = frozenset("\x0b\x0c\x85\u2028\u2029")


def _tidied(match: re.Match[str]) -> str:
    return "\n" if match.group() in _BREAKS else ""


def clean(text: str) -> str:
    """Text in NFC with ``\\n`` as its only line break and without characters nobody sees.

    Removed: control characters, zero-width spaces and joins that carry no meaning, marks
    that reorder what is displayed, and lone surrogates (JSON can smuggle them in). The
    no-break space becomes a space.

    >>> clean("\\ufeffa\\r\\nb\\x00\\u00a0c")
    'a\\nb c'
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        if "\xa0" in text:
            text = text.replace("\xa0", " ")
        if _ODD.search(text):
            text = _ODD.sub(_tidied, text)
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        return text
    return _ODD.sub(_tidied, text) if _ODD.search(text) else text


def decode(data: bytes, name: str, declared: str = "") -> str:
    """Clean text of a text file.

    Args:
        data: the whole file.
        name: id of the source, for the message.
        declared: the encoding the file says it has (HTML); believed where the text is not
            UTF-8 and decodes without an error.

    Raises:
        DocumentError: the bytes are not text, or damaged text.
    """
    text = _decoded(data, name, declared)
    control = sum(text.count(chr(code)) for code in (0, 1, 2, 3, 4, 5, 6, 7, 8, 14, 15, 16, 127))
    if control > 8 and control * 100 > len(text):
        raise DocumentError("the content is binary data, not text", where=name)
    return clean(text)


def _decoded(data: bytes, name: str, declared: str) -> str:
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return _strict(data, encoding, name)
    wide = _utf16(data)
    if wide:
        return _strict(data, wide, name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(data) - error.start < 4 and error.reason == "unexpected end of data":
            return data[: error.start].decode("utf-8")
        try:
            return (
                data.decode(_KOREAN.get(declared.lower(), declared))
                if declared
                else _legacy(data, error, name)
            )
        except (UnicodeDecodeError, LookupError):
            return _legacy(data, error, name)


def _utf16(data: bytes) -> str:
    """``utf-16-le`` or ``-be`` where every other byte of the head is mostly zero."""
    head = data[:4096]
    if len(head) < 4 or b"\x00" not in head:
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"it starts like {encoding.removesuffix('-sig').upper()} text but byte"
            f" {error.start + 1:,} is not",
            where=name,
            fix="The file is damaged: restore it, or save it again as UTF-8.",
        ) from error


def _legacy(data: bytes, error: UnicodeDecodeError, name: str) -> str:
    """CP949, another encoding, or a named failure."""
    sample = data[:200_000]
    try:
        korean = sample.decode("cp949")
    except UnicodeDecodeError as wrong:
        korean = sample[: wrong.start].decode("cp949") if len(sample) - wrong.start < 2 else ""
    if korean and reads_korean(korean):
        try:
            return data.decode("cp949")
        except UnicodeDecodeError as wrong:
            if len(data) - wrong.start < 2:
                return data[: wrong.start].decode("cp949")
    if len(data[: 1 << 20].decode("utf-8", "ignore").encode()) > 0.98 * len(data[: 1 << 20]):
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentError(
            f"line {line:,} (byte {error.start + 1:,}) is not valid UTF-8, the rest is",
            where=name,
            fix="The file is damaged: restore it, or save it again as UTF-8.",
        )
    try:
        return _guessed(data, name)
    except DocumentError:
        # Odd Korean (lists of rare names) is still likelier than an encoding nobody knows.
        beyond_ascii = sum(char > "\x7f" for char in korean)
        if not korean or len(_HANGUL.findall(korean)) < 0.4 * beyond_ascii:
            raise
        return _strict(data, "cp949", name)


def reads_korean(text: str) -> bool:
    """Whether text decoded as CP949 reads like Korean and not like misread bytes."""
    other = [char for char in text[:20_000] if char > "\x7f"]
    hangul = [char for char in other if "가" <= char <= "힣"]
    if not hangul or len(hangul) < 0.4 * len(other):
        return False
    return sum(char in COMMON for char in hangul) >= 0.25 * len(hangul)


def _western(data: bytes) -> str:
    """Text in CP1252 where that gives only letters and marks of Western Europe; else ``""``."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return ""
    return text if all(char in WESTERN for char in text if char > "\x7f") else ""


def _guessed(data: bytes, name: str) -> str:
    western = _western(data)
    if western:
        return western
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000]).best()
    if best is None:
        raise DocumentError(
            "the encoding of the text is not recognised",
            where=name,
            fix="Save it as UTF-8.",
        )
    try:
        return data.decode(best.encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"it looks like {best.encoding} text but byte {error.start + 1:,} is not",
            where=name,
            fix="Save it as UTF-8.",
        ) from error
