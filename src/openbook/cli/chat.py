"""``openbook chat``."""

from __future__ import annotations

import sys

from openbook.cli._options import AsOf, Filters, MethodName, Parameters, parameters

PANEL = "Questions"
REMEMBERED = 6
"""Earlier turns that a follow-up may refer to."""


def command(
    method: MethodName = "",
    params: Parameters = None,
    filters: Filters = None,
    as_of: AsOf = None,
) -> None:
    """Ask in a conversation: follow-up questions are understood from what went before."""
    from openbook.cli._show import note, say, show_answer
    from openbook.errors import InputError
    from openbook.project import Project
    from openbook.project.filters import parse_filters
    from openbook.text.question import question as checked
    from openbook.types import Query, Turn

    project = Project.find()
    name, stages = project.method(method, **parameters(params))
    runtime = project.runtime(as_of, parse_filters(filters or []))
    note("Ask; an empty line or Ctrl-D ends.")
    history: tuple[Turn, ...] = ()
    while line := _read():
        try:
            query = Query(checked(line), history=history)
        except InputError as error:
            note(str(error))
            continue
        (answer,) = runtime.ask(stages, [query], name)
        if answer.query.text != query.text:
            note(f"(understood as: {answer.query.text})")
        say()
        show_answer(answer)
        history = (*history, Turn(query.text, answer.text))[-REMEMBERED:]


def _read() -> str:
    if sys.stdin.isatty():
        sys.stderr.write("\n> ")
        sys.stderr.flush()
    return sys.stdin.readline().strip()
