"""The test collections under ``--data``, in BEIR's layout, as they are measured."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Collection:
    """Documents, questions and which documents are relevant.

    ``lines`` are the lines of ``corpus.jsonl`` as they stand; ``texts`` what every system
    indexes: the title, unless the text begins with it, and the text.
    """

    name: str
    language: str
    lines: tuple[str, ...]
    ids: tuple[str, ...]
    texts: tuple[str, ...]
    questions: dict[str, str]
    relevant: dict[str, dict[str, int]]


SETS: dict[str, tuple[str, tuple[str, ...]]] = {
    "korquad": ("ko", ("korquad/train", "korquad/dev")),
    "squad": ("en", ("squad/dev",)),
    "cranfield": ("en", ("cranfield",)),
    "cisi": ("en", ("cisi",)),
    # Gold is the abstract that a question was the title of, one for each question. The
    # abstracts come without title and conclusion, so no answer is given away.
    "pubmedqa": ("en", ("pubmedqa",)),
    # A tenth of these questions have no matching document and are not counted.
    "apibench-huggingface": ("en", ("apibench/huggingface",)),
    "apibench-torchhub": ("en", ("apibench/torchhub",)),
}


def read(name: str, data: Path) -> Collection:
    """One collection; parts of several folders are one, each document once."""
    language, folders = SETS[name]
    lines: dict[str, str] = {}
    questions: dict[str, str] = {}
    relevant: dict[str, dict[str, int]] = {}
    gold: dict[str, dict[str, int]] = {}
    for folder in folders:
        for line in (data / folder / "corpus.jsonl").read_text("utf-8").strip("\n").split("\n"):
            lines.setdefault(json.loads(line)["_id"], line)
        for line in (data / folder / "qrels.tsv").read_text("utf-8").strip("\n").split("\n")[1:]:
            query, document, grade = line.split("\t")
            if int(grade) > 0:
                relevant.setdefault(query, {})[document] = int(grade)
        for line in (data / folder / "queries.jsonl").read_text("utf-8").strip("\n").split("\n"):
            row = json.loads(line)
            if row["_id"] not in relevant:
                continue
            # Some APIBench questions share an id; the line itself says which is its gold.
            query = f"{row['_id']}.{len(questions)}"
            questions[query] = row["text"]
            gold[query] = {row["gold"]: 1} if "gold" in row else relevant[row["_id"]]
    rows = [json.loads(line) for line in lines.values()]
    return Collection(
        name,
        language,
        tuple(lines.values()),
        tuple(lines),
        tuple(indexed(row.get("title") or "", row["text"]) for row in rows),
        questions,
        gold,
    )


def indexed(title: str, text: str) -> str:
    """Title and text, the title once."""
    return text if not title or text.startswith(title) else f"{title}\n{text}"
