"""Answers and rankings as JSON: the one shape that files, the command line and the server use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openbook.types import Answer, Hit, Prompt, Quote, Ranking


def quote_json(quote: Quote) -> dict[str, Any]:
    """The exact words, the file, and the offsets of the words in the document's text."""
    return {
        "text": quote.text,
        "source": quote.source,
        "document": quote.document_id,
        "start": quote.start,
        "end": quote.end,
        "heading": list(quote.heading),
        "page": quote.page,
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer: ``text``, ``quotes``, ``abstained``, ``method``, ``seconds`` and more.

    ``seconds`` is what the stages of this question took; ``stages`` says which took what.
    """
    outer = [(stage, spent) for stage, spent in answer.trace if "/" not in stage]
    found: dict[str, Any] = {"_id": answer.query.id} if answer.query.id else {}
    return {
        **found,
        "question": answer.query.text,
        "kind": answer.kind,
        "text": answer.text,
        "answers": list(answer.answers),
        "quotes": [quote_json(quote) for quote in answer.quotes],
        "abstained": answer.kind == "abstained",
        "confidence": round(answer.confidence, 4),
        "sentences": [
            {"start": s.start, "end": s.end, "supported": s.supported} for s in answer.sentences
        ],
        "method": answer.method,
        "seconds": round(sum(spent for _, spent in outer), 6),
        "stages": [[stage, round(spent, 6)] for stage, spent in answer.trace],
        "usage": {
            "input_tokens": answer.usage.input_tokens,
            "output_tokens": answer.usage.output_tokens,
            "cost": answer.usage.cost,
        },
    }


def prompt_json(prompt: Prompt) -> list[Mapping[str, str]]:
    """A rendered prompt as chat messages."""
    return [{"role": message.role, "content": message.content} for message in prompt]


def hit_json(hit: Hit) -> dict[str, Any]:
    """A passage that was found, its score, and the score by retriever."""
    passage = hit.passage
    return {
        "id": passage.id,
        "document": passage.document_id,
        "source": passage.source,
        "title": passage.title,
        "heading": list(passage.heading),
        "page": passage.page,
        "start": passage.start,
        "end": passage.end,
        "score": round(hit.score, 6),
        "why": {name: round(score, 6) for name, score in hit.why},
        "text": passage.text,
    }


def ranking_json(ranking: Ranking) -> dict[str, Any]:
    """A question and its hits, best first."""
    found: dict[str, Any] = {"_id": ranking.query.id} if ranking.query.id else {}
    return {
        **found,
        "question": ranking.query.text,
        "hits": [hit_json(hit) for hit in ranking.hits],
    }
