"""Documents dealt to train, dev and test: by document, so that no document is in two of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from openbook.errors import InputError
from openbook.types import Split, digest

NAMES = ("train", "dev", "test")


def shares(text: str) -> dict[str, float]:
    """``train=0.8,test=0.2`` as shares that add up to 1; empty for no split.

    Raises:
        InputError: another name, no number, or shares that are not positive.

    >>> shares("train=3,test=1")
    {'train': 0.75, 'test': 0.25}
    """
    found: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, share = part.partition("=")
        value = _number(share)
        if name.strip() not in NAMES or value is None or value <= 0 or name.strip() in found:
            raise InputError(
                f'"{part}" is not a share of train, dev or test',
                where="--split",
                fix="Example: --split train=0.7,dev=0.1,test=0.2",
            )
        found[name.strip()] = value
    total = sum(found.values())
    return {name: value / total for name, value in found.items()}


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value < float("inf") else None


def deal(documents: Mapping[str, str], parts: Mapping[str, float], seed: int) -> dict[str, Split]:
    """The split of each document, in exact shares (largest remainders) of each language.

    Args:
        documents: the language of each document, by id.
        parts: the share of each split; none leaves every split empty.

    Raises:
        InputError: a split that no document is left for.
    """
    if not parts:
        return dict.fromkeys(documents, "")
    found: dict[str, Split] = {}
    for language in sorted(set(documents.values())):
        own = [name for name, spoken in documents.items() if spoken == language]
        own.sort(key=lambda name: digest(str(seed), name))
        at = 0
        for name, count in zip(parts, portions(len(own), list(parts.values())), strict=True):
            found.update(dict.fromkeys(own[at : at + count], cast(Split, name)))
            at += count
    if missing := [name for name in parts if name not in found.values()]:
        raise InputError(
            f"no document is left for the split {missing[0]}: there are {len(documents)} documents",
            where="--split",
            fix="Sync more documents, or ask for fewer splits.",
        )
    return found


def portions(total: int, weights: Iterable[float]) -> list[int]:
    """Whole numbers in proportion to some weights that add up to a total (largest remainders,
    the first of equal ones).

    >>> portions(10, [0.7, 0.15, 0.15]), portions(1, [0.5, 0.5])
    ([7, 2, 1], [1, 0])
    """
    exact = [total * weight for weight in weights]
    scale = sum(exact) / total if total else 1.0
    exact = [value / scale for value in exact]
    whole = [int(value + 1e-9) for value in exact]
    order = sorted(range(len(exact)), key=lambda i: (-(exact[i] - whole[i]), i))
    for i in order[: total - sum(whole)]:
        whole[i] += 1
    return whole
