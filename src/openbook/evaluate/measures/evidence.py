"""Whether answers stand on evidence: quotes, supported sentences, silence where it is due."""

from __future__ import annotations

from openbook.evaluate.measure import PerQuestion
from openbook.evaluate.outcome import Outcome


def _quoted(outcome: Outcome) -> set[str]:
    """Ids of what was quoted, on the level of the gold ids."""
    quotes = outcome.answer.quotes
    return {q.passage_id if outcome.level == "passage" else q.document_id for q in quotes}


def quote_precision(outcome: Outcome) -> float | None:
    """Share of the quotes that come from gold evidence."""
    quotes = outcome.answer.quotes
    if not outcome.example.gold or not outcome.answered or not quotes:
        return None
    by_passage = outcome.level == "passage"
    ids = [quote.passage_id if by_passage else quote.document_id for quote in quotes]
    return sum(name in outcome.example.gold for name in ids) / len(ids)


def quote_recall(outcome: Outcome) -> float | None:
    """Share of the gold evidence that is quoted."""
    gold = set(outcome.example.gold)
    if not gold or outcome.answerable is False:
        return None
    return len(gold & _quoted(outcome)) / len(gold) if outcome.answered else 0.0


def supported_share(outcome: Outcome) -> float | None:
    """Share of an answer's sentences that the evidence supports."""
    if not outcome.answered:
        return None
    sentences = outcome.answer.sentences
    if not sentences:
        return float(bool(outcome.answer.quotes or outcome.answer.paths))
    return sum(sentence.supported for sentence in sentences) / len(sentences)


def sourced(outcome: Outcome) -> float | None:
    """1 where every sentence is supported and a checked quote or path is given."""
    if not outcome.answered:
        return None
    given = bool(outcome.answer.quotes or outcome.answer.paths)
    return float(given and supported_share(outcome) == 1.0)


def unsupported(outcome: Outcome) -> float | None:
    """1 where some sentence of an answer is not supported."""
    share = supported_share(outcome)
    return None if share is None else float(share < 1.0)


def answered_unanswerable(outcome: Outcome) -> float | None:
    """1 where an unanswerable question was answered."""
    return float(outcome.answered) if outcome.answerable is False else None


def abstention_precision(outcome: Outcome) -> float | None:
    """Of an abstention, 1 where the question is unanswerable."""
    if outcome.answer.kind != "abstained" or outcome.answerable is None:
        return None
    return float(outcome.answerable is False)


def abstention_recall(outcome: Outcome) -> float | None:
    """Of an unanswerable question, 1 where the method abstained."""
    return float(outcome.answer.kind == "abstained") if outcome.answerable is False else None


MEASURES = (
    PerQuestion(
        "quote precision",
        "Share of an answer's checked quotes that come from gold evidence.",
        dimension="interpretability",
        function=quote_precision,
    ),
    PerQuestion(
        "quote recall",
        "Share of the gold evidence that the answer quotes; 0 for an abstention.",
        dimension="interpretability",
        function=quote_recall,
    ),
    PerQuestion(
        "supported share",
        "Share of an answer's sentences whose numbers, names and words stand in what was read.",
        dimension="interpretability",
        function=supported_share,
    ),
    PerQuestion(
        "sourced answers",
        "Share of the answers whose every sentence is supported and that give a checked quote "
        "or path.",
        dimension="interpretability",
        function=sourced,
    ),
    PerQuestion(
        "unsupported answers",
        "Share of the answers in which some sentence is not supported by what was read.",
        higher_is_better=False,
        dimension="hallucination",
        function=unsupported,
    ),
    PerQuestion(
        "answered unanswerable",
        "Share of the questions that the documents do not answer which were answered.",
        higher_is_better=False,
        dimension="hallucination",
        function=answered_unanswerable,
    ),
    PerQuestion(
        "abstention precision",
        "Share of the abstentions that were due: the documents do not answer the question.",
        dimension="hallucination",
        function=abstention_precision,
    ),
    PerQuestion(
        "abstention recall",
        "Share of the questions that the documents do not answer on which the method abstained.",
        dimension="hallucination",
        function=abstention_recall,
    ),
)
