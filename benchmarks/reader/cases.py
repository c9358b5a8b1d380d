"""What the reader is asked to read: a question with its gold paragraph, with distractors, or
without the gold.

Distractors are the paragraphs of the same collection that BM25 ranks best for the question,
without the gold and without any in which an accepted answer stands (else a refusal, or an
answer from there, could not be judged). Where the gold stands among them is drawn by the
question's id, so it is the same in every run and for every system.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from openbook.evaluate.answers import stands_in
from openbook.evaluate.questions import read_questions
from openbook.text.terms import FIELDS, analyse
from openbook.types import Example, Passage

SETS = {"en": "squad/dev", "ko": "korquad/dev"}
SEED = 20261121
MOST = 5

CONDITIONS: dict[str, tuple[bool, int]] = {
    "gold": (True, 0),
    "gold+1": (True, 1),
    "gold+3": (True, 3),
    "gold+5": (True, 5),
    "absent 1": (False, 1),
    "absent 3": (False, 3),
}
"""Whether the gold paragraph is among the passages, and how many distractors are."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question and the passages that are shown with it; ``gold_at`` is -1 without gold."""

    example: Example
    passages: tuple[Passage, ...]
    gold_at: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its gold paragraph, and its distractors, hardest first."""

    example: Example
    gold: Passage
    distractors: tuple[Passage, ...]


def load(folder: Path, sample: int = 0) -> list[Asked]:
    """The questions of a BEIR folder with their distractors; ``sample`` of them by a hash of
    the id, 0 for all.
    """
    passages = read_passages(folder / "corpus.jsonl")
    examples = sampled(read_questions(folder / "queries.jsonl"), sample)
    scores = bm25(examples, passages)
    place = {passage.id: i for i, passage in enumerate(passages)}
    return [
        Asked(e, passages[place[e.gold[0]]], _hard(e, passages, row))
        for e, row in zip(examples, scores, strict=True)
    ]


def read_passages(file: Path) -> list[Passage]:
    """A corpus; a paragraph is one passage."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [
        Passage(row["_id"], row["_id"], 0, len(row["text"]), row["text"], title=row["title"])
        for row in rows
    ]


def sampled(examples: Sequence[Example], count: int) -> list[Example]:
    """``count`` of the examples by a hash of their id, in the file's order; 0: all."""
    if not count or count >= len(examples):
        return list(examples)
    chosen = {e.id for e in sorted(examples, key=lambda e: _hash(e.id))[:count]}
    return [e for e in examples if e.id in chosen]


def cases(asked: Sequence[Asked], condition: str) -> list[Case]:
    """The cases of one condition, in order."""
    present, count = CONDITIONS[condition]
    return [_case(one, present, count) for one in asked]


def _case(one: Asked, present: bool, count: int) -> Case:
    shown = list(one.distractors[:count])
    draw = random.Random(_hash(f"{SEED}/{count}/{one.example.id}"))
    draw.shuffle(shown)
    at = -1
    if present:
        at = draw.randrange(len(shown) + 1)
        shown.insert(at, one.gold)
    return Case(one.example, tuple(shown), at)


def bm25(examples: Sequence[Example], passages: Sequence[Passage]) -> np.ndarray:
    """Scores, shape ``(examples, passages)``: words, and for Korean character bigrams too."""
    import bm25s

    texts = analyse([f"{p.title}\n{p.text}" for p in passages])
    asked = analyse([example.text for example in examples], query=True)
    korean = examples[0].language == "ko"
    total = np.zeros((len(examples), len(passages)))
    for field in FIELDS if korean else FIELDS[:1]:
        index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        index.index([getattr(t, field).split() for t in texts], show_progress=False)
        for row, question in enumerate(asked):
            known = [t for t in getattr(question, field).split() if t in index.vocab_dict]
            scores = np.asarray(index.get_scores(known)) if known else np.zeros(len(passages))
            total[row] += scores / max(float(scores.max()), 1e-9)
    return total


def _hard(example: Example, passages: Sequence[Passage], row: np.ndarray) -> tuple[Passage, ...]:
    found: list[Passage] = []
    for index in np.argsort(-row, kind="stable"):
        passage = passages[int(index)]
        if passage.id in example.gold:
            continue
        if stands_in([passage.text], example.answers, example.language):
            continue
        found.append(passage)
        if len(found) == MOST:
            break
    return tuple(found)


def _hash(text: str) -> int:
    return int(hashlib.md5(text.encode()).hexdigest(), 16)
