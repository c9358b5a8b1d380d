"""Where a method stands on the articles' chart: how far the model is adapted, against how much
outside knowledge it is given. Both in [0, 1], read from its stages by rules:

- outside knowledge is 0 without a retriever, 0.4 with one, and 0.1 more for each further stage
  that works on the question or on what was found, at most 1;
- adaptation is 0.8 where a language model has a trained adapter, and 0.1 more for each further
  part that was trained for these documents (encoder, reranker, ranking model), at most 1; 0.1
  where nothing was trained and a prompt shows examples or asks for reasoning, else 0.

The chart orders methods for the eye; nothing is computed from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any, cast

from openbook.retrieve.first import First
from openbook.stage import Chain, Stage
from openbook.tune.registry import PREFIX
from openbook.types import LM, Query, Ranking

PLAIN = ("", "rag", "closed")
"""Prompts that only put the question, or passages and the question."""


def walk(stage: Stage[Any, Any]) -> Iterator[Stage[Any, Any]]:
    """A stage and all stages in it, in order; chains are their steps."""
    if isinstance(stage, Chain):
        for step in stage.steps:
            yield from walk(step)
        return
    yield stage
    for part in stage.inner:
        yield from walk(part)


def place(stage: Stage[Any, Any]) -> tuple[float, float]:
    """How far the model is adapted, and how much outside knowledge it is given."""
    stages = list(dict.fromkeys(walk(stage)))
    retrievers = [s for s in stages if s.takes is Query and s.gives is Ranking]
    around = [
        s
        for s in stages
        if s.gives in (Query, Ranking) and s not in retrievers and not isinstance(s, First)
    ]
    knowledge = min(1.0, 0.4 + 0.1 * len(around)) if retrievers else 0.0
    if trained := tuned(stage):
        parts = {kind for kind, _ in trained}
        adapted = 0.8 * (LM in parts) + 0.1 * len(parts - {LM})
        return min(1.0, round(adapted, 1)), knowledge
    taught = any(_value(s, "shots") or _value(s, "prompt") not in PLAIN for s in stages)
    return (0.1 if taught else 0.0), knowledge


def tuned(stage: Stage[Any, Any]) -> list[tuple[type, str]]:
    """The adapters that stages ask for, each with the kind of thing that it is used as."""
    asked = (resource for part in walk(stage) for resource in part.resources)
    return list(dict.fromkeys((kind, name) for kind, name in asked if name.startswith(PREFIX)))


def adapters(stage: Stage[Any, Any]) -> list[str]:
    """Names of the adapters that stages use."""
    return list(dict.fromkeys(name.removeprefix(PREFIX) for _, name in tuned(stage)))


def _value(stage: Stage[Any, Any], name: str) -> Any:
    """A field of a stage; empty where it has none."""
    held = (
        {f.name for f in fields(cast(Any, stage))} if hasattr(stage, "__dataclass_fields__") else ()
    )
    return getattr(stage, name) if name in held else ""
