"""``openbook search``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openbook.cli._options import AsJson, AsOf, Filters, apart, parameters

if TYPE_CHECKING:
    from collections.abc import Callable

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
    params: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="A parameter of the retriever: depth, dense, fusion (convex, rrf), rerank, "
            "diversity, e.g. --set rerank=50; may be repeated.",
        ),
    ] = None,
    filters: Filters = None,
    as_of: AsOf = None,
    json: AsJson = False,
) -> None:
    """Find passages, without answering."""
    from openbook.cli._show import emit, place, safe, say
    from openbook.errors import InputError, nearest
    from openbook.project import Project
    from openbook.project.filters import parse_filters
    from openbook.project.wire import ranking_json
    from openbook.retrieve.hybrid import RETRIEVERS, retriever_of
    from openbook.text.question import question as checked
    from openbook.types import Query

    if bool(question) == (queries is not None):
        raise InputError("give one question, or --queries FILE")
    if queries is not None and run is None:
        raise InputError("--queries needs --run FILE to write to")
    if retriever not in RETRIEVERS:
        raise InputError(f'there is no retriever "{retriever}"', fix=nearest(retriever, RETRIEVERS))
    find = partial(retriever_of, retriever, **parameters(params))
    find(k=k)  # refuses a wrong parameter before anything is opened
    runtime = Project.find().runtime(as_of, parse_filters(filters or []))
    if queries is not None and run is not None:
        apart(queries, run)
        _run(queries, run, runtime, find, k, passages)
        return
    (ranking,) = runtime.run(find(k=k), [Query(checked(question))])
    if json:
        emit(ranking_json(ranking))
        return
    for number, hit in enumerate(ranking.hits, 1):
        say(f"{number:3}. {hit.score:.3f}  {safe(place(hit.passage))}")
        say(f"     {safe(' '.join(hit.passage.text.split()))[:200]}")
    if not ranking.hits:
        say("Nothing found.")


def _run(
    queries: Path,
    run: Path,
    runtime: Runtime,
    find: Callable[..., Stage[Query, Ranking]],
    k: int,
    passages: bool,
) -> None:
    """Write a TREC run of all questions, whole or not at all."""
    from openbook.artifacts import write_atomic
    from openbook.cli._show import Progress, note
    from openbook.evaluate.questions import read_questions
    from openbook.evaluate.trec import run_lines
    from openbook.retrieve.documents import document_rankings

    examples = read_questions(queries)
    lines: list[str] = []
    with Progress() as progress:
        progress.start("searching", len(examples))
        for start in range(0, len(examples), CHUNK):
            chunk = [example.query for example in examples[start : start + CHUNK]]
            if passages:
                found = runtime.run(find(k=k), chunk)
            else:
                found = document_rankings(lambda n: find(k=n), chunk, runtime, k)
            lines += run_lines(found, k=k, passages=passages)
            runtime.forget()
            progress.advance(len(chunk))
    write_atomic(run, "".join(f"{line}\n" for line in lines))
    note(f"{len(examples):,} questions, {len(lines):,} lines in {run}")
