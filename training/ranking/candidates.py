"""What the real pipeline finds for labelled questions, with the grade of each candidate.

A quarter of the questions are searched without vectors' ranking, so that the model also serves
where no dense retriever runs before it.
"""

from __future__ import annotations

import json
import pickle
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import sets

from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.snapshot import Snapshot
from openbook.models.static import StaticEncoder
from openbook.project.runtime import Runtime
from openbook.retrieve.features import FINGERPRINT
from openbook.retrieve.hybrid import LEARNT, retrieve
from openbook.retrieve.lexical import Lexical
from openbook.retrieve.ltr_train import Grades, grades
from openbook.stage import Stage
from openbook.types import Encoder, Query, Ranking

DEPTH = 50
VALIDATION = 0.2
"""Share of documents whose questions choose how trees are grown, by the hash of their ids."""


MOST = 2400
"""Questions of a set, at most."""

WEIGHT = {"squad": 3.0}
"""How much more sets count whose questions were written by people who did not copy."""

GRADE = {0: 0, 1: 1, 2: 3}
"""What LightGBM gains 0, 1 and 7 for: nothing, its document, its passage."""


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


@dataclass(frozen=True)
class Brief:
    """A group without its texts."""

    set: str
    documents: tuple[str, ...]
    scores: tuple[float, ...]
    grades: tuple[int, ...]
    gold: tuple[str, ...]
    validation: bool

    @classmethod
    def of(cls, group: Group) -> Brief:
        """What stays of a group."""
        hits = group.ranking.hits
        return cls(
            group.set,
            tuple(hit.passage.document_id for hit in hits),
            tuple(hit.score for hit in hits),
            group.grades,
            group.gold,
            group.validation,
        )


@dataclass(frozen=True)
class Learnt:
    """A set's questions: what is known of their candidates, features and grades."""

    groups: list[Brief]
    rows: list[Grades]


def graded(groups: Sequence[Group], encoder: StaticEncoder) -> list[Grades]:
    """Features and grades; a set weighs the square root of its number of questions, and more if
    people wrote them.
    """
    size = Counter(group.set for group in groups)
    return [
        grades(
            g.ranking,
            [GRADE[grade] for grade in g.grades],
            encoder,
            WEIGHT.get(g.set, 1.0) * (size[g.set] / 1000) ** -0.5,
        )
        for g in groups
    ]


def collected(name: str, data: Path, encoder: StaticEncoder, out: Path) -> Learnt:
    """A set's candidates and features, kept beside each other until what features are changes."""
    file = out / f"{name}-{FINGERPRINT}.rows"
    if not file.is_file():
        found = collect(lambda: sets.make(name, data), encoder, out / f"{name}.pickle")
        some = random.Random(name).sample(found, min(MOST, len(found)))
        brief = [Brief.of(group) for group in some]
        partial = file.with_suffix(".part")
        partial.write_bytes(pickle.dumps(Learnt(brief, graded(some, encoder))))
        partial.replace(file)
    held: Learnt = pickle.loads(file.read_bytes())
    return held


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
