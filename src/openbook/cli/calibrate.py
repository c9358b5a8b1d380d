"""``openbook calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openbook.cli._options import AsJson, MethodName, Parameters, parameters

PANEL = "Questions"


def command(
    questions: Annotated[
        Path, typer.Argument(help="Labelled questions: answers, and answerable true or false.")
    ],
    method: MethodName = "",
    params: Parameters = None,
    wrong: Annotated[
        float,
        typer.Option(
            min=0.0, max=1.0, help="Share of unanswerable questions that may still be answered."
        ),
    ] = 0.15,
    json: AsJson = False,
) -> None:
    """Learn from labelled questions when the documents do not answer.

    Use questions about other documents than those you test with. What is learnt is kept in the
    project and used by every later `ask` with this method.
    """
    from dataclasses import asdict

    from openbook.cli._show import emit, say
    from openbook.evaluate.calibrate import calibrate
    from openbook.evaluate.questions import read_questions
    from openbook.project import Project

    examples = read_questions(questions)
    project = Project.find()
    name, stages = project.method(method, **parameters(params))
    learnt = calibrate(examples, stages, project.runtime(), wrong=wrong)
    file = project.calibration_file(name)
    learnt.save(file)
    if json:
        emit({"method": name, "file": str(file), **asdict(learnt), "made": dict(learnt.made)})
        return
    made = dict(learnt.made)
    say(
        f"{name} now answers when its confidence is at least {learnt.threshold:.2f}; on these "
        f"{made['questions']} questions that answers {float(made['answered_right']):.0%} of the "
        f"answerable ones rightly and at most {wrong:.0%} of the others."
    )
