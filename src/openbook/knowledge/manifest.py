"""What a version is: one manifest that names the version of every table.

    HEAD                                     which generation and version is current
    generations/<g>/manifests/000012.json    one manifest a version, never changed
    generations/<g>/tables/*.lance           the tables; all versions of a generation share them

A version is there when HEAD names it, and HEAD changes by one atomic rename. The tables
may be ahead of HEAD after a kill; the next writer takes them back first.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from openbook.artifacts import write_atomic
from openbook.errors import DamagedError, KnowledgeError, NewerFormatError, UnknownVersionError

FORMAT = 1
CHANGES_NAMED = 100
"""How many changed ids of each kind a manifest names; the counts are always whole."""

KINDS = ("added", "changed", "removed")


@dataclass(frozen=True, slots=True)
class Changes:
    """What a version changed: counts of documents, and the first ids of each kind."""

    counts: Mapping[str, int] = field(default_factory=dict)
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, **kinds: list[str]) -> Changes:
        """From all changed ids by kind."""
        return cls(
            {kind: len(ids) for kind, ids in kinds.items()},
            {kind: tuple(sorted(ids)[:CHANGES_NAMED]) for kind, ids in kinds.items()},
        )

    def __str__(self) -> str:
        told = [f"{count} {kind}" for kind, count in self.counts.items() if count]
        return ", ".join(told) or "nothing"


@dataclass(frozen=True, slots=True)
class Manifest:
    """One version. ``tables`` maps what a table is for to its name and Lance version."""

    version: int
    created: float
    parent: int = 0
    what: str = "sync"
    tables: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    analyser: str = ""
    encoder: str = ""
    dimension: int = 0
    files: int = 0
    documents: int = 0
    passages: int = 0
    changes: Changes = field(default_factory=Changes)
    problems: int = 0
    roots: tuple[str, ...] = ()
    purged: tuple[str, ...] = ()
    pinned: bool = False
    optimised: int = 0
    format: int = FORMAT

    def next(self, version: int, what: str, **new: Any) -> Manifest:
        """The manifest of the version after this one."""
        return replace(
            self, version=version, created=time.time(), parent=self.version, what=what, **new
        )


Version = Manifest
"""What ``history`` lists: the manifest of each kept version."""


def _loaded(path: Path) -> dict[str, Any]:
    try:
        loaded = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DamagedError(
            f"cannot be read ({type(error).__name__})",
            where=str(path),
            fix="Restore the folder from a backup, or delete it and sync again.",
        ) from error
    if not isinstance(loaded, dict) or not isinstance(loaded.get("format"), int):
        raise DamagedError(
            "does not look like a file of a knowledge base",
            where=str(path),
            fix="Restore the folder from a backup, or delete it and sync again.",
        )
    if loaded["format"] > FORMAT:
        raise NewerFormatError(
            f"this knowledge base has format {loaded['format']}, this openbook reads {FORMAT}",
            where=str(path),
            fix="Update openbook: pip install -U openbook.",
        )
    return loaded


def _manifest(path: Path) -> Manifest:
    loaded = _loaded(path)
    try:
        changes = loaded.pop("changes")
        made = Manifest(
            **{
                **loaded,
                "tables": {k: (str(v[0]), int(v[1])) for k, v in loaded["tables"].items()},
                "roots": tuple(loaded["roots"]),
                "purged": tuple(loaded["purged"]),
                "changes": Changes(
                    changes["counts"], {k: tuple(v) for k, v in changes["ids"].items()}
                ),
            }
        )
        _check(made)
        return made
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise DamagedError(
            f"this manifest is damaged ({error})",
            where=str(path),
            fix="Restore the folder from a backup, or delete it and sync again.",
        ) from error


def _check(made: Manifest) -> None:
    """Refuse a manifest whose values have other types, or that names too few tables."""
    for name in ("version", "parent", "dimension", "files", "documents", "passages", "problems"):
        if type(getattr(made, name)) is not int:
            raise ValueError(f"{name} is no whole number")
    if not isinstance(made.created, int | float) or not isinstance(made.pinned, bool):
        raise ValueError("created or pinned has another type")
    missing = {"files", "documents", "passages"} - set(made.tables)
    if missing:
        raise ValueError(f"it names no table of {', '.join(sorted(missing))}")


class Shelf:
    """The folder of a knowledge base: HEAD, generations, manifests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def _head(self) -> Path:
        return self.folder / "HEAD"

    def generation(self, name: str) -> Path:
        """Folder of a generation."""
        return self.folder / "generations" / name

    def tables(self, generation: str) -> Path:
        """Folder of a generation's tables."""
        return self.generation(generation) / "tables"

    def head(self) -> tuple[str, int] | None:
        """Current generation and version; None where nothing was ever synced."""
        if not self._head.exists():
            if (self.folder / "generations").is_dir() and self.kept_generations():
                raise DamagedError(
                    "HEAD is missing although there are versions",
                    where=str(self.folder),
                    fix="Restore HEAD from a backup, or delete the folder and sync again.",
                )
            return None
        loaded = _loaded(self._head)
        try:
            return str(loaded["generation"]), int(loaded["version"])
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedError(
                f"is damaged ({error})",
                where=str(self._head),
                fix="Restore HEAD from a backup, or delete the folder and sync again.",
            ) from error

    def kept_generations(self) -> list[str]:
        """Generations that hold at least one published manifest."""
        return sorted(
            {p.parent.parent.name for p in self.folder.glob("generations/*/manifests/*.json")}
        )

    def set_head(self, generation: str, version: int) -> None:
        """Make a version the current one. Atomic, and on disk when this returns."""
        said = {"format": FORMAT, "generation": generation, "version": version}
        write_atomic(self._head, json.dumps(said) + "\n")

    def _path(self, generation: str, version: int) -> Path:
        return self.generation(generation) / "manifests" / f"{version:06d}.json"

    def write(self, generation: str, manifest: Manifest) -> None:
        """Write a manifest (it counts only once HEAD names it or a later one)."""
        path = self._path(generation, manifest.version)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, json.dumps(asdict(manifest), indent=1, ensure_ascii=False) + "\n")

    def read(self, version: int | None = None) -> tuple[str, Manifest]:
        """A version's generation and manifest; the current one's without a number.

        Raises:
            KnowledgeError: nothing was ever synced.
            UnknownVersionError: that version is not kept.
        """
        head = self.head()
        if head is None:
            raise KnowledgeError(
                "the knowledge base is empty",
                where=str(self.folder),
                fix="Run: openbook sync FOLDER.",
            )
        generation, newest = head
        wanted = newest if version is None else version
        if wanted > newest or not self._path(generation, wanted).is_file():
            if version is None:
                return generation, _manifest(self._path(generation, newest))
            kept = ", ".join(str(m.version) for m in self.history()[-5:])
            raise UnknownVersionError(
                f"there is no version {wanted}",
                where=str(self.folder),
                fix=f"The newest kept versions are {kept}; openbook history lists all.",
            )
        return generation, _manifest(self._path(generation, wanted))

    def history(self) -> list[Manifest]:
        """Manifests of all kept versions, oldest first."""
        head = self.head()
        return [] if head is None else list(self._published(*head))

    def _published(self, generation: str, newest: int) -> Iterator[Manifest]:
        for path in sorted((self.generation(generation) / "manifests").glob("*.json")):
            if int(path.stem) <= newest:
                yield _manifest(path)

    def unpublished(self) -> list[Path]:
        """Manifests that HEAD never came to name: left by a kill."""
        head = self.head()
        if head is None:
            return []
        generation, newest = head
        found = (self.generation(generation) / "manifests").glob("*.json")
        return [path for path in found if int(path.stem) > newest]

    def remove(self, generation: str, version: int) -> None:
        """Take a version out of the history."""
        self._path(generation, version).unlink(missing_ok=True)
