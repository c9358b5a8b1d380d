"""``openbook adapters``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openbook.cli._options import AsJson

if TYPE_CHECKING:
    from openbook.project import Project
    from openbook.tune.registry import Adapter
    from openbook.tune.stale import Staleness

PANEL = "Studying"
WIDTH = 110
"""Columns of the table where there is no terminal."""

SHOWN = 20
"""Questions of stale rows that are printed; --json prints all."""

group = typer.Typer(help="List, show, remove, merge and export trained adapters.")

Name = Annotated[str, typer.Argument(help="Name of an adapter (openbook adapters lists them).")]
Out = Annotated[Path, typer.Option("--out", help="The folder to make.")]


@group.callback(invoke_without_command=True)
def listed(context: typer.Context, json: AsJson = False) -> None:
    """List, show, remove, merge and export trained adapters; without a verb, list them."""
    if context.invoked_subcommand is not None:
        return
    from openbook.cli._show import emit, note, say
    from openbook.project import Project
    from openbook.project.wire import adapter_json

    found, broken = Project.find().studied()
    if json:
        rows = [adapter_json(adapter, stale) for adapter, stale in found]
        emit([*rows, *({"name": name, "broken": reason} for name, reason in broken.items())])
        return
    if not found and not broken:
        say("No adapters yet. Make one: openbook tune generator")
        return
    if found:
        _table(found)
    for reason in broken.values():
        note(reason)


@group.command()
def show(name: Name, json: AsJson = False) -> None:
    """Say what an adapter was made of, what it scored, and whether it is stale."""
    from openbook.cli._show import emit, line, say
    from openbook.project import Project
    from openbook.project.wire import adapter_json

    project = Project.find()
    adapter = project.adapters.get(name)
    stale = project.stale(adapter)
    if json:
        emit(adapter_json(adapter, stale, whole=True))
        return
    for label, text in _facts(project, adapter, stale):
        say(f"{label:<12}{line(text)}")
    for question in stale.questions[:SHOWN]:
        say(f"{'affected':<12}{line(question)}")
    if len(stale.questions) > SHOWN:
        say(f"{'':<12}and {len(stale.questions) - SHOWN:,} more (--json prints all)")


@group.command()
def remove(name: Name) -> None:
    """Delete an adapter. One that a setting names is kept."""
    from openbook.cli._show import say
    from openbook.project import Project

    Project.find().remove_adapter(name)
    say(f"{name} is removed")


@group.command()
def merge(name: Name, out: Out) -> None:
    """Write the base with the adapter in its weights: a model like any other."""
    from openbook.cli._show import say
    from openbook.project import Project
    from openbook.tune.handover import merge as merged

    project = Project.find()
    adapter = project.adapters.get(name)
    entry = project.models(adapter.model).available[adapter.model]
    merged(adapter, entry, project.folder, out)
    say(f"{out} holds {adapter.base} with {name} in its weights")


@group.command()
def export(name: Name, out: Out) -> None:
    """Write an adapter as peft lays it out, for vLLM and other servers."""
    from shlex import quote

    from openbook.cli._show import say
    from openbook.project import Project
    from openbook.tune.handover import export as exported
    from openbook.tune.handover import rank

    project = Project.find()
    adapter = project.adapters.get(name)
    base = project.base_of(adapter)
    exported(adapter, out, base)
    say(f"{out} holds {name}, LoRA of rank {rank(adapter)} on {adapter.base}. To serve it:")
    say(f"vllm serve {quote(base)} --enable-lora --max-lora-rank {_served(rank(adapter))} "
        f"--lora-modules {quote(f'{name}={out}')}")  # fmt: skip


def _served(rank: int) -> int:
    """The least rank that vLLM can be told, which is one of a few."""
    return next((one for one in (8, 16, 32, 64, 128, 256, 320, 512) if one >= rank), rank)


def _table(found: list[tuple[Adapter, Staleness]]) -> None:
    import sys

    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    for name in ("name", "role", "kind", "objective", "base", "version", "score", "stale"):
        table.add_column(name, overflow="fold")
    for adapter, stale in found:
        score = f"{adapter.score[0]} {adapter.score[1]:.3f}" if adapter.score else "-"
        version = str(adapter.version or "-")
        cells = (adapter.role, adapter.kind, adapter.objective or "-", adapter.base, version, score)
        table.add_row(adapter.name, *cells, _short(stale))
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDTH).print(table)


def _short(stale: Staleness) -> str:
    if stale.learnt is None:
        return "?"
    lost = len(stale.changed) + len(stale.gone)
    return f"{lost:,} of {stale.learnt:,}" if lost else "no"


def _facts(project: Project, adapter: Adapter, stale: Staleness) -> list[tuple[str, str]]:
    """Label and text, a line each."""
    made, outcome = adapter.manifest, adapter.outcome
    scores = ", ".join(f"{name} {value:.4g}" for name, value in adapter.scores.items())
    counts = f"{made.get('rows', 0):,}, {made.get('dropped', 0):,} dropped"
    facts: list[tuple[str, Any]] = [
        ("name", adapter.name),
        ("what", f"{adapter.role}, {adapter.kind}, {adapter.objective}".rstrip(", ")),
        ("base", f"{adapter.base} {adapter.base_fingerprint}"),
        ("rows", f"{counts}; data {made.get('data', '?')}"),
        ("version", adapter.version or "not said"),
        ("prompts", ", ".join(adapter.templates) or "none"),
        ("scores", scores or "none"),
        ("training", ", ".join(f"{key} {value:g}" for key, value in outcome.items()) or "not said"),
        ("settings", ", ".join(f"{k} {v}" for k, v in (made.get("settings") or {}).items())),
        ("created", made.get("created") or "not said"),
        ("disk", f"{adapter.size / 1e6:,.2f} MB, {adapter.folder}"),
        ("used by", ", ".join(project.naming(adapter.name)) or "no setting"),
        ("state", str(stale)),
    ]
    return [(label, str(text)) for label, text in facts]
