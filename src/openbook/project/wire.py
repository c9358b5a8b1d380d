"""Values as JSON: the one shape that files, the command line and the server use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from openbook.knowledge.base import Status, SyncReport
from openbook.knowledge.manifest import Version
from openbook.tune.registry import Adapter
from openbook.tune.stale import Staleness
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
            {
                "start": s.start,
                "end": s.end,
                "supported": s.supported,
                **({"missing": list(s.missing)} if s.missing else {}),
            }
            for s in answer.sentences
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


def report_json(report: SyncReport) -> dict[str, Any]:
    """What a sync did: counts, ids of the documents it touched, problems by file."""
    return {
        "version": report.version,
        "added": len(report.added),
        "changed": len(report.changed),
        "removed": len(report.removed),
        "unchanged": report.unchanged,
        "passages": report.passages,
        "seconds": round(report.seconds, 3),
        "problems": problems_json(report.problems),
        "documents": {
            "added": list(report.added),
            "changed": list(report.changed),
            "removed": list(report.removed),
        },
    }


def problems_json(problems: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    """Files that could not be read, each with its reason."""
    return [{"source": source, "reason": reason} for source, reason in problems]


def moment(seconds: float) -> str:
    """A time as ISO 8601 in UTC, to the second.

    >>> moment(0)
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def version_json(version: Version) -> dict[str, Any]:
    """A version of the knowledge base and what changed in it."""
    return {
        "version": version.version,
        "parent": version.parent,
        "created": moment(version.created),
        "what": version.what,
        "documents": version.documents,
        "passages": version.passages,
        "encoder": version.encoder,
        "pinned": version.pinned,
        "changes": {
            "counts": dict(version.changes.counts),
            "ids": {kind: list(ids) for kind, ids in version.changes.ids.items()},
        },
    }


def status_json(status: Status) -> dict[str, Any]:
    """The state of the knowledge base; sizes in bytes."""
    return {
        **asdict(status),
        "created": moment(status.created) if status.version else None,
        "roots": list(status.roots),
        "missing_roots": list(status.missing_roots),
        "problems": problems_json(status.problems),
    }


def adapter_json(adapter: Adapter, stale: Staleness, *, whole: bool = False) -> dict[str, Any]:
    """An adapter and whether it is stale; ``whole`` with all that its manifest says."""
    more = {"manifest": dict(adapter.manifest), "folder": str(adapter.folder)} if whole else {}
    return {
        "name": adapter.name,
        "role": adapter.role,
        "kind": adapter.kind,
        "objective": adapter.objective,
        "base": {"name": adapter.base, "fingerprint": adapter.base_fingerprint},
        "version": adapter.version,
        "templates": list(adapter.templates),
        "scores": dict(adapter.scores),
        "bytes": adapter.size,
        **more,
        "stale": stale_json(stale),
    }


def stale_json(stale: Staleness) -> dict[str, Any]:
    """What an adapter learnt that no longer stands; null where its folder does not say."""
    return {
        "stale": None if stale.learnt is None else stale.stale,
        "learnt": stale.learnt,
        "against_version": stale.version,
        "changed": [one.passage for one in stale.changed],
        "gone": [one.passage for one in stale.gone],
        "documents": list(stale.documents),
        "rows": list(stale.rows),
        "questions": list(stale.questions),
        "said": str(stale),
        "refresh": stale.refresh if stale.stale else None,
    }
