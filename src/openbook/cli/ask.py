"""``openbook ask``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openbook.cli._options import (
    AsJson,
    AsOf,
    Filters,
    MethodName,
    Parameters,
    QuestionFile,
    apart,
    parameters,
)

if TYPE_CHECKING:
    from openbook.project import Runtime
    from openbook.stage import Stage
    from openbook.types import Answer, Query

PANEL = "Questions"


def command(
    question: Annotated[str, typer.Argument(help="The question.")] = "",
    questions: QuestionFile = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="With --questions: the answers.")
    ] = None,
    method: MethodName = "",
    params: Parameters = None,
    filters: Filters = None,
    as_of: AsOf = None,
    json: AsJson = False,
    show_prompt: Annotated[
        bool, typer.Option("--show-prompt", help="Show what the language model was given.")
    ] = False,
    stream: Annotated[
        bool, typer.Option("--stream", help="Show provisional text, then the checked answer.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="With --out: replace answers of an earlier run.")
    ] = False,
) -> None:
    """Answer a question from the documents, with checked quotes."""
    from openbook.cli._show import emit, note, show_answer
    from openbook.errors import InputError
    from openbook.project import Project
    from openbook.project.filters import parse_filters
    from openbook.project.wire import answer_json, prompt_json
    from openbook.text.question import question as checked
    from openbook.types import Query

    if bool(question) == (questions is not None):
        raise InputError("give one question, or --questions FILE")
    if (questions is None) != (out is None):
        raise InputError("--questions FILE and --out FILE go together")
    if questions is not None and out is not None:
        apart(questions, out)
    query = Query(checked(question)) if question else None
    conditions = parse_filters(filters or [])
    project = Project.find()
    name, stages = project.method(method, **parameters(params))
    runtime = project.runtime(as_of, conditions)
    if query is None:
        assert questions is not None and out is not None
        _batch(runtime, stages, name, questions, out, fresh)
        return
    answer = _one(runtime, stages, query, name, stream=stream and not json)
    if json:
        shown = {"prompt": prompt_json(answer.prompt)} if show_prompt else {}
        emit({**answer_json(answer), "version": as_of or project.knowledge.version, **shown})
        return
    show_answer(answer)
    if show_prompt:
        note("".join(f"\n--- {m.role}\n{m.content}\n" for m in answer.prompt) or "\n(no prompt)")


def _one(
    runtime: Runtime, stages: Stage[Query, Answer], query: Query, name: str, *, stream: bool
) -> Answer:
    from openbook.cli._show import note
    from openbook.types import Answer

    if not stream:
        return runtime.ask(stages, [query], name)[0]
    import sys

    final: Answer | None = None
    for piece in runtime.stream(stages, query, name):
        if isinstance(piece, Answer):
            final = piece
        else:
            sys.stderr.write(piece)
            sys.stderr.flush()
    assert final is not None
    note("\n--- checked")
    return final


def _batch(
    runtime: Runtime,
    stages: Stage[Query, Answer],
    name: str,
    questions: Path,
    out: Path,
    fresh: bool,
) -> None:
    from openbook.cli._show import Progress, note
    from openbook.evaluate.questions import read_questions
    from openbook.project.batch import answer_file

    examples = read_questions(questions)
    with Progress() as progress:
        progress.start("answering", len(examples))
        made = answer_file(
            runtime, stages, name, examples, out, fresh=fresh, advance=progress.advance
        )
    kept = len(examples) - made
    note(f"{made:,} answers in {out}" + (f", {kept:,} were there already" if kept else ""))
