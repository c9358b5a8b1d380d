"""Where a method stands on the articles' chart: how far the model is adapted, against how much
outside knowledge it is given. Both in [0, 1], read from its stages by rules:

- outside knowledge is 0 without a retriever, 0.4 with one, and 0.1 more for each further stage
  that works on the question or on what was found, at most 1;
- adaptation is 0.8 where a stage uses a trained adapter, 0.1 where a prompt shows examples or
  asks for reasoning, else 0.

The chart orders methods for the eye; nothing is computed from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any, cast

from openbook.retrieve.first import First
from openbook.stage import Chain, Stage
from openbook.types import Query, Ranking

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
    if adapters(stage):
        return 0.8, knowledge
    taught = any(_value(s, "shots") or _value(s, "prompt") not in PLAIN for s in stages)
    return (0.1 if taught else 0.0), knowledge


def adapters(stage: Stage[Any, Any]) -> list[str]:
    """Names of the adapters that stages use."""
    named = (str(_value(s, "adapter")) for s in walk(stage))
    return list(dict.fromkeys(name for name in named if name))


def _value(stage: Stage[Any, Any], name: str) -> Any:
    """A field of a stage; empty where it has none."""
    held = (
        {f.name for f in fields(cast(Any, stage))} if hasattr(stage, "__dataclass_fields__") else ()
    )
    return getattr(stage, name) if name in held else ""
