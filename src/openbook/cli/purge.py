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

    Later syncs leave it out, whatever its file says then; renamed, the file goes in again.
    """
    from openbook.cli._show import say
    from openbook.project import Project

    knowledge = Project.find().knowledge
    if not yes:
        typer.confirm(f"Erase {document} from every version?", abort=True)
    made = knowledge.purge(document)
    say(f"Erased {document} from every kept version; now at version {made.version}.")
