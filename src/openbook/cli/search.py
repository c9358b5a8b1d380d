"""``openbook search``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openbook.cli._options import AsJson, AsOf, Filters

if TYPE_CHECKING:
    from openbook.project import Runtime
    from openbook.stage import Stage
    from openbook.types import Query, Ranking

PANEL = "Questions"
CHUNK = 64
"""Questions searched at once."""


def command(
    question: Annotated[str, typer.Argument(help="The question.")] = "",
    k: Annotated[int, typer.Option("--k", min=1, max=10_000, help="How many to find.")] = 10,
    queries: Annotated[
        Path | None, typer.Option("--queries", help="A file of questions, one JSON object a line.")
    ] = None,
    run: Annotated[
        Path | None, typer.Option("--run", help="With --queries: the TREC run to write.")
    ] = None,
    passages: Annotated[
        bool, typer.Option("--passages", help="With --run: passage ids, not document ids.")
    ] = False,
    retriever: Annotated[
        str, typer.Option(help="lexical, tfidf, dense or hybrid (lexical and dense fused).")
    ] = "lexical",
    filters: Filters = None,
    as_of: AsOf = None,
    json: AsJson = False,
) -> None:
    """Find passages, without answering."""
    from openbook.cli._show import emit, place, safe, say
    from openbook.errors import InputError
    from openbook.project import Project
    from openbook.project.asking import parse_filters
    from openbook.project.asking import question as checked
    from openbook.project.wire import ranking_json
    from openbook.types import Query

    if bool(question) == (queries is not None):
        raise InputError("give one question, or --queries FILE")
    if queries is not None and run is None:
        raise InputError("--queries needs --run FILE to write to")
    stage = _stage(retriever, k, documents=run is not None and not passages)
    runtime = Project.find().runtime(as_of, parse_filters(filters or []))
    if queries is not None and run is not None:
        _run(queries, run, runtime, stage, k, passages)
        return
    (ranking,) = runtime.run(stage, [Query(checked(question))])
    if json:
        emit(ranking_json(ranking))
        return
    for number, hit in enumerate(ranking.hits, 1):
        say(f"{number:3}. {hit.score:.3f}  {safe(place(hit.passage))}")
        say(f"     {safe(' '.join(hit.passage.text.split()))[:200]}")
    if not ranking.hits:
        say("Nothing found.")


def _stage(retriever: str, k: int, *, documents: bool) -> Stage[Query, Ranking]:
    """The retriever; deeper where several passages may belong to one document."""
    from openbook.errors import InputError, nearest
    from openbook.retrieve.hybrid import RETRIEVERS, retriever_of

    if retriever not in RETRIEVERS:
        raise InputError(f'there is no retriever "{retriever}"', fix=nearest(retriever, RETRIEVERS))
    return retriever_of(retriever, k=3 * k if documents else k)


def _run(
    queries: Path,
    run: Path,
    runtime: Runtime,
    stage: Stage[Query, Ranking],
    k: int,
    passages: bool,
) -> None:
    from openbook.cli._show import Progress, note
    from openbook.evaluate.questions import read_questions
    from openbook.evaluate.trec import write_run

    examples = read_questions(queries)

    def rankings(progress: Progress) -> list[Ranking]:
        found: list[Ranking] = []
        progress.start("searching", len(examples))
        for start in range(0, len(examples), CHUNK):
            chunk = [example.query for example in examples[start : start + CHUNK]]
            found += runtime.run(stage, chunk)
            runtime.forget()
            progress.advance(len(chunk))
        return found

    with Progress() as progress:
        lines = write_run(run, rankings(progress), k=k, passages=passages)
    note(f"{len(examples):,} questions, {lines:,} lines in {run}")
