"""RAFT rows: a question over its oracle and distractors, and an answer that quotes the oracle.

Source: Zhang et al., "RAFT: Adapting Language Model to Domain Specific RAG", arXiv:2403.10131.
Where it draws a coin for each row, the share P is exact here, in every language; distractors are
mined and checked; and what a row without its oracle teaches is a named policy, never a quote of
absent text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from openbook.errors import InputError
from openbook.knowledge.progress import Progress, Silence
from openbook.models.prompts import numbered, render
from openbook.retrieve.lexical import Lexical
from openbook.stage import Runtime
from openbook.synthesize.asked import Question
from openbook.synthesize.checks import Dropped
from openbook.synthesize.completions import (
    checked,
    from_memory,
    refusing,
    supporting,
    verified,
    written,
)
from openbook.synthesize.distractors import DEPTH, Distractors
from openbook.synthesize.rows import Origin, RaftRow
from openbook.synthesize.shelf import Shelf, drawing
from openbook.synthesize.splits import portions
from openbook.types import LM, Passage, Prompt, Query, Ranking, Split, digest

Without = Literal["answer", "refuse", "skip"]
"""What a row without its oracle teaches: to answer from memory, to refuse; or it is left out."""

BATCH = 8
"""Rows that a teacher writes together: what a kill can cost at most."""

TOGETHER = 32
"""Questions that are searched together."""

MAX_TOKENS = 384
"""Tokens of a teacher's completion."""


@dataclass(frozen=True)
class Order:
    """What is to be made.

    Args:
        p: share of the rows that keep their oracle.
        distractors: passages beside the oracle; a row without it has one more.
        hard: share of the distractors that the retriever finds.
        without: what a row without its oracle teaches.
        unanswerable: whether unanswerable questions become refusals, beside those of ``p``.
    """

    p: float = 0.8
    distractors: int = 4
    hard: float = 0.5
    without: Without = "refuse"
    unanswerable: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        for name, value in (("--p", self.p), ("--hard", self.hard)):
            if not 0 <= value <= 1:
                raise InputError(f"{value} is not a share", where=name, fix="Give 0 to 1.")
        if self.distractors < 0:
            raise InputError(f"{self.distractors} distractors", fix="Give 0 or more.")


@dataclass
class Built:
    """Rows, and what was dropped on the way."""

    rows: list[RaftRow] = field(default_factory=list)
    dropped: Dropped = field(default_factory=Dropped)


@dataclass(frozen=True)
class Draft:
    """A question with its oracle, and distractors for a row with and one without it."""

    question: Question
    oracle: Passage
    quoted: str
    distractors: tuple[Passage, ...]
    completion: str = ""


def build(
    shelf: Shelf,
    runtime: Runtime,
    questions: Sequence[Question],
    order: Order,
    *,
    teacher: LM | None = None,
    progress: Progress | None = None,
) -> Built:
    """Rows of questions, in their order.

    Raises:
        InputError: the knowledge base is too small for the distractors, or no row could be made.
    """
    if len(shelf.passages) <= order.distractors + 1:
        raise _too_few(shelf, order)
    built, progress = Built(), progress or Silence()
    progress.start("finding distractors", len(questions))
    drafts = _drafts(shelf, runtime, questions, order, dropped=built.dropped, progress=progress)
    answerable = [draft for draft in drafts if draft.question.answerable]
    progress.start("writing", len(answerable))
    answerable = _completed(answerable, order, teacher, built.dropped, progress)
    if not answerable:
        if built.dropped.reasons["too few distractors"]:
            raise _too_few(shelf, order)
        raise InputError(
            f"no row could be made ({built.dropped})",
            where="--questions",
            fix="Give questions with answers that stand in the knowledge base.",
        )
    keeps = keeping(answerable, order)
    misses = [draft for draft in drafts if not draft.question.answerable]
    for draft in [*answerable, *misses]:
        row = _row(draft, draft.question.id in keeps, order)
        if row is not None:
            built.rows.append(row)
    place = {question.id: at for at, question in enumerate(questions)}
    built.rows.sort(key=lambda row: place[row.id.removeprefix("raft-")])
    return built


def _too_few(shelf: Shelf, order: Order) -> InputError:
    return InputError(
        f"{order.distractors} distractors a row are too many for {len(shelf.documents)} documents "
        f"with {len(shelf.passages)} passages: there are not as many that neither repeat the "
        "oracle nor hold the answer",
        where="--distractors",
        fix="Ask for fewer, or sync more documents.",
    )


def keeping(drafts: Sequence[Draft], order: Order) -> set[str]:
    """Ids of the questions that keep their oracle: ``round(p * n)`` of them, half rounded up, and
    of each language as near to its share as whole numbers allow.
    """
    by_language: dict[str, list[str]] = {}
    for draft in drafts:
        by_language.setdefault(draft.question.language, []).append(draft.question.id)
    total = int(len(drafts) * order.p + 0.5)
    names = sorted(by_language)
    counts = portions(total, [len(by_language[name]) / len(drafts) for name in names])
    kept: set[str] = set()
    for name, count in zip(names, counts, strict=True):
        own = sorted(by_language[name], key=lambda key: digest("oracle", str(order.seed), key))
        kept |= set(own[:count])
    return kept


def _drafts(
    shelf: Shelf,
    runtime: Runtime,
    questions: Sequence[Question],
    order: Order,
    *,
    dropped: Dropped,
    progress: Progress,
) -> list[Draft]:
    found: list[Draft] = []
    wanted = [q for q in questions if q.answerable or order.unanswerable]
    dropped.add("unanswerable", len(questions) - len(wanted))
    progress.advance(len(questions) - len(wanted))
    rankings, sources = located(shelf, runtime, wanted, progress)
    mine = Distractors(shelf, order.distractors, order.hard, splits_of(wanted, sources))
    for question, oracle, ranking in zip(wanted, sources, rankings, strict=True):
        if oracle is None:
            dropped.add("passage not found")
            continue
        quoted = supporting(oracle, question.quote, question.answers)
        if question.answerable and not quoted:
            dropped.add("answer not in the passage")
            continue
        rng = drawing(order.seed, "distractors", question.id)
        more = order.distractors + 1  # one more, for a row without its oracle
        others = mine.of(
            oracle, question.answers, ranking.passages, split=question.split, rng=rng, count=more
        )
        if len(others) < more:
            dropped.add("too few distractors")
            continue
        found.append(Draft(question, oracle, quoted, tuple(others)))
    return found


def located(
    shelf: Shelf, runtime: Runtime, questions: Sequence[Question], progress: Progress
) -> tuple[list[Ranking], list[Passage | None]]:
    """What the retriever finds for each question, and the passage that it is about."""
    rankings: list[Ranking] = []
    for start in range(0, len(questions), TOGETHER):
        some = [Query(question.text) for question in questions[start : start + TOGETHER]]
        rankings += runtime.run(Lexical(k=DEPTH), some)
        progress.advance(len(some))
    sources = [source(q, shelf, r.passages) for q, r in zip(questions, rankings, strict=True)]
    return rankings, sources


def source(question: Question, shelf: Shelf, ranking: Sequence[Passage]) -> Passage | None:
    """The passage that a question is about: the one it names, else the best of its documents
    that holds an answer.
    """
    if named := shelf.by_id.get(question.passage):
        return named
    for name in question.gold:
        if name in shelf.by_id:
            return shelf.by_id[name]
    own = [p for p in ranking if p.document_id in question.gold]
    own += [p for name in question.gold for p in shelf.documents.get(name, ())]
    return next((p for p in own if supporting(p, "", question.answers)), None)


def splits_of(questions: Sequence[Question], sources: Sequence[Passage | None]) -> dict[str, Split]:
    """The split of each document that a question is about."""
    return {
        passage.document_id: question.split
        for question, passage in zip(questions, sources, strict=True)
        if passage is not None and question.split
    }


def _completed(
    drafts: Sequence[Draft],
    order: Order,
    teacher: LM | None,
    dropped: Dropped,
    progress: Progress,
) -> list[Draft]:
    """Drafts with their completions; those whose quotes or answers fail are left out."""
    done: list[Draft] = []
    for start in range(0, len(drafts), BATCH):
        some = drafts[start : start + BATCH]
        for draft, (text, reason) in zip(some, _written(some, order, teacher), strict=True):
            if reason:
                dropped.add(reason)
            else:
                done.append(replace(draft, completion=text))
        progress.advance(len(some))
    return done


def _written(drafts: Sequence[Draft], order: Order, teacher: LM | None) -> list[tuple[str, str]]:
    if teacher is not None:
        replies = teacher.complete(
            [prompt(draft) for draft in drafts], max_tokens=MAX_TOKENS, seed=order.seed
        )
        return [
            checked(reply.text, d.oracle, d.question.answers, d.question.language)
            for d, reply in zip(drafts, replies, strict=True)
        ]
    found = []
    for d in drafts:
        rng = drawing(order.seed, "words", d.question.id)
        text = written(d.oracle, d.quoted, d.question.answers[0], d.question.language, rng)
        sound = verified(text, (d.oracle,))
        found.append((text, "") if sound else ("", "a quote does not stand in the oracle"))
    return found


def prompts(shelf: Shelf, questions: Sequence[Question]) -> list[Prompt]:
    """What a teacher will be asked for some questions, to estimate its cost."""
    found = []
    for question in questions:
        oracle = source(question, shelf, ())
        if oracle is not None:
            found.append(prompt(Draft(question, oracle, "", ())))
    return found


def prompt(draft: Draft) -> Prompt:
    """What a teacher is asked: the question over its oracle alone."""
    return render(
        "rag",
        draft.question.language,
        passages=numbered([draft.oracle]),
        question=draft.question.text,
    )


def _row(draft: Draft, keeps: bool, order: Order) -> RaftRow | None:
    question = draft.question
    rng = drawing(order.seed, "row", question.id)
    origin = Origin(question.version, question.source, question.split)
    row = RaftRow(
        f"raft-{question.id}", question.text, (), None, (), refusing(question.language),
        "refuse", question.language, origin,
    )  # fmt: skip
    if keeps:
        passages = [draft.oracle, *draft.distractors[: order.distractors]]
        rng.shuffle(passages)
        at = next(i for i, passage in enumerate(passages) if passage.id == draft.oracle.id)
        return replace(
            row, passages=tuple(passages), oracle=at, answers=question.answers,
            completion=draft.completion, policy="oracle",
        )  # fmt: skip
    passages = list(draft.distractors)
    rng.shuffle(passages)
    row = replace(row, passages=tuple(passages))
    if not question.answerable or order.without == "refuse":
        return row
    if order.without == "skip":
        return None
    text = from_memory(question.answers[0], question.language, rng)
    return replace(row, answers=question.answers, completion=text, policy="answer")
