"""The extractive answerer: the one or two sentences that answer best, quoted.

It needs no model. What it says are the documents' words: a sentence, a list item with the
line that leads into it, a row of a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openbook.generate import ambiguity
from openbook.generate.asking import STRICT, Asked
from openbook.generate.choose import logit, values
from openbook.generate.confidence import Calibration
from openbook.generate.features import Candidate, Sheet, sheet
from openbook.generate.kinds import spans
from openbook.generate.quotes import cut
from openbook.stage import Runtime, Stage, positive
from openbook.text.language import detect
from openbook.types import Answer, Quote, Ranking, Sentence

SILENT = {
    "ko": "문서에서 이 질문의 답을 찾지 못했습니다.",
    "en": "The documents do not answer this question.",
}
"""What an abstention says, by language of the question; English for any other."""

CLOSE = 3.0
"""How far below the best sentence's value a second one is still quoted."""


@dataclass(frozen=True)
class Extract(Stage[Ranking, Answer]):
    """Quotes the sentences of a ranking that answer its query, or abstains, or asks back.

    Args:
        sentences: sentences quoted, at most.
        passages: passages read, from the top.
        calibration: name of the calibration asked of the runtime; empty for the default.
        asks: whether to ask back where two readings have two answers.
    """

    sentences: int = 2
    passages: int = 10
    calibration: str = ""
    asks: bool = True

    def __post_init__(self) -> None:
        positive("extract", sentences=self.sentences, passages=self.passages)

    @property
    def resources(self) -> tuple[tuple[type, str], ...]:
        """The calibration."""
        return ((Calibration, self.calibration),)

    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Answer]:
        """One answer a ranking. Asks the runtime for a :class:`Calibration`."""
        calibration = runtime.resolve(Calibration, self.calibration)
        return [self._answer(ranking, calibration) for ranking in batch]

    def _answer(self, ranking: Ranking, calibration: Calibration) -> Answer:
        read = _sheet(ranking, self.passages)
        if not read.candidates:
            return abstention(ranking)
        value = values(read)
        confidence = calibration.probability(logit(read, value))
        if not calibration.answers(confidence):
            return abstention(ranking, confidence)
        doubt = ambiguity.readings(read, value) if self.asks else ()
        if doubt:
            return _asking(ranking, read, doubt, confidence)
        chosen = choose(read, value, self.sentences)
        return answer_of(ranking, read.asked, chosen, confidence)


def _sheet(ranking: Ranking, limit: int) -> Sheet:
    hits = [hit for hit in ranking.hits if hit.evidence in ranking.passages][:limit]
    return sheet(ranking.query, [hit.passage for hit in hits], [hit.score for hit in hits])


def choose(read: Sheet, value: NDArray[np.float64], limit: int) -> list[Candidate]:
    """The best sentences, best first: further ones only while they come close to the best
    and say something else.
    """
    order = [int(i) for i in np.argsort(-value, kind="stable")]
    chosen: list[Candidate] = []
    for index in order:
        candidate = read.candidates[index]
        if len(chosen) >= limit or (chosen and value[order[0]] - value[index] > CLOSE):
            break
        if all(candidate.unit.text != other.unit.text for other in chosen):
            chosen.append(candidate)
    return chosen


def answer_of(
    ranking: Ranking, asked: Asked, chosen: Sequence[Candidate], confidence: float
) -> Answer:
    """An answer that quotes some sentences. One that follows another in its passage joins it."""
    quotes = tuple(cut(c.passage, c.unit.start, c.unit.end) for c in chosen)
    text, sentences = _written(list(chosen))
    return Answer(
        "answered",
        text,
        ranking.query,
        answers=short(asked, chosen),
        quotes=quotes,
        sentences=sentences,
        confidence=confidence,
        ranking=ranking,
    )


def _written(chosen: Sequence[Candidate]) -> tuple[str, tuple[Sentence, ...]]:
    """The text of an answer and the spans of its sentences, all of them quoted."""
    text, sentences = "", []
    for candidate in _in_reading_order(chosen):
        lead = candidate.passage.text[slice(*candidate.unit.lead)]
        piece = (
            f"{lead} {candidate.unit.text}" if lead and lead not in text else candidate.unit.text
        )
        if text:
            text += "\n"
        sentences.append(Sentence(len(text), len(text) + len(piece), True))
        text += piece
    return text, tuple(sentences)


def _in_reading_order(chosen: Sequence[Candidate]) -> list[Candidate]:
    """Best first; but two neighbours of one paragraph as they stand there."""
    if len(chosen) != 2 or chosen[0].passage.id != chosen[1].passage.id:
        return list(chosen)
    first, second = sorted(chosen, key=lambda c: c.unit.start)
    between = first.passage.text[first.unit.end : second.unit.start]
    return [first, second] if not between.strip() and "\n" not in between else list(chosen)


def short(asked: Asked, chosen: Sequence[Candidate]) -> tuple[str, ...]:
    """The short answer, for questions whose answers have a form, where exactly one thing of
    the likeliest kind stands in the quoted sentences that the question does not say itself.
    """
    if asked.type not in STRICT:
        return ()
    known = asked.text.lower()
    for kind in asked.kinds[:2]:
        found = dict.fromkeys(
            c.unit.text[a:b].strip(" .,;") for c in chosen for a, b in spans(c.unit.text, kind)
        )
        new = [span for span in found if span and span.lower() not in known]
        if new:
            return tuple(new) if len(new) == 1 else ()
    return ()


def abstention(ranking: Ranking, confidence: float = 0.0) -> Answer:
    """Says, in the question's language, that the documents do not answer."""
    text = SILENT.get(detect(ranking.query.text), SILENT["en"])
    return Answer("abstained", text, ranking.query, confidence=confidence, ranking=ranking)


def _asking(
    ranking: Ranking, read: Sheet, doubt: Sequence[ambiguity.Reading], confidence: float
) -> Answer:
    quotes: tuple[Quote, ...] = tuple(
        cut(r.candidate.passage, r.candidate.unit.start, r.candidate.unit.end) for r in doubt
    )
    text = ambiguity.question_back(doubt, read.asked.language)
    return Answer(
        "asks", text, ranking.query, quotes=quotes, confidence=confidence, ranking=ranking
    )
