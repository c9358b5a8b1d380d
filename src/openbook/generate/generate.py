"""A language model reads the ranking and writes the answer; what it claims is checked.

Every quote is looked up in the passages that were read, and only what stands there is a
quote. Every sentence is marked supported or not by the rule of
:mod:`openbook.generate.support`. An empty ranking is an abstention without asking a model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from openbook.errors import ModelError
from openbook.generate.check import backed, check, judge, keep_supported, unquoted
from openbook.generate.reading import read
from openbook.generate.streaming import streamed
from openbook.models.prompts import numbered, refusal, render
from openbook.models.templates import check_learnt, learnt_by
from openbook.models.window import length, room
from openbook.stage import Runtime, Stage, positive
from openbook.text.language import detect
from openbook.types import (
    LM,
    Answer,
    Completion,
    Passage,
    Prompt,
    Query,
    Quote,
    Ranking,
    Sentence,
    Usage,
)

NOTHING = Usage()


@dataclass(frozen=True)
class Generate(Stage[Ranking, Answer]):
    """Write an answer from the first ``k`` passages of a ranking, with checked quotes.

    Passages are read in the order of the ranking, which may not be that of its scores; the
    answer holds them best first. They are dropped from the end until prompt and answer fit the
    model's window.

    Args:
        prompt: name of a prompt of :mod:`openbook.models.prompts`.
        model: name of a language model; empty means the configured one.
        k: how many passages are read.
        strict: remove sentences that no passage supports; abstain when none is left.
        max_tokens: longest text the model may write, in tokens.
        learnt: whether a tuned model must have learnt the prompt; it decides no answer.
    """

    prompt: str = "rag"
    model: str = ""
    k: int = 5
    strict: bool = False
    max_tokens: int = 512
    learnt: bool = field(default=True, repr=False)

    def __post_init__(self) -> None:
        positive("generate", k=self.k, max_tokens=self.max_tokens)

    @property
    def resources(self) -> tuple[tuple[type, str], ...]:
        """The language model."""
        return ((LM, self.model),)

    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Answer]:
        """One answer a ranking, in order.

        Raises:
            ModelError: no model, a model that fails, one that was tuned on another prompt, or not
                one passage fits its window.
        """
        asked = [ranking for ranking in batch if ranking.passages]
        if not asked:
            return [_abstain(ranking, _language(ranking.query)) for ranking in batch]
        model = self._model(runtime)
        prepared = [self._prepare(ranking, model) for ranking in asked]
        written = iter(
            model.complete(
                [prompt for _, prompt in prepared], max_tokens=self.max_tokens, seed=runtime.seed
            )
        )
        done = (self._answer(ranking, prompt, next(written)) for ranking, prompt in prepared)
        return [
            next(done) if ranking.passages else _abstain(ranking, _language(ranking.query))
            for ranking in batch
        ]

    def stream(self, value: Ranking, runtime: Runtime) -> Iterator[str | Answer]:
        """Provisional text without marks as it is written, then the checked answer."""
        if not value.passages:
            yield _abstain(value, _language(value.query))
            return
        model = self._model(runtime)
        ranking, prompt = self._prepare(value, model)
        for piece in streamed(model, prompt, self.max_tokens, runtime.seed):
            if isinstance(piece, Completion):
                yield self._answer(ranking, prompt, piece)
            else:
                yield piece

    def _model(self, runtime: Runtime) -> LM:
        model: LM = runtime.resolve(LM, self.model)  # type: ignore[type-abstract]
        if self.learnt:
            check_learnt(learnt_by(model), self.prompt, model.name)
        return model

    def _prepare(self, ranking: Ranking, model: LM) -> tuple[Ranking, Prompt]:
        """What is read and the prompt that holds it, within the model's window."""
        hits = [hit for hit in ranking.hits if isinstance(hit.evidence, Passage)][: self.k]
        language = _language(ranking.query)
        fits = room(model, self.max_tokens)
        while True:
            passages = numbered([hit.passage for hit in hits])
            prompt = render(self.prompt, language, passages=passages, question=ranking.query.text)
            if not fits or length(model, prompt) <= fits:
                return Ranking(ranking.query, tuple(hits)), prompt
            if len(hits) == 1:
                raise ModelError(
                    f"the question and one passage do not fit: the prompt may have {fits} tokens",
                    where=model.name,
                    fix="Choose a model with a longer window, or shorter passages.",
                )
            hits.pop()

    def _answer(self, ranking: Ranking, prompt: Prompt, completion: Completion) -> Answer:
        """The checked answer of what a model wrote."""
        language = _language(ranking.query)
        reading = read(completion.text, language)
        if reading.refused:
            return _abstain(ranking, language, prompt, completion.usage)
        question, passages = ranking.query.text, ranking.passages
        quotes = check(reading, passages, question, language)
        text = unquoted(reading, passages)
        marked, answers = judge(text, passages, quotes, question, language), reading.answers
        if self.strict:
            text, marked = keep_supported(text, marked)
            answers = tuple(a for a in answers if backed(a, passages, quotes, question))
            if not text:
                return _abstain(ranking, language, prompt, completion.usage)
        return Answer(
            kind="answered",
            text=text,
            query=ranking.query,
            answers=answers,
            quotes=quotes,
            sentences=marked,
            confidence=_confidence(marked, quotes),
            ranking=Ranking.of(ranking.query, ranking.hits),
            usage=completion.usage,
            prompt=prompt,
        )


def _language(query: Query) -> str:
    return detect(query.text)


def _abstain(ranking: Ranking, language: str, prompt: Prompt = (), used: Usage = NOTHING) -> Answer:
    return Answer(
        kind="abstained",
        text=refusal(language),
        query=ranking.query,
        ranking=ranking,
        prompt=prompt,
        usage=used,
    )


def _confidence(marked: Sequence[Sentence], quotes: Sequence[Quote]) -> float:
    """Share of supported sentences, halved where no quote was checked: a rule of thumb that
    no calibration has seen yet.
    """
    share = sum(s.supported for s in marked) / len(marked) if marked else 0.0
    return share if quotes else share / 2
