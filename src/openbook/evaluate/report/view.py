"""What every section of the report is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from openbook.evaluate.facts import Facts, main_measure
from openbook.evaluate.recommend import Recommendation
from openbook.evaluate.record import Record, Total
from openbook.evaluate.settings import Needs
from openbook.evaluate.wording import MINUS, Wording, words

RETRIEVAL = ("nDCG@10", "nDCG@5", "MRR@10", "MRR", "Recall@5", "Recall@10", "hit@5")
"""Measures of retrieval, the first that was measured is shown."""

RESAMPLES = 2000
"""Resamples of the intervals that the page computes itself (groups of questions)."""


@dataclass(frozen=True)
class View:
    """A comparison, what it recommends, and the words of one language."""

    record: Record
    needs: Needs
    recommendation: Recommendation
    language: str
    say: Wording = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "say", words("report", self.language))

    @cached_property
    def main(self) -> str:
        """The measure that decides."""
        return main_measure(self.record, self.needs)

    @cached_property
    def retrieval(self) -> str:
        """The measure of retrieval that is shown; empty where there is none."""
        return self.measured(RETRIEVAL)

    def measured(self, names: Sequence[str]) -> str:
        """The first of some measures that has a value for some method."""
        for name in names:
            if any(self.record.total(method, name).value is not None for method in self.names):
                return name
        return ""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the methods, in order."""
        return self.record.names

    @property
    def chosen(self) -> str:
        """The recommended method."""
        return self.recommendation.method

    def facts(self, method: str) -> Facts:
        """A method seen through the needs."""
        return Facts(self.record, self.needs, method)

    def total(self, method: str, measure: str) -> Total:
        """A mean with its interval."""
        return self.record.total(method, measure)

    def written(self, measure: str, value: float) -> str:
        """A value of a measure in its unit."""
        known = self.record.measure(measure)
        unit = known.unit if known else ""
        if unit in ("seconds", "s"):
            return self.say.seconds(value)
        if unit in ("US dollars", "USD"):
            return f"${self.say.dollars(value)}"
        if unit == "tokens":
            return f"{value:,.0f}"
        return self.say.number(value)

    def moved(self, measure: str, value: float) -> str:
        """A difference of a measure in its unit, with its sign."""
        known = self.record.measure(measure)
        if known is None or known.unit in ("share", ""):
            return self.say.signed(value)
        sign = MINUS if value < 0 else "+" if value > 0 else ""
        return sign + self.written(measure, abs(value))


def named(view: View, key: str, name: str) -> str:
    """A language or a kind in words, where there are words for it."""
    known = f"{key}_{name}"
    return view.say(known) if name and view.say.has(known) else name
