"""Listwise reranking: a language model puts a window of candidates in order, bottom to top.

Source: RankGPT, Sun et al., "Is ChatGPT Good at Search?", 2023 (arXiv:2304.09542): a window of
passages is read at once, the model writes their numbers in order (``[2] > [1] > [3]``), and
the window moves up by less than its length, so that the best of the bottom can reach the top.
What a model leaves out keeps its order behind what it named, and is counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from openbook.errors import InputError, ModelError
from openbook.models.prompts import numbered, render
from openbook.models.window import length, room
from openbook.stage import Runtime, Stage, positive
from openbook.text.language import detect
from openbook.types import LM, Hit, Passage, Prompt, Query, Ranking

A_NUMBER = 6
"""Tokens that a model may need for one number of its order."""

_BRACKETED = re.compile(r"\[\s*(\d{1,3})\s*\]")
_BARE = re.compile(r"(?<![\d.])(\d{1,3})(?![\d.]*\d)")


@dataclass(frozen=True)
class Listwise(Stage[Ranking, Ranking]):
    """The ``k`` best hits in the order that a language model gives.

    The score is 1 / rank. ``why`` says of every hit how many windows were read for its question
    (``listwise windows``) and how many candidates the model left out of its orders
    (``listwise missing``), so that both can be summed.

    Args:
        k: hits returned.
        window: candidates that the model reads at once.
        step: how far the window moves up between two calls, at most ``window``.
        model: name of the language model; empty means the configured one.
        depth: hits ordered; what ranks lower is dropped.
    """

    k: int = 5
    window: int = 10
    step: int = 5
    model: str = ""
    depth: int = 20

    def __post_init__(self) -> None:
        positive("listwise", k=self.k, window=self.window, step=self.step, depth=self.depth)
        if self.step > self.window:
            raise InputError(
                f"step = {self.step} is longer than window = {self.window}",
                where="listwise",
                fix="Give a step of half the window, so that windows overlap.",
            )

    @property
    def resources(self) -> tuple[tuple[type, str], ...]:
        """The language model."""
        return ((LM, self.model),)

    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Ranking]:
        """One ranking a ranking; the windows at one height are read in one batch.

        Raises:
            ModelError: no model, a model that fails, or two passages do not fit its window.
        """
        orders = [list(ranking.hits[: self.depth]) for ranking in batch]
        windows, missing = [0] * len(batch), [0] * len(batch)
        plans = [spans(len(order), self.window, self.step) for order in orders]
        if not any(plans):
            return [self._ranked(r, o, 0, 0) for r, o in zip(batch, orders, strict=True)]
        model: LM = runtime.resolve(LM, self.model)  # type: ignore[type-abstract]
        for height in range(max(map(len, plans))):
            at = [n for n, plan in enumerate(plans) if height < len(plan)]
            parts = [orders[n][slice(*plans[n][height])] for n in at]
            asked = [self._prompt(batch[n].query, p, model) for n, p in zip(at, parts, strict=True)]
            written = model.complete(asked, max_tokens=A_NUMBER * self.window, seed=runtime.seed)
            for n, part, reply in zip(at, parts, written, strict=True):
                order, left_out = permutation(reply.text, len(part))
                orders[n][slice(*plans[n][height])] = [part[i] for i in order]
                windows[n] += 1
                missing[n] += left_out
        return [self._ranked(*one) for one in zip(batch, orders, windows, missing, strict=True)]

    def _ranked(
        self, ranking: Ranking, order: Sequence[Hit], windows: int, missing: int
    ) -> Ranking:
        notes = (("listwise windows", float(windows)), ("listwise missing", float(missing)))
        hits = [
            Hit(hit.evidence, 1.0 / rank, (*hit.why, (self.label, 1.0 / rank), *notes))
            for rank, hit in enumerate(order[: self.k], 1)
        ]
        return Ranking(ranking.query, tuple(hits))

    def _prompt(self, query: Query, hits: Sequence[Hit], model: LM) -> Prompt:
        """The window as a prompt; passages are cut to equal lengths where they do not fit."""
        language = detect(query.text)
        fits = room(model, A_NUMBER * self.window)
        texts: list[Passage] = [hit.passage for hit in hits]
        prompt = render("listwise", language, passages=numbered(texts), question=query.text)
        most = max(len(passage.text) for passage in texts)
        while fits and length(model, prompt) > fits:
            most = most * 3 // 4
            if most < SHORTEST:
                raise ModelError(
                    f"{len(hits)} passages do not fit: the prompt may have {fits} tokens",
                    where=model.name,
                    fix="Choose a smaller window, or a model with a longer one.",
                )
            cut = [
                replace(p, text=p.text[:most], end=p.start + min(most, len(p.text))) for p in texts
            ]
            prompt = render("listwise", language, passages=numbered(cut), question=query.text)
        return prompt


SHORTEST = 40
"""Characters of a passage below which showing it says nothing."""


def spans(count: int, window: int, step: int) -> list[tuple[int, int]]:
    """Windows over ``count`` candidates, from the bottom to the top; none for fewer than two.

    >>> spans(9, 4, 2)
    [(5, 9), (3, 7), (1, 5), (0, 4)]
    """
    if count < 2:
        return []
    found = []
    end = count
    while True:
        start = max(0, end - window)
        found.append((start, min(count, start + window)))
        if start == 0:
            return found
        end = max(end - step, min(window, count))


def permutation(text: str, count: int) -> tuple[list[int], int]:
    """The order of ``count`` candidates that a model wrote, from 0, and how many it left out.

    Numbers out of range and repetitions do not count; what is missing follows in its old order.

    >>> permutation("[3] > [1] > [3] > [9]", 3)
    ([2, 0, 1], 1)
    """
    said = _BRACKETED.findall(text) or _BARE.findall(text)
    named = list(dict.fromkeys(int(n) - 1 for n in said if 1 <= int(n) <= count))
    return [*named, *(n for n in range(count) if n not in named)], count - len(named)
