"""The values that flow between stages, and the small protocols of the models.

Everything here is frozen and compares by value. Identifiers derive from content and
place, never from time or machine, so the same file gives the same ids everywhere.
State of a question (scores, filters, history) never enters the identity of a document
or a passage.

    Document -> Passage -> Hit -> Ranking -> Answer(Quote)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Pairs = tuple[tuple[str, str], ...]
"""A small, hashable mapping: ``(("department", "HR"), ("version", "3"))``, sorted by key."""


def pairs(mapping: Mapping[str, str]) -> Pairs:
    """A mapping as sorted, hashable pairs.

    >>> pairs({"b": "2", "a": "1"})
    (('a', '1'), ('b', '2'))
    """
    return tuple(sorted((str(key), str(value)) for key, value in mapping.items()))


def digest(*parts: str, size: int = 8) -> str:
    """Short, stable hash of strings (BLAKE2b, ``size`` bytes, hexadecimal).

    Parts are length-prefixed, so ``digest("ab", "c") != digest("a", "bc")``.
    """
    state = hashlib.blake2b(digest_size=size)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "little"))
        state.update(data)
    return state.hexdigest()


@dataclass(frozen=True, slots=True)
class Document:
    """A source text. Holds no passages and no vectors.

    ``id`` is the place a document was read from (``folder/file.md``, or the ``_id`` of a
    BEIR line); ``source`` is the file in it that a reader can open; ``date`` is ISO 8601
    (``2024-03-01``) or empty; ``metadata`` are the document's own fields (front matter,
    columns of a JSON line), as text.
    """

    id: str
    text: str
    title: str = ""
    source: str = ""
    language: str = ""
    date: str = ""
    metadata: Pairs = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a document: ``document.text[start:end] == text``, always.

    ``heading`` is the path of headings above it, outermost first; ``page`` counts from 1
    where the format has pages (or slides, or sheets). ``title``, ``source``, ``language``
    repeat the document's, because a quote shown to a person needs them.
    """

    id: str
    document_id: str
    start: int
    end: int
    text: str
    heading: tuple[str, ...] = ()
    page: int | None = None
    title: str = ""
    source: str = ""
    language: str = ""


Operator = Literal["=", "!=", "<", "<=", ">", ">=", "~"]


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on the evidence, applied before scoring.

    ``field`` is ``id`` (of the document), ``source``, ``language``, ``heading``, ``date``,
    ``title`` or the name of a metadata field; ``~`` matches a part (a glob where the value
    has ``*``).
    """

    field: str
    operator: Operator
    value: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A question. Holds no results.

    ``expansions`` are search terms beside the question's own words, each with its weight (1
    counts as much as a word of the question), and ``hypotheses`` are passages that could answer
    it, for encoders. Retrievers use both; no generator, prompt or reader of passages does.
    """

    text: str
    id: str = ""
    history: tuple[Turn, ...] = ()
    filters: tuple[Filter, ...] = ()
    expansions: tuple[tuple[str, float], ...] = ()
    hypotheses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Triple:
    """A fact ``head -relation-> tail`` and where it was read.

    Either a passage with offsets into its document's text, or an imported file and line.
    """

    head: str
    relation: str
    tail: str
    head_type: str = ""
    tail_type: str = ""
    passage_id: str = ""
    start: int = 0
    end: int = 0
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Path:
    """A chain of triples, each beginning where the last one ended."""

    triples: tuple[Triple, ...]

    @property
    def id(self) -> str:
        """Derived from the chain's entities and relations."""
        return digest(*(part for t in self.triples for part in (t.head, t.relation, t.tail)))


Evidence = Passage | Path


@dataclass(frozen=True, slots=True)
class Hit:
    """One piece of evidence, its score, and why: score by retriever, in the order added."""

    evidence: Evidence
    score: float
    why: tuple[tuple[str, float], ...] = ()

    @property
    def passage(self) -> Passage:
        """The evidence, known to be a passage."""
        if not isinstance(self.evidence, Passage):
            raise TypeError("this hit is a path through the graph, not a passage")
        return self.evidence


@dataclass(frozen=True, slots=True)
class Ranking:
    """A query and its hits, best first, ties by evidence id."""

    query: Query
    hits: tuple[Hit, ...] = ()

    @classmethod
    def of(cls, query: Query, hits: Sequence[Hit], k: int | None = None) -> Ranking:
        """Sort hits by falling score, ties by id, and keep the first ``k``."""
        ordered = sorted(hits, key=lambda hit: (-hit.score, hit.evidence.id))
        return cls(query, tuple(ordered[:k]))

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages among the hits, in order."""
        return tuple(h.evidence for h in self.hits if isinstance(h.evidence, Passage))


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that stand in a source: ``document.text[start:end] == text``. Checked, or it
    does not exist: only :mod:`openbook.generate.quotes` makes quotes.
    """

    text: str
    document_id: str
    start: int
    end: int
    source: str = ""
    title: str = ""
    heading: tuple[str, ...] = ()
    page: int | None = None
    passage_id: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer (offsets into ``Answer.text``) and whether quotes support it;
    ``missing`` are its words that no passage read holds, where they can be named.
    """

    start: int
    end: int
    supported: bool
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat, as every chat template and server takes it."""

    role: Literal["system", "user", "assistant"]
    content: str


Prompt = tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer took: tokens in and out, seconds, and cost in US dollars where known."""

    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    cost: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.seconds + other.seconds,
            self.cost + other.cost,
        )


AnswerKind = Literal["answered", "abstained", "asks"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a method says: an answer, an abstention, or a question back.

    ``answers`` is the set of short answers where there is one; ``confidence`` is the
    calibrated probability in [0, 1] that the answer is right; ``trace`` is each stage with
    its seconds for this question, in order.
    """

    kind: AnswerKind
    text: str
    query: Query
    answers: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    paths: tuple[Path, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    confidence: float = 0.0
    ranking: Ranking | None = None
    usage: Usage = Usage()
    prompt: Prompt = ()
    trace: tuple[tuple[str, float], ...] = ()
    method: str = ""


Split = Literal["train", "dev", "test", ""]


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled question. ``answerable`` is None where nobody has said."""

    id: str
    text: str
    answers: tuple[str, ...] = ()
    gold: tuple[str, ...] = ()
    answerable: bool | None = None
    language: str = ""
    topic: str = ""
    path: tuple[str, ...] = ()
    split: Split = ""
    source: str = ""
    history: tuple[Turn, ...] = ()

    @property
    def query(self) -> Query:
        """The question alone, as a method sees it."""
        return Query(text=self.text, id=self.id, history=self.history)


@dataclass(frozen=True, slots=True)
class Completion:
    """What a language model wrote for one prompt."""

    text: str
    usage: Usage = field(default_factory=Usage)


@runtime_checkable
class LM(Protocol):
    """A language model that continues chats. ``name`` identifies weights and adapter."""

    @property
    def name(self) -> str:
        """Identifies weights and adapter."""
        ...

    def complete(
        self,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
    ) -> list[Completion]:
        """One completion a prompt, in order. Raises :class:`~openbook.errors.ModelError`."""
        ...

    def stream(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """Text as it is written; the pieces joined are what :meth:`complete` returns."""
        ...

    def count(self, text: str) -> int:
        """Tokens of a text (an estimate where the tokeniser is the server's)."""
        ...


@runtime_checkable
class Encoder(Protocol):
    """Text to vectors. ``name`` fingerprints the weights; ``languages`` lists ISO codes it
    was made for (empty: not stated).
    """

    @property
    def name(self) -> str:
        """Fingerprint of the weights."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """ISO codes of the languages it was made for; empty where not stated."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape ``(len(texts), dimension)``."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape ``(len(texts), dimension)``."""
        ...


@runtime_checkable
class CrossEncoder(Protocol):
    """Reads question and passage together and scores the pair; higher is more relevant."""

    @property
    def name(self) -> str:
        """Fingerprint of the weights."""
        ...

    def score(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """One score a pair, shape ``(len(pairs),)``."""
        ...
