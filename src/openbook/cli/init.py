"""``openbook init``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PANEL = "Start"


def command(
    folder: Annotated[Path, typer.Argument(help="Folder of the new project.")] = Path(),
) -> None:
    """Make a project folder: settings, and a place for the knowledge base."""
    from openbook.cli._show import say
    from openbook.project import Project

    project = Project.create(folder)
    step = "" if folder == Path() else f"cd {folder} && "
    say(f"Made {project.folder}. Next: {step}openbook sync FOLDER-OF-DOCUMENTS")
