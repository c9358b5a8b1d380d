"""Needs as rules: each has a name, what the user's limit is, what the method does, and what
is said where the limit is broken or nobody knows. A rule that is not stated says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openbook.evaluate.facts import Facts
from openbook.evaluate.settings import Needs
from openbook.evaluate.wording import words

SOURCED = 0.95
"""Share of the answers that must show a quote where sources are required; the rest is left
for answers that quote nothing because they say so."""

DAYS = {"daily": 1.0, "weekly": 7.0}
"""Days between changes from which on a method that cannot follow them is left out."""


@dataclass(frozen=True)
class Rule:
    """A need that can be broken.

    Args:
        name: key of the need.
        limit: the user's limit; None where the need is not stated.
        value: what the method does; None where nobody knows.
        least: whether the value must be at least the limit; else at most.
        form: how value and limit are written in its sentences, which are ``NAME_broken`` and
            ``NAME_unknown`` in the table ``rules`` of ``texts.toml``.
    """

    name: str
    limit: Callable[[Needs], float | None]
    value: Callable[[Facts], float | None]
    least: bool
    form: str = "{:.0f}"

    def breaks(self, facts: Facts) -> bool:
        """Whether a method is known to break the need."""
        limit, value = self.limit(facts.needs), self.value(facts)
        if limit is None or value is None:
            return False
        return value < limit if self.least else value > limit

    def untold(self, facts: Facts) -> bool:
        """Whether the need is stated and nobody knows whether the method keeps to it."""
        return self.limit(facts.needs) is not None and self.value(facts) is None

    def say(self, facts: Facts, language: str) -> str:
        """The sentence for a method that breaks the need or may break it."""
        limit, value = self.limit(facts.needs), self.value(facts)
        return words("rules", language)(
            f"{self.name}_{'unknown' if value is None else 'broken'}",
            name=facts.name,
            value="" if value is None else self.form.format(value),
            limit="" if limit is None else self.form.format(limit),
        )


def _stated(value: float) -> float | None:
    return value or None


RULES = (
    Rule(
        "least_quality",
        lambda needs: _stated(needs.least_quality),
        lambda facts: facts.quality,
        True,
        "{:.2f}",
    ),
    Rule(
        "latency_p95_s",
        lambda needs: _stated(needs.latency_p95_s),
        lambda facts: facts.p95,
        False,
        "{:.2g}",
    ),
    Rule(
        "budget_usd_month",
        lambda needs: None if needs.budget_usd_month < 0 else needs.budget_usd_month,
        lambda facts: facts.cost_month,
        False,
        "{:,.2f}",
    ),
    Rule(
        "sources_required",
        lambda needs: SOURCED if needs.sources_required else None,
        lambda facts: facts.sourced,
        True,
        "{:.0%}",
    ),
    Rule(
        "least_style",
        lambda needs: _stated(needs.least_style),
        lambda facts: facts.style,
        True,
        "{:.2f}",
    ),
    Rule(
        "training",
        lambda needs: 0.0 if needs.training == "none" else None,
        lambda facts: float(facts.method.trained),
        False,
        "{:.0f}",
    ),
    Rule(
        "data_may_leave",
        lambda needs: None if needs.data_may_leave else 0.0,
        lambda facts: facts.leaves,
        False,
        "{:.0f}",
    ),
    Rule(
        "memory_mb",
        lambda needs: _stated(needs.memory_mb),
        lambda facts: facts.memory,
        False,
        "{:,.0f}",
    ),
    Rule(
        "documents_change",
        lambda needs: DAYS.get(needs.documents_change),
        lambda facts: facts.update_days,
        False,
        "{:.2g}",
    ),
)
