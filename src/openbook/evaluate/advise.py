"""First advice, before anything was measured: from the documents and the needs alone.

Each piece of advice is a rule: when it holds, what it says, what to type. Advice says what to
try first, what is not worth it, and what to prepare; it is no substitute for `openbook
compare`, which it leads to.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from openbook.evaluate.recommend import Z_POWER, Z_SHOWN
from openbook.evaluate.settings import Needs
from openbook.evaluate.survey import Survey
from openbook.evaluate.wording import Wording, words
from openbook.models.open import READER

Sort = Literal["try", "not", "prepare"]
"""What to try first, what is not worth it, what to prepare."""

FEW_DOCUMENTS = 20
"""Documents below which a model has too little to study."""

WHOLE = 24_000
"""Characters that fit into the prompt of most models at once (about 8 thousand tokens)."""

READ = 5
"""Passages that naive_rag reads: of so few, all are read in any order."""

MANY = 100_000
"""Passages from which on a rough first ranking pays."""

QUICK = 0.5
"""Seconds within which a language model on a CPU does not answer."""

OFTEN = ("daily", "weekly", "monthly")

MUCH = 10_000
"""Questions a month from which on a smaller, trained model can pay for its training."""

DIFFERING = 0.2
"""Share of questions on which two methods usually differ: the variance of the difference of
two measures of 0 and 1, at most."""

TOKENS_A_QUESTION = 300
"""Tokens of a prompt beside its passages."""

CHARACTERS_A_TOKEN = 3.0
"""English has about 4, Korean about 2."""


@dataclass(frozen=True)
class Advice:
    """One piece of advice in words, with what to type."""

    name: str
    sort: Sort
    text: str
    method: str = ""
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """When a piece of advice holds.

    Args:
        name: its sentence is under this key in the table ``advise`` of ``texts.toml``.
        sort: what kind of advice.
        when: whether it holds for documents and needs.
        method: the method that it speaks of; a rule to try one that is not there is silent.
        commands: what to type; ``{methods}`` stands for all methods that are advised.
    """

    name: str
    sort: Sort
    when: Callable[[Survey, Needs], bool]
    method: str = ""
    commands: tuple[str, ...] = ()


def month_cost(survey: Survey, needs: Needs, passages: int = READ) -> float:
    """US dollars a month for reading the prompts of naive_rag, by the configured price."""
    tokens = TOKENS_A_QUESTION + passages * survey.passage / CHARACTERS_A_TOKEN
    return needs.questions_month * tokens * survey.price / 1e6


def questions_for(size: float) -> int:
    """Questions with which a difference of this size is shown four times out of five, where
    two methods differ on a fifth of them: ``((1.960 + 0.842) / size) ** 2 * 0.2``, rounded up
    to two digits.

    >>> questions_for(0.1), questions_for(0.03)
    (160, 1800)
    """
    exact = (Z_SHOWN + Z_POWER) ** 2 * DIFFERING / max(size, 0.005) ** 2
    step: int = 10 ** max(0, math.floor(math.log10(exact)) - 1)
    return math.ceil(exact / step) * step


def _changing(survey: Survey, needs: Needs) -> bool:
    return (needs.documents_change or survey.change) in OFTEN


def _settled(survey: Survey, needs: Needs) -> bool:
    return (needs.documents_change or survey.change) in ("never", "yearly")


def _writes(survey: Survey) -> bool:
    """Whether a language model is configured that is more than the small one shipped."""
    return bool(survey.generator) and survey.generator != READER


def _quick(survey: Survey, needs: Needs) -> bool:
    local = not survey.server and needs.training != "gpu"
    return 0 < needs.latency_p95_s < QUICK and local


def _over_budget(survey: Survey, needs: Needs) -> bool:
    return 0 <= needs.budget_usd_month < month_cost(survey, needs)


def _kept_in(survey: Survey, needs: Needs) -> bool:
    return survey.server and not needs.data_may_leave


def _retrieves(survey: Survey, needs: Needs) -> bool:
    """Whether a language model may read passages within the needs."""
    return not (_quick(survey, needs) or _kept_in(survey, needs))


def _hard_to_find(survey: Survey, needs: Needs) -> bool:
    """Whether the right passages of a small collection must be found with care: a model cannot
    be given all of them, they are in several languages, or every answer must show them.
    """
    small = survey.characters <= WHOLE and survey.passages > READ
    return small and (not _writes(survey) or survey.mixed or needs.sources_required)


COMPARE = "openbook compare --questions Q.jsonl --methods {methods} --out comparison"

NAME = "handbook"
"""What the adapter is called in commands that are advised."""

STUDY = (
    "openbook synthesize questions --n 200 --out Q.jsonl",
    "openbook synthesize raft --questions Q.jsonl --out R.jsonl",
    f"openbook tune generator --objective raft --data R.jsonl --name {NAME}",
)
"""What makes an adapter for the method raft."""

RULES: tuple[Rule, ...] = (
    Rule("no_documents", "prepare", lambda s, n: not s.documents, "", ("openbook sync FOLDER",)),
    Rule("extractive", "try", lambda s, n: s.documents > 0, "extractive", (COMPARE,)),
    Rule(
        "naive_rag",
        "try",
        lambda s, n: s.documents > 0 and _retrieves(s, n),
        "naive_rag",
        (COMPARE,),
    ),
    Rule(
        "advanced_rag",
        "try",
        lambda s, n: s.characters > WHOLE and _retrieves(s, n),
        "advanced_rag",
        (COMPARE,),
    ),
    Rule(
        "advanced_few",
        "try",
        lambda s, n: _hard_to_find(s, n) and _retrieves(s, n),
        "advanced_rag",
        (COMPARE,),
    ),
    Rule(
        "whole",
        "try",
        lambda s, n: 0 < s.characters <= WHOLE and _writes(s) and _retrieves(s, n),
        "naive_rag",
        ("openbook ask --method naive_rag --set k={passages} QUESTION",),
    ),
    Rule(
        "style",
        "try",
        lambda s, n: n.least_style > 0 and _writes(s),
        "few_shot",
        (COMPARE,),
    ),
    Rule(
        "cascade",
        "try",
        lambda s, n: _over_budget(s, n) and n.budget_usd_month > 0,
        "cascade",
        (COMPARE,),
    ),
    Rule(
        "train",
        "try",
        lambda s, n: (
            _settled(s, n)
            and n.training != "none"
            and s.documents >= FEW_DOCUMENTS
            and (n.questions_month >= MUCH or n.least_style > 0)
        ),
        "raft",
        (*STUDY, COMPARE),
    ),
    Rule("quick", "not", _quick),
    Rule("kept_in", "not", _kept_in, "", ("openbook settings models",)),
    Rule("over_budget", "not", lambda s, n: _over_budget(s, n) and n.questions_month > 0),
    Rule("changing", "not", lambda s, n: s.documents > 0 and _changing(s, n)),
    Rule("sources", "not", lambda s, n: n.sources_required),
    Rule("no_training", "not", lambda s, n: n.training == "none"),
    Rule(
        "too_few",
        "not",
        lambda s, n: 0 < s.documents < FEW_DOCUMENTS and n.training != "none",
    ),
    Rule(
        "model_alone",
        "not",
        lambda s, n: s.documents > 0 and not n.sources_required and "standard" in s.methods,
    ),
    Rule(
        "reader",
        "prepare",
        lambda s, n: s.documents > 0 and not _writes(s) and not _quick(s, n),
        "",
        ("openbook settings models",),
    ),
    Rule(
        "mixed",
        "prepare",
        lambda s, n: s.mixed and not s.vectors,
        "",
        ("openbook settings models", "openbook sync"),
    ),
    Rule("tables", "prepare", lambda s, n: s.tables >= 0.15),
    Rule("clauses", "prepare", lambda s, n: s.clauses >= 0.3),
    Rule("many", "prepare", lambda s, n: s.passages >= MANY),
    Rule(
        "change_unknown",
        "prepare",
        lambda s, n: s.documents > 0 and not (n.documents_change or s.change),
    ),
    Rule("questions", "prepare", lambda s, n: s.documents > 0),
    Rule("calibrate", "prepare", lambda s, n: s.documents > 0, "", ("openbook calibrate Q.jsonl",)),
)


def advise(survey: Survey, needs: Needs, language: str = "en") -> list[Advice]:
    """Advice from documents and needs, in the order of :data:`RULES`.

    Args:
        survey: what the documents are like.
        needs: what the user stated.
        language: of the sentences, ``en`` or ``ko``.
    """
    say = words("advise", language)
    held = [
        rule
        for rule in RULES
        if rule.when(survey, needs)
        and not (rule.sort == "try" and rule.method not in survey.methods)
    ]
    tried = dict.fromkeys(rule.method for rule in held if rule.sort == "try")
    values = _values(survey, needs, say)
    values["methods"] = ",".join(f"{m}:{NAME}" if m == "raft" else m for m in tried)
    found = [
        Advice(
            rule.name,
            rule.sort,
            say(rule.name, **values),
            rule.method,
            tuple(command.format(**values) for command in rule.commands),
        )
        for rule in held
    ]
    return _once(found)


def _once(found: list[Advice]) -> list[Advice]:
    """Each command only with the last advice that leads to it."""
    last = {command: advice.name for advice in found for command in advice.commands}
    return [replace(a, commands=tuple(c for c in a.commands if last[c] == a.name)) for a in found]


def _values(survey: Survey, needs: Needs, say: Wording) -> dict[str, str]:
    """What sentences may name."""
    often = needs.documents_change or survey.change
    counts = ", ".join(
        f"{say(f'language_{code}') if say.has(f'language_{code}') else code or '?'} {count:,}"
        for code, count in survey.languages.items()
    )
    return {
        "documents": f"{survey.documents:,}",
        "passages": f"{survey.passages:,}",
        "characters": f"{survey.characters:,}",
        "languages": counts,
        "tables": f"{survey.tables:.0%}",
        "clauses": f"{survey.clauses:.0%}",
        "often": say(f"often_{often}") if often else "",
        "generator": survey.generator,
        "latency": say.seconds(needs.latency_p95_s),
        "questions": f"{needs.questions_month:,}",
        "cost": say.dollars(month_cost(survey, needs)),
        "budget": say.dollars(max(0.0, needs.budget_usd_month)),
        "size": say.number(needs.smallest_difference),
        "count": f"{questions_for(needs.smallest_difference):,}",
        "style": say.number(needs.least_style),
        "few": str(FEW_DOCUMENTS),
    }
