"""What reordering and compressing the context costs and gives, end to end.

    python benchmarks/context/run.py --data ../shared/data [--questions N] [--only NAME ...]

Each context is tried with two readers: ``extractive`` (no language model) and ``naive_rag`` with
the bundled reader. Measured are answer F1 (for ``extractive``, whether the answer stands in what it
says), whether the answer still stands in the context, tokens of the context by the reader's
tokeniser, and processor seconds of one question from the ranking to the answer, compressing
included. Differences are paired with the whole context (95 % bootstrap intervals, seeded).
Compressing pays where it takes less than it saves; ``slower`` says where it does not.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE.parent / "retrieval")]

import numpy as np  # noqa: E402

import run as retrieval  # noqa: E402
from openbook.evaluate.answers import best, f1, stands_in  # noqa: E402
from openbook.generate.confidence import Calibration  # noqa: E402
from openbook.generate.extract import Extract  # noqa: E402
from openbook.generate.generate import Generate  # noqa: E402
from openbook.knowledge.base import KnowledgeBase  # noqa: E402
from openbook.knowledge.snapshot import Snapshot  # noqa: E402
from openbook.models.open import ENCODER, READER, open_encoder, open_lm  # noqa: E402
from openbook.models.prompts import numbered  # noqa: E402
from openbook.models.settings import Settings  # noqa: E402
from openbook.project.runtime import Runtime  # noqa: E402
from openbook.retrieve.compress import Compress  # noqa: E402
from openbook.retrieve.hybrid import LEARNT, retrieve  # noqa: E402
from openbook.retrieve.reorder import Reorder  # noqa: E402
from openbook.stage import Stage  # noqa: E402
from openbook.types import LM, Answer, Encoder, Example, Query, Ranking  # noqa: E402

OUT = HERE.parent / "results" / "context.json"
K = 5
SPANS = 40
"""Passages a reader may be given: compressed ones come in parts."""
WHOLE = "whole"
CONTEXTS: dict[str, tuple[Stage[Ranking, Ranking], ...]] = {
    WHOLE: (),
    "sides": (Reorder("sides"),),
    "sentences 400": (Compress(400),),
    "sentences 200": (Compress(200),),
    "sentences 200, sides": (Compress(200), Reorder("sides")),
    "perplexity 400": (Compress(400, "perplexity"),),
    "perplexity 200": (Compress(200, "perplexity"),),
}
READERS: dict[str, Stage[Ranking, Answer]] = {
    "extractive": Extract(passages=SPANS, asks=False),
    "naive_rag": Generate(k=SPANS, max_tokens=96),
}


@dataclass(frozen=True)
class Asked:
    """Questions and the documents they are about."""

    source: Path
    examples: tuple[Example, ...]


@contextmanager
def asked(name: str, data: Path, most: int) -> Iterator[Asked]:
    """A sample of SQuAD dev or KorQuAD, or the sample project; ``most`` questions, seeded."""
    if name == "handbook":
        rows = _lines(ROOT / "examples" / "questions.jsonl")
        rows = [row for row in rows if row["answerable"]]
        yield Asked(ROOT / "examples" / "handbook", _sample(rows, most))
        return
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "corpus.jsonl"
        base = data / name / "dev"
        source.write_text((base / "corpus.jsonl").read_text("utf-8"), "utf-8")
        yield Asked(source, _sample(_lines(base / "queries.jsonl"), most))


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]


def _sample(rows: Sequence[dict[str, Any]], most: int) -> tuple[Example, ...]:
    drawn = np.random.default_rng(retrieval.SEED).permutation(len(rows))[:most]
    return tuple(
        Example(rows[n]["_id"], rows[n]["text"], tuple(rows[n]["answers"]),
                language=rows[n]["language"])
        for n in sorted(drawn.tolist())
    )  # fmt: skip


def measure(name: str, data: Path, most: int, only: Sequence[str], models: Any) -> dict[str, Any]:
    """All contexts on one set; rankings are found once."""
    encoder, reader = models
    with asked(name, data, most) as given, tempfile.TemporaryDirectory() as folder:
        base = KnowledgeBase(Path(folder) / "kb")
        base.sync([given.source], encoder=encoder)
        snapshot = base.snapshot()
        providers: dict[type, Any] = {
            Snapshot: lambda name: snapshot,
            Encoder: lambda name: encoder,
            LM: lambda name: reader,
            Calibration: lambda name: Calibration.open(),
        }
        runtime = Runtime(snapshot.identity, providers)
        queries = [Query(e.text, id=e.id) for e in given.examples]
        rankings = runtime.run(retrieve(K, dense=LEARNT), queries)
        rows = {
            context: {r: one(context, r, rankings, given.examples, providers) for r in READERS}
            for context in dict.fromkeys([WHOLE, *only])
        }
    return {
        "questions": len(queries),
        "contexts": {c: {r: summary(v, rows[WHOLE][r]) for r, v in by.items()}
                     for c, by in rows.items()},
    }  # fmt: skip


def one(
    context: str,
    reader: str,
    rankings: Sequence[Ranking],
    examples: Sequence[Example],
    providers: dict[type, Any],
) -> dict[str, list[float]]:
    """Measures of each question, one at a time; the first is run once before, unmeasured."""
    found: dict[str, list[float]] = {"quality": [], "held": [], "tokens": [], "seconds": []}
    found["context_seconds"] = []
    count = providers[LM]("").count
    runtime = Runtime("context", providers)
    for warm, (ranking, example) in enumerate(
        zip([rankings[0], *rankings], [examples[0], *examples], strict=True)
    ):
        runtime.forget()
        start = time.process_time()
        for stage in CONTEXTS[context]:
            (ranking,) = runtime.run(stage, [ranking])  # noqa: PLW2901
        between = time.process_time()
        (answer,) = runtime.run(READERS[reader], [ranking])
        end = time.process_time()
        if not warm:
            continue
        texts = [passage.text for passage in ranking.passages]
        found["quality"].append(quality(reader, answer, example))
        found["held"].append(float(stands_in(texts, example.answers, example.language)))
        found["tokens"].append(float(count(numbered(ranking.passages))))
        found["context_seconds"].append(between - start)
        found["seconds"].append(end - start)
    return found


def quality(reader: str, answer: Answer, example: Example) -> float:
    """F1 of a written answer; for quoted sentences whether the answer stands in them."""
    if answer.kind != "answered":
        return 0.0
    if reader == "extractive":
        return float(stands_in([answer.text], example.answers, example.language))
    given = answer.answers or (answer.text,)
    return max(best(f1, one, example.answers, example.language) for one in given)


def summary(found: dict[str, list[float]], whole: dict[str, list[float]]) -> dict[str, Any]:
    """Means, and differences to the whole context."""
    seconds = paired(found["seconds"], whole["seconds"])
    return {
        **{name: round(float(np.mean(values)), 4) for name, values in found.items()},
        "quality_minus_whole": paired(found["quality"], whole["quality"]),
        "seconds_minus_whole": seconds,
        "slower": seconds["interval"][0] > 0,
        "tokens_saved": round(1 - float(np.sum(found["tokens"]) / np.sum(whole["tokens"])), 4),
    }


def paired(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, Any]:
    """:func:`retrieval.paired` for lists."""
    return retrieval.paired(
        {str(n): v for n, v in enumerate(ours)}, {str(n): v for n, v in enumerate(theirs)}
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the collections")
    parser.add_argument("--sets", nargs="*", default=["squad", "korquad", "handbook"])
    parser.add_argument("--questions", type=int, default=60, help="sample so many of each set")
    parser.add_argument("--only", nargs="*", default=list(CONTEXTS), choices=list(CONTEXTS))
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    encoder: Any = open_encoder(ENCODER, Settings(), Path())
    reader: Any = open_lm(READER, Settings(), Path())
    results: dict[str, Any] = {
        "made_by": {**retrieval.made_by(), "encoder": encoder.name, "reader": reader.name},
        "sets": {},
    }
    if given.out.is_file():
        held = json.loads(given.out.read_text("utf-8"))
        if held["made_by"].get("reader") == reader.name:
            results["sets"] = held["sets"]
    for name in given.sets:
        results["sets"][name] = measure(
            name, given.data, given.questions, given.only, (encoder, reader)
        )
        for context, by in results["sets"][name]["contexts"].items():
            print(name, context, json.dumps(by), flush=True)
        given.out.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
