"""From a task's row to the text the reader sees and the text it must write.

The layout of what it sees is that of :mod:`openbook.models.prompts` under the reader's chat
template; a test holds the two against each other. What it must write is RAFT's layout
(arXiv:2403.10131) in its shortest form: the quoted sentences, then the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from _model import ASSISTANT, USER
from tasks._row import Row

from openbook.models.prompts import ANSWER, defuse, refusal

BRIEF = 0.35
"""Share of reading rows that ask for the answer alone, without a quote: choosing the answer is
the hard part, and here all of the loss is on it."""
TITLED = 0.5
"""Share of reading rows whose passages carry a title, as passages of a knowledge base do."""
SURE = 4
"""Tokens of a quote that weigh in full: they choose the sentence. The others are copied."""


@dataclass(frozen=True)
class Written:
    """What is seen, and what must be written: parts with True where all tokens weigh in full."""

    seen: str
    wanted: tuple[tuple[str, bool], ...]


def lay_out(row: Row, random: Random) -> Written:
    """One training text of a row."""
    if row.kind == "read":
        return reading(row, _titles(row.passages, random), random.random() < BRIEF)
    if row.kind == "closed":
        return _asked(f"<question>\n{row.question}\n</question>", f"{ANSWER} {row.answer}")
    if row.kind == "standalone":
        turns = "\n".join(f"Q: {defuse(q)}\nA: {defuse(a)}" for q, a in row.history)
        about = f"<conversation>\n{turns}\n</conversation>"
        return _asked(f"<question>\n{row.question}\n</question>\n{about}", row.answer)
    about = _passages(row.passages, ("",) * len(row.passages)) if row.passages else ""
    question = f"<question>\n{row.question}\n</question>\n<write>{row.kind}</write>\n{about}"
    return _asked(question.strip(), row.answer)


def _asked(seen: str, wanted: str) -> Written:
    return Written(f"{USER}\n{seen}\n{ASSISTANT}\n", ((wanted, True),))


def reading(row: Row, titles: Sequence[str], brief: bool) -> Written:
    """A question over passages; ``brief`` asks for the answer without its quotes."""
    mark = "<write>brief</write>\n" if brief else ""
    question = f"<question>\n{defuse(row.question)}\n</question>\n{mark}"
    seen = f"{USER}\n{question}{_passages(row.passages, titles)}\n{ASSISTANT}\n"
    answer = f"{ANSWER} {row.answer or refusal(row.language)}"
    if brief or not row.quotes or not row.answer:
        return Written(seen, ((answer, True),))
    quotes = tuple(
        (f"##begin_quote##{' '.join(quote.split())}##end_quote##\n", False) for quote in row.quotes
    )
    return Written(seen, (*quotes, (answer, True)))


def _passages(texts: Sequence[str], titles: Sequence[str]) -> str:
    return "\n".join(
        f'<passage id="{number}"{title}>\n{defuse(text.strip())}\n</passage>'
        for number, (text, title) in enumerate(zip(texts, titles, strict=True), start=1)
    )


def _titles(texts: Sequence[str], random: Random) -> tuple[str, ...]:
    """A passage's first words pass for its title: what matters is that the place is taken."""
    if random.random() >= TITLED:
        return ("",) * len(texts)
    return tuple(f' title="{_label(text, random.randint(1, 4))}"' for text in texts)


def _label(text: str, words: int) -> str:
    kept = "".join(" " if sign in '<>"' else sign for sign in defuse(text[:120]))
    return " ".join(kept.split()[:words])
