"""Rules that make questions without a language model: one rule, one file, found by looking here.

A file ``NAME.py`` has a function ``ask`` that is given the passages of one document, in order,
and yields what it can ask of them; their source is ``rules:NAME``. What a rule yields is only a
candidate: :mod:`openbook.synthesize.checks` decides.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from openbook.synthesize.asked import Asked
from openbook.types import Passage

Rule = Callable[[Sequence[Passage]], Iterator[Asked]]
PREFIX = "rules:"


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Rule]:
    """All rules by name."""
    found: dict[str, Rule] = {}
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        if not info.name.startswith("_"):
            found[info.name] = importlib.import_module(f"{__name__}.{info.name}").ask
    return found


def candidates(passages: Sequence[Passage]) -> Iterator[Asked]:
    """What all rules ask of a document: answers that stand in their quotes, and quotes that
    stand in their passages; whatever else a rule yields is left out.
    """
    for name, rule in rules().items():
        for asked in rule(passages):
            stands = asked.quote in asked.passage.text and asked.answers[0] in asked.quote
            if asked.quote and stands:
                yield replace(asked, source=f"{PREFIX}{name}")
