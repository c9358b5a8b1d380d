"""``openbook compare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openbook.cli._options import AsJson

if TYPE_CHECKING:
    from rich.table import Table

PANEL = "Questions"


def command(
    questions: Annotated[
        Path,
        typer.Option(help="Labelled questions, one JSON object a line (_id, text, answers, gold)."),
    ],
    methods: Annotated[
        str,
        typer.Option(
            help="Methods, parted by commas; parameters in parentheses. "
            "Example: 'extractive,naive_rag,naive_rag(k=3)'"
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder of answers, results.json and report.html.")],
    sample: Annotated[
        int, typer.Option(min=0, help="Ask only so many questions, drawn at random; 0: all.")
    ] = 0,
    alone: Annotated[
        int, typer.Option(min=0, help="Questions asked one at a time, for the latency.")
    ] = 20,
    max_cost: Annotated[
        float | None,
        typer.Option("--max-cost", min=0.0, help="US dollars that may be spent on servers."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of samples and resampling.")] = 0,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Replace answers of an earlier run in this folder.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Compare methods on labelled questions: quality, evidence, latency, cost."""
    import sys

    from openbook.cli._show import Progress, emit, say
    from openbook.project import Project
    from openbook.project.compare import RESULTS, Order, run

    order = Order(
        questions,
        methods,
        out,
        seed,
        sample,
        alone,
        fresh,
        max_cost,
        " ".join(["openbook", *sys.argv[1:]]),
    )
    with Progress() as progress:
        results = run(Project.find(), order, progress)
    if json:
        emit(results)
        return
    _show(results)
    say(f"\n{out / RESULTS}")


def _show(results: dict[str, Any]) -> None:
    """A table of the main measures, then what was shown of each method and its parent."""
    from rich.console import Console

    console = Console()
    console.print(_table(results))


def _table(results: dict[str, Any]) -> Table:
    from rich.table import Table

    names = [*results["main"], "latency p50", "latency p95", "cost"]
    table = Table("method", *names)
    for method in results["methods"]:
        totals = results["totals"][method["name"]]
        table.add_row(method["name"], *(_cell(totals[name]["value"]) for name in names))
    return table


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
