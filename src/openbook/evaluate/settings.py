"""What the user needs of an answering system: the table ``[needs]``.

Needs constrain the recommendation of `openbook compare` and `openbook report`, and are what
`openbook advise` starts from. A need that is not stated excludes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from openbook.settings import setting

Often = Literal["", "never", "yearly", "monthly", "weekly", "daily"]
Training = Literal["none", "cpu", "gpu"]

UNLIMITED = -1.0
"""A budget that is not stated."""


@dataclass(frozen=True)
class Needs:
    """What a method must keep to, whatever its quality."""

    measure: str = setting(
        "",
        "Measure that decides, such as F1; empty means the first of quality that was measured.",
    )
    least_quality: float = setting(
        0.0, "Least acceptable mean of that measure, in [0, 1]; 0 means no limit.", most=1
    )
    smallest_difference: float = setting(
        0.03, "Smallest difference of that measure that would matter to you, in its own unit."
    )
    latency_p95_s: float = setting(
        0.0,
        "Seconds within which 95 of 100 questions must be answered; 0 means no limit.",
    )
    budget_usd_month: float = setting(
        UNLIMITED,
        "US dollars a month for model servers; 0 means nothing may be paid, -1 means no limit.",
        least=UNLIMITED,
    )
    questions_month: int = setting(
        0,
        "Questions a month, for what they cost together and what training adds to each; 0 means "
        "not stated.",
    )
    documents_change: Often = setting(
        "",
        "How often documents change: never, yearly, monthly, weekly or daily; empty means what "
        "the history of the knowledge base shows.",
    )
    sources_required: bool = setting(
        False, "Whether every answer must show the words of a document that it rests on."
    )
    least_style: float = setting(
        0.0,
        "Least acceptable agreement with your examples of house style, in [0, 1]; 0 means that "
        "style does not matter.",
        most=1,
    )
    training: Training = setting(
        "cpu",
        "What a model may be trained on: none (nothing may be trained), cpu (this machine), or "
        "gpu (one is at hand).",
    )
    machine_usd_hour: float = setting(
        0.0,
        "US dollars that an hour of this machine costs, to weigh training against questions; 0 "
        "means not stated, and both are weighed in seconds.",
    )
    data_may_leave: bool = setting(
        True, "Whether questions and passages may be sent to a server outside this machine."
    )
    memory_mb: float = setting(
        0.0, "Megabytes of memory that a method may take at its peak; 0 means no limit."
    )


UNSTATED = Needs()
"""Nothing is stated, so nothing is excluded."""

TABLES = {"needs": Needs}
"""Tables of openbook.toml that this room owns, by name."""
