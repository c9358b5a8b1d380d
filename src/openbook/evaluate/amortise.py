"""What training adds to each question, and from how many questions on it has paid for itself.

With T what the training took, c what a question takes, and n the questions that are asked
before the next training, a question takes ``c + T / n`` in all. Against a method that was not
trained and takes d a question, the training has paid for itself after ``T / (d - c)`` questions,
and never where d is not above c.

All is weighed in US dollars where an hour of this machine has a price (``machine_usd_hour``),
what servers cost included; else in seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from openbook.evaluate.facts import Facts
from openbook.evaluate.record import Compared, Record
from openbook.evaluate.settings import Needs
from openbook.evaluate.wording import Wording, words

HOUR = 3600.0

ROUNDING = 1e-6
"""Of a question, which is no question."""

Unit = Literal["dollars", "seconds"]


@dataclass(frozen=True)
class Amortised:
    """A trained method, its training spread over its questions.

    Args:
        method: its name.
        seconds: of its training.
        memory: megabytes of its training at its peak; None where nobody knows.
        disk: megabytes on the disk; None where nobody knows.
        unit: what the following are in.
        training: what its training took.
        each: what a question takes without it; None where nobody knows.
        volume: questions that the training is spread over; 0 where not stated.
        against: the method without training that it is held against; empty where there is none.
        theirs: what a question takes with that one.
    """

    method: str
    seconds: float
    memory: float | None
    disk: float | None
    unit: Unit
    training: float
    each: float | None
    volume: int = 0
    against: str = ""
    theirs: float | None = None

    @property
    def whole(self) -> float | None:
        """What a question takes with its share of the training."""
        if self.each is None or not self.volume:
            return None
        return self.each + self.training / self.volume

    @property
    def pays_after(self) -> float | None:
        """Questions after which the training has paid for itself; infinite for never, None where
        nobody knows.
        """
        if self.each is None or self.theirs is None:
            return None
        saved = self.theirs - self.each
        return math.ceil(self.training / saved - ROUNDING) if saved > 0 else math.inf

    def said(self, say: Wording) -> str:
        """The same in a sentence."""
        told = say("trained_in", name=self.method, seconds=say.seconds(self.seconds))
        parts = [told]
        if self.whole is not None and self.each is not None:
            each, whole = self.written(say, self.each), self.written(say, self.whole)
            parts.append(say("spread", each=each, whole=whole, volume=f"{self.volume:,}"))
        if self.pays_after is not None:
            pays = "pays_dollars" if self.unit == "dollars" else "pays_seconds"
            key = "pays_never" if math.isinf(self.pays_after) else pays
            count = "" if math.isinf(self.pays_after) else f"{self.pays_after:,.0f}"
            parts.append(say(key, against=self.against, count=count))
        return " ".join(parts)

    def written(self, say: Wording, value: float) -> str:
        """An amount in its unit."""
        return f"${say.dollars(value)}" if self.unit == "dollars" else say.seconds(value)


def amortised(record: Record, needs: Needs) -> list[Amortised]:
    """The methods that something was trained for and whose training is known, in order."""
    return [
        _one(record, needs, method)
        for method in record.methods
        if method.trained and method.spent.get("training_seconds")
    ]


def _one(record: Record, needs: Needs, method: Compared) -> Amortised:
    seconds = float(method.spent.get("training_seconds") or 0.0)
    other = reference(record, method)
    unit: Unit = "dollars" if needs.machine_usd_hour else "seconds"
    rate = needs.machine_usd_hour / HOUR if unit == "dollars" else 1.0
    return Amortised(
        method=method.name,
        seconds=seconds,
        memory=method.spent.get("peak_memory_mb"),
        disk=method.spent.get("disk_mb"),
        unit=unit,
        training=seconds * rate,
        each=_each(Facts(record, needs, method.name), unit, rate),
        volume=record.volume or needs.questions_month,
        against=other,
        theirs=_each(Facts(record, needs, other), unit, rate) if other else None,
    )


def _each(facts: Facts, unit: Unit, rate: float) -> float | None:
    """What a question takes, by its median seconds."""
    if facts.seconds is None or (unit == "dollars" and facts.cost is None):
        return None
    return facts.seconds * rate + (facts.cost or 0.0 if unit == "dollars" else 0.0)


def reference(record: Record, method: Compared) -> str:
    """The method without training that a trained one is held against: RAG where it takes part
    (``naive_rag``, else the first that gives passages to a language model), else the nearest
    ancestor without training, else none.
    """
    plain = [other for other in record.methods if not other.trained]
    reading = [other.name for other in plain if other.knowledge and other.models]
    named = [name for name in reading if name.partition("(")[0] == "naive_rag"]
    if named or reading:
        return (named or reading)[0]
    known, seen = {other.name: other for other in record.methods}, {method.name}
    parent = method.parent
    while parent in known and parent not in seen:
        if not known[parent].trained:
            return parent
        seen.add(parent)
        parent = known[parent].parent
    return ""


def sentences(record: Record, needs: Needs, language: str) -> list[str]:
    """A sentence for each trained method."""
    say = words("report", language)
    return [one.said(say) for one in amortised(record, needs)]
