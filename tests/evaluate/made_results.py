"""Results of a comparison that never ran: random numbers that agree with each other.

Tests of the report, the recommendation and the browser read them with ``runpy``.
"""

from __future__ import annotations

import random
import statistics
from typing import Any

METHODS = {  # name: parent, chance of a right answer, seconds, tokens, USD, adapted, knowledge
    "extractive": ("", 0.62, 0.02, 0, 0.0, 0.0, 0.5),
    "standard": ("", 0.12, 0.9, 180, 0.0004, 0.0, 0.0),
    "naive_rag": ("extractive", 0.66, 1.4, 900, 0.0019, 0.05, 0.6),
    "advanced_rag": ("naive_rag", 0.78, 1.9, 700, 0.0015, 0.1, 0.85),
    "raft": ("advanced_rag", 0.8, 1.7, 720, 0.0, 0.8, 0.85),
}
MEASURES = [  # name, higher is better, unit, dimension, sentence
    ("correct", True, "share", "quality", "Answers that hold an accepted one."),
    ("F1", True, "share", "quality", "Words that the answer shares with an accepted one."),
    ("nDCG@10", True, "share", "quality", "How high the gold documents stand among the first ten."),
    ("Recall@5", True, "share", "quality", "Gold documents among the first five."),
    ("supported share", True, "share", "interpretability", "Sentences that a quote supports."),
    ("sourced answers", True, "share", "interpretability", "Answers supported and quoted."),
    ("unsupported answers", False, "share", "hallucination", "Answers with an unsupported part."),
    ("style agreement", True, "share", "customisation", "Agreement with the house style."),
    ("latency p50", False, "seconds", "latency", "Half of the questions took no longer."),
    ("tokens in", False, "tokens", "computing resources", "Tokens read a question."),
    ("cost", False, "US dollars", "computing resources", "US dollars a question."),
]
WORDS = {
    "en": ("Within how many days can a device be returned", "30 days", "refund.md", "number"),
    "ko": ("정규직 연차는 며칠인가요", "15일", "leave.md", "number"),
}
KINDS = ("number", "date", "person", "reason")


def results(
    seed: int = 0,
    count: int = 60,
    korean: float = 0.3,
    only: tuple[str, ...] = (),
    update: bool = True,
) -> dict[str, Any]:
    """A results dictionary of format 1 over ``count`` questions."""
    draw = random.Random(seed)
    chosen = {name: row for name, row in METHODS.items() if not only or name in only}
    questions = [_question(draw, number, korean) for number in range(count)]
    hard = [draw.random() for _ in questions]
    values: dict[str, dict[str, list[float | None]]] = {}
    answers: dict[str, list[dict[str, Any]]] = {}
    for name, row in chosen.items():
        given = [_answer(draw, q, h, row) for q, h in zip(questions, hard, strict=True)]
        answers[name] = [answer for answer, _ in given]
        values[name] = {m[0]: [v[m[0]] for _, v in given] for m in MEASURES}
    return {
        "format": 1,
        "made_by": {
            "openbook": "0.1.0", "commit": "0" * 40, "command": "openbook compare --made-up",
            "seed": seed, "started": "2026-11-21T09:00:00+00:00", "seconds": 84.2,
            "machine": {"cores": 2, "memory_gb": 23.5, "platform": "Linux", "python": "3.11.9"},
            "versions": {"numpy": "2.4.6"},
        },
        "knowledge": {"version": 3, "documents": 26, "passages": 312,
                      "languages": {"en": 14, "ko": 12}},
        "questions": questions,
        "methods": [_method(name, row) for name, row in chosen.items()],
        "measures": [
            dict(zip(("name", "higher_is_better", "unit", "dimension", "doc"), m, strict=True))
            for m in MEASURES
        ],
        "values": values,
        "totals": {
            name: {m: _total(column) for m, column in columns.items()}
            for name, columns in values.items()
        },
        "pairs": [
            _pair(name, row[0], m[0], values)
            for name, row in chosen.items() if row[0] in chosen for m in MEASURES
        ],
        "answers": answers,
        "latency": {
            name: {"p50": row[2], "p95": row[2] * 1.8, "n": count} for name, row in chosen.items()
        },
        "stages": [{"stage": "retrieve", "queries": count, "runs": count}],
        "update": {
            name: {"seconds": 1900.0 if row[5] > 0.5 else 0.4, "cost": 0.0,
                   "accuracy_changed": row[1] * 0.9, "accuracy_unchanged": row[1]}
            for name, row in chosen.items() if row[6]
        } if update else None,
        "style": None,
    }  # fmt: skip


def _question(draw: random.Random, number: int, korean: float) -> dict[str, Any]:
    language = "ko" if draw.random() < korean else "en"
    text, answer, document, _ = WORDS[language]
    return {
        "id": f"q{number:03d}", "text": f"{text} ({number})?", "language": language,
        "kind": KINDS[number % len(KINDS)], "answerable": number % 7 != 0, "answers": [answer],
        "gold": [f"handbook/{document}"], "split": "test", "source": "", "document": document,
    }  # fmt: skip


def _answer(
    draw: random.Random, question: dict[str, Any], hard: float, row: Any
) -> tuple[dict[str, Any], dict[str, float | None]]:
    right = 0.7 * hard + 0.3 * draw.random() < row[1]
    said = question["answers"][0] if right else "12 months"
    quote = {"text": f"It is {said}.", "source": f"docs/{question['document']}",
             "title": "Handbook", "heading": ["Rules"], "start": 10, "end": 24}  # fmt: skip
    near = min(1.0, max(0.0, draw.gauss(row[6], 0.2)))
    seconds = row[2] * draw.uniform(0.7, 1.6)
    values: dict[str, float | None] = {
        "correct": float(right),
        "F1": 1.0 if right else round(draw.uniform(0, 0.5), 3),
        "nDCG@10": near if row[6] else None,
        "Recall@5": float(near > 0.4) if row[6] else None,
        "supported share": (sure := float(row[6] > 0 and draw.random() < 0.9)),
        "sourced answers": sure,
        "unsupported answers": 1 - sure,
        "style agreement": min(1.0, 0.5 + row[5] / 3 + draw.uniform(0, 0.2)),
        "latency p50": seconds,
        "tokens in": float(row[3]),
        "cost": row[4],
    }
    answer = {
        "kind": "answered" if right or draw.random() < 0.8 else "abstained",
        "text": f"The answer is {said}.", "answers": [said],
        "confidence": round(draw.random(), 3), "quotes": [quote] if row[6] else [],
        "sentences": [{"start": 0, "end": 10, "supported": True}],
        "passages": ["p1"], "documents": question["gold"],
        "usage": {"input_tokens": row[3], "output_tokens": 20, "seconds": seconds, "cost": row[4]},
        "trace": [["retrieve", 0.01], ["generate", seconds]],
    }  # fmt: skip
    return answer, values


def _method(name: str, row: Any) -> dict[str, Any]:
    return {
        "name": name, "parent": row[0], "summary": f"What {name} does, in one line",
        "expression": f"Rewrite() >> Retrieve(k=5) >> {name}()",
        "about": {"Idea": "read, then answer.", "Source": "a paper", "Cost": "one generation",
                  "Fails when": "the passage is not found."},
        "adapted": row[5], "knowledge": row[6],
        "models": [] if name == "extractive" else ["openbook-reader"],
        "adapters": ["handbook"] if name == "raft" else [],
        "spent": {"training_seconds": 1800.0 if name == "raft" else 0.0,
                  "peak_memory_mb": 800.0, "disk_mb": 31.0},
        "leaves_machine": None if name == "standard" else row[4] > 0,
    }  # fmt: skip


def _spread(column: list[float]) -> tuple[float, float]:
    mean = statistics.fmean(column)
    error = statistics.stdev(column) / len(column) ** 0.5 if len(column) > 1 else 0.0
    return mean, 1.96 * error


def _total(column: list[float | None]) -> dict[str, Any]:
    known = [value for value in column if value is not None]
    if not known:
        return {"value": None, "low": None, "high": None, "n": 0}
    mean, half = _spread(known)
    low, high = mean - half, mean + half
    if all(0 <= value <= 1 for value in known):
        low, high = max(0.0, low), min(1.0, high)
    return {"value": mean, "low": low, "high": high, "n": len(known)}


def _pair(name: str, parent: str, measure: str, values: Any) -> dict[str, Any]:
    both = zip(values[name][measure], values[parent][measure], strict=True)
    differences = [a - b for a, b in both if a is not None and b is not None]
    empty = {"difference": None, "low": None, "high": None, "p": None, "p_holm": None, "n": 0}
    made: dict[str, Any] = {"method": name, "parent": parent, "measure": measure, **empty}
    if differences:
        mean, half = _spread(differences)
        p = min(1.0, max(0.0001, 0.05 * (half / abs(mean)) ** 2)) if mean else 1.0
        made |= {"difference": mean, "low": mean - half, "high": mean + half, "p": p,
                 "p_holm": min(1.0, 3 * p), "n": len(differences)}  # fmt: skip
    low, high = made["low"], made["high"]
    better = next(m[1] for m in MEASURES if m[0] == measure)
    moved = low is not None and (low > 0 or high < 0) and made["p_holm"] < 0.05
    return made | {"shown": ("better" if (low > 0) == better else "worse") if moved else "none"}
