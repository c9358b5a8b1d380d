"""A language model as judge: is this answer right, given the accepted ones?

Optional. What the judge says is a measure of its own, beside those that need no model. A reply
that is neither yes nor no, or a model that fails, is counted as a failure and never scored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openbook.artifacts import Lines
from openbook.errors import ModelError
from openbook.evaluate.measure import Measure, Values
from openbook.evaluate.outcome import Outcome
from openbook.types import LM, Message, Prompt, digest

BATCH = 8

TEXTS = {
    "en": (
        "You judge answers. Reply with one word: yes where the answer says the same as one of "
        "the accepted answers, no where it does not.",
        "Question: {question}\nAccepted answers: {accepted}\nAnswer to judge: {said}\n"
        "Is the answer right? Reply yes or no.",
    ),
    "ko": (
        "답변을 채점합니다. 답변이 정답 가운데 하나와 같은 뜻이면 예, 아니면 아니요라고 한 단어로"
        "만 답하세요.",
        "질문: {question}\n정답: {accepted}\n채점할 답변: {said}\n"
        "답변이 맞습니까? 예 또는 아니요로 답하세요.",
    ),
}
_YES = re.compile(r"^\W*(?:yes|예|네|맞)", re.IGNORECASE)
_NO = re.compile(r"^\W*(?:no\b|아니|틀)", re.IGNORECASE)


def verdict(reply: str) -> float | None:
    """1 for yes, 0 for no, None for anything else.

    >>> verdict("Yes."), verdict("아니요, 다릅니다"), verdict("Perhaps")
    (1.0, 0.0, None)
    """
    text = re.sub(r"<think>.*?</think>", "", reply, flags=re.DOTALL).strip()
    if _YES.match(text):
        return 1.0
    return 0.0 if _NO.match(text) else None


def asked_of(outcome: Outcome) -> Prompt | None:
    """What a judge is asked about an answer; None where there is nothing to judge."""
    accepted = outcome.example.answers
    if not accepted or not outcome.answered or outcome.answerable is False:
        return None
    system, text = TEXTS["ko" if outcome.language == "ko" else "en"]
    said = text.format(
        question=outcome.example.text, accepted=" | ".join(accepted), said=outcome.answer.text
    )
    return (Message("system", system), Message("user", said))


@dataclass(frozen=True)
class Judged(Measure):
    """Verdicts by what was asked."""

    verdicts: Mapping[str, float | None] = field(default_factory=dict, compare=False)

    def values(self, outcomes: Sequence[Outcome]) -> Values:
        """1 or 0 as the judge said; 0 for an abstention on an answerable question; None where
        there is nothing to judge or the judge failed.
        """
        return [self._value(outcome) for outcome in outcomes]

    def _value(self, outcome: Outcome) -> float | None:
        prompt = asked_of(outcome)
        if prompt is not None:
            return self.verdicts.get(_key(prompt))
        accepted = outcome.example.answers and outcome.answerable is not False
        return 0.0 if accepted and not outcome.answered else None


def _key(prompt: Prompt) -> str:
    return digest(*(message.content for message in prompt))


def judge(
    outcomes: Mapping[str, Sequence[Outcome]], model: LM, kept: Lines
) -> tuple[Judged, dict[str, Any]]:
    """Ask a judge about every answer that has no verdict yet.

    Args:
        outcomes: answers by method.
        model: the judge.
        kept: verdicts of earlier runs; new ones are added.

    Returns:
        The measure, and what is to be said about the judge: its model, how many answers it
        was asked about, and its failures by method.
    """
    known = {row["_id"]: row["verdict"] for row in kept.held if row["model"] == model.name}
    prompts = {
        name: [prompt for outcome in rows if (prompt := asked_of(outcome)) is not None]
        for name, rows in outcomes.items()
    }
    new = {_key(p): p for rows in prompts.values() for p in rows if _key(p) not in known}
    for start in range(0, len(new), BATCH):
        keys = list(new)[start : start + BATCH]
        found = _verdicts([new[key] for key in keys], model)
        known.update(zip(keys, found, strict=True))
        said = [(key, known[key]) for key in keys if known[key] is not None]
        kept.add({"_id": key, "model": model.name, "verdict": value} for key, value in said)
    failures = {
        name: sum(known[_key(prompt)] is None for prompt in rows) for name, rows in prompts.items()
    }
    measure = Judged(
        "judged correct",
        f"Share of the answers that the judge {model.name} calls right; its failures are left out.",
        verdicts=known,
    )
    asked = {name: len(rows) for name, rows in prompts.items()}
    return measure, {"model": model.name, "asked": asked, "failures": failures}


def _verdicts(prompts: Sequence[Prompt], model: LM) -> list[float | None]:
    """What the judge says; None for each prompt of a batch that the model failed on."""
    try:
        replies = model.complete(prompts, max_tokens=16)
    except ModelError:
        return [None] * len(prompts)
    return [verdict(reply.text) for reply in replies]
