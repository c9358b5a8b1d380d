"""What is known about a method from a comparison, as numbers that needs can be held against."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from openbook.errors import SettingsError, nearest
from openbook.evaluate.record import Compared, Record, Total
from openbook.evaluate.settings import UNSTATED, Needs

DECIDING = ("correct", "F1", "EM", "contains", "ROUGE-L", "nDCG@10")
"""Measures that can decide, the first that was measured of them."""

STYLE = ("style agreement",)
COST = ("cost",)
SECONDS_A_DAY = 86400.0


def main_measure(record: Record, needs: Needs = UNSTATED) -> str:
    """The measure that decides: the user's, else the first of :data:`DECIDING` that has values.

    Raises:
        SettingsError: the user's measure is none that was taken.
    """
    if needs.measure:
        _refuse_unknown(record, needs.measure)
    for name in (needs.measure,) if needs.measure else DECIDING:
        if any(record.total(method, name).value is not None for method in record.names):
            return name
    for measure in record.measures:
        if measure.higher_is_better and record.total(record.names[0], measure.name).n:
            return measure.name
    return ""


def _refuse_unknown(record: Record, name: str) -> None:
    known = [
        measure.name
        for measure in record.measures
        if any(record.total(method, measure.name).value is not None for method in record.names)
    ]
    if name not in known:
        raise SettingsError(
            f'measure = "{name}" was not measured here',
            where="openbook.toml, table [needs]",
            fix=nearest(name, known),
        )


def first(record: Record, method: str, names: tuple[str, ...]) -> Total:
    """The total of the first of several names that was measured."""
    found = (record.total(method, name) for name in names)
    return next((total for total in found if total.value is not None), Total())


@dataclass(frozen=True)
class Facts:
    """A method of a comparison, seen through the user's needs."""

    record: Record
    needs: Needs
    name: str

    @cached_property
    def method(self) -> Compared:
        """What the comparison says of it."""
        return self.record.method(self.name)

    @cached_property
    def measure(self) -> str:
        """The measure that decides."""
        return main_measure(self.record, self.needs)

    @property
    def quality(self) -> float | None:
        """Mean of the measure that decides, turned so that higher is better."""
        value = self.record.total(self.name, self.measure).value
        measure = self.record.measure(self.measure)
        down = measure is not None and not measure.higher_is_better
        return -value if down and value is not None else value

    @property
    def seconds(self) -> float | None:
        """Median seconds a question."""
        latency = self.record.latency.get(self.name)
        return latency.p50 if latency else None

    @property
    def p95(self) -> float | None:
        """Seconds within which 95 of 100 questions were answered."""
        latency = self.record.latency.get(self.name)
        return latency.p95 if latency else None

    @property
    def cost(self) -> float | None:
        """US dollars a question; what the answers say where it is no measure."""
        found = first(self.record, self.name, COST).value
        if found is not None:
            return found
        given = self.record.answers.get(self.name, ())
        spent = [answer.usage.get("cost") for answer in given]
        known = [value for value in spent if value is not None]
        return sum(known) / len(known) if known else None

    @property
    def cost_month(self) -> float | None:
        """US dollars a month; None where questions a month are not stated and not all free."""
        if self.cost is None or self.cost == 0:
            return self.cost
        if self.needs.questions_month:
            return self.cost * self.needs.questions_month
        return self.cost if self.needs.budget_usd_month == 0 else None

    @property
    def sourced(self) -> float | None:
        """Share of what was answered that shows at least one quote, in [0, 1]."""
        answered = [a for a in self.record.answers.get(self.name, ()) if a.kind == "answered"]
        if not answered:
            return None
        return sum(bool(answer.quotes) for answer in answered) / len(answered)

    @property
    def style(self) -> float | None:
        """Agreement with the house style, in [0, 1]."""
        return first(self.record, self.name, STYLE).value

    @property
    def memory(self) -> float | None:
        """Megabytes at its peak."""
        return self.method.spent.get("peak_memory_mb")

    @property
    def leaves(self) -> float | None:
        """1 where questions go to a server outside, 0 where not, None where nobody knows."""
        if not self.method.models:
            return 0.0
        found = self.method.leaves_machine
        return None if found is None else float(found)

    @property
    def update_days(self) -> float | None:
        """Days of work until a changed document is answered from.

        As measured; else none for a method that reads documents and was not trained, for
        reading is as fresh as the knowledge base; endless for one that reads none.
        """
        measured = (self.record.update or {}).get(self.name)
        if isinstance(measured, dict) and isinstance(measured.get("seconds"), int | float):
            return float(measured["seconds"]) / SECONDS_A_DAY
        if not self.method.knowledge:
            return math.inf
        return None if self.method.trained else 0.0

    @property
    def effort(self) -> tuple[float, ...]:
        """What it takes, to find the cheapest: dollars, whether it was trained, seconds.

        What is not known counts as more than anything known.
        """
        known = (self.cost, float(self.method.trained), self.seconds)
        return tuple(math.inf if value is None else value for value in known)
