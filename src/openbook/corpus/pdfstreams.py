"""Damaged streams of a PDF, found before PDFium skips over them in silence.

PDFium reads what it can and says nothing of the rest, so a page whose content is damaged
would simply be missing. Nearly all streams are zlib data, which carries a checksum.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib

_STREAM = re.compile(rb">>\s{0,4}stream\r?\n")
MAX_STREAM = 64 << 20  # bytes unpacked; what is larger is not checked


def damaged_stream(data: bytes) -> int:
    """Offset of the first zlib stream that does not unpack or fails its checksum; -1 if none.

    Images are left out (they hold no text), and so are encrypted files. A stream that merely
    stops early is accepted, because some writers leave the checksum out.
    """
    if b"/Encrypt" in data:
        return -1
    for match in _STREAM.finditer(data):
        head = data[max(0, match.start() - 1000) : match.start()]
        head = head[head.rfind(b" obj") + 1 :]
        if b"/FlateDecode" not in head or b"/Image" in head or b"/LZWDecode" in head:
            continue
        end = data.find(b"endstream", match.end())
        if end < 0:
            continue
        body = data[match.end() : end]
        try:
            if b"/ASCII85Decode" in head:
                body = base64.a85decode(body.strip().removesuffix(b"~>"), adobe=False)
            elif b"Decode" in head.replace(b"/FlateDecode", b"").replace(b"/DecodeParms", b""):
                continue
            zlib.decompressobj().decompress(body, MAX_STREAM)
        except (zlib.error, ValueError, binascii.Error):
            return match.end()
    return -1
