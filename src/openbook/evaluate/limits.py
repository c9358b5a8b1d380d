"""Limits that a run must keep: ``openbook report --fail-below``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from openbook.errors import InputError, nearest
from openbook.evaluate.record import Measured, Record

OPTION = "--fail-below"


@dataclass(frozen=True)
class Limit:
    """A least value (or a largest, where lower is better) of a measure in the new run.

    An empty method means every method.
    """

    measure: str
    value: float
    method: str = ""


def read_limit(text: str) -> Limit:
    """``F1=0.5`` or ``naive_rag:F1=0.5``.

    Raises:
        InputError: it is written otherwise.

    >>> read_limit("naive_rag:nDCG@10=0.5")
    Limit(measure='nDCG@10', value=0.5, method='naive_rag')
    """
    name, equals, number = text.rpartition("=")
    method, _, measure = name.rpartition(":")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not equals or not measure.strip() or not math.isfinite(value):
        raise InputError(
            f'"{text}" is not MEASURE=NUMBER',
            where=OPTION,
            fix="Examples: --fail-below F1=0.5, --fail-below advanced_rag:nDCG@10=0.6",
        )
    return Limit(measure.strip(), value, method.strip())


def below(new: Record, limits: Sequence[Limit]) -> Iterator[tuple[Limit, str, float]]:
    """Limits that the new run does not keep: the limit, the method, its value.

    A measure for which lower is better must be at most the limit.

    Raises:
        InputError: a method or a measure that the run does not have, a limit that the measure
            cannot reach, or a method that the measure was not taken of.
    """
    known: Mapping[str, Measured] = {measure.name: measure for measure in new.measures}
    for limit in limits:
        _refuse_unknown(limit, known, new.names)
        _refuse_range(limit, known[limit.measure].unit)
        up = known[limit.measure].higher_is_better
        for method, value in _measured(new, limit):
            if not (value >= limit.value if up else value <= limit.value):
                yield limit, method, value


def _refuse_unknown(limit: Limit, known: Mapping[str, Measured], methods: Sequence[str]) -> None:
    if limit.measure not in known:
        raise InputError(
            f'there is no measure "{limit.measure}"',
            where=OPTION,
            fix=nearest(limit.measure, known),
        )
    if limit.method and limit.method not in methods:
        raise InputError(
            f'there is no method "{limit.method}"',
            where=OPTION,
            fix=nearest(limit.method, methods),
        )


def _refuse_range(limit: Limit, unit: str) -> None:
    """Refuse a share outside [0, 1] (one meant as per cent), and anything else below 0."""
    share = unit == "share"
    if 0 <= limit.value <= (1 if share else math.inf):
        return
    name = f"{limit.method}:{limit.measure}" if limit.method else limit.measure
    meant = share and 1 < limit.value <= 100
    raise InputError(
        f"{name}={limit.value:g} is outside of what {limit.measure} can be, "
        f"{'0 to 1' if share else '0 or more'}",
        where=OPTION,
        fix=f"Did you mean {name}={limit.value / 100:g}?" if meant else "Give another number.",
    )


def _measured(new: Record, limit: Limit) -> list[tuple[str, float]]:
    """The methods that a limit is for, and their values."""
    methods = (limit.method,) if limit.method else tuple(new.names)
    values = {method: new.total(method, limit.measure).value for method in methods}
    lacking = [method for method, value in values.items() if value is None]
    if not lacking:
        return [(method, value) for method, value in values.items() if value is not None]
    having = [method for method in new.names if new.total(method, limit.measure).value is not None]
    named = f"Name a method that has it: {having[0]}:{limit.measure}=..." if having else (
        "Compare on questions that it can be measured on."
    )  # fmt: skip
    raise InputError(
        f"{limit.measure} was not measured of {', '.join(lacking)}", where=OPTION, fix=named
    )
