"""A branch of a knowledge base: a copy elsewhere, in which documents can be tried out.

The original is only read. Data files never change once written, so the copy shares them
(hard links) where the file system can; everything that is rewritten in place is copied.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from openbook.corpus.settings import Settings as CorpusSettings
from openbook.corpus.walk import Source, find
from openbook.errors import InputError, KnowledgeError, nearest
from openbook.knowledge import staging
from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.commit import Writer
from openbook.knowledge.lock import writing
from openbook.knowledge.plan import Plan
from openbook.knowledge.progress import Progress, Silence
from openbook.knowledge.sync import Sync, SyncReport, recipe_of
from openbook.knowledge.tables import FileRow
from openbook.types import Encoder


def branch(base: KnowledgeBase, target: Path) -> KnowledgeBase:
    """A copy of a knowledge base with all its versions.

    Args:
        base: is only read; its writer lock is held meanwhile.
        target: a folder that is not there yet.

    Raises:
        KnowledgeError: nothing was ever synced.
    """
    if not base.version:
        raise KnowledgeError("is empty", where=str(base.folder), fix="Run: openbook sync FOLDER.")
    with writing(base.folder, "branch", base.settings.lock_wait_s):
        shutil.copytree(
            base.folder,
            target,
            copy_function=_copied,
            ignore=shutil.ignore_patterns("lock", "lock.json", "staging"),
        )
    return KnowledgeBase(target, base.settings)


def _copied(source: str, target: str) -> None:
    """Data files of tables by hard link where that is possible, others copied."""
    if source.endswith(".lance"):
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)
        return
    shutil.copy2(source, target)


def changed_files(folder: Path, corpus: CorpusSettings, leave: frozenset[str]) -> list[Source]:
    """The documents in a folder of changes, by the ids of the files that they replace:
    ``FOLDER/handbook/ko/leave.md`` replaces ``handbook/ko/leave.md``.

    Args:
        leave: names in the folder that are no documents.

    Raises:
        InputError: no folder, or no document in it, or one that cannot be read.
    """
    if not folder.is_dir():
        raise InputError("there is no such folder", where=str(folder), fix="Check the path.")
    inside = sorted(path for path in folder.iterdir() if path.name not in leave)
    sources, problems = find([path for path in inside if not path.name.startswith(".")], corpus)
    if problems:
        raise InputError(problems[0].reason, where=f"{folder}, {problems[0].source}")
    if not sources:
        raise InputError(
            "holds no changed document",
            where=str(folder),
            fix="Put the new versions there under their ids, e.g. handbook/ko/leave.md.",
        )
    return sources


def refuse_unknown(base: KnowledgeBase, sources: Sequence[Source]) -> None:
    """Refuse files that would take the place of nothing.

    Raises:
        InputError: an id that no file of the knowledge base has.
    """
    generation, manifest = base._shelf.read()
    store = base._store(generation)
    rows = Writer(base._shelf, generation, store, manifest, base.settings).files()
    for source in sources:
        if source.id not in rows:
            raise InputError(
                f'no document was synced from "{source.id}"',
                where=str(source.path),
                fix=nearest(source.id, rows) if len(rows) < 20_000 else "Check its path.",
            )


def replace_files(
    base: KnowledgeBase,
    sources: Sequence[Source],
    *,
    corpus: CorpusSettings,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
) -> SyncReport:
    """Let files take the place of the files of the same ids, as a sync would that found them
    changed. Their folders are not looked at.

    Raises:
        InputError: an id that no file of the knowledge base has.
    """
    told = progress or Silence()
    begun = time.perf_counter()
    refuse_unknown(base, sources)
    with base._writing("branch", told) as writer:
        rows = writer.files()
        recipe = recipe_of(corpus)
        plan = Plan()
        for source in sources:
            with source.path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            row = FileRow(source.id, rows[source.id].root, sha256, source.size, recipe)
            plan.changed.append((source, row))
        before = writer.manifest
        job = Sync(writer, base.staging, corpus, encoder, told)
        change, staged = job.prepared(plan, rows)
        made = job.commit(change, staged, before.roots, "branch")
        staging.clear(base.staging)
        return SyncReport(
            made.version,
            tuple(sorted(change.added)),
            tuple(sorted(change.changed)),
            tuple(change.removed),
            before.documents - len(change.changed) - len(change.removed),
            tuple((row.id, row.problem) for row in change.put if row.problem),
            made.passages,
            time.perf_counter() - begun,
        )
