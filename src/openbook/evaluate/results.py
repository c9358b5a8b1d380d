"""The results of a comparison as one JSON value: what was asked, answered, measured, shown.

Lists of values and answers stand in the order of ``questions``. ``groups`` holds the totals of
parts of the questions: seen and unseen documents, where questions say their split.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openbook.evaluate.chart import adapters, place
from openbook.evaluate.contestants import Contestant
from openbook.evaluate.measure import Measure, Values
from openbook.evaluate.outcome import Outcome
from openbook.evaluate.statistics import holm, interval, paired
from openbook.generate.asking import asked
from openbook.types import Answer, digest

FORMAT = 1

MAIN = (
    "correct",
    "F1",
    "nDCG@10",
    "supported share",
    "abstention recall",
)
"""Measures in which methods are tested against their parents; Holm's correction is over all of
these tests together.
"""

SHOWN = 0.05
"""A difference is shown where its corrected p value is at most this."""

RESAMPLES = 2000
"""Resamples for the interval of a total; paired differences have more."""

SEEN = {"train": "seen", "dev": "unseen", "test": "unseen"}
"""Whether a question's documents were there to learn from, by its split."""


@dataclass(frozen=True)
class Measured:
    """Everything that results are made of.

    Args:
        contestants: the methods, in order.
        parents: whom each is paired with.
        outcomes: for each method, one outcome a question.
        measures: what is measured.
        seed: seed of the resampling.
        models: for each method, the language models it asked, and whether each is elsewhere.
        about: further parts of the results.
    """

    contestants: Sequence[Contestant]
    parents: Mapping[str, str]
    outcomes: Mapping[str, Sequence[Outcome]]
    measures: Sequence[Measure]
    seed: int = 0
    models: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)

    def results(self) -> dict[str, Any]:
        """The whole value; what ``about`` adds overwrites what is empty here."""
        values = {
            c.name: {m.name: m.values(self.outcomes[c.name]) for m in self.measures}
            for c in self.contestants
        }
        questions = self.outcomes[self.contestants[0].name]
        return {
            "format": FORMAT,
            "questions": [question_json(outcome) for outcome in questions],
            "methods": [self._method(contestant) for contestant in self.contestants],
            "measures": [measure_json(measure) for measure in self.measures],
            "values": {name: _rounded(by) for name, by in values.items()},
            "totals": self._totals(values),
            "groups": self._groups(),
            "pairs": pairs(self.parents, values, self._main(), self.seed),
            "main": [measure.name for measure in self._main()],
            "answers": {
                name: [result_answer(outcome.answer) for outcome in outcomes]
                for name, outcomes in self.outcomes.items()
            },
            "latency": self._latency(values),
            "update": None,
            "style": None,
            **self.about,
        }

    def _main(self) -> list[Measure]:
        by_name = {measure.name: measure for measure in self.measures}
        return [by_name[name] for name in MAIN if name in by_name]

    def _method(self, contestant: Contestant) -> dict[str, Any]:
        adapted, knowledge = place(contestant.stage)
        asked_ = self.models.get(contestant.name, {})
        return {
            "name": contestant.name,
            "parent": self.parents[contestant.name],
            "summary": contestant.summary,
            "expression": repr(contestant.stage),
            "about": dict(contestant.about),
            "adapted": adapted,
            "knowledge": knowledge,
            "models": list(asked_),
            "adapters": adapters(contestant.stage),
            "leaves_machine": any(asked_.values()) if self.models else None,
            "spent": {
                "training_seconds": None if adapters(contestant.stage) else 0.0,
                "peak_memory_mb": None,
                "disk_mb": None,
            },
        }

    def _totals(self, values: Mapping[str, Mapping[str, Values]]) -> dict[str, Any]:
        return {
            name: {
                measure.name: total(measure, outcomes, values[name][measure.name], self.seed)
                for measure in self.measures
            }
            for name, outcomes in self.outcomes.items()
        }

    def _groups(self) -> dict[str, Any]:
        """Totals of the questions about seen and about unseen documents, where both are known."""
        found: dict[str, Any] = {}
        for group in ("seen", "unseen"):
            parts = {
                name: [o for o in outcomes if SEEN.get(o.example.split) == group]
                for name, outcomes in self.outcomes.items()
            }
            if not all(parts.values()):
                continue
            found[group] = {
                name: {m.name: total(m, part, m.values(part), self.seed) for m in self.measures}
                for name, part in parts.items()
            }
        return found

    def _latency(self, values: Mapping[str, Mapping[str, Values]]) -> dict[str, Any]:
        found = {}
        for name, by in values.items():
            n = sum(value is not None for value in by.get("latency p50", []))
            if n:
                p50, p95 = (
                    next(m for m in self.measures if m.name == f"latency {q}").total(
                        self.outcomes[name]
                    )
                    for q in ("p50", "p95")
                )
                found[name] = {"p50": p50, "p95": p95, "n": n}
        return found


def total(
    measure: Measure, outcomes: Sequence[Outcome], values: Values, seed: int
) -> dict[str, Any]:
    """A measure's value over some questions, its 95 % bootstrap interval, and how many there are
    that it applies to.
    """
    rows = measure.rows(outcomes, values)
    value = measure.total_of(rows)
    if not len(rows) or value is None:
        return {"value": None, "low": None, "high": None, "n": len(rows)}
    low, high = interval(rows, measure.reduce, seed=seeded(seed, measure.name), resamples=RESAMPLES)
    return {"value": value, "low": low, "high": high, "n": len(rows)}


def seeded(seed: int, name: str) -> int:
    """A seed for one measure, the same on any machine."""
    return int(digest(str(seed), name, size=4), 16)


def pairs(
    parents: Mapping[str, str],
    values: Mapping[str, Mapping[str, Values]],
    main: Sequence[Measure],
    seed: int,
) -> list[dict[str, Any]]:
    """Paired differences of each method and its parent in the main measures, with Holm's
    correction over the pairs of each measure: a measure is a question of its own, and the
    recommendation asks that of the main one. Measures that a pair shares no values of are
    left out.
    """
    found: list[dict[str, Any]] = []
    for name, parent in parents.items():
        for measure in main if parent else ():
            ours, theirs = values[name][measure.name], values[parent][measure.name]
            made = paired(ours, theirs, seed=seeded(seed, measure.name))
            if made is not None:
                found.append(
                    {
                        "method": name,
                        "parent": parent,
                        "measure": measure.name,
                        "difference": made.mean,
                        "low": made.low,
                        "high": made.high,
                        "p": made.p,
                        "n": made.n,
                    }
                )
    better = {measure.name: measure.higher_is_better for measure in main}
    for measure in main:
        rows = [row for row in found if row["measure"] == measure.name]
        for row, p in zip(rows, holm([row["p"] for row in rows]), strict=True):
            row["p_holm"] = p
            row["shown"] = _shown(row["difference"], p, better[measure.name])
    return found


def _shown(difference: float, p: float, higher_is_better: bool) -> str:
    if p > SHOWN or difference == 0:
        return "none"
    return "better" if (difference > 0) == higher_is_better else "worse"


def _rounded(by: Mapping[str, Values]) -> dict[str, Values]:
    """Values to nine digits: enough to compute with, short in a file."""
    return {
        name: [None if value is None else round(value, 9) for value in values]
        for name, values in by.items()
    }


def question_json(outcome: Outcome) -> dict[str, Any]:
    """A question: what was asked, of which kind, and what is known about it."""
    example = outcome.example
    return {
        "id": example.id,
        "text": example.text,
        "language": outcome.language,
        "kind": asked(example.text).type,
        "topic": example.topic,
        "answerable": outcome.answerable,
        "answers": list(example.answers),
        "gold": list(example.gold),
        "split": example.split,
        "source": example.source,
        "document": outcome.documents[0] if outcome.documents else "",
    }


def measure_json(measure: Measure) -> dict[str, Any]:
    """What a measure is."""
    return {
        "name": measure.name,
        "higher_is_better": measure.higher_is_better,
        "unit": measure.unit,
        "dimension": measure.dimension,
        "doc": measure.doc,
    }


def result_answer(answer: Answer) -> dict[str, Any]:
    """An answer as a report shows it."""
    passages = answer.ranking.passages if answer.ranking else ()
    return {
        "kind": answer.kind,
        "text": answer.text,
        "answers": list(answer.answers),
        "confidence": round(answer.confidence, 4),
        "quotes": [
            {
                "text": quote.text,
                "source": quote.source or quote.document_id,
                "title": quote.title,
                "heading": list(quote.heading),
                "start": quote.start,
                "end": quote.end,
            }
            for quote in answer.quotes
        ],
        "sentences": [
            {"start": s.start, "end": s.end, "supported": s.supported} for s in answer.sentences
        ],
        "passages": [passage.id for passage in passages],
        "documents": list(dict.fromkeys(passage.document_id for passage in passages)),
        "usage": {
            "input_tokens": answer.usage.input_tokens,
            "output_tokens": answer.usage.output_tokens,
            "cost": answer.usage.cost,
        },
        "trace": [[stage, round(seconds, 6)] for stage, seconds in answer.trace],
    }
