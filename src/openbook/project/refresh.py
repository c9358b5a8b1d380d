"""An adapter is trained again on what the documents say now, under its own name.

The rows that it keeps (``rows.jsonl``) are brought up to date, and the training that made it is
done anew from its base, with its own kind and settings. It serves as it is until the new one is
whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from openbook.artifacts import write_atomic
from openbook.errors import AdapterError, ProjectError
from openbook.knowledge.progress import Progress, Silence
from openbook.models.settings import Settings as Models
from openbook.project.folder import Project
from openbook.project.tune import Order, Tuned, tune_generator
from openbook.project.tune_cross import CrossOrder, tune_cross
from openbook.project.tune_ranker import RankerOrder, tune_ranker
from openbook.project.tune_retriever import RetrieverOrder, tune_retriever, use
from openbook.synthesize.shelf import Shelf
from openbook.tune.adapter import GENERAL, MIX, ROWS
from openbook.tune.cross import CrossSettings
from openbook.tune.generator import GeneratorJob
from openbook.tune.kinds import kind, kinds
from openbook.tune.material import GeneratorSettings
from openbook.tune.ranker import RankerSettings
from openbook.tune.refresh import Line, Renewed, renewed, touched
from openbook.tune.registry import Adapter
from openbook.tune.retriever import RetrieverSettings
from openbook.tune.run import Progress as At
from openbook.tune.run import RunSettings
from openbook.tune.stale import Staleness

T = TypeVar("T")


@dataclass(frozen=True)
class Hooks:
    """Who is told how far a training is.

    Args:
        begin: told a generator's job and its folder before the first step.
        at: told of steps.
        progress: told of what else takes time.
    """

    begin: Callable[[GeneratorJob, Path], None] | None = None
    at: Callable[[At], None] | None = None
    progress: Progress | None = None


@dataclass(frozen=True)
class Refreshed:
    """How it went: what was stale, what became of the rows, and the training.

    Args:
        stale: what had happened to its passages.
        rows: None where the adapter was fresh, or learnt the documents as they are.
        tuned: None where it was fresh.
    """

    stale: Staleness
    rows: Renewed | None = None
    tuned: Tuned | None = None


def refresh(
    project: Project,
    name: str,
    settings: RunSettings | None = None,
    hooks: Hooks = Hooks(),
) -> Refreshed:
    """Train an adapter again, if passages that it learnt from have changed or gone.

    Args:
        project: whose adapter it is.
        name: of the adapter.
        settings: how often to save, and when to stop; what was stopped goes on when this is
            asked for again.
        hooks: who is told.

    Raises:
        InputError: no such adapter, or no row is left.
        AdapterError: it is damaged, or does not say what it learnt from.
        ProjectError: nothing was ever synced.
    """
    adapter = project.adapters.get(name)
    stale = project.stale(adapter)
    if stale.learnt is None:
        raise _unsaid(adapter, "from which passages it learnt")
    if not stale.stale:
        return Refreshed(stale)
    if not project.knowledge.version:
        raise ProjectError("the knowledge base is empty", fix="Run: openbook sync FOLDER.")
    if not (adapter.folder / ROWS).is_file():
        if adapter.objective != "text":
            raise _unsaid(adapter, f"what it learnt ({ROWS} is missing)")
        return Refreshed(stale, None, again(project, adapter, None, settings, hooks))
    rows = _rows(project, adapter, stale)
    file = project.made / "tuning" / f"{name}.{ROWS}"
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(file, rows.text)
    done = again(project, adapter, file, settings, hooks)
    if done.made:
        file.unlink(missing_ok=True)
    return Refreshed(stale, rows, done)


def again(
    project: Project,
    adapter: Adapter,
    data: Path | None,
    settings: RunSettings | None,
    hooks: Hooks,
) -> Tuned:
    """The training that made an adapter, on other rows; it takes the adapter's place."""
    given: Mapping[str, Any] = adapter.manifest.get("settings") or {}
    if adapter.role == "ranker" and data:
        base = adapter.base if adapter.base.startswith("adapter:") else ""
        order = RankerOrder(adapter.name, data, base, _settings(RankerSettings, given))
        return tune_ranker(project, order, hooks.progress or Silence(), replace=True)
    if adapter.role == "reranker" and data:
        read = CrossOrder(adapter.name, data, adapter.base, _settings(CrossSettings, given))
        return tune_cross(project, read, settings, progress=hooks.at, replace=True)
    if adapter.role == "retriever" and data:
        found = RetrieverOrder(
            adapter.name, data, adapter.base, _settings(RetrieverSettings, given)
        )
        done = tune_retriever(project, found, settings, progress=hooks.at, replace=True)
        if done.made and project.settings.of(Models).encoder == adapter.model:
            use(project, adapter.name, hooks.progress)  # the vectors are of the one before
        return done
    if adapter.role != "generator":
        raise _unsaid(adapter, f"how a {adapter.role} of the kind {adapter.kind} is made")
    own = {one.name for one in fields(kinds()[adapter.kind])} if adapter.kind in kinds() else set()
    how = kind(adapter.kind, **{key: value for key, value in given.items() if key in own})
    kept = {n: f for n in (MIX, GENERAL) if (f := adapter.folder / n).is_file()}
    return tune_generator(
        project,
        Order(
            adapter.name, adapter.objective, how, adapter.base, data, kept.get(MIX),
            kept.get(GENERAL), _settings(GeneratorSettings, given),
        ),
        settings,
        hooks.begin,
        hooks.at,
        replace=True,
    )  # fmt: skip


def _rows(project: Project, adapter: Adapter, stale: Staleness) -> Renewed:
    snapshot = project.knowledge.snapshot()
    shelf = Shelf.of(snapshot.all_passages(), snapshot.version)
    lines = _lines(adapter)
    lost = touched(lines, shelf)
    for one in (*stale.changed, *stale.gone):
        for row in one.rows:
            if one.document not in lost.setdefault(row, []):
                lost[row].append(one.document)
    seed = int(adapter.manifest.get("seed") or 0)
    return renewed(lines, lost, shelf, project.runtime(), seed)


def _lines(adapter: Adapter) -> list[Line]:
    file = adapter.folder / ROWS
    try:
        lines = [
            json.loads(line) for line in file.read_text("utf-8-sig").split("\n") if line.strip()
        ]
    except (OSError, ValueError) as error:
        raise AdapterError(
            f"cannot be read ({error})", where=str(file), fix="Train the adapter from its rows."
        ) from error
    return [line for line in lines if isinstance(line, dict)]


def _settings(kind_of: type[T], given: Mapping[str, Any]) -> T:
    known = {one.name for one in fields(kind_of)}  # type: ignore[arg-type]
    return kind_of(**{key: value for key, value in given.items() if key in known})


def _unsaid(adapter: Adapter, what: str) -> AdapterError:
    return AdapterError(
        f'the adapter "{adapter.name}" does not say {what}',
        where=str(adapter.folder),
        fix="Make rows (openbook synthesize), remove it (openbook adapters remove "
        f"{adapter.name}), and train it again.",
    )
