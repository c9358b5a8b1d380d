"""Whether an answer is right, by the accepted answers of a question.

Questions without accepted answers are left out, but for ``correct``, which also credits
saying nothing where the documents do not answer.
"""

from __future__ import annotations

from collections.abc import Callable

from openbook.evaluate.answers import best, exact, f1, stands_in
from openbook.evaluate.measure import PerQuestion
from openbook.evaluate.outcome import Outcome


def _against(measure: Callable[[str, str, str], float]) -> Callable[[Outcome], float | None]:
    """The best value over the accepted answers; 0 for an abstention."""

    def value(outcome: Outcome) -> float | None:
        accepted = outcome.example.answers
        if not accepted or outcome.answerable is False:
            return None
        if not outcome.answered:
            return 0.0
        return best(measure, outcome.said, accepted, outcome.language)

    return value


def contains(outcome: Outcome) -> float | None:
    """1 where an accepted answer stands in what was said."""
    if not outcome.example.answers or outcome.answerable is False:
        return None
    return float(outcome.answered and _stands(outcome))


def correct(outcome: Outcome) -> float | None:
    """1 where the answer holds an accepted one, or nothing was answered where the documents
    do not answer.
    """
    if outcome.answerable is False:
        return float(not outcome.answered)
    return contains(outcome)


def _stands(outcome: Outcome) -> bool:
    said = [outcome.answer.text, *outcome.answer.answers]
    return stands_in(said, outcome.example.answers, outcome.language)


MEASURES = (
    PerQuestion(
        "correct",
        "1 where an accepted answer stands in what was said, or where the documents do not "
        "answer and neither did the method.",
        function=correct,
    ),
    PerQuestion(
        "EM",
        "Exact match of the short answer after normalisation (SQuAD, Rajpurkar et al. 2016; "
        "Korean as KorQuAD, Lim et al. 2019).",
        function=_against(exact),
    ),
    PerQuestion(
        "F1",
        "Harmonic mean of precision and recall of the short answer over words (SQuAD), in "
        "Korean over characters (KorQuAD).",
        function=_against(f1),
    ),
    PerQuestion(
        "contains",
        "1 where an accepted answer stands in what was said; a long text finds it easier.",
        function=contains,
    ),
)
