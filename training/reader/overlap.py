"""Whether anything that the reader is measured on stands in what it is trained on.

    python training/reader/overlap.py --data ../shared/data

Two checks. N-grams: runs of 13 words (English) or 13 eojeols (Korean) of the evaluation
paragraphs that also stand in the training text; a paragraph is touched if any of its runs
does, and covered by the share of its runs that do. Questions: evaluation questions that
stand among the questions of SQuAD's training part, word for word.

KorQuAD is read here and by the measurements, never by a training script. Writes
benchmarks/results/reader-overlap.json, prints the same as a table, and writes
training/reader/left_out.json: the titles of the corpora's documents that share a passage
with an evaluation set, which the training scripts pass over. What is counted is what is left.
``seen`` in the result names the paragraphs that are touched (by phrases of templates, mostly).
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks import aligned, metaqa, squad, wiki2
from tasks._corpus import PARTS, lines_of, stream

HERE = Path(__file__).resolve().parents[2]
RESULT = HERE / "benchmarks/results/reader-overlap.json"
MANY = 20
"""Shared runs from which on a document is left out: a passage, not a phrase of a template."""
LEFT_OUT = HERE / "training/reader/left_out.json"
SIZE = 13
_WORD = re.compile(r"[^\W_]+")


@dataclass
class Measured:
    """An evaluation set: its paragraphs, their ids, and its questions."""

    name: str
    texts: list[str]
    ids: list[str]
    questions: list[str]


def words(text: str) -> list[str]:
    """Words in lower case, without punctuation."""
    return _WORD.findall(text.lower())


def runs(text: str, size: int = SIZE) -> list[int]:
    """Hashes of all runs of so many words."""
    found = words(text)
    return [hash(tuple(found[i : i + size])) for i in range(len(found) - size + 1)]


def beir(folder: Path, name: str) -> Measured:
    """A set laid out as corpus and queries."""
    rows = [json.loads(line) for line in lines_of(folder / "corpus.jsonl")]
    texts, ids = [row["text"] for row in rows], [row["_id"] for row in rows]
    queries = [json.loads(line)["text"] for line in lines_of(folder / "queries.jsonl")]
    return Measured(name, texts, ids, queries)


def measured(data: Path) -> list[Measured]:
    """All that the reader is measured on, or may be tuned on by a benchmark."""
    sets = [
        beir(data / "squad" / "dev", "squad dev"),
        beir(data / "korquad" / "dev", "korquad dev"),
        beir(data / "pubmedqa", "pubmedqa"),
        beir(data / "apibench" / "huggingface", "apibench huggingface"),
        beir(data / "apibench" / "torchhub", "apibench torchhub"),
    ]
    for hops in ("PQ-2H", "PQ-3H"):
        questions = data / "pathquestion" / hops
        asked = [
            json.loads(line)["text"]
            for path in sorted(questions.glob("*.jsonl"))
            for line in lines_of(path)
            if "text" in json.loads(line)
        ]
        sets.append(Measured(f"pathquestion {hops}", [], [], asked))
    return sets


def training(data: Path) -> Iterator[tuple[str, Iterable[str]]]:
    """Everything a training script reads besides the corpora, by source."""
    folder = data / "squad" / "train"
    yield "squad train", (json.loads(line)["text"] for line in lines_of(folder / "corpus.jsonl"))
    yield "msdocs pairs", (text for page in aligned.load(data) for text in page.values())
    yield (
        "2wiki",
        (" ".join(some) for item in wiki2.load(data) for _, some in item["context"]),
    )
    yield "statutes", _laws(data)


def _laws(data: Path) -> Iterator[str]:
    with tarfile.open(data / "ko_statutes.tar.xz", "r|xz") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content:
                yield content.read().decode("utf-8", "ignore")


class Index:
    """Runs of the evaluation sets, for a quick look."""

    def __init__(self, sets: list[Measured]) -> None:
        self.sets = sets
        self.runs = [[runs(text) for text in one.texts] for one in sets]
        self.all = {run for one in self.runs for text in one for run in text}

    def look(self, texts: Iterable[tuple[str, str]]) -> tuple[set[int], int, dict[str, int]]:
        """Runs of theirs that stand in these texts, how many runs were looked at, and the
        titles of the texts that share :data:`MANY`, whose runs are not among those seen.
        """
        seen: set[int] = set()
        count = 0
        titles: dict[str, int] = {}
        for title, text in texts:
            some = runs(text)
            count += len(some)
            if shared := self.all.intersection(some):
                if title and len(shared) >= MANY:
                    titles[title] = titles.get(title, 0) + len(shared)
                else:
                    seen |= shared
        return seen, count, titles

    def table(self, seen: set[int]) -> dict[str, dict[str, Any]]:
        """By set: paragraphs touched, paragraphs half covered, and the share of runs."""
        rows = {}
        for one, texts in zip(self.sets, self.runs, strict=True):
            if not texts:
                continue
            shares = [sum(run in seen for run in text) / len(text) for text in texts if text]
            total = sum(len(text) for text in texts)
            rows[one.name] = {
                "paragraphs": len(texts),
                "touched": sum(share > 0 for share in shares),
                "half_covered": sum(share >= 0.5 for share in shares),
                "runs": total,
                "runs_seen": sum(run in seen for text in texts for run in text),
                "seen": [
                    name
                    for name, text in zip(one.ids, texts, strict=True)
                    if any(run in seen for run in text)
                ],
            }
        return rows


def same_questions(sets: list[Measured], data: Path) -> dict[str, int]:
    """How many questions of each set stand among the training questions, word for word."""
    asked = {tuple(words(fact.question)) for fact, _ in squad.load(data)[0]}
    asked |= {tuple(words(item["question"])) for item in wiki2.load(data)}
    asked |= {tuple(words(item["text"])) for item in metaqa.asked(data)}
    return {one.name: sum(tuple(words(q)) in asked for q in one.questions) for one in sets}


def main() -> None:
    """Look everywhere, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    sets = measured(data)
    index = Index(sets)
    found: dict[str, Any] = {}
    looked: dict[str, int] = {}
    print(f"{'training text':16} {'set':22} paragraphs  touched  half covered  runs seen")
    left_out: dict[str, list[str]] = {}
    everywhere: set[int] = set()
    for language in PARTS:
        pairs = ((document.title, document.text) for document in stream(data, language, every=True))
        seen, looked[language], titles = index.look(pairs)
        left_out[language] = sorted(titles)
        everywhere |= seen
        found[f"corpora {language}"] = index.table(seen)
        _print(f"corpora {language}", found[f"corpora {language}"])
        print("  left out:", ", ".join(f"{title} ({n})" for title, n in sorted(titles.items())))
    for source, texts in training(data):
        seen, looked[source], _ = index.look(("", text) for text in texts)
        everywhere |= seen
        found[source] = index.table(seen)
        _print(source, found[source])
    found["trained on"] = index.table(everywhere)
    _print("trained on", found["trained on"])
    questions = same_questions(sets, data)
    print("questions word for word:", questions)
    head = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(head, cwd=HERE, capture_output=True, text=True, check=False)
    result = {
        "size": SIZE,
        "commit": commit.stdout.strip(),
        "training_runs": looked,
        "left_out": {language: len(titles) for language, titles in left_out.items()},
        "sets": {one.name: {"questions": len(one.questions)} for one in sets},
        "by_source": found,
        "same_questions": questions,
    }
    LEFT_OUT.write_text(json.dumps(left_out, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _print(source: str, rows: dict[str, dict[str, Any]]) -> None:
    for name, row in rows.items():
        share = row["runs_seen"] / max(1, row["runs"])
        print(
            f"{source:16} {name:22} {row['paragraphs']:10,} {row['touched']:8,}"
            f" {row['half_covered']:13,}  {row['runs_seen']:,} ({share:.3%})",
            flush=True,
        )


if __name__ == "__main__":
    main()
