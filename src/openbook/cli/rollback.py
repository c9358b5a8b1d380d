"""``openbook rollback``."""

from __future__ import annotations

from typing import Annotated

import typer

PANEL = "Versions"


def command(version: Annotated[int, typer.Argument(help="Version to restore.")]) -> None:
    """Restore an older version. It stays pinned until the next explicit sync."""
    from openbook.cli._show import say
    from openbook.project import Project

    made = Project.find().knowledge.rollback(version)
    say(f"Restored version {version} as version {made.version}, pinned until the next sync.")
