"""LanceDB's compiled engine, without its Python package, and how calls of it are made.

``import lancedb`` takes 1.2 to 2 seconds, most of it a cloud client and pandas, which
nothing here uses. This file loads the compiled engine alone (0.05 s). Together with
:mod:`openbook.knowledge.engine` it is all that knows the engine's calls; the pinned minor
version (``lancedb>=0.40,<0.41``) keeps them still, and ``tests/knowledge/test_engine.py``
compares them with the public package. A process that has imported lancedb already uses
what is there, and one that imports it later gets the whole package.

Calls block. They run on one event loop in a daemon thread; the engine's own threads do
the work, so several searches given together run side by side.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import re
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any, TypeVar

from openbook.errors import DamagedError, KnowledgeError

T = TypeVar("T")


class _Package(ModuleType):
    """Stands for the package ``lancedb`` until somebody asks it for a name of its own."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        spec = self.__spec__
        if spec is None or spec.loader is None:  # pragma: no cover - a broken installation
            raise AttributeError(name)
        self.__class__ = ModuleType  # type: ignore[assignment]
        spec.loader.exec_module(self)
        return getattr(self, name)


@lru_cache(maxsize=1)
def core() -> Any:
    """The compiled engine."""
    if "lancedb" not in sys.modules:
        spec = importlib.util.find_spec("lancedb")
        if spec is None:
            raise KnowledgeError("the package lancedb is missing", fix="Run: pip install lancedb.")
        package = _Package("lancedb")
        package.__spec__ = spec
        package.__file__ = spec.origin
        package.__path__ = list(spec.submodule_search_locations or ())
        sys.modules["lancedb"] = package
    return importlib.import_module("lancedb._lancedb")


@lru_cache(maxsize=1)
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="openbook-store", daemon=True).start()
    return loop


def valid(text: str) -> str:
    """Text that the engine takes: lone surrogates become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def wait(make: Callable[[], Awaitable[T]], where: str = "") -> T:
    """Run an asynchronous call of the engine and give what it gives.

    Raises:
        KnowledgeError: the disk is full.
        DamagedError: anything else the engine could not do, in its first line's words.
    """

    async def call() -> T:
        return await make()

    try:
        return asyncio.run_coroutine_threadsafe(call(), _loop()).result()
    except (RuntimeError, OSError, ValueError) as error:
        raise _told(error, where) from error


_SOURCE = re.compile(r", /\S+\.rs:\d+")
"""Where in the engine's own code it failed: of no use to the person who reads the message."""


def _told(error: Exception, where: str) -> KnowledgeError:
    first = str(error).strip().split("\n", 1)[0]
    line = _SOURCE.split(first)[0][:300]
    if "No space left" in line or "File too large" in line or "os error 28" in line:
        return KnowledgeError(
            "the disk is full",
            where=where,
            fix="Free some space and run the command again; the last version is untouched.",
        )
    return DamagedError(
        f"the store failed ({line})",
        where=where,
        fix="If files were removed or changed by hand, restore the folder from a backup, "
        "or delete it and sync again.",
    )


@dataclass(frozen=True, slots=True)
class MatchQuery:
    """A full-text query over one column: terms joined by spaces, any of them.

    The engine knows it by the name of its class.
    """

    query: str
    column: str
    boost: float = 1.0
    fuzziness: int = 0
    max_expansions: int = 50
    operator: str = "OR"
    prefix_length: int = 0
    document_granularity: str = "row"

    def query_type(self) -> str:
        """What the engine calls it."""
        return "match"


@dataclass(frozen=True, slots=True)
class BooleanQuery:
    """Several full-text queries whose scores are added, each with its own boost. What meets any
    of them is found: every ``queries`` pair says ``SHOULD``.
    """

    queries: list[tuple[str, MatchQuery]]

    def query_type(self) -> str:
        """What the engine calls it."""
        return "boolean"


@dataclass(frozen=True, slots=True)
class FTS:
    """A full-text index over terms that are cut already: split at spaces, nothing else."""

    with_position: bool = False
    base_tokenizer: str = "whitespace"
    language: str = "English"
    max_token_length: int | None = None
    lower_case: bool = False
    stem: bool = False
    remove_stop_words: bool = False
    custom_stop_words: tuple[str, ...] | None = None
    ascii_folding: bool = False
    ngram_min_length: int = 3
    ngram_max_length: int = 3
    prefix_only: bool = False
    block_size: int = 128
    memory_limit: int | None = None
    num_workers: int | None = None
    document_granularity: str = "row"


@dataclass(frozen=True, slots=True)
class IvfRq:
    """A vector index: partitions, and one bit a dimension in them (RaBitQ)."""

    distance_type: str = "cosine"
    num_partitions: int | None = None
    num_bits: int = 1
    max_iterations: int = 50
    sample_rate: int = 256
    target_partition_size: int | None = None
    accelerator: str | None = None
