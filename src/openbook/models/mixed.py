"""Prompts for several models at once: what can be mixed is written together, the rest by model.

Rows of one base, plain or with a plain LoRA adapter, share a batch; each is written as if its
model had been asked alone.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import replace

from openbook.models.decoding import Wanted, generate
from openbook.models.local import LocalLM, cut_at
from openbook.models.window import usage
from openbook.types import Completion, Prompt


def together(
    models: Sequence[LocalLM],
    prompts: Sequence[Prompt],
    *,
    max_tokens: int = 512,
    temperature: float = 0.0,
    seed: int = 0,
    stop: Sequence[str] = (),
) -> list[Completion]:
    """One completion a prompt, in order, each by its model.

    Args:
        models: the model of each prompt.
        prompts: as for :meth:`~openbook.models.local.LocalLM.complete`, like the rest.

    Raises:
        ModelError: as ``complete``.
    """
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for row, model in enumerate(models):
        groups[_group(model)].append(row)
    wanted = Wanted(max_tokens, temperature, seed, tuple(stop))
    done: dict[int, Completion] = {}
    for rows in groups.values():
        asked, read = [models[row] for row in rows], [prompts[row] for row in rows]
        if len({model.adapter for model in asked}) == 1:
            made = asked[0].complete(
                read, max_tokens=max_tokens, temperature=temperature, seed=seed, stop=stop
            )
        else:
            made = _mixed(asked, read, wanted)
        done.update(zip(rows, made, strict=True))
    return [done[row] for row in range(len(prompts))]


def _group(model: LocalLM) -> Hashable:
    """What models that may share a batch have in common."""
    if model.weights is None:
        return id(model)
    limits = (model.context_tokens, model.max_tokens, model.batch_size)
    return (id(model.weights), model.verbatim, model.answers, *limits)


def _mixed(
    models: Sequence[LocalLM], prompts: Sequence[Prompt], wanted: Wanted
) -> list[Completion]:
    first = models[0]
    assert first.weights is not None
    tuned = {model.adapter: model.loaded.model for model in models if model.adapter}
    wanted = replace(wanted, max_tokens=first.longest(wanted.max_tokens))
    tokens = [first.fitting(prompt, wanted.max_tokens) for prompt in prompts]
    done: dict[int, Completion] = {}
    for rows in first.batches(tokens, wanted):
        start = time.perf_counter()
        chosen = [tokens[row] for row in rows]
        most = min(first.left(row, wanted.max_tokens) for row in chosen)
        names = [models[row].adapter for row in rows]
        rule = first.rule([prompts[row] for row in rows])
        with first.weights.lock, first.weights.mixed(tuned).rows(names) as model:
            loaded = replace(first.weights.loaded, model=model)
            out = generate(loaded, chosen, wanted, most, rule=rule)
        seconds = (time.perf_counter() - start) / len(rows)
        for row, ids in zip(rows, out, strict=True):
            text = cut_at(first.text(ids), wanted.stop)
            used = usage(models[row], len(tokens[row]), len(ids), seconds)
            done[row] = Completion(text, used)
    return [done[row] for row in range(len(prompts))]
