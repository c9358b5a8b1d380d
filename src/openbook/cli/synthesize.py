"""``openbook synthesize``: training and test data from the documents."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openbook.cli._options import AsJson

if TYPE_CHECKING:
    from openbook.cli._show import Progress
    from openbook.project.synthesize import Report, Synthesis

PANEL = "Studying"

group = typer.Typer(
    help="Make training and test data from the documents: questions, RAFT rows, retriever pairs, "
    "reranker lists.",
    no_args_is_help=True,
)

Out = Annotated[Path, typer.Option("--out", "-o", help="The file that is made.")]
Show = Annotated[int, typer.Option(min=0, help="Print so many of the rows, to read them.")]
Seed = Annotated[int, typer.Option(help="Seed of every draw.")]
Cap = Annotated[
    float | None,
    typer.Option(
        "--max-cost",
        min=0.0,
        help="US dollars that may be spent on servers, by their prices in openbook.toml.",
    ),
]
Number = Annotated[int, typer.Option("--n", min=1, help="How many questions.")]


USUAL = "train=0.7,dev=0.1,test=0.2"
"""The split where none is named."""


class Without(StrEnum):
    """What a row without its oracle teaches."""

    answer = "answer"
    refuse = "refuse"
    skip = "skip"


class Layout(StrEnum):
    """Layouts of RAFT rows."""

    rows = "rows"
    raft = "raft"
    chat = "chat"


@group.command()
def questions(
    out: Out,
    n: Number = 200,
    model: Annotated[
        str, typer.Option(help="A language model that writes them; without one, rules do.")
    ] = "",
    unanswerable: Annotated[
        float, typer.Option(help="Share of what is made that the documents do not answer.")
    ] = 0.2,
    split: Annotated[
        str,
        typer.Option(
            help="Shares of the documents, e.g. train=0.5,test=0.5, or '' for none; auto: "
            f"{USUAL}, where there are documents enough."
        ),
    ] = "auto",
    k: Annotated[
        int,
        typer.Option(min=1, help="Passages among which retrieval must find a question's own."),
    ] = 5,
    seed: Seed = 0,
    max_cost: Cap = None,
    show: Show = 0,
    json: AsJson = False,
) -> None:
    """Make questions with their answers, split by document.

    By rules (headings, definitions, tables, dates, amounts) or by a language model; each is
    checked: the answer stands in its passage, retrieval finds the passage again, no other question
    asks the same. What a model said is kept until the file is whole, so the same command goes on.
    """
    from openbook.cli._show import Progress, note
    from openbook.synthesize.make import Order
    from openbook.synthesize.splits import shares

    usual = split == "auto"
    order = Order(n, seed, unanswerable, shares(USUAL if usual else split), k, usual)
    with Progress() as progress:
        report, made = _synthesis(out, model, max_cost, progress).questions(order)
    _close(report, json)
    if usual and not made[0].split:
        note("too few documents for a split: --split train=0.5,test=0.5 asks for one")
    if not json:
        for question in made[:show]:
            _question(question)


@group.command()
def raft(
    questions: Annotated[Path, typer.Option(help="Questions, as synthesize questions makes them.")],
    out: Out,
    p: Annotated[float, typer.Option("--p", help="Share of rows that keep their oracle.")] = 0.8,
    distractors: Annotated[int, typer.Option(min=0, help="Passages beside the oracle.")] = 4,
    hard: Annotated[
        float, typer.Option(help="Share of the distractors that the retriever finds.")
    ] = 0.5,
    without: Annotated[
        Without, typer.Option(help="What a row without its oracle teaches; skip leaves it out.")
    ] = Without.refuse,
    unanswerable: Annotated[
        bool,
        typer.Option("--unanswerable", help="Make a refusal of each unanswerable question too."),
    ] = False,
    model: Annotated[
        str, typer.Option(help="A language model that writes the reasoning; without one, rules do.")
    ] = "",
    layout: Annotated[
        Layout, typer.Option(help="rows: for openbook; raft: as published; chat: for others.")
    ] = Layout.rows,
    seed: Seed = 0,
    max_cost: Cap = None,
    show: Show = 0,
    json: AsJson = False,
) -> None:
    """Make RAFT rows: a question over its passage and distractors, and an answer that quotes it.

    The oracle stays in exactly a share P of the rows, in each language; no distractor holds an
    accepted answer or repeats the oracle; every quote stands in the oracle, word for word.
    """
    from openbook.cli._show import Progress
    from openbook.synthesize.raft import Order

    order = Order(p, distractors, hard, without.value, unanswerable, seed)
    with Progress() as progress:
        work = _synthesis(out, model, max_cost, progress)
        report, rows = work.raft(questions, order, layout.value)
    _close(report, json)
    if not json:
        for row in rows[:show]:
            _raft(row)


QuestionFile = Annotated[
    Path | None, typer.Option(help="Questions; without a file, rules ask some.")
]
Negatives = Annotated[int, typer.Option(min=1, help="Passages that do not answer, a row.")]


@group.command()
def pairs(
    out: Out,
    questions: QuestionFile = None,
    n: Number = 200,
    negatives: Negatives = 4,
    seed: Seed = 0,
    show: Show = 0,
    json: AsJson = False,
) -> None:
    """Make rows for a retriever: a question, its passage, and passages that look like it."""
    from openbook.cli._show import Progress, line, safe, say
    from openbook.synthesize.make import Order

    with Progress() as progress:
        work = _synthesis(out, "", None, progress)
        report, rows = work.pairs(questions, Order(n, seed, 0.0), negatives)
    _close(report, json)
    for row in () if json else rows[:show]:
        say(f"\n{safe(row.question)}")
        say(f"  + {line(row.positive.text)[:WIDE]}")
        for passage in row.negatives:
            say(f"  - {line(passage.text)[:WIDE]}")


@group.command()
def lists(
    out: Out,
    questions: QuestionFile = None,
    n: Number = 200,
    negatives: Negatives = 8,
    seed: Seed = 0,
    show: Show = 0,
    json: AsJson = False,
) -> None:
    """Make rows for a reranker: a question and passages with grades (2 answers, 1 may, 0 not)."""
    from openbook.cli._show import Progress, line, safe, say
    from openbook.synthesize.make import Order

    with Progress() as progress:
        work = _synthesis(out, "", None, progress)
        report, rows = work.lists(questions, Order(n, seed, 0.0), negatives)
    _close(report, json)
    for row in () if json else rows[:show]:
        say(f"\n{safe(row.question)}")
        for passage, grade in zip(row.passages, row.grades, strict=True):
            say(f"  {grade} {line(passage.text)[:WIDE]}")


@group.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="Rows in the layout published with RAFT.")],
    out: Out,
    show: Show = 0,
    json: AsJson = False,
) -> None:
    """Read RAFT rows in the published layout; a quote that its oracle lacks drops the row."""
    from openbook.cli._options import apart
    from openbook.project.synthesize import bring

    apart(file, out)
    report, rows = bring(file, out)
    _close(report, json)
    if not json:
        for row in rows[:show]:
            _raft(row)


WIDE = 110
"""Characters of a passage that are shown."""


def _synthesis(out: Path, model: str, cap: float | None, progress: Progress) -> Synthesis:
    from openbook.cli._show import note
    from openbook.project import Project
    from openbook.project.synthesize import Synthesis

    def told(estimate: Any) -> None:
        note(f"estimate: {estimate}")
        if cap is not None and estimate.cost > cap:
            note(f"that is more than --max-cost {cap:g}: it would stop on the way")

    return Synthesis(Project.find(), out, model, cap, progress, told)


def _close(report: Report, json: bool) -> None:
    """What was made, and what was dropped."""
    from openbook.cli._show import emit, note, say

    if json:
        emit(
            {
                "out": str(report.out),
                "made": report.made,
                "asked": report.asked,
                "kinds": dict(report.kinds),
                "dropped": dict(report.dropped.reasons),
                "calls": report.calls,
                "cost": report.cost,
            }
        )
        return
    say(f"{report.made:,} rows in {report.out}")
    say(
        f"  {', '.join(f'{kind} {count:,}' for kind, count in report.kinds.most_common() if count)}"
    )
    say(f"  dropped: {report.dropped}")
    if report.calls:
        say(f"  {report.calls:,} calls to the model, {report.cost:.4f} US dollars")
    if 0 < report.made < report.asked:
        note(f"{report.asked:,} were asked for; the documents gave no more")


def _question(question: Any) -> None:
    from openbook.cli._show import line, safe, say

    say(f"\n{safe(question.text)}")
    say(f"  {safe('; '.join(question.answers)) or '(the documents do not answer this)'}")
    if question.quote:
        say(f'  "{line(question.quote)[: 2 * WIDE]}"')
    split = f", {question.split}" if question.split else ""
    say(f"  {question.source}{split}, {line(question.passage)}")


def _raft(row: Any) -> None:
    from openbook.cli._show import line, safe, say

    say(f"\n{safe(row.question)}")
    for at, passage in enumerate(row.passages):
        mark = "*" if at == row.oracle else " "
        say(f" {mark}[{at + 1}] {line(passage.text)[:WIDE]}")
    for text in safe(row.completion).split("\n"):
        say(f"      {text}")
