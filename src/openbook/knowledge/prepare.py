"""Files to rows: read, split, analyse. Runs in a worker process or in the caller's own.

What comes out is kept in a staging folder under a key that names everything that made it,
so a sync that was killed goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from openbook.corpus.blocks import Parsed
from openbook.corpus.settings import Settings as CorpusSettings
from openbook.corpus.walk import Source
from openbook.errors import DocumentError
from openbook.knowledge.tables import content, document_batch, passage_batch, schema
from openbook.types import Passage, digest

if TYPE_CHECKING:
    import pyarrow as pa

FLUSH_PASSAGES = 512
FLUSH_CHARACTERS = 1_000_000
BLOCK = 1 << 24
KINDS = ("documents", "passages")


@dataclass(frozen=True, slots=True)
class FileTask:
    """A file to prepare: its id, path, size and hash when it was found."""

    id: str
    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Task:
    """A few files to prepare together, or one part of a file with a document a line.

    ``known`` maps ids of documents that are already there to their content hashes: those
    are only named, not analysed again. For parts of a file it is too long to be sent with
    each, and lies in the file ``known_file``, named by its content, of the staging folder.
    ``skip`` holds hashes of ids that were purged.
    """

    files: tuple[FileTask, ...]
    recipe: str
    corpus: CorpusSettings
    part: int = 0
    parts: int = 1
    known: Mapping[str, str] = field(default_factory=dict)
    known_file: str = ""
    skip: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Names everything that decides the rows."""
        return digest(
            self.recipe, str(self.part), str(self.parts), self.known_file, *self.skip,
            *(part for file in self.files for part in (file.id, file.sha256)),
            *(part for pair in sorted(self.known.items()) for part in pair),
            size=12,
        )  # fmt: skip

    def to_json(self) -> str:
        """One line, for a worker."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Task:
        """The task of a line."""
        loaded = json.loads(line)
        return cls(
            tuple(FileTask(**item) for item in loaded["files"]),
            loaded["recipe"], CorpusSettings(**loaded["corpus"]), loaded["part"],
            loaded["parts"], loaded["known"], loaded["known_file"], tuple(loaded["skip"]),
        )  # fmt: skip


@dataclass(slots=True)
class FileOutcome:
    """What came of a file: its hash as read, ids of its documents (new or changed, and the
    same as before), and what was wrong with it. ``unread`` means that it could not be
    opened, so what was known of it still stands.
    """

    id: str
    sha256: str = ""
    size: int = 0
    documents: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    problem: str = ""
    unread: bool = False


@dataclass(slots=True)
class Staged:
    """A prepared task: where its rows lie, how many, and what came of each file."""

    key: str
    files: list[FileOutcome]
    documents: int = 0
    passages: int = 0

    def path(self, folder: Path, kind: str) -> Path:
        """File of its rows of a kind."""
        return folder / f"{self.key}.{kind}.arrow"


class _Writer:
    """Rows of one task on their way to disk, analysed in batches of bounded size."""

    def __init__(self, staged: Staged, folder: Path) -> None:
        import pyarrow as pa

        self.staged = staged
        self._folder = folder
        # Of this process alone: a worker whose parent was killed may still be at the same task.
        self._paths = {kind: folder / f"{staged.key}.{kind}.{os.getpid()}.part" for kind in KINDS}
        self._files = {kind: path.open("wb") for kind, path in self._paths.items()}
        self._streams = {
            kind: pa.ipc.new_stream(file, schema(kind)) for kind, file in self._files.items()
        }
        self._parsed: list[tuple[Parsed, str, str]] = []
        self._passages: list[tuple[Passage, Parsed]] = []
        self._characters = 0

    def add(self, parsed: Parsed, passages: list[Passage], file_id: str, mark: str) -> None:
        self._parsed.append((parsed, file_id, mark))
        for passage in passages:
            self._passages.append((passage, parsed))
            self._characters += len(passage.text)
            if len(self._passages) >= FLUSH_PASSAGES or self._characters >= FLUSH_CHARACTERS:
                self.flush()
        if len(self._parsed) >= FLUSH_PASSAGES:
            self.flush()

    def flush(self) -> None:
        from openbook.corpus.split import indexed
        from openbook.text.terms import analyse

        if self._parsed:
            documents = [(p.document, file_id, mark) for p, file_id, mark in self._parsed]
            self._write("documents", document_batch(documents))
        if self._passages:
            terms = analyse([indexed(passage) for passage, _ in self._passages])
            rows = [(passage, parsed.document) for passage, parsed in self._passages]
            words, grams = [cut.words for cut in terms], [cut.grams for cut in terms]
            self._write("passages", passage_batch(rows, words, grams))
        self.staged.documents += len(self._parsed)
        self.staged.passages += len(self._passages)
        self._parsed, self._passages, self._characters = [], [], 0

    def _write(self, kind: str, rows: pa.RecordBatch) -> None:
        self._streams[kind].write_batch(rows)

    def close(self) -> None:
        for kind in KINDS:
            self._streams[kind].close()
            self._files[kind].flush()
            os.fsync(self._files[kind].fileno())
            self._files[kind].close()
            self._paths[kind].replace(self.staged.path(self._folder, kind))

    def abandon(self) -> None:
        for kind in KINDS:
            self._files[kind].close()
            self._paths[kind].unlink(missing_ok=True)


def prepare(task: Task, folder: Path) -> Staged:
    """Prepare a task's rows in the staging folder; the note that they are whole comes last.

    Raises:
        OSError: the staging folder cannot be written to.
    """
    staged = Staged(task.key, [])
    writer = _Writer(staged, folder)
    seen: set[str] = set()
    if task.known_file:
        task = replace(task, known=_known(folder / task.known_file))
    try:
        for file in task.files:
            staged.files.append(_file(file, task, writer, seen))
        writer.flush()
        writer.close()
    except BaseException:
        writer.abandon()
        raise
    note = folder / f"{staged.key}.json"
    partial = folder / f"{staged.key}.json.{os.getpid()}.part"
    partial.write_text(json.dumps(asdict(staged), ensure_ascii=False), "utf-8")
    partial.replace(note)
    return staged


def _file(file: FileTask, task: Task, writer: _Writer, seen: set[str]) -> FileOutcome:
    outcome = FileOutcome(file.id)
    try:
        data = _bytes(file, task)
    except FileNotFoundError:
        outcome.problem = "it vanished while it was being read"
        return outcome
    except OSError as error:
        outcome.problem = f"it cannot be read ({error.strerror})"
        outcome.unread = True
        return outcome
    whole = task.parts == 1
    outcome.sha256 = hashlib.sha256(data).hexdigest() if whole else file.sha256
    outcome.size = len(data) if whole else file.size
    twice = 0
    try:
        for parsed in _documents(file, data, task):
            name = parsed.document.id
            if name in seen:
                twice += 1
                outcome.problem = f'the document id "{name}" is there twice; the first is kept'
            elif digest(name) in task.skip:
                continue
            else:
                seen.add(name)
                _document(parsed, file, task, writer, outcome)
    except DocumentError as error:
        outcome.problem = error.what if not error.fix else f"{error.what}. {error.fix}"
    if twice > 1:
        outcome.problem += f" ({twice} such lines)"
    return outcome


@lru_cache(maxsize=1)
def _known(path: Path) -> dict[str, str]:
    loaded: dict[str, str] = json.loads(path.read_text("utf-8"))
    return loaded


def _bytes(file: FileTask, task: Task) -> bytes:
    """A file's bytes; for a part of it, its lines after as many empty ones as come before,
    so that lines keep their numbers.
    """
    path = Path(file.path)
    if task.parts == 1:
        return path.read_bytes()
    with path.open("rb") as opened:
        begin, end = (
            _line(opened, file.size * n // task.parts) for n in (task.part, task.part + 1)
        )
        opened.seek(0)
        lines, left = 0, begin
        while left:
            block = opened.read(min(left, BLOCK))
            if not block:
                break
            lines += block.count(b"\n")
            left -= len(block)
        return b"\n" * lines + opened.read(end - begin)


def _line(opened: BinaryIO, offset: int) -> int:
    """Where the first line begins that does not begin before an offset."""
    if not offset:
        return 0
    opened.seek(offset - 1)
    opened.readline()
    return opened.tell()


def _documents(file: FileTask, data: bytes, task: Task) -> Iterator[Parsed]:
    from openbook.corpus.read import read

    if task.parts > 1 and not data.strip():
        return
    yield from read(Source(file.id, Path(file.path), file.size), data, task.corpus)


def _document(
    parsed: Parsed, file: FileTask, task: Task, writer: _Writer, outcome: FileOutcome
) -> None:
    from openbook.corpus.split import split

    mark = content(parsed.document, task.recipe)
    if task.known.get(parsed.document.id) == mark:
        outcome.same.append(parsed.document.id)
        return
    writer.add(parsed, split(parsed, task.corpus), file.id, mark)
    outcome.documents.append(parsed.document.id)
