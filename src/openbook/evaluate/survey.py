"""What the documents are like, counted from the knowledge base: where advice begins."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Protocol

from openbook.evaluate.settings import Often
from openbook.knowledge.manifest import Version
from openbook.models.settings import ModelSettings
from openbook.models.settings import Settings as ModelsSettings
from openbook.types import Passage

ROW = re.compile(r"^[^:;\n]{1,60}: [^;\n]+; [^:;\n]{1,60}: .+$", re.MULTILINE)
"""A row of a table as the knowledge base keeps it: ``column: value; column: value``."""

CLAUSE = re.compile(r"제\s?\d+\s?조|^\s*(?:§+\s?\d|Article \d|Section \d)", re.MULTILINE)
"""A numbered clause of a statute or a contract."""

DAY = 86400.0

LEAST_SPAN = 7 * DAY
"""Seconds of kept history below which it says nothing about how often documents change."""

STEPS: tuple[tuple[float, Often], ...] = (
    (2.0, "daily"),
    (14.0, "weekly"),
    (62.0, "monthly"),
)
"""Days between changes, at most, and what that is called."""


class Held(Protocol):
    """A version of the knowledge base."""

    def document_ids(self) -> list[str]:
        """Ids of all documents."""
        ...

    def all_passages(self) -> Iterable[Passage]:
        """All passages."""
        ...

    def languages(self) -> dict[str, int]:
        """Documents by language."""
        ...


@dataclass(frozen=True)
class Survey:
    """A knowledge base and a project in numbers.

    Args:
        documents: how many.
        passages: how many.
        characters: of all passages together.
        passage: characters of a passage, median.
        languages: documents by language code.
        formats: documents by the ending of their file.
        tables: share of the passages that hold rows of a table, in [0, 1].
        clauses: share of the passages that hold a numbered clause, in [0, 1].
        change: how often documents change, by the kept history; empty where it is too short.
        changed: share of the documents that the kept history changed, in [0, 1].
        vectors: whether the knowledge base keeps vectors of an encoder.
        generator: name of the configured language model; empty for none.
        server: whether that model is a server outside this machine.
        price: US dollars for a million tokens read by it.
        methods: names of the methods that there are.
    """

    documents: int = 0
    passages: int = 0
    characters: int = 0
    passage: int = 0
    languages: dict[str, int] = field(default_factory=dict)
    formats: dict[str, int] = field(default_factory=dict)
    tables: float = 0.0
    clauses: float = 0.0
    change: Often = ""
    changed: float = 0.0
    vectors: bool = False
    generator: str = ""
    server: bool = False
    price: float = 0.0
    methods: tuple[str, ...] = ()

    @property
    def mixed(self) -> bool:
        """Whether a tenth or more of the documents are in another language than most."""
        counts = sorted(self.languages.values(), reverse=True)
        return len(counts) > 1 and sum(counts[1:]) >= 0.1 * sum(counts)


def survey(
    held: Held | None,
    history: Sequence[Version] = (),
    models: ModelsSettings | None = None,
    methods: Sequence[str] = (),
    *,
    vectors: bool = False,
) -> Survey:
    """Count what a knowledge base holds.

    Args:
        held: its newest version; None where nothing was synced yet.
        history: its kept versions, oldest first.
        models: the table ``[models]``.
        methods: names of the methods.
        vectors: whether it keeps vectors.
    """
    models = models or ModelsSettings()
    model = models.available.get(models.generator)
    about = {
        "generator": models.generator,
        "server": leaves(model),
        "price": model.price_in if model else 0.0,
        "methods": tuple(methods),
    }
    if held is None:
        return Survey(**about)  # type: ignore[arg-type]
    ids = held.document_ids()
    lengths: list[int] = []
    tables = clauses = 0
    for passage in held.all_passages():
        lengths.append(len(passage.text))
        tables += len(ROW.findall(passage.text)) >= 2
        clauses += CLAUSE.search(passage.text) is not None
    count = len(lengths)
    often, changed = changes(history)
    return Survey(
        documents=len(ids),
        passages=count,
        characters=sum(lengths),
        passage=round(statistics.median(lengths)) if lengths else 0,
        languages=held.languages(),
        formats=dict(Counter(_format(name) for name in ids).most_common()),
        tables=tables / count if count else 0.0,
        clauses=clauses / count if count else 0.0,
        change=often,
        changed=min(1.0, changed / len(ids)) if ids else 0.0,
        vectors=vectors,
        **about,  # type: ignore[arg-type]
    )


def leaves(model: ModelSettings | None) -> bool:
    """Whether a model is asked over a network that is not this machine's own."""
    if model is None or model.kind not in ("openai", "hosted"):
        return False
    host = re.sub(r"^\w+://", "", model.base_url).partition("/")[0]
    here = re.fullmatch(r"(?:localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1\])(?::\d+)?", host)
    return here is None


def _format(name: str) -> str:
    """The ending of a document's file; a line of a JSONL file has its own id and no ending."""
    file = name.partition("#")[0]
    return PurePosixPath(file).suffix.lower().lstrip(".") or "—"


def changes(history: Sequence[Version]) -> tuple[Often, int]:
    """How often documents changed over the kept versions, and how many did.

    The first kept version is where counting starts, not a change. A history that spans less
    than a week says nothing.
    """
    later = [v for v in history[1:] if v.what == "sync" and _moved(v)]
    documents = sum(_moved(v) for v in later)
    if not history:
        return "", 0
    span = history[-1].created - history[0].created
    if span < LEAST_SPAN:
        return "", documents
    if not later:
        return ("never" if span >= 365 * DAY else ""), documents
    days = span / DAY / len(later)
    return next((word for limit, word in STEPS if days <= limit), "yearly"), documents


def _moved(version: Version) -> int:
    """Documents that a version added, changed or removed."""
    return sum(version.changes.counts.values())
