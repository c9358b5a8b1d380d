"""What a sync has to do: every file is hashed, and compared with what is known of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from openbook.artifacts import canonical, write_atomic
from openbook.corpus.settings import Settings as CorpusSettings
from openbook.corpus.walk import LINES, Source, find
from openbook.errors import InputError
from openbook.knowledge.prepare import FileTask, Task
from openbook.knowledge.tables import FileRow
from openbook.types import digest

TASK_BYTES = 400_000
PART_BYTES = 4_000_000
MOST_PARTS = 256


@dataclass(slots=True)
class Plan:
    """Differences between folders and what is known of them.

    ``changed`` are new or changed files with their rows to be; ``gone`` are ids of files
    that are no longer there; ``problems`` are rows for what cannot be read at all;
    ``settled`` are ids that stay as they are.
    """

    changed: list[tuple[Source, FileRow]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    problems: list[FileRow] = field(default_factory=list)
    settled: int = 0

    @property
    def bytes(self) -> int:
        """Size of all changed files."""
        return sum(source.size for source, _ in self.changed)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.changed or self.gone or self.problems)

    def missing(self, root: Path) -> None:
        """A folder synced before is not there: its documents stay until it is forgotten."""
        reason = "it is not there any more; its documents stay until it is forgotten"
        self.problems.append(FileRow(f"{root.name}/", str(root), problem=reason))

    def merge(self, other: Plan) -> None:
        """Take another folder's differences in."""
        self.changed += other.changed
        self.gone += other.gone
        self.problems += other.problems
        self.settled += other.settled


def resolve(paths: Sequence[Path], known: Iterable[str]) -> list[Path]:
    """Folders and files to sync, each once; without paths, those synced before.

    A path inside a folder that is synced already means that folder.

    Raises:
        InputError: a path that is not there, two of the same name, or one around a folder
            that is synced already (its documents would be in twice).
    """
    before = [Path(root) for root in known]
    if not paths:
        return before
    chosen: dict[Path, None] = {}
    for path in paths:
        full = path.expanduser().resolve()
        if not full.exists():
            raise InputError("there is no such file or folder", where=str(path))
        inside = [root for root in (*before, *chosen) if full.is_relative_to(root)]
        chosen[inside[0] if inside else full] = None
    names: dict[str, Path] = {}
    for root in (*before, *(c for c in chosen if c not in before)):
        around = [r for r in (*before, *chosen) if r != root and r.is_relative_to(root)]
        if around:
            raise InputError(
                f"it contains {around[0]}, which is synced on its own",
                where=str(root),
                fix="Forget the inner one first (openbook forget PATH), or sync it alone.",
            )
        if names.setdefault(root.name, root) != root:
            raise InputError(
                f'another folder named "{root.name}" is synced: {names[root.name]}',
                where=str(root),
                fix="Rename one of them: the name begins the ids of its documents.",
            )
    return list(chosen)


def compare(root: Path, rows: Mapping[str, FileRow], recipe: str, corpus: CorpusSettings) -> Plan:
    """Differences between a folder and the rows of its files as they were.

    Args:
        root: a folder or a file.
        rows: rows of this root by id.
        recipe: fingerprint of how files are read and split now.
        corpus: limits of reading.

    Raises:
        InputError: a folder that was never synced has nothing in it.
    """
    plan = Plan()
    sources, problems = find([root], corpus)
    if not (rows or sources or problems):
        raise InputError(
            "is empty: there is no document in it",
            where=str(root),
            fix="Put documents into it, or name another folder.",
        )
    with ThreadPoolExecutor(4) as pool:
        hashes = list(pool.map(_hash, (source.path for source in sources)))
    for source, (sha256, trouble) in zip(sources, hashes, strict=True):
        old = rows.get(source.id)
        if trouble:
            kept = old.documents if old else 0
            plan.problems.append(FileRow(source.id, str(root), "", source.size, "", trouble, kept))
        elif old and old.sha256 == sha256 and old.recipe == recipe:
            plan.settled += 1
        else:
            row = FileRow(source.id, str(root), sha256, source.size, recipe)
            plan.changed.append((source, row))
    closed = tuple(p.source for p in problems if p.source.endswith("/"))
    plan.problems += [FileRow(p.source, str(root), problem=p.reason) for p in problems]
    seen = {source.id for source in sources} | {p.source for p in problems}
    plan.gone = [
        name for name in rows if name not in seen and not (closed and name.startswith(closed))
    ]
    return plan


def _hash(path: Path) -> tuple[str, str]:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), ""
    except FileNotFoundError:
        return "", "it vanished while it was being read"
    except OSError as error:
        return "", f"it cannot be read ({error.strerror})"


@dataclass(frozen=True, slots=True)
class Work:
    """What all tasks of a sync share.

    ``known`` maps file id to document id to content hash, for files that were there before;
    ``skip`` holds hashes of ids of purged documents; ``folder`` is the staging folder.
    """

    recipe: str
    corpus: CorpusSettings
    known: Mapping[str, Mapping[str, str]]
    folder: Path
    skip: tuple[str, ...] = ()

    def parts(self, file: FileTask) -> list[Task]:
        """Tasks for the parts of a large file with a document a line."""
        count = min(MOST_PARTS, file.size // PART_BYTES)
        known = self.known.get(file.id)
        name = self._known_file(known) if known else ""
        whole = Task((file,), self.recipe, self.corpus, known_file=name, skip=self.skip)
        return [replace(whole, part=number, parts=count) for number in range(count)]

    def _known_file(self, known: Mapping[str, str]) -> str:
        text = canonical(known)
        path = self.folder / f"known-{digest(text)}"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomic(path, text)
        return path.name

    def task(self, files: Sequence[FileTask]) -> Task:
        """A task for some files."""
        there = {name: mark for f in files for name, mark in self.known.get(f.id, {}).items()}
        return Task(tuple(files), self.recipe, self.corpus, known=there, skip=self.skip)


def tasks(plan: Plan, work: Work) -> list[Task]:
    """The plan's work in pieces of bounded size.

    Pieces end where an id says so, so that one more file does not move all the others and
    what an interrupted sync prepared is found again.
    """
    made: list[Task] = []
    group: list[FileTask] = []
    size = 0
    for source, row in plan.changed:
        file = FileTask(source.id, str(source.path), source.size, row.sha256)
        if source.size >= 2 * PART_BYTES and _by_lines(source.path):
            made += work.parts(file)
            continue
        group.append(file)
        size += source.size
        if size >= TASK_BYTES or int(digest(source.id, size=1), 16) % 16 == 0:
            made.append(work.task(group))
            group, size = [], 0
    return [*made, work.task(group)] if group else made


def _by_lines(path: Path) -> bool:
    """Whether a file can be cut at its lines: one document a line, in UTF-8."""
    if path.suffix.lower() not in LINES:
        return False
    try:
        with path.open("rb") as file:
            head = file.read(1 << 16)
    except OSError:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(head) - error.start < 4
    return True
