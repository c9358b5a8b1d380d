"""Follow-up questions made to stand alone, by rules or by a language model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from openbook.stage import Runtime, Stage
from openbook.types import Query


@dataclass(frozen=True)
class Rewrite(Stage[Query, Query]):
    """A question with what it leaves out put in from the conversation."""

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[Query]:
        """One query a query; without history it comes back as it was."""
        return [replace(q, text=standalone(q)) if q.history else q for q in batch]


_OPENERS = re.compile(
    r"^(?:그럼|그러면|그렇다면|그리고|또|근데|그런데|and|so|then|but|ok|okay|also)[\s,]+",
    re.IGNORECASE,
)


def standalone(query: Query) -> str:
    """The question by rules."""
    return f"{query.history[-1].question} {_OPENERS.sub('', query.text)}"
