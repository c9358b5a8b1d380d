"""A language model answers from what it knows: nothing is retrieved, so nothing can be checked.

Its sentences are marked unsupported and it has no quotes. It abstains when the model says that
it does not know, or ends in the same words over and over. Solved examples may stand before the
question (few-shot prompting, Brown et al., "Language Models are Few-Shot Learners",
arXiv:2005.14165), as earlier exchanges of the chat, the likest last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from openbook.errors import InputError, ModelError
from openbook.generate.loops import unlooped
from openbook.generate.reading import read
from openbook.generate.shots import SIMILARITIES, Shots, chosen
from openbook.generate.streaming import streamed
from openbook.models.prompts import ANSWER, defuse, ignorance, render
from openbook.models.templates import check_learnt, learnt_by
from openbook.models.window import length, room
from openbook.stage import Runtime, Stage, positive
from openbook.text.language import detect
from openbook.text.sentences import sentences
from openbook.types import (
    LM,
    Answer,
    Completion,
    Encoder,
    Example,
    Message,
    Prompt,
    Query,
    Sentence,
)


@dataclass(frozen=True)
class Closed(Stage[Query, Answer]):
    """Write an answer without passages.

    Examples are dropped, the least like first, until the prompt fits the model's window.

    Args:
        prompt: name of a prompt of :mod:`openbook.models.prompts` that takes a question alone.
        model: name of a language model; empty means the configured one.
        shots: solved examples put before the question; 0 for none.
        examples: question file that they come from; empty means the configured one, and the
            shipped examples where none is.
        similarity: how like an example is: by ``encoder`` or by ``terms``.
        max_tokens: longest text the model may write, in tokens.
    """

    prompt: str = "closed"
    model: str = ""
    shots: int = 0
    examples: str = ""
    similarity: str = "encoder"
    max_tokens: int = 512

    def __post_init__(self) -> None:
        positive("closed", max_tokens=self.max_tokens)
        if self.shots < 0:
            raise InputError(f"shots = {self.shots} is too small", fix="Give 0 or more.")
        if self.similarity not in SIMILARITIES:
            raise InputError(
                f'similarity = "{self.similarity}" is not known', fix="Give encoder or terms."
            )

    @property
    def resources(self) -> tuple[tuple[type, str], ...]:
        """The language model; with shots the examples, and what says which are alike."""
        encoder = ((Encoder, ""),) if self.similarity == "encoder" else ()
        shots = ((Shots, self.examples), *encoder) if self.shots else ()
        return ((LM, self.model), *shots)

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[Answer]:
        """One answer a query, in order.

        Raises:
            ModelError: no model, a model that fails, one that was tuned on another prompt, or a
                question that its window cannot hold.
        """
        if not batch:
            return []
        model = self._model(runtime)
        prompts = self._prompts(batch, model, runtime)
        written = model.complete(prompts, max_tokens=self.max_tokens, seed=runtime.seed)
        return [
            answer_of(query, prompt, completion)
            for query, prompt, completion in zip(batch, prompts, written, strict=True)
        ]

    def stream(self, value: Query, runtime: Runtime) -> Iterator[str | Answer]:
        """Provisional text without marks as it is written, then the answer."""
        model = self._model(runtime)
        (prompt,) = self._prompts([value], model, runtime)
        for piece in streamed(model, prompt, self.max_tokens, runtime.seed):
            if isinstance(piece, Completion):
                yield answer_of(value, prompt, piece)
            else:
                yield piece

    def _model(self, runtime: Runtime) -> LM:
        model: LM = runtime.resolve(LM, self.model)  # type: ignore[type-abstract]
        check_learnt(learnt_by(model), self.prompt, model.name)
        return model

    def _prompts(self, batch: Sequence[Query], model: LM, runtime: Runtime) -> list[Prompt]:
        picked: list[list[Example]] = [[] for _ in batch]
        if self.shots:
            pool = runtime.resolve(Shots, self.examples)
            picked = chosen(batch, pool, self.shots, self.similarity, runtime)
        return [
            self._prompt(query, shown, model) for query, shown in zip(batch, picked, strict=True)
        ]

    def _prompt(self, query: Query, shown: list[Example], model: LM) -> Prompt:
        fits = room(model, self.max_tokens)
        asked = render(self.prompt, detect(query.text), question=query.text)
        for first in range(len(shown) + 1):
            solved = (message for one in shown[first:] for message in self._solved(one))
            prompt = (asked[0], *solved, *asked[1:])
            if not fits or length(model, prompt) <= fits:
                return prompt
        raise ModelError(
            f"the question does not fit: the prompt may have {fits} tokens",
            where=model.name,
            fix="Choose a model with a longer window, or ask in fewer words.",
        )

    def _solved(self, example: Example) -> Prompt:
        """An example as an exchange: asked as the question is, answered in one line."""
        asked = render(self.prompt, detect(example.text), question=example.text)
        return (*asked[1:], Message("assistant", f"{ANSWER} {defuse(example.answers[0])}"))


def answer_of(query: Query, prompt: Prompt, completion: Completion) -> Answer:
    """What a model wrote, as an answer that nothing supports."""
    language = detect(query.text)
    reading = read(completion.text, language)
    answer = Answer("abstained", ignorance(language), query, prompt=prompt, usage=completion.usage)
    if reading.refused or unlooped(completion.text) != completion.text:
        return answer
    marked = tuple(Sentence(start, end, False) for start, end in sentences(reading.text, language))
    return replace(
        answer, kind="answered", text=reading.text, answers=reading.answers, sentences=marked
    )
