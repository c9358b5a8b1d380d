"""One row of instruction data, as every task here writes it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """What is asked, what is shown, what is to be written.

    ``quotes`` are verbatim pieces of the passages and ``answer`` stands in the first or the
    last of them, unless it is computed (yes or no, a count). An empty answer of a ``read``
    row means that the passages do not answer. The other kinds map ``question`` (and the one
    passage of ``questions``, the history of ``standalone``) to ``answer``.
    """

    task: str
    language: str
    question: str
    passages: tuple[str, ...]
    quotes: tuple[str, ...]
    answer: str
    kind: str = "read"  # read | closed | questions | keywords | plan | standalone
    history: tuple[tuple[str, str], ...] = ()
