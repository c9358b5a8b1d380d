"""``openbook compare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openbook.cli._options import AsJson

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from openbook.evaluate.estimate import Estimate

PANEL = "Questions"
WIDTH = 120
"""Columns of the tables where there is no terminal."""

NAME = 24
"""Columns of a method's name that is not folded."""

VERDICTS = {"better": "better", "worse": "worse", "none": "not shown"}

NOT_SHOWN = (
    "not shown: these questions show no difference (p above 0.05 after Holm's correction over "
    "the rows of a measure); more questions may."
)


def command(
    questions: Annotated[
        Path,
        typer.Option(help="Labelled questions, one JSON object a line (_id, text, answers, gold)."),
    ],
    methods: Annotated[
        str,
        typer.Option(
            help="Methods, parted by commas; parameters in parentheses, a trained one with its "
            "adapter. Example: 'extractive,naive_rag,naive_rag(k=3),raft:handbook'"
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder of answers, results.json and report.html.")],
    update: Annotated[
        Path | None,
        typer.Option(
            help="Measure an update too: a folder with new versions of documents under their ids "
            "(handbook/ko/leave.md) and questions.jsonl about the changes. It is applied to a "
            "copy of the knowledge base."
        ),
    ] = None,
    style: Annotated[
        Path | None,
        typer.Option(help="Measure agreement with a house style: answers as you write them."),
    ] = None,
    judge: Annotated[
        str, typer.Option(help="A language model that judges answers, as a measure of its own.")
    ] = "",
    sample: Annotated[
        int, typer.Option(min=0, help="Ask only so many questions, drawn at random; 0: all.")
    ] = 0,
    alone: Annotated[
        int, typer.Option(min=0, help="Questions asked one at a time, for the latency.")
    ] = 20,
    max_cost: Annotated[
        float | None,
        typer.Option(
            "--max-cost",
            min=0.0,
            help="US dollars that may be spent on servers, by their prices in openbook.toml.",
        ),
    ] = None,
    volume: Annotated[
        int,
        typer.Option(
            min=0,
            help="Questions that training is spread over; 0: questions_month of the needs.",
        ),
    ] = 0,
    seed: Annotated[int, typer.Option(help="Seed of samples and resampling.")] = 0,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Replace answers of an earlier run in this folder.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Compare methods on labelled questions: quality, evidence, latency, cost.

    Answers are kept in the folder: the same command goes on after an interruption, and methods can
    be added. A server that is busy is asked again as often as its `retries` say.
    """
    import sys

    from openbook.cli._show import Progress, emit, note, say
    from openbook.evaluate.amortise import sentences
    from openbook.evaluate.recommend import recommend
    from openbook.evaluate.record import record
    from openbook.evaluate.report import majority, write
    from openbook.evaluate.settings import Needs
    from openbook.project import Project
    from openbook.project.compare import RESULTS, Order, run

    def told(estimate: Estimate) -> None:
        note(f"estimate: {estimate}")
        if max_cost is not None and estimate.cost > max_cost:
            note(f"that is more than --max-cost {max_cost:g}: it would stop on the way")

    typed = " ".join(["openbook", *sys.argv[1:]])
    order = Order(
        questions, methods, out, seed, sample, alone, fresh, max_cost, update, style, judge, typed,
        volume,
    )  # fmt: skip
    project = Project.find()
    earlier = _methods_of(out / RESULTS)
    with Progress() as progress:
        results = run(project, order, progress, told)
    gone = [name for name in earlier if name not in results["totals"]]
    if gone:
        note(f"no longer compared here: {', '.join(gone)}; their answers are kept, name them again")
    report = write(results, out / "report.html", needs=project.settings.of(Needs))
    if json:
        emit(results)
        return
    bare = [
        q["id"]
        for q in results["questions"]
        if not (q["answers"] or q["gold"] or q["answerable"] is False)
    ]
    if len(bare) == len(results["questions"]):
        note("no question has a label: neither answers nor retrieval could be scored")
    elif bare:
        shown = ", ".join(bare[:5]) + (", …" if len(bare) > 5 else "")
        note(f"{len(bare)} of the questions have no label and are not scored: {shown}")
    _show(results)
    found, needs = record(results), project.settings.of(Needs)
    language = majority(found)
    for sentence in sentences(found, needs, language):
        say(sentence)
    say(f"\n{recommend(found, needs, language).text}")
    say(f"\n{out / RESULTS}\n{report}")


def _methods_of(results: Path) -> list[str]:
    """The methods that an earlier run in this folder compared."""
    import json

    try:
        return list(json.loads(results.read_text("utf-8"))["totals"])
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _show(results: dict[str, Any]) -> None:
    """The main measures, then each method against its parent, then the update."""
    import sys

    from rich.console import Console

    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDTH)
    console.print(_totals(results))
    if results["pairs"]:
        console.print(_pairs(results))
        if any(row["shown"] == "none" for row in results["pairs"]):
            console.print(NOT_SHOWN, style="dim")
    if results["update"]:
        console.print(_update(results))
    for group, totals in results["groups"].items():
        _group(console, group, totals, results["main"])


def _totals(results: dict[str, Any]) -> Table:
    n = len(results["questions"])
    timed = max((row["n"] for row in results["latency"].values()), default=0)
    table = _table(f"{n} questions; latency from {timed} asked one at a time")
    names = [*results["main"], "latency p50", "latency p95", "cost"]
    _methods(table, "method", [method["name"] for method in results["methods"]])
    for name in names:
        table.add_column(name, justify="right")
    units = {measure["name"]: measure["unit"] for measure in results["measures"]}
    for method in results["methods"]:
        totals = results["totals"][method["name"]]
        cells = (_cell(totals[name]["value"], units[name]) for name in names)
        table.add_row(method["name"], *cells)
    return table


def _pairs(results: dict[str, Any]) -> Table:
    table = _table("Paired differences, 95 % intervals, p corrected by Holm for each measure")
    for name in ("method", "against", "measure", "difference", "interval", "p", ""):
        right = name in ("difference", "p")
        if name in ("method", "against"):
            key = "method" if name == "method" else "parent"
            _methods(table, name, [row[key] for row in results["pairs"]])
            continue
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for row in results["pairs"]:
        table.add_row(
            row["method"],
            row["parent"],
            row["measure"],
            f"{row['difference']:+.3f}",
            f"{row['low']:+.3f} to {row['high']:+.3f}",
            f"{row['p_holm']:.3f}",
            VERDICTS[row["shown"]],
        )
    return table


def _update(results: dict[str, Any]) -> Table:
    table = _table("Knowledge update")
    for name in ("method", "seconds", "changed facts", "before", "unchanged", "before"):
        table.add_column(name, justify="left" if name == "method" else "right")
    for name, row in results["update"].items():
        seconds = "never" if row["seconds"] is None else f"{row['seconds']:.2f}"
        keys = ("accuracy_changed", "accuracy_changed_before", "accuracy_unchanged",
                "accuracy_unchanged_before")  # fmt: skip
        table.add_row(name, seconds, *(_cell(row[key]) for key in keys))
    return table


def _group(console: Console, group: str, totals: dict[str, Any], names: list[str]) -> None:
    """The main measures of a part of the questions."""
    table = _table(f"Questions about {group} documents")
    _methods(table, "method", list(totals))
    for name in names:
        table.add_column(name, justify="right")
    for method, by in totals.items():
        table.add_row(method, *(_cell(by[name]["value"]) for name in names))
    console.print(table)


def _methods(table: Table, title: str, names: list[str]) -> None:
    """A column of methods: their names stand whole, up to a fair share of the width."""
    longest = max(map(len, names), default=0)
    table.add_column(title, overflow="fold", min_width=min(longest, NAME))


def _table(title: str) -> Table:
    from rich import box
    from rich.table import Table

    return Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)


def _cell(value: float | None, unit: str = "share") -> str:
    if value is None:
        return "-"
    if unit == "seconds":
        return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"
    return f"{value:.3f}" if unit == "share" else f"{value:.4g}"
