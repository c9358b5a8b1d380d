"""What the real pipeline finds for labelled questions, with the grade of each candidate.

A quarter of the questions are searched without vectors' ranking, so that the model also serves
where no dense retriever runs before it.
"""

from __future__ import annotations

import json
import pickle
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import sets

from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.snapshot import Snapshot
from openbook.models.static import StaticEncoder
from openbook.project.runtime import Runtime
from openbook.retrieve.hybrid import LEARNT, retrieve
from openbook.retrieve.lexical import Lexical
from openbook.stage import Stage
from openbook.types import Encoder, Query, Ranking

DEPTH = 50
VALIDATION = 0.2
"""Share of documents whose questions choose how trees are grown, by the hash of their ids."""


@dataclass(frozen=True)
class Group:
    """A question's candidates with grades: 2 for the passage asked for, 1 for others of its
    document, 0; and how many gold documents there are.
    """

    set: str
    ranking: Ranking
    grades: tuple[int, ...]
    gold: tuple[str, ...]
    validation: bool


def collect(make: Callable[[], sets.Set], encoder: StaticEncoder, file: Path) -> list[Group]:
    """The groups of a set, from a file where they were made before."""
    if file.is_file():
        with file.open("rb") as held:
            found: list[Group] = pickle.load(held)
            return found
    with tempfile.TemporaryDirectory() as name:
        groups = _search(make(), encoder, Path(name))
    partial = file.with_suffix(".part")
    partial.write_bytes(pickle.dumps(groups))
    partial.replace(file)
    return groups


def _search(one: sets.Set, encoder: StaticEncoder, folder: Path) -> list[Group]:
    source = folder / "documents"
    source.mkdir()
    rows = []
    for document in one.documents:
        if document.markdown:
            (source / f"{document.id}.md").write_text(document.text, "utf-8")
        else:
            row = {"_id": document.id, "title": document.title, "text": document.text}
            rows.append(json.dumps(row, ensure_ascii=False))
    if rows:
        (source / "corpus.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    base = KnowledgeBase(folder / "kb")
    report = base.sync([source], encoder=encoder)
    assert not report.problems, report.problems
    snapshot = base.snapshot()
    runtime = Runtime(
        snapshot.identity, {Snapshot: lambda name: snapshot, Encoder: lambda name: encoder}
    )
    found: list[Group] = []
    for dense in (True, False):
        asked = [q for q in one.questions if (_share(q.text) >= 0.25) == dense]
        stage = retrieve(DEPTH, dense=LEARNT) if dense else Lexical(DEPTH)
        found += _groups(one.name, stage, asked, runtime)
    return found


def _groups(
    name: str, stage: Stage[Query, Ranking], asked: Sequence[sets.Labelled], runtime: Runtime
) -> list[Group]:
    rankings: list[Ranking] = []
    for at in range(0, len(asked), 64):
        rankings += runtime.run(stage, [Query(q.text) for q in asked[at : at + 64]])
        runtime.forget()
    return [
        Group(
            name,
            ranking,
            tuple(_grade(question, hit.passage) for hit in ranking.hits),
            question.gold,
            _share(question.gold[0]) < VALIDATION,
        )
        for question, ranking in zip(asked, rankings, strict=True)
    ]


def _grade(question: sets.Labelled, passage: object) -> int:
    document, text = passage.document_id, passage.text  # type: ignore[attr-defined]
    if Path(document).name.removesuffix(".md") not in question.gold:
        return 0
    return 2 if question.needle.strip() in text else 1


def _share(text: str) -> float:
    return int.from_bytes(blake2b(text.encode(), digest_size=6).digest()) / 2**48
