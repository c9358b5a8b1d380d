"""Questions of a knowledge base: candidates drawn by turns from its documents, checked, split."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from openbook.errors import InputError
from openbook.stage import Runtime
from openbook.synthesize.asked import Asked, Question
from openbook.synthesize.checks import (
    Distinct,
    Dropped,
    K,
    answered,
    naming,
    returning,
    unambiguous,
)
from openbook.synthesize.rules import candidates
from openbook.synthesize.shelf import Shelf, drawing
from openbook.synthesize.splits import deal
from openbook.synthesize.unanswerable import Near, near_misses
from openbook.types import Split

BATCH = 64
"""Candidates that are checked together."""

PER_PASSAGE = 3
"""Questions that one passage may have."""

PER_DOCUMENT = 60
"""Candidates of one document that are looked at."""


@dataclass(frozen=True)
class Order:
    """What is to be made.

    Args:
        n: questions, unanswerable ones among them.
        seed: of every draw.
        unanswerable: share, of what is made, of questions that the documents do not answer.
        parts: the share of each split.
        k: passages among which retrieval must find a question's own.
        either: leave all splits empty where a split would have no document.
    """

    n: int = 200
    seed: int = 0
    unanswerable: float = 0.2
    parts: dict[str, float] = field(default_factory=dict)
    k: int = K
    either: bool = False

    def __post_init__(self) -> None:
        if self.n < 1:
            raise InputError(f"{self.n} questions were asked for", fix="Give --n 1 or more.")
        if not 0 <= self.unanswerable < 1:
            raise InputError(
                f"a share of {self.unanswerable} unanswerable questions",
                where="--unanswerable",
                fix="Give 0 or more, and less than 1.",
            )

    @property
    def near(self) -> int:
        """How many unanswerable questions, where all that was asked for can be made."""
        return int(self.n * self.unanswerable + 0.5)

    def near_of(self, answerable: int) -> int:
        """How many unanswerable questions beside so many answerable ones, so that their share
        of both is the one that was asked for.

        >>> Order(200).near_of(160), Order(200).near_of(21), Order(200).near_of(0)
        (40, 5, 0)
        """
        held = answerable * self.unanswerable / (1 - self.unanswerable)
        return min(self.near, int(held + 0.5))


@dataclass(frozen=True)
class Made:
    """Questions, and what was dropped on the way."""

    questions: tuple[Question, ...]
    dropped: Dropped

    @property
    def answerable(self) -> int:
        """How many have an answer."""
        return sum(q.answerable for q in self.questions)


Source = Callable[[Shelf, int, int, Dropped], Iterator[list[Asked]]]
"""Batches of candidates of a shelf, for a seed and a number that is wanted."""

Confirm = Callable[[Sequence[Asked]], list[bool]]


def by_rules(shelf: Shelf, seed: int, n: int, dropped: Dropped) -> Iterator[list[Asked]]:
    """What the rules ask, by turns of documents and of rules."""
    order = shelf.order(seed)[: max(200, 4 * n)]
    turns = [_turns(list(candidates(shelf.documents[name])), seed, name) for name in order]
    longest = max((len(own) for own in turns), default=0)
    every = [own[at] for at in range(longest) for own in turns if at < len(own)]
    clear = unambiguous(every, dropped)
    for start in range(0, len(clear), BATCH):
        yield clear[start : start + BATCH]


def _turns(found: list[Asked], seed: int, document: str) -> list[Asked]:
    """A document's candidates: shuffled, rules by turns."""
    drawing(seed, "turns", document).shuffle(found)
    by_rule: dict[str, list[Asked]] = {}
    for asked in found:
        by_rule.setdefault(asked.source, []).append(asked)
    queues = list(by_rule.values())
    longest = max((len(queue) for queue in queues), default=0)
    mixed = [queue[at] for at in range(longest) for queue in queues if at < len(queue)]
    return mixed[:PER_DOCUMENT]


def make(
    shelf: Shelf,
    runtime: Runtime,
    order: Order,
    source: Source = by_rules,
    *,
    advance: Callable[[int], None] = lambda n: None,
    confirm: Confirm | None = None,
) -> Made:
    """Questions of a shelf; fewer than asked for where it has no more.

    Args:
        source: gives candidates.
        advance: told how many more were kept.
        confirm: says of unanswerable candidates whether they are indeed refused.

    Raises:
        InputError: a split that no document is left for.
    """
    split = _split(shelf, order)
    dropped = Dropped()
    kept: list[Asked] = []
    keeper = _Keeper(runtime, order, dropped)
    for batch in source(shelf, order.seed, order.n - order.near, dropped):
        more = keeper.sound(batch)[: order.n - order.near - len(kept)]
        kept += more
        advance(len(more))
        if len(kept) >= order.n - order.near:
            break
    near = Near(shelf, split, runtime, order.seed)
    misses = near_misses(near, kept, order.near_of(len(kept)), dropped, confirm)
    advance(len(misses))
    return Made(tuple(_numbered([*kept, *misses], split, shelf, order.seed)), dropped)


def _split(shelf: Shelf, order: Order) -> dict[str, Split]:
    try:
        return deal(shelf.languages, order.parts, order.seed)
    except InputError:
        if not order.either:
            raise
    return deal(shelf.languages, {}, order.seed)


@dataclass
class _Keeper:
    """Lets through what stands all checks, and remembers it to tell what comes again."""

    runtime: Runtime
    order: Order
    dropped: Dropped
    distinct: Distinct = field(default_factory=Distinct)
    of_passage: dict[str, int] = field(default_factory=dict)

    def sound(self, batch: Sequence[Asked]) -> list[Asked]:
        """The candidates that are kept."""
        sound = [asked for asked in batch if answered(asked)]
        self.dropped.add("answer", len(batch) - len(sound))
        named = [found for asked in sound if (found := naming(asked)) is not None]
        self.dropped.add("generic", len(sound) - len(named))
        clear = unambiguous(named, self.dropped)
        back = returning(clear, self.runtime, self.order.k, self.dropped)
        return [asked for asked in back if self._new(asked)]

    def _new(self, asked: Asked) -> bool:
        held = self.of_passage.get(asked.passage.id, 0)
        if held >= PER_PASSAGE:
            self.dropped.add("passage has enough")
            return False
        if not self.distinct.add(asked.text):
            self.dropped.add("duplicate")
            return False
        self.of_passage[asked.passage.id] = held + 1
        return True


def _numbered(
    found: Sequence[Asked], split: dict[str, Split], shelf: Shelf, seed: int
) -> list[Question]:
    """Lines of a file: train before dev before test, shuffled within."""
    made = [Question.of(asked, split[asked.passage.document_id], shelf.version) for asked in found]
    drawing(seed, "lines").shuffle(made)
    unique = {question.id: question for question in made}
    return sorted(unique.values(), key=lambda q: ("train", "dev", "test", "").index(q.split))
