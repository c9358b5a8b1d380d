"""Rows for a training that is done again because passages have changed.

Rows whose passages still stand are kept as they are. Of the others, a row is made anew where its
question can still be asked: the words that it quoted stand in its document, or a rule asks the
same question of what the document says now. What is left is dropped, and counted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from openbook.errors import InputError
from openbook.generate.quotes import marks
from openbook.stage import Runtime
from openbook.synthesize.asked import Asked, Question, unscoped
from openbook.synthesize.checks import answered
from openbook.synthesize.near import holds
from openbook.synthesize.pairs import list_rows, mine, pair_rows
from openbook.synthesize.raft import Order, build
from openbook.synthesize.rules import candidates
from openbook.synthesize.shelf import Shelf
from openbook.types import Passage

Line = Mapping[str, Any]
PREFIXES = {"raft": "raft-", "pairs": "pair-", "lists": "list-", "questions": ""}
"""What the ids of rows begin with, by layout; the rest is the question's id."""


@dataclass
class Renewed:
    """Rows to learn again, as lines of a file, and what became of each."""

    lines: list[Line] = field(default_factory=list)
    kept: int = 0
    remade: int = 0
    dropped: int = 0

    @property
    def text(self) -> str:
        """The file."""
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in self.lines)

    def __str__(self) -> str:
        return f"{self.kept:,} rows kept, {self.remade:,} made anew, {self.dropped:,} dropped"


def renewed(
    lines: Sequence[Line], stale: Mapping[str, Sequence[str]], shelf: Shelf, runtime: Runtime,
    seed: int = 0,
) -> Renewed:  # fmt: skip
    """Rows as they can be learnt now, in their order.

    Args:
        lines: the rows that were learnt, as JSON, of one layout.
        stale: ids of rows whose passages do not stand any more, and the documents of these.
        shelf: the passages that there are now.
        runtime: over the same version.
        seed: of what is drawn anew.

    Raises:
        InputError: no row is left.
    """
    layout = layout_of(lines)
    lost = [line for line in lines if name_of(line) in stale]
    known = _Known(shelf)
    questions = [
        question
        for line in lost
        if (question := known.question(line, layout, stale[name_of(line)])) is not None
    ]
    made = {name_of(line): line for line in _made(questions, lost, shelf, runtime, seed)}
    found = Renewed()
    for line in lines:
        name = name_of(line)
        if name not in stale:
            found.lines.append(line)
            found.kept += 1
        elif name in made:
            found.lines.append(made[name])
            found.remade += 1
        else:
            found.dropped += 1
    if not found.lines:
        raise InputError(
            f"no row is left: the passages of all {len(lines)} have changed, and none of their "
            "questions can be asked again",
            fix="Make new rows (openbook synthesize), and train another adapter.",
        )
    return found


def touched(lines: Sequence[Line], shelf: Shelf) -> dict[str, list[str]]:
    """Ids of rows whose answering passages do not stand any more, held-out rows among them, with
    the documents of these.
    """
    stand = {(p.document_id, p.text) for p in shelf.passages}
    found: dict[str, list[str]] = {}
    for line in lines:
        own = [(str(p["document_id"]), p["text"]) for p in _answering(line, layout_of(lines))]
        if lost := [document for document, text in own if (document, text) not in stand]:
            found[name_of(line)] = lost
    return found


def _answering(line: Line, layout: str) -> list[Mapping[str, Any]]:
    """The passages of a row that answer, where the row holds them."""
    if layout == "raft":
        return [] if line["oracle"] is None else [line["passages"][line["oracle"]]]
    if layout == "pairs":
        return [line["positive"]]
    if layout == "lists":
        each = zip(line["passages"], line["grades"], strict=True)
        return [passage for passage, grade in each if grade == max(line["grades"])]
    return []


def layout_of(lines: Sequence[Line]) -> str:
    """The layout of rows, by the keys of the first; empty where nothing is known to remake it."""
    keys = set(lines[0]) if lines else set()
    for layout, needed in (
        ("raft", {"question", "passages", "completion"}),
        ("pairs", {"question", "positive"}),
        ("lists", {"question", "passages", "grades"}),
        ("questions", {"_id", "text"}),
    ):
        if needed <= keys:
            return layout
    return ""


def name_of(line: Line) -> str:
    """The id of a row."""
    return str(line.get("id", line.get("_id", "")))


class _Known:
    """What can be asked of documents as they are now."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.rules: dict[str, dict[str, Asked]] = {}

    def question(self, line: Line, layout: str, documents: Sequence[str]) -> Question | None:
        """The question of a row, with its answer as it stands now; None where there is none."""
        if not layout:
            return None
        answers = tuple(map(str, line.get("answers") or ()))
        quotes = marks(str(line.get("completion") or "")) or [str(line.get("quote") or "")]
        text = str(line.get("question") or line.get("text"))
        for name in documents:
            own = self.shelf.documents.get(name, ())
            if passage := _quoting(own, [q for q in quotes if q], answers):
                return self._with(line, layout, Asked(text, answers, passage, quotes[0]))
            asked = self._asked(name).get(unscoped(text))
            if asked is not None:
                return self._with(line, layout, replace(asked, text=text))
        return None

    def _asked(self, document: str) -> Mapping[str, Asked]:
        """What rules ask of a document, by the question; one with two answers is none."""
        if document not in self.rules:
            found: dict[str, Asked] = {}
            twice: set[str] = set()
            for asked in candidates(self.shelf.documents.get(document, ())):
                text = unscoped(asked.text)
                if answered(asked) and found.setdefault(text, asked).answers != asked.answers:
                    twice.add(text)
            self.rules[document] = {t: a for t, a in found.items() if t not in twice}
        return self.rules[document]

    def _with(self, line: Line, layout: str, asked: Asked) -> Question:
        origin = line.get("origin") or line
        return Question(
            id=name_of(line).removeprefix(PREFIXES[layout]),
            text=asked.text,
            answers=asked.answers,
            gold=(asked.passage.id,),
            language=str(line.get("language") or ""),
            split=origin.get("split") or "",
            source=str(origin.get("made") or origin.get("source") or ""),
            version=self.shelf.version,
            passage=asked.passage.id,
            quote=asked.quote,
        )


def _quoting(
    passages: Iterable[Passage], quotes: Sequence[str], answers: Sequence[str]
) -> Passage | None:
    """The first passage in which all quotes and an answer stand."""
    if not quotes or not answers:
        return None
    return next(
        (p for p in passages if all(q in p.text for q in quotes) and holds(p.text, answers)), None
    )


def _made(
    questions: Sequence[Question],
    lost: Sequence[Line],
    shelf: Shelf,
    runtime: Runtime,
    seed: int,
) -> list[Line]:
    """Rows of questions, of the layout that they had."""
    if not questions:
        return []
    layout = layout_of(lost)
    if layout == "questions":
        before = {name_of(line): line for line in lost}
        return [{**before[q.id], **q.line()} for q in questions]
    make: dict[str, Callable[[int], Sequence[Any]]] = {
        "raft": lambda n: build(shelf, runtime, questions, Order(1.0, n, seed=seed)).rows,
        "pairs": lambda n: pair_rows(mine(shelf, runtime, questions, negatives=n, seed=seed)[0]),
        "lists": lambda n: list_rows(
            mine(shelf, runtime, questions, negatives=n, seed=seed)[0], seed
        ),
    }
    try:
        return [asdict(row) for row in make[layout](_others(layout, lost))]
    except InputError:  # too few documents are left for the passages beside
        return []


def _others(layout: str, lost: Sequence[Line]) -> int:
    """Passages beside the one that answers, as many as the row with the most had."""
    counts: dict[str, Callable[[Line], int]] = {
        "raft": lambda line: len(line["passages"]) - 1,
        "pairs": lambda line: len(line.get("negatives") or ()),
        "lists": lambda line: sum(grade <= 0 for grade in line["grades"]),
    }
    return max(counts[layout](line) for line in lost)
