"""Office and HWPX files are zips of XML: opened here, against bombs, for all of them."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from openbook.corpus.settings import Settings
from openbook.errors import DocumentError, LimitError

RATIO_FROM = 1 << 20  # bytes: smaller parts may be packed to nearly nothing


class Archive:
    """The parts of a zip, checked before anything is unpacked.

    Raises:
        LimitError: too many parts, too large unpacked, or packed beyond what documents are.
        DocumentError: damaged, or with a password.
    """

    def __init__(self, data: bytes, name: str, settings: Settings) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
            raise DocumentError(
                f"its zip container is damaged ({error})",
                where=name,
                fix="Restore the file, or save it again.",
            ) from error
        if len(infos) > settings.max_archive_entries:
            raise LimitError(
                f"it has {len(infos):,} parts, more than the limit of"
                f" {settings.max_archive_entries:,}",
                where=name,
            )
        total = sum(info.file_size for info in infos)
        if total > settings.max_archive_mb << 20:
            raise LimitError(
                f"it unpacks to {total >> 20:,} MB, more than the limit of"
                f" {settings.max_archive_mb:,} MB",
                where=name,
            )
        for info in infos:
            ratio = info.file_size / max(1, info.compress_size)
            if info.file_size > RATIO_FROM and ratio > settings.max_archive_ratio:
                raise LimitError(
                    f'its part "{info.filename}" is packed {ratio:,.0f} to 1, as in a zip bomb;'
                    f" the limit is {settings.max_archive_ratio}",
                    where=name,
                )
            if info.flag_bits & 1:
                raise DocumentError(
                    "it is protected by a password", where=name, fix="Save it without a password."
                )
        self._infos = {info.filename: info for info in infos}

    def names(self, prefix: str = "", suffix: str = "") -> list[str]:
        """Names of parts, as they stand in the archive."""
        return [n for n in self._infos if n.startswith(prefix) and n.endswith(suffix)]

    def __contains__(self, part: str) -> bool:
        return part in self._infos

    def read(self, part: str) -> bytes:
        """Bytes of a part, never more than its declared size."""
        info = self._infos.get(part)
        if info is None:
            raise DocumentError(
                f'its part "{part}" is missing', where=self.name, fix="Restore the file."
            )
        try:
            with self._zip.open(info) as stream:
                return stream.read(info.file_size + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise DocumentError(
                f'its part "{part}" is damaged ({error})',
                where=self.name,
                fix="Restore the file, or save it again.",
            ) from error

    def xml(self, part: str) -> Any:
        """Root element of an XML part. Entities are not resolved and not allowed."""
        return parse_xml(self.read(part), f"{self.name}, {part}")

    def optional(self, part: str) -> Any | None:
        """Root element of an XML part, or None where there is no such part."""
        return self.xml(part) if part in self._infos else None

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Relations of an OOXML part: id to (type's last word, part it points to)."""
        folder, file = posixpath.split(part)
        root = self.optional(f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels")
        found: dict[str, tuple[str, str]] = {}
        if root is None:
            return found
        for relation in root.iter("{*}Relationship"):
            target = relation.get("Target", "")
            if relation.get("TargetMode") == "External" or not target:
                continue
            path = target[1:] if target.startswith("/") else posixpath.join(folder, target)
            kind = relation.get("Type", "").rsplit("/", 1)[-1]
            found[relation.get("Id", "")] = (kind, posixpath.normpath(path))
        return found


def parse_xml(data: bytes, where: str) -> Any:
    """Root of an XML document, without entities, network or unlimited depth.

    Raises:
        LimitError: nested too deeply.
        DocumentError: not well-formed, or with entity declarations.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data[:65536]:
        raise DocumentError("its XML declares entities, which documents do not need", where=where)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        message = str(error)
        if "depth" in message:
            raise LimitError("its XML is nested too deeply", where=where) from error
        raise DocumentError(
            f"its XML is damaged ({message})", where=where, fix="Restore the file."
        ) from error


def local(element: Any) -> str:
    """Name of an element without its namespace; empty for comments and instructions.

    Namespaces differ between editions of one format (strict and transitional OOXML, HWPML
    2011 and 2024), local names do not.
    """
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str:
    """Value of an attribute by its local name; empty where it is missing."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


def children(element: Any, name: str) -> Iterator[Any]:
    """Children with a local name."""
    return (child for child in element if local(child) == name)


def child(element: Any | None, *names: str) -> Any | None:
    """The first descendant along a path of local names, or None."""
    for name in names:
        if element is None:
            return None
        element = next(children(element, name), None)
    return element


def core_fields(archive: Archive) -> dict[str, str]:
    """Title, author and dates of an OOXML file's own properties."""
    root = archive.optional("docProps/core.xml")
    fields: dict[str, str] = {}
    if root is None:
        return fields
    for element in root:
        name = {"creator": "author"}.get(local(element), local(element))
        value = " ".join((element.text or "").split())
        if value and name in {"title", "author", "subject", "keywords", "created", "modified"}:
            fields[name] = value
    return fields
