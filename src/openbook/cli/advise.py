"""``openbook advise``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from openbook.cli._options import AsJson

if TYPE_CHECKING:
    from openbook.evaluate.survey import Survey
    from openbook.project import Project

PANEL = "Start"


def command(
    language: Annotated[
        str, typer.Option(help="Language of the advice, en or ko; that of most documents if empty.")
    ] = "",
    json: AsJson = False,
) -> None:
    """Say what to try first and what is not worth it, from documents and needs alone.

    Nothing is measured or trained. State your needs in openbook.toml, in the table needs.
    """
    from dataclasses import asdict

    from openbook.cli._show import emit, say
    from openbook.errors import InputError
    from openbook.evaluate.advise import advise
    from openbook.evaluate.settings import Needs
    from openbook.evaluate.wording import LANGUAGES, words
    from openbook.project import Project

    if language and language not in LANGUAGES:
        raise InputError(f'no language "{language}"', where="--language", fix="Give en or ko.")
    project = Project.find()
    seen = _survey(project)
    needs = project.settings.of(Needs)
    language = language or next(iter(seen.languages), "en")
    advice = advise(seen, needs, language)
    if json:
        listed = [asdict(item) for item in advice]
        emit({"survey": asdict(seen), "needs": asdict(needs), "advice": listed})
        return
    text = words("advise", language)
    counts = ", ".join(f"{code or '?'} {count:,}" for code, count in seen.languages.items())
    if seen.documents:
        held = {"documents": f"{seen.documents:,}", "passages": f"{seen.passages:,}"}
        say(text("seen", **held, languages=counts))
    for sort in ("try", "not", "prepare"):
        items = [item for item in advice if item.sort == sort]
        if items:
            say(f"\n{text(sort)}")
        for item in items:
            say(f"  - {item.text}")
            for line in item.commands:
                say(f"      $ {line}")
    say(f"\n{text('closing')}")


def _survey(project: Project) -> Survey:
    """What the newest version of the knowledge base holds; nothing where there is none."""
    from openbook.evaluate.survey import survey
    from openbook.models.settings import Settings as ModelSettings

    models = project.settings.of(ModelSettings)
    methods = tuple(project.methods)
    if not project.knowledge.version:
        return survey(None, (), models, methods)
    snapshot = project.knowledge.snapshot()
    history = project.knowledge.history()
    return survey(snapshot, history, models, methods, vectors=bool(snapshot.encoder))
