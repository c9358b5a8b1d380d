"""The extractive answerer: the one or two sentences that answer best, quoted."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from openbook.generate.confidence import Calibration
from openbook.generate.quotes import cut
from openbook.stage import Runtime, Stage
from openbook.text.language import detect
from openbook.text.sentences import sentences
from openbook.text.terms import analyse
from openbook.types import Answer, Query, Ranking, Sentence

SILENT = {
    "ko": "문서에서 답을 찾지 못했습니다.",
    "en": "The documents do not answer this.",
}


@dataclass(frozen=True)
class Extract(Stage[Ranking, Answer]):
    """Quotes the sentences of a ranking that answer its query.

    Args:
        sentences: sentences quoted, at most.
        passages: passages read, from the top.
    """

    sentences: int = 2
    passages: int = 10

    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Answer]:
        """One answer a ranking."""
        calibration = runtime.resolve(Calibration)
        return [self._answer(ranking, calibration) for ranking in batch]

    def _answer(self, ranking: Ranking, calibration: Calibration) -> Answer:
        units = [
            (passage, start, end)
            for passage in ranking.passages[: self.passages]
            for start, end in sentences(passage.text)
        ]
        texts = [passage.text[start:end] for passage, start, end in units]
        terms = [set(found.words.split()) for found in analyse([ranking.query.text, *texts])]
        wanted, held = terms[0], terms[1:]
        if not units or not wanted:
            return abstention(ranking)
        counts = Counter(term for words in held for term in words)
        weight = {t: math.log(1 + len(units) / (1 + counts[t])) for t in wanted}
        scores = [sum(weight[t] for t in wanted & words) for words in held]
        order = sorted(range(len(units)), key=lambda i: (-scores[i], i))[: self.sentences]
        coverage = scores[order[0]] / sum(weight.values())
        confidence = calibration.probability(4 * coverage - 2)
        if scores[order[0]] == 0 or confidence < calibration.threshold:
            return abstention(ranking, confidence)
        quotes = tuple(cut(*units[i]) for i in order)
        text = "\n".join(quote.text for quote in quotes)
        spans, begin = [], 0
        for quote in quotes:
            spans.append(Sentence(begin, begin + len(quote.text), True))
            begin += len(quote.text) + 1
        return Answer(
            "answered",
            text,
            ranking.query,
            quotes=quotes,
            sentences=tuple(spans),
            confidence=confidence,
            ranking=ranking,
        )


def abstention(ranking: Ranking, confidence: float = 0.0) -> Answer:
    """Says, in the question's language, that the documents do not answer."""
    query: Query = ranking.query
    text = SILENT.get(detect(query.text), SILENT["en"])
    return Answer("abstained", text, query, confidence=confidence, ranking=ranking)
