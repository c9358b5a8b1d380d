"""Whether the bundled encoder tells better what the documents do not answer (decision 0005).

    python benchmarks/answers/try_encoder.py --data ../shared/data

Two sets, neither of which any test asks: questions of those articles of SQuAD's training part
that the encoder did not learn from (each question once as it is, and once with its gold
paragraph removed, weight 1/4), and ``practice/``: sixteen short rule books written for this, in
Korean and English, with questions in other words, a quarter of them unanswerable. Signals of
``meaning.py`` join the choice of the sentence, its confidence, or both. Everything is learnt
with one subject or article left out and measured on that; differences to what ships are paired,
with bootstrap intervals over questions.
Writes benchmarks/results/answers-encoder.json.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from meaning import NAMES, Meaning, Rows
from numpy.typing import NDArray
from scipy.optimize import minimize
from setup import HERE, collection, rankings
from train_extract import learn_confidence, table

from openbook.evaluate.questions import read_questions
from openbook.generate.choose import signals, weights
from openbook.generate.features import candidates
from openbook.types import Example, Query, Ranking

PRACTICE = Path(__file__).parent / "practice"
RESULT = HERE / "benchmarks/results/answers-encoder.json"
WRONG, DRAWN = 0.15, 1000
SUBJECTS = (
    ("library", "도서관"), ("campsite", "캠핑장"), ("pool", "수영장"), ("bikes", "자전거"),
    ("museum", "문화센터"), ("allotments", "아파트"), ("ferry", "동물병원"),
    ("toolshare", "기숙사"),
)  # fmt: skip
TRIED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "as shipped": ((), ()),
    "confidence: stands_out, to_the_point": ((), ("stands_out", "to_the_point")),
    "confidence: soft, soft_passage": ((), ("soft", "soft_passage")),
    "confidence: all": ((), NAMES),
    "choice: cosines, soft": (("cos_context", "cos_passage", "soft", "soft_context"), ()),
    "choice: soft": (("soft", "soft_context"), ()),
    "choice and confidence: soft": (("soft", "soft_context"), ("soft", "soft_passage")),
}
"""Signals that join the choice of the sentence, and its confidence."""


@dataclass(frozen=True)
class Case:
    """A question with what is known of its candidates."""

    set: str
    group: str
    language: str
    answerable: bool
    weight: float
    value: Rows
    features: Rows
    meaning: Rows
    held: NDArray[np.bool_]
    gold: NDArray[np.bool_]
    owner: list[int]


def case(example: Example, ranking: Ranking, meaning: Meaning, **about: Any) -> Case | None:
    """None where nothing was found that could be quoted."""
    rows, held, gold, owner = table(example, ranking)
    if not owner:
        return None
    return Case(
        language=example.language or "en", value=rows @ weights().ranking, features=rows,
        meaning=meaning.rows(ranking, candidates(ranking.passages)), held=held, gold=gold,
        owner=owner, **about,
    )  # fmt: skip


def squad(data: Path, meaning: Meaning) -> list[Case]:
    """Held-out articles; a question whose gold paragraph is removed has none that answers."""
    sys.path.insert(0, str(HERE / "training/encoder"))
    from sources import share

    examples, passages = collection(data / "squad/train")
    title = {passage.id: passage.title for passage in passages}
    examples = [e for e in examples if share("squad", title[e.gold[0]]) < 0.125]
    found = []
    for example, ranking in zip(examples, whole(examples, passages), strict=True):
        group = title[example.gold[0]]
        without = [hit for hit in ranking.hits if hit.passage.id not in example.gold]
        for hits, here, weight in ((ranking.hits[:10], True, 1.0), (without[:10], False, 0.25)):
            cut = Ranking.of(ranking.query, hits)
            found.append(
                case(example, cut, meaning, set="squad", group=group, answerable=here,
                     weight=weight)
            )  # fmt: skip
    return [one for one in found if one]


def whole(examples: Sequence[Example], passages: Sequence[Any]) -> list[Ranking]:
    """Rankings over all passages, eleven deep, nothing removed."""
    import setup

    setup.DEPTH, before = 11, setup.DEPTH
    found = rankings([replace(e, gold=()) for e in examples], passages)
    setup.DEPTH = before
    return found


def practice(meaning: Meaning) -> list[Case]:
    """The rule books, each answerable question also without its own, weight 1 to 3."""
    from openbook.corpus.settings import Settings as CorpusSettings
    from openbook.knowledge.base import KnowledgeBase
    from openbook.knowledge.settings import Settings
    from openbook.knowledge.snapshot import Snapshot
    from openbook.retrieve.hybrid import retrieve
    from openbook.testing import ToyRuntime

    examples = read_questions(PRACTICE / "questions.jsonl")
    group = {name: pair[0] for pair in SUBJECTS for name in pair}
    with tempfile.TemporaryDirectory() as folder:
        books = shutil.copytree(
            PRACTICE, Path(folder) / "practice", ignore=shutil.ignore_patterns("*.jsonl")
        )
        base = KnowledgeBase(Path(folder) / "base", Settings())
        base.sync([books], corpus=CorpusSettings())
        runtime = ToyRuntime({Snapshot: base.snapshot()})
        ranked = runtime.run(retrieve(30), [Query(e.text, e.id) for e in examples])
    found = []
    for example, ranking in zip(examples, ranked, strict=True):
        here = bool(example.answerable)
        without = [hit for hit in ranking.hits if hit.passage.document_id not in example.gold]
        for hits, answers, weight in ((ranking.hits, here, 3.0), (without, False, 1.0)):
            if hits is ranking.hits or here:
                cut = Ranking.of(ranking.query, hits[:10])
                name = "practice" if hits is ranking.hits else "practice, removed"
                found.append(
                    case(example, cut, meaning, set=name, group=group[example.topic],
                         answerable=answers, weight=weight)
                )  # fmt: skip
    return [one for one in found if one]


def learn_choice(cases: Sequence[Case], columns: list[int]) -> Rows:
    """Weights of the shipped value and of signals beside it: softmax over the sentences."""
    rows, right, owner, weight = [], [], [], []
    for one in cases:
        good = one.held & one.gold
        if one.answerable and good.any():
            keep = ~(one.held & ~one.gold)
            rows.append(np.column_stack([one.value, one.meaning[:, columns]])[keep])
            right.append(good[keep])
            owner += [len(weight)] * int(keep.sum())
            weight.append(one.weight)
    table_, positive, at = np.concatenate(rows), np.concatenate(right), np.array(owner)
    spread = np.append(1.0, table_[:, 1:].std(axis=0) + 1e-6)
    scaled, n, start = table_ / spread, len(weight), np.eye(1, len(columns) + 1)[0]
    share = np.array(weight) / sum(weight)

    def loss(guess: Rows) -> tuple[float, Rows]:
        value = scaled @ guess
        top = np.full(n, -np.inf)
        np.maximum.at(top, at, value)
        power = np.exp(value - top[at])
        good = np.where(positive, power, 0.0)
        total, hit = np.bincount(at, power, n), np.bincount(at, good, n)
        slope = scaled.T @ ((power / total[at] - good / hit[at]) * share[at])
        pull = guess - start
        return float(-(share * np.log(hit / total)).sum() + 1e-3 * pull @ pull), (
            slope + 2e-3 * pull
        )

    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x / spread)


def judged(
    one: Case, choice: Rows | None, columns: list[int], more: list[int]
) -> tuple[Rows, bool]:
    """Signals of the best sentence, and whether the two best hold the answer."""
    value = one.value
    if choice is not None:
        value = np.column_stack([value, one.meaning[:, columns]]) @ choice
    best = np.argsort(-value, kind="stable")[:2]
    found = np.append(signals(one.features, value, one.owner), one.meaning[best[0], more])
    return found, bool(one.held[best].any()) and one.answerable


def out_of_sample(
    cases: Sequence[Case], choice: Sequence[str], confidence: Sequence[str]
) -> tuple[Rows, NDArray[np.bool_]]:
    """Log odds of each case and whether it is right, learnt without its subject or article."""
    columns, more = ([NAMES.index(n) for n in names] for names in (choice, confidence))
    score, right = np.zeros(len(cases)), np.zeros(len(cases), bool)
    for group in dict.fromkeys(one.group for one in cases):
        rest = [one for one in cases if one.group != group]
        extra = learn_choice(rest, columns) if columns else None
        pairs = [judged(one, extra, columns, more) for one in rest]
        times = [round(4 * one.weight) for one in rest]
        weight, bias = learn_confidence(
            np.repeat(np.array([p[0] for p in pairs]), times, axis=0),
            np.repeat(np.array([p[1] for p in pairs]), times),
        )
        for at, one in enumerate(cases):
            if one.group == group:
                found, right[at] = judged(one, extra, columns, more)
                score[at] = found @ weight + bias
    return score, right


def answered_right(score: Rows, right: NDArray[np.bool_], present: NDArray[np.bool_]) -> float:
    """Share of the answerable questions answered rightly where 15 % of the others are answered."""
    bad = np.sort(score[~present])[::-1]
    return float((right & (score > bad[int(WRONG * len(bad))])).sum() / present.sum())


def area(score: Rows, right: NDArray[np.bool_], present: NDArray[np.bool_]) -> float:
    """Chance that a right answer scores higher than one to an unanswerable question."""
    bad = np.sort(score[~present])
    low, high = (np.searchsorted(bad, score[right], side) for side in ("left", "right"))
    return float((low + high).mean() / 2 / len(bad))


def compared(
    cases: Sequence[Case], results: dict[str, tuple[Rows, NDArray[np.bool_]]]
) -> dict[str, Any]:
    """Figures of every trial on some cases, with paired 95 % intervals to the first."""
    present = np.array([one.answerable for one in cases])
    random = np.random.default_rng(20261121)
    draws = [random.integers(len(cases), size=len(cases)) for _ in range(DRAWN)]
    measures = {
        "answered_right": answered_right,
        "area": area,
        "right_never_abstaining": lambda s, r, p: float(r.sum() / p.sum()),
    }
    first = next(iter(results))
    found: dict[str, Any] = {"answerable": int(present.sum()), "not": int((~present).sum())}
    for name, measure in measures.items():
        drawn = {
            trial: np.array([measure(s[d], r[d], present[d]) for d in draws])
            for trial, (s, r) in results.items()
        }
        for trial, (s, r) in results.items():
            low, high = np.quantile(drawn[trial] - drawn[first], [0.025, 0.975])
            found.setdefault(trial, {})[name] = {
                "value": round(measure(s, r, present), 4),
                "difference_95": [round(float(low), 4), round(float(high), 4)],
            }
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    meaning = Meaning()
    cases = practice(meaning) + squad(parser.parse_args().data, meaning)
    results = {name: out_of_sample(cases, *names) for name, names in TRIED.items()}
    kinds: dict[str, Any] = {
        "squad": lambda one: one.set == "squad",
        "practice": lambda one: one.set == "practice",
        "practice, Korean": lambda one: one.set == "practice" and one.language == "ko",
        "practice, English": lambda one: one.set == "practice" and one.language == "en",
    }
    found: dict[str, Any] = {}
    for name, belongs in kinds.items():
        at = [i for i, one in enumerate(cases) if belongs(one)]
        found[name] = compared(
            [cases[i] for i in at], {trial: (s[at], r[at]) for trial, (s, r) in results.items()}
        )
        print(name, json.dumps(found[name], indent=1))
    made = {"command": "python benchmarks/answers/try_encoder.py --data ../shared/data"}
    RESULT.write_text(
        json.dumps({"sets": found, "wrong_allowed": WRONG, "made_by": made}, ensure_ascii=False,
                   indent=1) + "\n",
        "utf-8",
    )  # fmt: skip


if __name__ == "__main__":
    main()
