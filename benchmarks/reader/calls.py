"""APIBench TorchHub: instructions, the API card that answers each, and whether a call is right.

A card is a document's fields that a person would read (domain, functionality, name, call,
description), one a line. The split is by document: no call of a held-out question is in the
training rows.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from cases import SEED, bm25

from openbook.generate import reading
from openbook.models.prompts import ANSWER, numbered, render, template
from openbook.tune.rows import Row
from openbook.types import Example, Passage, Prompt

SET = "apibench/torchhub"
HELD = 0.3
"""Share of the documents whose questions are held out."""
FIELDS = ("domain", "functionality", "api_name", "api_call", "description")
LONGEST = 300
"""Characters of a field at most, the call left whole."""
CONDITIONS = ("gold", "gold+2", "retrieved 3", "closed book")


@dataclass(frozen=True)
class Domain:
    """Cards by id, the calls, questions to learn from and held-out ones with their rankings."""

    cards: dict[str, Passage]
    calls: dict[str, str]
    train: tuple[Example, ...]
    held: tuple[Example, ...]
    ranked: dict[str, tuple[str, ...]]


def load(data: Path) -> Domain:
    """Read, split by document, and rank the cards for every question."""
    cards, calls = {}, {}
    for line in (data / SET / "corpus.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        fields = json.loads(row["text"])
        text = card(fields)
        cards[row["_id"]] = Passage(row["_id"], row["_id"], 0, len(text), text)
        calls[row["_id"]] = fields["api_call"]
    questions = read(data / SET / "queries.jsonl")
    names = sorted(cards, key=int)
    random.Random(SEED).shuffle(names)
    held = set(names[: round(HELD * len(names))])
    passages = list(cards.values())
    order = np.argsort(-bm25(questions, passages), axis=1, kind="stable")
    return Domain(
        cards,
        calls,
        tuple(q for q in questions if q.gold[0] not in held),
        tuple(q for q in questions if q.gold[0] in held),
        {
            q.id: tuple(passages[i].id for i in row)
            for q, row in zip(questions, order.tolist(), strict=True)
        },
    )


def read(file: Path) -> list[Example]:
    """The questions; their ids repeat in the file, so the line's number is the id."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [
        Example(str(i), row["text"], tuple(row["answers"]), (row["gold"],), True, "en")
        for i, row in enumerate(rows)
    ]


def card(fields: dict[str, object]) -> str:
    """The lines of a document's card."""
    lines = []
    for name in FIELDS:
        value = fields.get(name)
        if not isinstance(value, str) or not value:
            continue
        cut = value if name == "api_call" or len(value) <= LONGEST else f"{value[:LONGEST]}..."
        lines.append(f"{name}: {cut}")
    return "\n".join(lines)


def prompt(domain: Domain, example: Example, condition: str, *, within: set[str]) -> Prompt:
    """What is asked; distractors come from the documents ``within``."""
    if condition == "closed book":
        return render("closed", "en", question=example.text)
    gold = example.gold[0]
    ranked = [name for name in domain.ranked[example.id] if name in within]
    if condition == "retrieved 3":
        shown = ranked[:3]
    else:
        shown = [name for name in ranked if name != gold][: 2 if condition == "gold+2" else 0]
        draw = random.Random(f"{SEED}/{example.id}/{condition}")
        draw.shuffle(shown)
        shown.insert(draw.randrange(len(shown) + 1), gold)
    return render(
        "brief", "en", passages=numbered([domain.cards[n] for n in shown]), question=example.text
    )


def training_rows(domain: Domain) -> list[Row]:
    """Each question with its card alone, and with two distractors of the training documents."""
    within = {example.gold[0] for example in domain.train}
    mark = template("brief", "en").id
    return [
        Row(
            prompt(domain, example, condition, within=within),
            f"{ANSWER} {example.answers[0]}",
            mark,
        )
        for condition in ("gold", "gold+2")
        for example in domain.train
    ]


def said(written: str) -> str:
    """The call that a model's text gives."""
    found = reading.read(written)
    return "; ".join(found.answers) if found.answers else found.text


def exact(given: str, wanted: str) -> bool:
    """Whether two calls are the same, white space aside."""
    return _squeezed(given) == _squeezed(wanted)


def right_api(given: str, gold: str, calls: dict[str, str]) -> bool:
    """Whether a call loads the gold document's model from its repository, whatever the rest."""
    wanted = named(calls[gold])
    return bool(wanted) and named(given) == wanted


def named(call: str) -> tuple[str, ...]:
    """Repository and model of a call: its first quoted argument, and the one named ``model``
    or else the second.
    """
    quoted = [text for _, text in re.findall(r"""(['"])(.*?)\1""", call)]
    model = re.search(r"""\bmodel\s*=\s*['"]([^'"]+)""", call)
    if not quoted:
        return ()
    return quoted[0], model[1] if model else quoted[1] if len(quoted) > 1 else ""


def _squeezed(call: str) -> str:
    return re.sub(r"\s+", "", call)
