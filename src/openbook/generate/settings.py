"""Settings of generation (the table ``[generate]`` of ``openbook.toml``)."""

from __future__ import annotations

from dataclasses import dataclass

from openbook.settings import setting


@dataclass(frozen=True)
class Settings:
    """What answers are made with."""

    examples: str = setting(
        "",
        "Question file whose train questions the method few_shot shows as solved examples "
        "(relative to the project); empty means those that come with openbook.",
    )
