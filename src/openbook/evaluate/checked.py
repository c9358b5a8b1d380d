"""Questions held against the knowledge base before anything runs.

Gold evidence that is not there would score every method 0, and a document that was learnt
from must not count as unseen: both are refused, with the line.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from openbook.errors import QuestionsError
from openbook.evaluate.outcome import Level
from openbook.evaluate.questions import read_numbered
from openbook.types import Example, Passage

SHOWN = 5
"""Lines that a message lists."""

MOST = 20_000
"""File names among which one that was mistyped is looked for: that takes two seconds."""


class Known(Protocol):
    """The documents and passages of a knowledge base."""

    def document_ids(self) -> list[str]:
        """Ids of all documents."""
        ...

    def all_passages(self) -> Iterable[Passage]:
        """All passages."""
        ...


@dataclass(frozen=True)
class Checked:
    """Questions that fit a knowledge base.

    Args:
        examples: the questions, in order.
        levels: for each question with gold evidence, whether it names documents or passages.
        documents: the documents of each question's gold evidence.
    """

    examples: tuple[Example, ...]
    levels: Mapping[str, Level]
    documents: Mapping[str, tuple[str, ...]]


def check(path: Path, knowledge: Known) -> Checked:
    """Read a question file and hold it against the knowledge base.

    Raises:
        QuestionsError: as :func:`~openbook.evaluate.questions.read_questions`; gold evidence
            that is not in the knowledge base, or names documents and passages at once;
            a question with answers that is said to have none; questions of two splits
            about one document.
    """
    numbered = read_numbered(path)
    _refuse_labels(path, numbered)
    documents = set(knowledge.document_ids())
    of_passage: dict[str, str] = {}
    if any(name not in documents for e in numbered.values() for name in e.gold):
        of_passage = {p.id: p.document_id for p in knowledge.all_passages()}
    refuse_missing(path, numbered, documents, of_passage)
    levels: dict[str, Level] = {}
    gold: dict[str, tuple[str, ...]] = {}
    for number, example in numbered.items():
        if example.gold:
            levels[example.id] = _level(example, documents, f"{path}, line {number}")
            named = (of_passage.get(name, name) for name in example.gold)
            gold[example.id] = tuple(dict.fromkeys(named))
    _refuse_mixed(path, numbered, gold)
    return Checked(tuple(numbered.values()), levels, gold)


def _refuse_labels(path: Path, numbered: Mapping[int, Example]) -> None:
    """Refuse labels that contradict each other."""
    both = [n for n, e in numbered.items() if e.answers and e.answerable is False]
    if both:
        raise QuestionsError(
            'has "answers" and says "answerable": false',
            where=f"{path}, {_lines(both)}",
            fix="Remove one of the two.",
        )


def _level(example: Example, documents: set[str], where: str) -> Level:
    named = {name in documents for name in example.gold}
    if len(named) == 2:
        raise QuestionsError(
            '"gold" names documents and passages at once',
            where=where,
            fix="Name either the documents or the passages of a question.",
        )
    return "document" if named == {True} else "passage"


def refuse_missing(
    path: Path,
    numbered: Mapping[int, Example],
    documents: set[str],
    of_passage: Collection[str],
) -> None:
    """Refuse gold evidence that is none of some documents and passages, naming the lines."""
    missing = {
        number: name
        for number, example in numbered.items()
        for name in example.gold
        if name not in documents and name not in of_passage
    }
    if not missing:
        return
    number, name = next(iter(missing.items()))
    hint = _hint(name, documents)
    others = f" (so have {_lines(list(missing)[1:])})" if len(missing) > 1 else ""
    raise QuestionsError(
        f'has the gold evidence "{name}", which is not in the knowledge base{others}',
        where=f"{path}, line {number}",
        fix=f"{hint} Sync the documents that the questions are about, or mend the file.",
    )


def _hint(name: str, documents: Collection[str]) -> str:
    """What may be meant by an id that is not there."""
    near = near_path(name, documents)
    if near == name.partition("#")[0] != name:
        return f'The document "{near}" is there, and has no such passage.'
    return f'Did you mean "{near}"?' if near else "Ids begin with the synced folder's name."


def near_path(name: str, paths: Iterable[str]) -> str:
    """The path that is most likely meant by one that is not among them; empty where none is.

    Of those whose file is called the same, or nearly so, the one whose folders are most alike.
    Passages stand for their documents.

    >>> near_path("leave.md", ["handbook/ko/leave.md", "handbook/en/travel.md"])
    'handbook/ko/leave.md'
    >>> near_path("handbook/en/lave.md", ["handbook/ko/leave.md", "handbook/en/leave.md"])
    'handbook/en/leave.md'
    """
    by_stem: dict[str, list[str]] = {}
    for path in sorted(paths):
        by_stem.setdefault(_parts(path)[1], []).append(path)
    folder, stem, ending = _parts(name)
    close = [stem] if stem in by_stem else []
    if not close and len(by_stem) <= MOST:
        close = difflib.get_close_matches(stem, by_stem, n=1, cutoff=0.7)

    def likeness(path: str) -> tuple[float, bool]:
        own, _, suffix = _parts(path)
        return difflib.SequenceMatcher(None, folder, own).ratio(), suffix == ending

    return max(by_stem[close[0]], key=likeness) if close else ""


def _parts(path: str) -> tuple[str, str, str]:
    """Folder, stem and ending of a path, whatever its case and its way to write Hangul."""
    pure = PurePosixPath(unicodedata.normalize("NFC", path.partition("#")[0]).casefold())
    return pure.parent.as_posix(), pure.stem, pure.suffix


def _refuse_mixed(
    path: Path, numbered: Mapping[int, Example], gold: Mapping[str, tuple[str, ...]]
) -> None:
    """Refuse a document that questions of two splits are about."""
    first: dict[str, tuple[int, str]] = {}
    for number, example in numbered.items():
        for document in gold.get(example.id, ()) if example.split else ():
            line, split = first.setdefault(document, (number, example.split))
            if split != example.split:
                raise QuestionsError(
                    f'is in the split {example.split}, and asks about "{document}", as line '
                    f"{line} of the split {split} does: what one split was fitted to would count "
                    "as unseen in the other",
                    where=f"{path}, line {number}",
                    fix="Split the questions by document.",
                )


def _lines(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:SHOWN]))
    more = f" and {len(numbers) - SHOWN} more" if len(numbers) > SHOWN else ""
    return f"{'line' if len(numbers) == 1 else 'lines'} {shown}{more}"
