"""Which method to take: needs first, then quality where a difference is shown, then cost.

Methods that are known to break a need are left out (:mod:`openbook.evaluate.rules`). Of the
rest, the one with the best mean of the main measure leads; a method that is not shown to be
worse on the same questions stands beside it; of those the cheapest is taken. "No difference
shown" is not "the same", so it is said how much worse the choice may be, and how many
questions would tell.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openbook.evaluate.facts import Facts
from openbook.evaluate.record import Record
from openbook.evaluate.results import SHOWN
from openbook.evaluate.rules import RULES
from openbook.evaluate.settings import UNSTATED, Needs
from openbook.evaluate.statistics import Difference, holm, paired
from openbook.evaluate.wording import Wording, words

FEW = 30
"""Questions below which any result is called a first impression."""

Z_SHOWN, Z_POWER = 1.960, 0.842
"""Normal quantiles of a two-sided test at 5 % that finds a difference four times in five."""


@dataclass(frozen=True)
class Against:
    """How a method that was not taken compares with the leader of the main measure."""

    name: str
    difference: Difference | None
    p_holm: float
    shown: bool


@dataclass(frozen=True)
class Recommendation:
    """What to take and why, in whole sentences of one language.

    ``broken`` holds the needs that the method itself breaks: empty, unless every method
    breaks one. ``excluded`` and ``runners_up`` are pairs of a method and why it was not taken.
    """

    method: str
    measure: str
    headline: str
    reasons: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    excluded: tuple[tuple[str, str], ...] = ()
    runners_up: tuple[tuple[str, str], ...] = ()
    caveats: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Headline, needs that it breaks, reasons and caveats, a line each."""
        return "\n".join((self.headline, *self.broken, *self.reasons, *self.caveats))


def recommend(
    record: Record, needs: Needs = UNSTATED, language: str = "en", *, seed: int = 0
) -> Recommendation:
    """The method that a comparison speaks for.

    Args:
        record: results of a comparison.
        needs: what the method must keep to.
        language: of the sentences, ``en`` or ``ko``.
        seed: of the bootstrap.
    """
    say = words("recommend", language)
    facts = [Facts(record, needs, name) for name in record.names]
    broken = {f.name: [rule for rule in RULES if rule.breaks(f)] for f in facts}
    left = [f for f in facts if not broken[f.name]]
    if left:
        chosen, against = _choose(left, seed)
    else:
        fewest = min(len(rules) for rules in broken.values())
        near = [f for f in facts if len(broken[f.name]) == fewest]
        chosen, against = _choose(near, seed)
    own = tuple(rule.say(chosen, language) for rule in broken[chosen.name])
    return Recommendation(
        method=chosen.name,
        measure=chosen.measure,
        headline=_headline(chosen, against, bool(left), say),
        reasons=_reasons(chosen, against, say),
        broken=own,
        excluded=tuple(
            (f.name, " ".join(rule.say(f, language) for rule in broken[f.name]))
            for f in facts
            if broken[f.name] and f is not chosen
        ),
        runners_up=tuple(_runners_up(chosen, against, say)),
        caveats=tuple(_caveats(chosen, against, language, say)),
    )


def _choose(candidates: Sequence[Facts], seed: int) -> tuple[Facts, list[Against]]:
    """The cheapest of those that nobody is shown to beat, and how all compare with the best.

    The best stands first among the comparisons, without a difference.
    """
    best = max(candidates, key=lambda f: (_known(f.quality), [-e for e in f.effort]))
    others = [f for f in candidates if f is not best]
    found = [_difference(best, other, seed) for other in others]
    corrected = holm([1.0 if d is None else d.p for d in found])
    against = [Against(best.name, None, 1.0, False)]
    for other, difference, p in zip(others, found, corrected, strict=True):
        shown = difference is None or (difference.low > 0 and p <= SHOWN)
        against.append(Against(other.name, difference, p, shown))
    equal = {a.name for a in against if not a.shown}
    tied = [f for f in candidates if f.name in equal]
    return min(tied, key=lambda f: (*f.effort, -_known(f.quality))), against


def _known(value: float | None) -> float:
    return -math.inf if value is None else value


def _difference(best: Facts, other: Facts, seed: int) -> Difference | None:
    """Best minus other, turned so that higher is better; None where nothing is paired."""
    ours = best.record.column(best.name, best.measure)
    theirs = best.record.column(other.name, best.measure)
    measure = best.record.measure(best.measure)
    if measure is not None and not measure.higher_is_better:
        ours, theirs = theirs, ours
    return paired(ours, theirs, seed=seed)


def _headline(chosen: Facts, against: Sequence[Against], fits: bool, say: Wording) -> str:
    if not fits:
        return say("none_fits", name=chosen.name)
    if len(chosen.record.methods) == 1:
        return say("only", name=chosen.name)
    beside = [a for a in against if not a.shown]
    if len(against) == 1:
        return say("only_fit", name=chosen.name)
    if len(beside) > 1:
        return say("cheapest", name=chosen.name)
    return say(
        "best" if len(against) == len(chosen.record.methods) else "best_fit", name=chosen.name
    )


def _reasons(chosen: Facts, against: Sequence[Against], say: Wording) -> tuple[str, ...]:
    """What it reaches, against what, and what it takes."""
    total = chosen.record.total(chosen.name, chosen.measure)
    measure = say.label(chosen.measure)
    told = [say("reaches", name=chosen.name, measure=measure, total=say.total(total), n=total.n)]
    best = against[0]
    own = next((a.difference for a in against if a.name == chosen.name), None)
    if own is not None:
        told.append(
            say(
                "not_shown",
                best=best.name,
                measure=measure,
                difference=say.number(own.mean),
                low=say.number(own.low),
                high=say.number(own.high),
                n=own.n,
            )
        )
    beaten = [a for a in against if a.shown and a.difference is not None]
    if beaten and best.name == chosen.name:
        told.append(_nearest(beaten, say))
    told.append(say("takes", effort=_effort(chosen, say)))
    return tuple(told)


def _nearest(beaten: Sequence[Against], say: Wording) -> str:
    """How many are shown to be worse, and by how much the nearest of them."""
    gaps = [(a.difference, a.name) for a in beaten if a.difference is not None]
    gap, name = min(gaps, key=lambda pair: pair[0].mean)
    return say(
        "beats",
        count=len(beaten),
        name=name,
        difference=say.number(gap.mean),
        low=say.number(gap.low),
        high=say.number(gap.high),
        n=gap.n,
    )


def _effort(facts: Facts, say: Wording) -> str:
    parts = []
    if facts.cost is not None:
        parts.append(say("free") if facts.cost == 0 else say("usd", cost=say.dollars(facts.cost)))
    if facts.seconds is not None:
        parts.append(say("seconds", seconds=say.seconds(facts.seconds)))
    parts.append(say("trained" if facts.method.trained else "untrained"))
    return ", ".join(parts)


def _runners_up(
    chosen: Facts, against: Sequence[Against], say: Wording
) -> Iterator[tuple[str, str]]:
    """Those that keep to the needs and were not taken, with why, best first."""
    others = {a.name: Facts(chosen.record, chosen.needs, a.name) for a in against}
    for other in sorted(against, key=lambda a: -_known(others[a.name].quality)):
        if other.name == chosen.name:
            continue
        gap = other.difference
        if not other.shown:
            yield other.name, say("dearer", effort=_effort(others[other.name], say))
        elif gap is None:
            yield other.name, say("unpaired")
        else:
            low, high = say.number(gap.low), say.number(gap.high)
            mean = say.number(gap.mean)
            best = against[0].name
            yield other.name, say("worse", best=best, difference=mean, low=low, high=high)


def _caveats(
    chosen: Facts, against: Sequence[Against], language: str, say: Wording
) -> Iterator[str]:
    """What the numbers do not say."""
    yield from (rule.say(chosen, language) for rule in RULES if rule.untold(chosen))
    n = chosen.record.total(chosen.name, chosen.measure).n
    if n < FEW:
        yield say("few", n=n)
    undecided = [a for a in against if not a.shown and a.difference is not None]
    if undecided:
        decisive = next((a for a in undecided if a.name == chosen.name), undecided[0])
        if more := _needed(chosen, against[0].name, decisive, say):
            yield more
    if len(chosen.record.methods) > 1 and chosen.needs == UNSTATED:
        yield say("no_needs")


def _needed(chosen: Facts, best: str, other: Against, say: Wording) -> str:
    """How many questions would settle the comparison that decided; empty where all are alike.

    No number where the approximation says fewer than were asked: it holds for many questions.
    """
    gap = other.difference
    if gap is None:
        return ""
    size = max(abs(gap.mean), chosen.needs.smallest_difference)
    column = chosen.record.column
    count = questions_needed(column(best, chosen.measure), column(other.name, chosen.measure), size)
    if not count:
        return ""
    return say(
        "needed" if count > gap.n else "not_same",
        best=best,
        name=other.name,
        worst=say.number(gap.high),
        size=say.number(size),
        count=f"{count:,}",
        n=gap.n,
    )


def questions_needed(
    ours: Sequence[float | None], theirs: Sequence[float | None], size: float
) -> int:
    """Questions with which a paired difference of this size is shown four times out of five.

    The normal approximation of a paired test, two-sided at 5 %, power 80 %:
    ``n = ((1.960 + 0.842) s / size) ** 2`` with ``s`` the standard deviation of the paired
    differences (Cohen, Statistical Power Analysis, 1988), rounded up to two digits.

    >>> questions_needed([1, 0, 1, 1], [0, 0, 1, 1], 0.1)
    200
    """
    both = [a - b for a, b in zip(ours, theirs, strict=True) if a is not None and b is not None]
    if len(both) < 2 or size <= 0:
        return 0
    mean = sum(both) / len(both)
    variance = sum((value - mean) ** 2 for value in both) / (len(both) - 1)
    exact = (Z_SHOWN + Z_POWER) ** 2 * variance / size**2
    if exact <= 0:
        return 0
    step: int = 10 ** max(0, math.floor(math.log10(exact)) - 1)
    return math.ceil(exact / step) * step
