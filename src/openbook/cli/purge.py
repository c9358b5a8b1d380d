"""``openbook purge``."""

from __future__ import annotations

from typing import Annotated

import typer

PANEL = "Versions"


def command(
    document: Annotated[str, typer.Argument(help="Id of the document, as search --json shows it.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Erase a document from every version. This cannot be undone.

    Adapters that learnt from it keep it, and are named. Later syncs leave it out, whatever its
    file says then; renamed, the file goes in again.
    """
    from openbook.cli._show import note, say
    from openbook.project import Project

    project = Project.find()
    if not yes:
        typer.confirm(f"Erase {document} from every version?", abort=True)
    made = project.knowledge.purge(document)
    say(f"Erased {document} from every kept version; now at version {made.version}.")
    for name in project.adapters.holding(document):
        note(
            f'the adapter "{name}" learnt from it and keeps its words; to be rid of them: '
            f"openbook adapters remove {name}"
        )
