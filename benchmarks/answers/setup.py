"""Collections, rankings and the sample, as training and measuring both need them."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from openbook.evaluate.questions import read_questions
from openbook.text.terms import FIELDS, analyse
from openbook.types import Example, Hit, Passage, Query, Ranking

HERE = Path(__file__).parents[2]
DEPTH = 10


def collection(folder: Path) -> tuple[list[Example], list[Passage]]:
    """Questions and paragraphs of a BEIR folder; a paragraph is one passage."""
    passages = []
    for line in (folder / "corpus.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        passages.append(
            Passage(row["_id"], row["_id"], 0, len(row["text"]), row["text"], title=row["title"])
        )
    return read_questions(folder / "queries.jsonl"), passages


def gone(example: Example) -> bool:
    """Whether a question is one of the fifth whose gold paragraph is taken away (by its id)."""
    return int(hashlib.md5(example.id.encode()).hexdigest(), 16) % 5 == 0


def rankings(examples: Sequence[Example], passages: Sequence[Passage]) -> list[Ranking]:
    """The best passages of each question by BM25; words, and for Korean grams, half each."""
    import bm25s

    texts = analyse([f"{p.title}\n{p.text}" for p in passages])
    asked = analyse([example.text for example in examples], query=True)
    korean = examples[0].language == "ko"
    total = np.zeros((len(examples), len(passages)))
    for field in FIELDS if korean else FIELDS[:1]:
        index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        index.index([getattr(t, field).split() for t in texts], show_progress=False)
        for row, question in enumerate(asked):
            known = [t for t in getattr(question, field).split() if t in index.vocab_dict]
            scores = np.asarray(index.get_scores(known)) if known else np.zeros(len(passages))
            total[row] += scores / max(float(scores.max()), 1e-9) if korean else scores
    return [
        _ranking(example, passages, scores) for example, scores in zip(examples, total, strict=True)
    ]


def _ranking(example: Example, passages: Sequence[Passage], scores: np.ndarray) -> Ranking:
    hidden = set(example.gold) if gone(example) else set()
    hits: list[Hit] = []
    for index in np.argsort(-scores, kind="stable"):
        if passages[index].id not in hidden:
            hits.append(Hit(passages[index], float(scores[index])))
        if len(hits) == DEPTH:
            break
    return Ranking.of(Query(example.text, example.id), hits)


def sample(name: str, depth: int = DEPTH) -> tuple[list[Example], list[Ranking]]:
    """Questions of the sample and their rankings by the package's own knowledge base."""
    from openbook.corpus.settings import Settings as CorpusSettings
    from openbook.knowledge.base import KnowledgeBase
    from openbook.knowledge.settings import Settings
    from openbook.knowledge.snapshot import Snapshot
    from openbook.retrieve.hybrid import retrieve
    from openbook.testing import ToyRuntime

    examples = read_questions(HERE / f"examples/{name}.jsonl")
    with tempfile.TemporaryDirectory() as folder:
        base = KnowledgeBase(Path(folder), Settings())
        base.sync([HERE / "examples/handbook"], corpus=CorpusSettings())
        runtime = ToyRuntime({Snapshot: base.snapshot()})
        return examples, runtime.run(retrieve(depth), [example.query for example in examples])
