"""``openbook forget``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PANEL = "Documents"


def command(
    path: Annotated[Path, typer.Argument(help="A folder or file that was synced.")],
) -> None:
    """Stop syncing a folder and remove its documents (older versions keep them)."""
    from openbook.cli._show import say
    from openbook.project import Project

    report = Project.find().knowledge.forget(path.absolute())
    say(f"Forgot {path}: {len(report.removed):,} documents removed (version {report.version}).")
