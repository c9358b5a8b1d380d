"""How much of the accepted wording is in an answer: ROUGE-L, BLEU, chrF.

What is compared is the whole text of the answer, with the accepted answer that it is closest
to (BLEU: with all of them). Words are those of :mod:`openbook.evaluate.tokens`, since the
libraries' own tokenisers drop Hangul or do not cut it. An abstention scores 0; questions
without accepted answers are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from openbook.errors import need
from openbook.evaluate.measure import Floats, Measure, PerQuestion, Values
from openbook.evaluate.outcome import Outcome
from openbook.evaluate.tokens import tokens


def _accepted(outcome: Outcome) -> tuple[str, ...]:
    return () if outcome.answerable is False else outcome.example.answers


class _Ours:
    """Our tokeniser, as rouge-score wants one."""

    def tokenize(self, text: str) -> list[str]:
        return tokens(text)


@lru_cache(maxsize=1)
def _rouge() -> Any:
    library = need("rouge_score.rouge_scorer", "compare")
    return library.RougeScorer(["rougeL"], tokenizer=_Ours())


def rouge_l(outcome: Outcome) -> float | None:
    """F of the longest common subsequence, the best over the accepted answers."""
    accepted = _accepted(outcome)
    if not accepted:
        return None
    if not outcome.answered:
        return 0.0
    said = outcome.answer.text
    return max(float(_rouge().score(answer, said)["rougeL"].fmeasure) for answer in accepted)


@dataclass(frozen=True)
class Corpus(Measure):
    """A measure by sacrebleu whose total is computed from the counts of all answers together."""

    def metric(self) -> Any:
        """The sacrebleu metric."""
        raise NotImplementedError

    def prepared(self, text: str) -> str:
        """A text as the metric is given it."""
        return text

    def _counts(self, outcome: Outcome) -> list[float]:
        """The metric's sufficient statistics of one answer."""
        said = self.prepared(outcome.answer.text) if outcome.answered else ""
        references = [[self.prepared(answer)] for answer in _accepted(outcome)]
        return list(self.metric()._extract_corpus_statistics([said], references)[0])

    def _score(self, counts: Floats) -> float:
        found = float(self.metric()._compute_score_from_stats(counts.tolist()).score)
        return min(max(found / 100, 0.0), 1.0)

    def values(self, outcomes: Sequence[Outcome]) -> Values:
        """The metric of each answer alone, in [0, 1]."""
        return [
            self._score(np.asarray(self._counts(outcome))) if _accepted(outcome) else None
            for outcome in outcomes
        ]

    def rows(self, outcomes: Sequence[Outcome], values: Sequence[float | None]) -> Floats:
        """The counts of each answer, one row each."""
        found = [self._counts(outcome) for outcome in outcomes if _accepted(outcome)]
        return np.asarray(found, np.float64)

    def reduce(self, rows: Floats) -> Floats:
        """The metric of the summed counts, in [0, 1]."""
        sums = rows.sum(axis=-2)
        flat = [self._score(counts) for counts in sums.reshape(-1, sums.shape[-1])]
        return np.asarray(flat, np.float64).reshape(sums.shape[:-1])


@dataclass(frozen=True)
class Bleu(Corpus):
    """BLEU over our tokens; a single answer uses the orders of n-grams that it has."""

    def metric(self) -> Any:
        """Made once."""
        return _bleu()

    def prepared(self, text: str) -> str:
        """Tokens with a blank between."""
        return " ".join(tokens(text))


@dataclass(frozen=True)
class ChrF(Corpus):
    """chrF over characters."""

    def metric(self) -> Any:
        """Made once."""
        return _chrf()


@lru_cache(maxsize=1)
def _bleu() -> Any:
    library = need("sacrebleu.metrics", "compare")
    return library.BLEU(tokenize="none", effective_order=True, force=True)


@lru_cache(maxsize=1)
def _chrf() -> Any:
    return need("sacrebleu.metrics", "compare").CHRF()


MEASURES = (
    PerQuestion(
        "ROUGE-L",
        "Longest common subsequence of words with the closest accepted answer, F (Lin 2004).",
        function=rouge_l,
    ),
    Bleu(
        "BLEU",
        "n-grams of words shared with the accepted answers, of all answers together (Papineni "
        "et al. 2002; sacrebleu).",
    ),
    ChrF(
        "chrF",
        "n-grams of characters shared with the accepted answers, of all answers together "
        "(Popović 2015; sacrebleu).",
    ),
)
