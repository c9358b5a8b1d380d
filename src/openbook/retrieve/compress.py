"""Context within a token budget: the sentences that carry what was asked, the rest left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf, nextafter
from typing import Literal

from openbook.corpus.tokens import tokens as estimate
from openbook.errors import InputError, nearest
from openbook.models.prompts import numbered
from openbook.retrieve.compress_values import Piece, by_terms, pieces
from openbook.stage import Runtime, Stage, positive
from openbook.types import LM, Hit, Passage, Ranking, digest

WAYS = ("sentences", "perplexity")
Count = Callable[[str], int]


@dataclass(frozen=True)
class Compress(Stage[Ranking, Ranking]):
    """A ranking cut to a token budget, its passages to spans of the sentences that matter.

    A shortened passage becomes one passage for each run of neighbouring sentences kept, so
    there may be more hits than before: give the generator a larger ``k``. Each is a span of
    its document as any passage is, with the same title and headings. A ranking that fits
    the budget comes back unchanged, so compressing twice changes nothing. ``why`` holds the
    tokens before and after (``compress before``, ``compress after``).

    Args:
        tokens: budget for all passages together, as a prompt shows them.
        by: ``sentences`` (shared terms, no model) or ``perplexity`` (a small language model).
        model: name of the language model whose tokens are counted (and which reads, for
            ``perplexity``); empty means the configured one.
        counted: ``model`` counts by the model's tokeniser, ``estimate`` needs no model.
    """

    tokens: int = 600
    by: Literal["sentences", "perplexity"] = "sentences"
    model: str = ""
    counted: Literal["model", "estimate"] = "model"

    def __post_init__(self) -> None:
        positive("compress", tokens=self.tokens)
        for value, known in ((self.by, WAYS), (self.counted, ("model", "estimate"))):
            if value not in known:
                raise InputError(
                    f'"{value}" is not accepted', where="compress", fix=nearest(value, known)
                )

    @property
    def resources(self) -> tuple[tuple[type, str], ...]:
        """The language model, where it counts or scores."""
        return ((LM, self.model),) if self._asks else ()

    @property
    def _asks(self) -> bool:
        return self.counted == "model" or self.by == "perplexity"

    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Ranking]:
        """One ranking a ranking; hits on paths through a graph are kept and not counted.

        Raises:
            InputError: the budget does not hold one word of a passage with its title.
            ModelError: for ``perplexity``, a model that cannot say how likely a text is.
        """
        if not any(ranking.passages for ranking in batch):
            return list(batch)
        lm = None
        if self._asks:
            lm = runtime.resolve(LM, self.model)  # type: ignore[type-abstract]
        count = lm.count if lm is not None and self.counted == "model" else estimate
        return [self._one(ranking, lm, count) for ranking in batch]

    def _one(self, ranking: Ranking, lm: LM | None, count: Count) -> Ranking:
        passages = ranking.passages
        before = count(numbered(passages))
        if before <= self.tokens:
            return ranking
        parts = pieces(passages)
        value = self._values(ranking.query.text, passages, parts, lm)
        order = sorted(range(len(parts)), key=lambda n: (-value[n], n))
        kept = self._fitting([parts[n] for n in order], passages, count)
        spans = _joined(kept, passages)
        made = list(_cut(spans, passages))
        after = count(numbered([passage for _, passage in made]))
        notes = (("compress before", float(before)), ("compress after", float(after)))
        return Ranking(ranking.query, tuple(_hits(ranking, made, notes)))

    def _values(
        self, question: str, passages: Sequence[Passage], parts: Sequence[Piece], lm: LM | None
    ) -> Sequence[float]:
        if self.by == "perplexity" and lm is not None:
            from openbook.retrieve.perplexity import by_perplexity

            return [float(v) for v in by_perplexity(lm, question, passages, parts)]
        return [float(v) for v in by_terms(question, passages, parts)]

    def _fitting(
        self, order: Sequence[Piece], passages: Sequence[Passage], count: Count
    ) -> list[Piece]:
        """The most valuable sentences that fit, each that does not fit passed over."""
        frame = {n: count(numbered([_span(passages[n], 0, 0, "")])) for n in range(len(passages))}
        kept: list[Piece] = []
        spent, opened = 0, set()
        for piece in order:
            text = passages[piece.passage].text[piece.start : piece.end]
            cost = count(text) + (0 if piece.passage in opened else frame[piece.passage])
            if spent + cost <= self.tokens:
                kept.append(piece)
                opened.add(piece.passage)
                spent += cost
        while kept and self._total(kept, passages, count) > self.tokens:
            kept.pop()
        return kept or [self._shortened(order[0], passages, count)]

    def _total(self, kept: Sequence[Piece], passages: Sequence[Passage], count: Count) -> int:
        made = [passage for _, passage in _cut(_joined(kept, passages), passages)]
        return count(numbered(made))

    def _shortened(self, piece: Piece, passages: Sequence[Passage], count: Count) -> Piece:
        """The beginning of the best sentence, where no whole sentence fits."""
        text = passages[piece.passage].text
        ends = [at for at in range(piece.start + 1, piece.end) if text[at].isspace()]
        low, high = 0, len(ends)
        while low < high:
            middle = (low + high + 1) // 2
            cut = replace(piece, end=ends[middle - 1])
            if self._total([cut], passages, count) <= self.tokens:
                low = middle
            else:
                high = middle - 1
        if not low:
            raise InputError(
                f"a budget of {self.tokens} tokens does not hold one word with its title",
                where="compress",
                fix="Give a larger budget.",
            )
        return replace(piece, end=ends[low - 1])


def _joined(kept: Sequence[Piece], passages: Sequence[Passage]) -> list[Piece]:
    """Neighbouring sentences as one span, in the order of passages and text."""
    spans: list[Piece] = []
    for piece in sorted(kept, key=lambda p: (p.passage, p.start)):
        last = spans[-1] if spans else None
        text = passages[piece.passage].text
        if last and last.passage == piece.passage and not text[last.end : piece.start].strip():
            spans[-1] = replace(last, end=piece.end)
        else:
            spans.append(piece)
    return spans


def _cut(spans: Sequence[Piece], passages: Sequence[Passage]) -> Iterator[tuple[int, Passage]]:
    """The spans as passages, with the number of the passage each comes from."""
    seen: Counter[tuple[str, str]] = Counter()
    taken = {passage.id for passage in passages}
    for span in spans:
        passage = passages[span.passage]
        text = passage.text[span.start : span.end]
        if text == passage.text.strip():
            yield span.passage, passage
            continue
        while True:
            nth = seen[passage.document_id, text]
            seen[passage.document_id, text] += 1
            name = digest(text, str(nth)) if nth else digest(text)
            if (made := f"{passage.document_id}#{name}") not in taken:
                break
        taken.add(made)
        yield span.passage, _span(passage, span.start, span.end, made)


def _span(passage: Passage, start: int, end: int, name: str) -> Passage:
    """A part of a passage, which is a span of the document too."""
    return replace(
        passage,
        id=name,
        start=passage.start + start,
        end=passage.start + end,
        text=passage.text[start:end],
    )


def _hits(
    ranking: Ranking, made: Sequence[tuple[int, Passage]], notes: tuple[tuple[str, float], ...]
) -> Iterator[Hit]:
    """Hits in the ranking's order; spans of one passage follow each other as they stand in it,
    each with the least lower score.
    """
    parts: dict[int, list[Passage]] = {}
    for number, passage in made:
        parts.setdefault(number, []).append(passage)
    number, last = 0, inf
    for hit in ranking.hits:
        if not isinstance(hit.evidence, Passage):
            yield hit
            continue
        for passage in parts.get(number, ()):
            last = min(hit.score, nextafter(last, -inf))
            yield Hit(passage, last, (*hit.why, *notes))
        number += 1
