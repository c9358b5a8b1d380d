"""The adapters of a project: read, listed, checked, removed.

An adapter is a folder ``made/adapters/NAME``, written whole by :mod:`openbook.tune.adapter`:

    manifest.json                what it is, what it was made of, what it scored
    learnt.jsonl                 the passages that it learnt from (:mod:`openbook.tune.stale`)
    adapter_config.json, *.safetensors, ...   its weights

A method takes one by ``METHOD:NAME`` (``raft:handbook``); a model with one is asked for by the
name ``adapter:NAME``.
"""

from __future__ import annotations

import json
import re
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from openbook.artifacts import MANIFEST, fsync_folder
from openbook.errors import AdapterError, InputError, OpenbookError, nearest
from openbook.models.adapters import NOTE
from openbook.models.weights import fingerprint

FORMAT = 1

PREFIX = "adapter:"
"""What a model's name begins with that is an adapter of the registry on its base."""

NAME = re.compile(r"[A-Za-z0-9가-힣][\w.-]*")
"""What adapters may be called."""

Role = Literal["generator", "retriever", "reranker", "ranker"]

ROLES: dict[str, tuple[str, ...]] = {
    "generator": (NOTE, "adapter_model.*"),
    "retriever": ("**/*.safetensors",),
    "reranker": ("**/*.safetensors",),
    "ranker": ("model.txt", "ranker.json"),
}
"""Roles, and the files that each needs."""


@dataclass(frozen=True)
class Adapter:
    """A trained adapter, as its manifest says.

    Args:
        name: of its folder.
        folder: where it is.
        role: what it is used as.
        kind: how it was trained: ``lora``, ``full``, ...
        objective: what a generator learnt: ``qa``, ``raft``, ``text`` or ``style``.
        base: name of the model that it was trained on.
        base_fingerprint: of that model's weights; empty where it has none.
        templates: ids of the prompts that it learnt.
        version: of the knowledge base that its rows are of; 0 where they say none.
        scores: what was measured on held-out questions.
        outcome: steps, loss, tokens, seconds and ``peak_memory_mb`` of the training.
        manifest: everything that the manifest says.
    """

    name: str
    folder: Path
    role: str
    kind: str
    objective: str
    base: str
    base_fingerprint: str
    templates: tuple[str, ...]
    version: int
    scores: Mapping[str, float]
    outcome: Mapping[str, float]
    manifest: Mapping[str, Any] = field(repr=False, hash=False)

    @classmethod
    def read(cls, folder: Path) -> Adapter:
        """An adapter from its folder.

        Raises:
            AdapterError: files are missing, or the manifest is damaged or of another format.
        """
        try:
            made = json.loads((folder / MANIFEST).read_text("utf-8"))
            stated = made["format"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _broken(folder, f"has no readable {MANIFEST} ({_said(error)})") from error
        if stated != FORMAT:
            raise _broken(folder, f"has format {stated}, this openbook reads {FORMAT}")
        try:
            read = cls._of(folder, made)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _broken(folder, f"has a damaged {MANIFEST} ({_said(error)})") from error
        if missing := _missing(read):
            raise _broken(folder, f"is incomplete: {missing} is missing")
        return read

    @classmethod
    def _of(cls, folder: Path, made: Mapping[str, Any]) -> Adapter:
        base = made.get("base") or {}
        if made["role"] not in ROLES:
            raise ValueError(f'role "{made["role"]}"')
        return cls(
            name=folder.name,
            folder=folder,
            role=str(made["role"]),
            kind=str(made["kind"]),
            objective=str(made.get("objective") or ""),
            base=str(base.get("name") or ""),
            base_fingerprint=str(base.get("fingerprint") or ""),
            templates=tuple(map(str, made.get("templates") or ())),
            version=int((made.get("knowledge") or {}).get("version") or 0),
            scores={str(k): float(v) for k, v in _numbers(made.get("scores"))},
            outcome={str(k): float(v) for k, v in _numbers(made.get("outcome"))},
            manifest=made,
        )

    @property
    def model(self) -> str:
        """The name by which a stage asks for the model with it."""
        return PREFIX + self.name

    @property
    def score(self) -> tuple[str, float] | None:
        """The first of its scores: the main one."""
        return next(iter(self.scores.items()), None)

    @property
    def fingerprint(self) -> str:
        """Identifies its weights and its manifest."""
        return fingerprint(self.folder)

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return sum(file.stat().st_size for file in self.folder.rglob("*") if file.is_file())


@dataclass(frozen=True)
class Registry:
    """The folder of all adapters of a project; it need not exist yet."""

    folder: Path

    def names(self) -> list[str]:
        """Names of everything in the folder that could be an adapter, sorted."""
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        return sorted(f.name for f in found if f.is_dir() and NAME.fullmatch(f.name))

    def get(self, name: str) -> Adapter:
        """An adapter by name.

        Raises:
            InputError: a name that adapters cannot have, or no such adapter.
            AdapterError: it is damaged or incomplete.
        """
        checked(name)
        if not (self.folder / name).is_dir():
            known = self.names()
            raise InputError(
                f'there is no adapter "{name}"',
                fix=nearest(name, known) if known else "Make one: openbook tune generator.",
            )
        return Adapter.read(self.folder / name)

    def all(self) -> tuple[list[Adapter], dict[str, str]]:
        """All adapters by name, and of those that cannot be used, why."""
        found: list[Adapter] = []
        broken: dict[str, str] = {}
        for name in self.names():
            try:
                found.append(Adapter.read(self.folder / name))
            except OpenbookError as error:
                broken[name] = error.what
        return found, broken

    def fitting(self, role: str, objectives: tuple[str, ...] = ()) -> list[str]:
        """Names of the adapters of a role, of one of some objectives (any, where none is said)."""
        found, _ = self.all()
        fit = (a for a in found if a.role == role)
        return [a.name for a in fit if not objectives or a.objective in objectives]

    def versions(self) -> frozenset[int]:
        """Versions of the knowledge base that adapters were made from."""
        return frozenset(adapter.version for adapter in self.all()[0] if adapter.version)

    def holding(self, document: str) -> list[str]:
        """Names of the adapters whose files name a document: they learnt from its words, and
        keep those that stand in their rows.
        """
        named = json.dumps(document, ensure_ascii=False)
        marks = [f'"document_id": {named}'.encode(), f'"document": {named}'.encode()]
        return [
            name
            for name in self.names()
            if any(
                mark in line
                for file in sorted((self.folder / name).glob("*.jsonl"))
                for line in file.read_bytes().splitlines()
                for mark in marks
            )
        ]

    def remove(self, name: str) -> None:
        """Delete an adapter, also a damaged one: it is gone by one rename.

        Raises:
            InputError: no such adapter.
        """
        target = self.folder / checked(name)
        if not target.is_dir():
            self.get(name)
        gone = self.folder / f".removed-{uuid.uuid4().hex[:8]}"
        target.rename(gone)
        fsync_folder(self.folder)
        shutil.rmtree(gone, ignore_errors=True)


def checked(name: str) -> str:
    """A name that an adapter may have.

    Raises:
        InputError: any other.

    >>> checked("handbook-v2")
    'handbook-v2'
    """
    if not NAME.fullmatch(name):
        raise InputError(
            f'"{name}" is not a name of an adapter',
            fix="Use letters, digits, dots, hyphens and underscores; begin with a letter or digit.",
        )
    return name


def parted(name: str) -> tuple[str, str]:
    """A method's name and the adapter that it is to use; empty where it names none.

    >>> parted("raft:handbook"), parted("naive_rag")
    (('raft', 'handbook'), ('naive_rag', ''))
    """
    method, colon, adapter = name.partition(":")
    if colon:
        checked(adapter)
    return method, adapter


def model_of(adapter: str, method: str, objective: str) -> str:
    """The name of the model with an adapter, for a method that needs one.

    Raises:
        InputError: no adapter is named, or by a name that adapters cannot have.
    """
    if not adapter:
        raise needed(method, (objective,), ())
    return PREFIX + checked(adapter)


def needed(method: str, objectives: Sequence[str], known: Sequence[str]) -> InputError:
    """What is said where a method needs an adapter and none is named.

    Args:
        method: its name.
        objectives: what the adapter may have learnt.
        known: names of the adapters that fit.
    """
    fit = f"These fit: {', '.join(f'{method}:{name}' for name in known)}." if known else (
        "No adapter of this project fits yet; train one: openbook tune generator --objective "
        f"{objectives[0]} --data ROWS.jsonl --name NAME, then {method}:NAME."
    )  # fmt: skip
    return InputError(f"the method {method} needs an adapter, and none is named", fix=fit)


def _numbers(values: Any) -> list[tuple[Any, float]]:
    return [
        (key, value)
        for key, value in (values or {}).items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]


def _missing(adapter: Adapter) -> str:
    """What an adapter's folder lacks; empty where it is complete."""
    needed = ROLES[adapter.role]
    return next((name for name in needed if not any(adapter.folder.glob(name))), "")


def _broken(folder: Path, what: str) -> AdapterError:
    return AdapterError(
        f'the adapter "{folder.name}" {what}',
        where=str(folder),
        fix=f"Train it again, or remove it: openbook adapters remove {folder.name}.",
    )


def _said(error: Exception) -> str:
    if isinstance(error, OSError):
        return str(error.strerror)
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
