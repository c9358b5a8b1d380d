"""What an adapter learnt from, held against the documents as they are now.

``learnt.jsonl`` of an adapter holds one line a passage::

    {"passage": id, "document": id, "text": digest, "rows": [row ids], "questions": [...]}

A passage is fresh while its document still has a passage of the same text, wherever that
stands now. It has *changed* where the document is there without that text, and is *gone* where
the document is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from openbook.errors import AdapterError
from openbook.tune.registry import Adapter
from openbook.types import Passage, digest

FILE = "learnt.jsonl"


class Held(Protocol):
    """A version of the knowledge base."""

    @property
    def version(self) -> int:
        """Its number."""
        ...

    def document_ids(self) -> list[str]:
        """Ids of all documents."""
        ...

    def passages_of(self, documents: Sequence[str]) -> Iterable[Passage]:
        """The passages of some documents."""
        ...


@dataclass(frozen=True, slots=True)
class Learnt:
    """A passage that an adapter learnt from, and the rows that taught it."""

    passage: str
    document: str
    text: str
    rows: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Staleness:
    """What has happened to the passages that an adapter learnt from.

    Args:
        adapter: its name.
        learnt: how many passages it learnt from; None where its folder does not say.
        version: of the knowledge base that they were held against.
        changed: passages whose document no longer has their text.
        gone: passages whose document is no longer there.
    """

    adapter: str
    learnt: int | None = None
    version: int = 0
    changed: tuple[Learnt, ...] = ()
    gone: tuple[Learnt, ...] = ()

    @property
    def stale(self) -> bool:
        """Whether it learnt anything that does not hold any more."""
        return bool(self.changed or self.gone)

    @property
    def rows(self) -> tuple[str, ...]:
        """Rows that rest on such passages, each once."""
        return tuple(dict.fromkeys(row for one in self._lost for row in one.rows))

    @property
    def questions(self) -> tuple[str, ...]:
        """Their questions, each once."""
        return tuple(dict.fromkeys(text for one in self._lost for text in one.questions))

    @property
    def documents(self) -> tuple[str, ...]:
        """Documents of such passages, each once."""
        return tuple(dict.fromkeys(one.document for one in self._lost))

    @property
    def _lost(self) -> tuple[Learnt, ...]:
        return (*self.changed, *self.gone)

    @property
    def refresh(self) -> str:
        """The command that trains it again on what is there now."""
        return f"openbook tune --refresh {self.adapter}"

    def __str__(self) -> str:
        if self.learnt is None:
            return "it does not say from which passages it learnt"
        if not self.stale:
            return f"fresh: all {_count(self.learnt, 'passage')} that it learnt from still stand"
        parts = [
            f"{len(lost)} {how}"
            for lost, how in ((self.changed, "changed"), (self.gone, "gone"))
            if lost
        ]
        return (
            f"stale: of {_count(self.learnt, 'passage')} that it learnt from, "
            f"{' and '.join(parts)}; that touches {_count(len(self.rows), 'row')} and "
            f"{_count(len(self.questions), 'question')}. Run: {self.refresh}"
        )


def staleness(adapter: Adapter, held: Held | None) -> Staleness:
    """Hold what an adapter learnt against a version of the knowledge base.

    Args:
        adapter: the adapter.
        held: the version; None where nothing was ever synced: then all is gone.

    Raises:
        AdapterError: ``learnt.jsonl`` is damaged.
    """
    learnt = read_learnt(adapter.folder)
    version = held.version if held else 0
    if learnt is None:
        return Staleness(adapter.name, None, version)
    there = set(held.document_ids()) if held else set()
    kept = sorted({one.document for one in learnt} & there)
    texts = {(p.document_id, digest(p.text)) for p in (held.passages_of(kept) if held else ())}
    lost = [one for one in learnt if (one.document, one.text) not in texts]
    return Staleness(
        adapter.name,
        len(learnt),
        version,
        tuple(one for one in lost if one.document in there),
        tuple(one for one in lost if one.document not in there),
    )


def read_learnt(folder: Path) -> list[Learnt] | None:
    """The passages that an adapter learnt from; None where its folder does not say.

    Raises:
        AdapterError: the file is damaged.
    """
    file = folder / FILE
    if not file.is_file():
        return None
    try:
        lines = file.read_text("utf-8").splitlines()
        return [_learnt(json.loads(line)) for line in lines if line.strip()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise AdapterError(
            f"cannot be read ({type(error).__name__}: {error})",
            where=str(file),
            fix=f"Train it again: openbook tune --refresh {folder.name}.",
        ) from error


def _learnt(line: dict[str, object]) -> Learnt:
    rows, questions = (line.get(key) or () for key in ("rows", "questions"))
    if not isinstance(rows, list | tuple) or not isinstance(questions, list | tuple):
        raise TypeError("rows and questions are lists")
    return Learnt(
        str(line["passage"]),
        str(line["document"]),
        str(line["text"]),
        tuple(map(str, rows)),
        tuple(map(str, questions)),
    )


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"
