"""``openbook report``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openbook.cli._options import AsJson

if TYPE_CHECKING:
    from openbook.evaluate.limits import Limit
    from openbook.evaluate.moved import Move, Moved
    from openbook.evaluate.record import Record
    from openbook.evaluate.settings import Needs
    from openbook.evaluate.wording import Wording

PANEL = "Questions"
WIDTH = 100
"""Columns of the table where the terminal has fewer or there is none."""

FAILED = 1
"""Exit status where quality is below a limit, or shown to be worse."""


def command(
    runs: Annotated[
        list[Path],
        typer.Argument(help="Folder of a comparison (or its results.json); two to compare runs."),
    ],
    fail_below: Annotated[
        list[str] | None,
        typer.Option(
            help="Least value of a measure in the newest run, e.g. F1=0.5 or "
            "advanced_rag:F1=0.5; may be repeated. (Largest, where lower is better.)"
        ),
    ] = None,
    fail_on_worse: Annotated[
        bool, typer.Option(help="Fail where some measure is shown to be worse than before.")
    ] = False,
    measure: Annotated[
        list[str] | None,
        typer.Option(help="Compare the runs in this measure; may be repeated."),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(help="Write the page here (one run: DIR/report.html unless told)."),
    ] = None,
    language: Annotated[
        str, typer.Option(help="Language of the page, en or ko; that of the questions unless told.")
    ] = "",
    json: AsJson = False,
) -> None:
    """Make a report again, or say whether quality moved between two runs: OLD NEW.

    Exit status: 0 where all is well, 1 where quality is below a limit or shown to be worse, 2
    for input that cannot be used.
    """
    from openbook.cli._show import emit
    from openbook.errors import InputError
    from openbook.evaluate.limits import below, read_limit
    from openbook.evaluate.moved import moved
    from openbook.evaluate.record import read_record
    from openbook.evaluate.report import majority

    if len(runs) > 2 or language not in ("", "en", "ko"):
        raise InputError(
            f"{len(runs)} runs" if len(runs) > 2 else f'no language "{language}"',
            where="openbook report",
            fix="Give one run or two, and --language en or ko.",
        )
    limits = [read_limit(text) for text in fail_below or []]
    records = [read_record(path) for path in runs]
    new = records[-1]
    failures = list(below(new, limits))
    found = moved(records[0], new, measures=measure or []) if len(records) == 2 else None
    written = _write(runs, records, html, language, found)
    if json:
        emit(_json(new, found, failures, written, fail_on_worse))
    else:
        _show(new, found, written, _needs(), language or majority(new))
        _tell(failures)
    worse = fail_on_worse and found is not None and bool(found.worse)
    if failures or worse:
        raise typer.Exit(FAILED)


def _needs() -> Needs:
    """The needs of the project here; none are stated outside a project."""
    from openbook.errors import ProjectError
    from openbook.evaluate.settings import UNSTATED, Needs
    from openbook.project import Project

    try:
        return Project.find().settings.of(Needs)
    except ProjectError:
        return UNSTATED


def _write(
    runs: list[Path],
    records: list[Record],
    html: Path | None,
    language: str,
    found: Moved | None,
) -> Path | None:
    """The page of one run, or of two where it was asked for."""
    from openbook.artifacts import write_atomic
    from openbook.evaluate.report import majority, write
    from openbook.evaluate.report.moves import moves_page

    if found is None:
        folder = runs[0] if runs[0].is_dir() else runs[0].parent
        return write(records[0], html or folder / "report.html", language, _needs())
    if html is None:
        return None
    names = (str(runs[0]), str(runs[1]))
    text = moves_page(records[0], records[1], found, names, language or majority(records[1]))
    write_atomic(html, text)
    return html


def _show(
    new: Record, found: Moved | None, written: Path | None, needs: Needs, language: str
) -> None:
    """A table of what moved, or the recommendation of one run."""
    from openbook.cli._show import say

    if found is None:
        from openbook.evaluate.recommend import recommend

        say(recommend(new, needs, language).text)
    else:
        _table(found)
    if written is not None:
        say(str(written))


def _table(found: Moved) -> None:
    """A line for each method and measure."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from openbook.cli._show import say
    from openbook.evaluate.wording import words

    text = words("moved", "en")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("method", "measure", "old", "new", "difference", "95 % interval", "n", "shown"):
        left = name in ("method", "measure", "shown")
        table.add_column(name, justify="left" if left else "right", no_wrap=True)
    for move in found.moves:
        between = "–"
        if move.low is not None and move.high is not None:
            between = f"{text.signed(move.low, 3)} to {text.signed(move.high, 3)}"
        counted = str(move.n) if move.how == "paired" else f"{move.n_old}, {move.n}"
        table.add_row(
            Text(move.method),
            Text(move.measure),
            text.number(move.old, 3),
            text.number(move.new, 3),
            text.signed(move.difference, 3),
            between,
            counted,
            _shown(move, text),
        )
    Console(width=max(WIDTH, Console().width)).print(table)
    say(_sentence(found))


def _shown(move: Move, text: Wording) -> str:
    """What is shown of a move, and how it was compared where not pair by pair."""
    word = "" if move.shown == "none" else text(f"word_{move.shown}")
    return word if move.how == "paired" else f"{word or '–'} ({text(f'how_{move.how}')})"


def _sentence(found: Moved) -> str:
    """How the runs were matched, and what only one of them has."""
    from openbook.evaluate.wording import words

    text = words("moved", "en")
    parts = [
        text(
            "matching",
            n=f"{found.matching:,}",
            old=f"{found.old_questions:,}",
            new=f"{found.new_questions:,}",
        )
    ]
    for how in ("paired", "unpaired", "totals"):
        if any(move.how == how for move in found.moves):
            parts.append(text(how))
    for key, names in (("only_old", found.only_old), ("only_new", found.only_new)):
        if names:
            parts.append(text(key, names=", ".join(names)))
    return " ".join(parts)


def _tell(failures: list[tuple[Limit, str, float]]) -> None:
    """One line on standard error for each limit that is not kept."""
    from openbook.cli._show import note

    for limit, method, value in failures:
        note(f"failed: {method} {limit.measure} is {value:.4g}, the limit is {limit.value:g}")


def _json(
    new: Record,
    found: Moved | None,
    failures: list[tuple[Limit, str, float]],
    written: Path | None,
    fail_on_worse: bool,
) -> dict[str, object]:
    """The same as one JSON value."""
    from dataclasses import asdict

    from openbook.evaluate.recommend import recommend

    failed = [
        {"method": method, "measure": limit.measure, "limit": limit.value, "value": value}
        for limit, method, value in failures
    ]
    told: dict[str, object] = {"html": str(written) if written else None, "failed": failed}
    if found is None:
        return {**told, "recommendation": asdict(recommend(new, _needs())), "ok": not failed}
    worse = fail_on_worse and bool(found.worse)
    return {**told, **asdict(found), "ok": not failed and not worse}
