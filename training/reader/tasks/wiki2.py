"""2WikiMultihopQA: two-hop questions with both sentences quoted, and their one-hop parts."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from tasks._passages import Shape
from tasks._row import Row


@lru_cache(maxsize=1)
def load(data: Path) -> tuple[Mapping[str, Any], ...]:
    """The questions as published."""
    path = data / "multihop_2wiki" / "wikihop_train_preprocess.json"
    return tuple(json.loads(path.read_text(encoding="utf-8")))


def _shown(sentences: list[str], limit: int) -> str:
    text = ""
    for sentence in sentences:
        if len(text) + len(sentence) > limit and text:
            break
        text = f"{text} {sentence.strip()}".strip()
    return text


def two_hops(item: Mapping[str, Any], rng: random.Random, shape: Shape) -> Row | None:
    """The question itself. Quotes follow the evidence, the one with the answer last."""
    limit = shape.most_characters
    if item["type"] == "bridge_comparison":
        return None  # four quotes are too many for a small reader
    context = {title: sentences for title, sentences in item["context"]}
    quotes, gold = [], []
    for title, number in item["supporting_facts"]:
        sentences = context.get(title, [])
        if number >= len(sentences) or len(" ".join(sentences[: number + 1])) > limit:
            return None
        quotes.append(sentences[number].strip())
        gold.append(_shown(sentences, limit))
    answer = item["answer"]
    computed = answer in ("yes", "no")
    if not computed:
        quotes.sort(key=lambda quote: answer in quote)
        if answer not in quotes[-1]:
            return None
    if any(q not in p for q, p in zip(quotes, gold, strict=True)) and not all(
        any(q in p for p in gold) for q in quotes
    ):
        return None
    others = [
        _shown(s, limit) for t, s in item["context"] if t not in dict(item["supporting_facts"])
    ]
    room = max(0, min(6, shape.most_passages + 1) - len(set(gold)))
    refuse = rng.random() < shape.refusals
    if refuse:
        passages = rng.sample(others, min(len(others), room + 1)) + gold[:1]
        rng.shuffle(passages)
        if any(answer in p for p in passages):
            return None
        return Row("wiki2", "en", item["question"], tuple(passages), (), "")
    passages = list(dict.fromkeys(gold)) + rng.sample(
        others, rng.randint(0, min(room, len(others)))
    )
    rng.shuffle(passages)
    return Row("wiki2", "en", item["question"], tuple(passages), tuple(quotes), answer)


def one_hop(item: Mapping[str, Any], rng: random.Random, shape: Shape) -> Row | None:
    """One of its parts."""
    at = rng.randrange(len(item["qa_pairs"]))
    if at >= min(len(item["evidences"]), len(item["supporting_facts"])):
        return None
    pair, answer = item["qa_pairs"][at], item["evidences"][at][2]
    if answer not in pair["answer"]:
        return None
    context = {title: sentences for title, sentences in item["context"]}
    for title, number in item["supporting_facts"]:
        sentences = context.get(title, [])
        if number < len(sentences) and answer in sentences[number]:
            passage = _shown(sentences, shape.most_characters)
            quote = sentences[number].strip()
            if quote not in passage:
                return None
            others = [_shown(s, shape.most_characters) for t, s in item["context"] if t != title]
            others = [o for o in others if answer not in o]
            if others and rng.random() < shape.refusals:
                some = rng.sample(others, min(shape.number(rng), len(others)))
                return Row("wiki2", "en", pair["question"], tuple(some), (), "")
            shown = min(shape.number(rng), len(others) + 1)
            passages = [passage, *rng.sample(others, shown - 1)]
            rng.shuffle(passages)
            return Row("wiki2", "en", pair["question"], tuple(passages), (quote,), answer)
    return None


def rows(data: Path, seed: int, count: int, shape: Shape | None = None) -> Iterator[Row]:
    """Two hops and one by turns of a coin; few questions, so they come often."""
    rng = random.Random(f"wiki2 {seed}")
    shape = shape or Shape()
    items = load(data)
    made = 0
    while made < count:
        item = rng.choice(items)
        row = (two_hops if rng.random() < 0.5 else one_hop)(item, rng, shape)
        if row:
            made += 1
            yield row
