"""Which method answers by default: ``extractive`` or ``naive_rag`` with the bundled reader, on
the sample's questions over the sample's handbook, one at a time, in a project as a user has it.

An answer is right when an accepted answer stands in its short answer or in one of at most two
checked quotes; so the extractive method, which has no short answer of its own for most
questions, is not judged by a stricter rule than the reader.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from paired import paired

from openbook.evaluate.answers import stands_in
from openbook.evaluate.questions import read_questions
from openbook.types import Answer, Example

ROOT = Path(__file__).resolve().parents[2]
METHODS = ("extractive", "naive_rag")


def compare(model: str) -> dict[str, Any]:
    """Both methods on the sample, and which of them is the better default."""
    examples = read_questions(ROOT / "examples/questions.jsonl")
    with tempfile.TemporaryDirectory() as name:
        answered, spent = _asked(Path(name), model, examples)
    table: dict[str, Any] = {}
    scores: dict[str, list[float]] = {}
    for method in METHODS:
        rows = list(zip(examples, answered[method], strict=True))
        here = [(e, a) for e, a in rows if e.answerable]
        absent = [(e, a) for e, a in rows if e.answerable is False]
        good = [float(right(e, a)) for e, a in here]
        scores[method] = good + [float(a.kind != "answered") for _, a in absent]
        table[method] = {
            "right_of_answerable": _share(good),
            "right_by_language": {
                tongue: _share([float(right(e, a)) for e, a in here if e.language == tongue])
                for tongue in ("ko", "en")
            },
            "short_answer_right": _share([float(_short(e, a)) for e, a in here]),
            "wrong_of_unanswerable": _share([float(a.kind == "answered") for _, a in absent]),
            "refused_of_answerable": _share([float(a.kind == "abstained") for _, a in here]),
            "with_a_checked_quote": _share([float(bool(a.quotes)) for _, a in rows]),
            "seconds_median": round(statistics.median(spent[method]), 3),
            "seconds_p95": round(sorted(spent[method])[int(0.95 * len(examples))], 3),
        }
    difference = paired(scores["naive_rag"], scores["extractive"])
    chosen = "naive_rag" if difference["interval"][0] > 0 else "extractive"
    return {
        "questions": len(examples),
        "answerable": sum(bool(e.answerable) for e in examples),
        "methods": table,
        "naive_rag_minus_extractive": difference,
        "default": chosen,
        "rule": "naive_rag only where it does the right thing (answers rightly, or abstains where "
        "the handbook is silent) on more questions, the paired 95 % interval above zero",
    }


def _asked(
    folder: Path, model: str, examples: list[Example]
) -> tuple[dict[str, list[Answer]], dict[str, list[float]]]:
    from openbook.corpus.settings import Settings as CorpusSettings
    from openbook.project import Project

    Project.create(folder)
    place = Path(model).resolve() if Path(model).is_dir() else None
    named = place.as_posix() if place else model
    (folder / "openbook.toml").write_text(f'[models]\ngenerator = "{named}"\n', "utf-8")
    shutil.copytree(ROOT / "examples/handbook", folder / "handbook")
    project = Project.open(folder)
    project.knowledge.sync(
        [folder / "handbook"],
        corpus=project.settings.of(CorpusSettings),
        encoder=project.encoder(),
    )
    answers: dict[str, list[Answer]] = {}
    seconds: dict[str, list[float]] = {}
    for name in METHODS:
        runtime = project.runtime()
        _, method = project.method(name)
        runtime.ask(method, [examples[0].query], name)
        runtime.forget()
        answers[name], seconds[name] = [], []
        for example in examples:
            start = time.perf_counter()
            answers[name] += runtime.ask(method, [example.query], name)
            seconds[name].append(time.perf_counter() - start)
            runtime.forget()
    return answers, seconds


def right(example: Example, answer: Answer) -> bool:
    """Whether an accepted answer stands in the short answer or in one of at most two quotes."""
    if answer.kind != "answered":
        return False
    quotes = [quote.text for quote in answer.quotes]
    quoted = len(quotes) <= 2 and stands_in(quotes, example.answers, example.language)
    return quoted or _short(example, answer)


def _short(example: Example, answer: Answer) -> bool:
    if answer.kind != "answered":
        return False
    return stands_in(answer.answers, example.answers, example.language)


def _share(values: list[float]) -> float:
    return round(sum(values) / max(1, len(values)), 4)
