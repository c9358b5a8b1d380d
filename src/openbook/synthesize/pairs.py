"""Rows for retrievers and rerankers: a question, the passage that answers it, passages that do not.

Hard negatives are the retriever's best that are not the positive. What may answer all the same is
no negative: a passage that holds an accepted answer, repeats the positive, or scores as high as
it does (Qu et al., "RocketQA", arXiv:2010.08191, on why; Moreira et al., "NV-Retriever",
arXiv:2407.15831, for the share of the positive's score). Where the retriever does not find the
positive, its scores say nothing, and the negatives are drawn at random.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from openbook.errors import InputError
from openbook.knowledge.progress import Progress, Silence
from openbook.stage import Runtime
from openbook.synthesize.asked import Question
from openbook.synthesize.checks import Dropped
from openbook.synthesize.distractors import Distractors, leaks
from openbook.synthesize.raft import located, splits_of
from openbook.synthesize.rows import ListRow, Origin, PairRow
from openbook.synthesize.shelf import Shelf, drawing
from openbook.types import Passage, Ranking

CLOSE = 0.95
"""Share of the positive's score from which on a passage may answer as well."""

ANSWERS, MAY, NOT = 2, 1, 0
"""Grades of lists: the passage that answers, one that may, one that does not."""


@dataclass(frozen=True)
class Mined:
    """A question's positive, what may answer too, and what does not, the likeliest first."""

    question: Question
    positive: Passage
    maybe: tuple[Passage, ...]
    negatives: tuple[Passage, ...]
    hard: int


def mine(
    shelf: Shelf,
    runtime: Runtime,
    questions: Sequence[Question],
    *,
    negatives: int,
    seed: int,
    progress: Progress | None = None,
) -> tuple[list[Mined], Dropped]:
    """Negatives of answerable questions.

    Raises:
        InputError: not even one question can be given a negative.
    """
    dropped = Dropped()
    wanted = [q for q in questions if q.answerable]
    dropped.add("unanswerable", len(questions) - len(wanted))
    rankings, sources = located(shelf, runtime, wanted, progress or Silence())
    pool = Distractors(shelf, negatives, 1.0, splits_of(wanted, sources))
    found: list[Mined] = []
    for question, positive, ranking in zip(wanted, sources, rankings, strict=True):
        if positive is None:
            dropped.add("passage not found")
            continue
        rng = drawing(seed, "negatives", question.id)
        mined = _mined(question, positive, ranking, pool=pool, count=negatives, rng=rng)
        if mined.negatives or not negatives:
            found.append(mined)
            dropped.add("false negative", len(mined.maybe))
        else:
            dropped.add("no negative")
    if not found:
        raise InputError(
            f"no row could be made (dropped: {dropped})",
            where="--questions",
            fix="Give questions whose answers stand in the knowledge base, or sync more documents.",
        )
    return found, dropped


def _mined(
    question: Question,
    positive: Passage,
    ranking: Ranking,
    *,
    pool: Distractors,
    count: int,
    rng: random.Random,
) -> Mined:
    scores = {hit.passage.id: hit.score for hit in ranking.hits}
    own = scores.get(positive.id)
    maybe: list[Passage] = []
    clear: list[Passage] = []
    for passage in ranking.passages:
        if passage.id == positive.id:
            continue
        close = own is not None and scores[passage.id] >= CLOSE * own
        may = close or leaks(passage, positive, question.answers)
        (maybe if may else clear).append(passage)
    barred = {passage.id for passage in maybe}
    hard = clear if own is not None else []
    taken = pool.of(positive, question.answers, hard, split=question.split, rng=rng, count=count)
    taken = [passage for passage in taken if passage.id not in barred]
    known = {passage.id for passage in hard}
    return Mined(question, positive, tuple(maybe), tuple(taken), sum(p.id in known for p in taken))


def pair_rows(mined: Sequence[Mined]) -> list[PairRow]:
    """Rows for training a retriever."""
    return [
        PairRow(
            f"pair-{m.question.id}", m.question.text, m.positive, m.negatives,
            m.question.language, _origin(m.question),
        )
        for m in mined
    ]  # fmt: skip


def list_rows(mined: Sequence[Mined], seed: int) -> list[ListRow]:
    """Rows for training a reranker: the positive and what may answer too have higher grades;
    shuffled, so that places say nothing.
    """
    rows = []
    for m in mined:
        graded = [(m.positive, ANSWERS), *((p, NOT) for p in m.negatives)]
        graded += [(p, MAY) for p in m.maybe[: max(1, len(m.negatives) // 4)]]
        drawing(seed, "list", m.question.id).shuffle(graded)
        passages, grades = zip(*graded, strict=True)
        rows.append(
            ListRow(
                f"list-{m.question.id}", m.question.text, passages, grades,
                m.question.language, _origin(m.question),
            )
        )  # fmt: skip
    return rows


def _origin(question: Question) -> Origin:
    return replace(Origin(), version=question.version, made=question.source, split=question.split)
