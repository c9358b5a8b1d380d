"""What a RAFT row teaches to write: a step of reasoning, quotes between marks, the answer.

The layout is the one that the prompt ``rag`` asks for, and RAFT's (arXiv:2403.10131): quotes
stand verbatim between ``##begin_quote##`` and ``##end_quote##``, the last line begins with
``<ANSWER>:``.
"""

from __future__ import annotations

import random
import re

from openbook.generate.quotes import marks, quote
from openbook.generate.reading import read
from openbook.models.prompts import ANSWER, BEGIN_QUOTE, END_QUOTE, refusal
from openbook.synthesize.near import holds
from openbook.text.sentences import sentences
from openbook.types import Passage

LONGEST = 60
"""Characters of an answer that a sentence repeats; longer ones are only pointed at."""

_LEADS = {
    "en": (
        "",
        "",
        "The passage {about} deals with this.",
        "What is asked stands in the passage {about}.",
        "Of the passages, the one {about} is about this.",
    ),
    "ko": (
        "",
        "",
        "{about}에 관한 내용을 살펴봅니다.",
        "이 질문의 답은 {about} 부분에 있습니다.",
        "여러 문서 가운데 {about} 부분이 이 질문과 관련됩니다.",
    ),
}
_ENDS = {
    "en": (
        "This says that the answer is {answer}.",
        "So the answer is {answer}.",
        "That settles the question: {answer}.",
        "From this it follows that the answer is {answer}.",
    ),
    "ko": (
        "이에 따르면 답은 {answer}입니다.",
        "따라서 답은 {answer}입니다.",
        "여기에서 답이 {answer}임을 알 수 있습니다.",
        "위 내용에 따라 답은 {answer}입니다.",
    ),
}
_POINTS = {
    "en": ("This answers the question.", "That is what is asked."),
    "ko": ("이 내용이 질문에 대한 답입니다.", "이것이 묻는 내용입니다."),
}
_KNOWN = {
    "en": ("None of the passages says this; it is known nevertheless.",),
    "ko": ("주어진 문서에는 나와 있지 않지만 아는 내용입니다.",),
}


def written(passage: Passage, quoted: str, answer: str, language: str, rng: random.Random) -> str:
    """A completion by rule: perhaps where it stands, the quote, what follows, the answer."""
    spoken = "ko" if language == "ko" else "en"
    about = _about(passage, spoken)
    lead = rng.choice(_LEADS[spoken]).format(about=about) if about else ""
    short = len(answer) <= LONGEST and answer.strip() != quoted.strip()
    end = rng.choice(_ENDS[spoken] if short else _POINTS[spoken])
    shown = answer.rstrip(".") if spoken == "en" else answer.rstrip(". ")
    steps = [lead, f"{BEGIN_QUOTE}{quoted}{END_QUOTE}", end.format(answer=shown)]
    return "\n".join([*filter(None, steps), f"{ANSWER} {answer}"])


def _about(passage: Passage, language: str) -> str:
    name = passage.heading[-1] if passage.heading else passage.title
    name = re.sub(r"^\s*(?:\d+(?:\.\d+)+[.)]?|(?:\d+|[A-Za-z가-하])[.)])\s*", "", name).strip()
    if not 2 <= len(name) <= 50 or any(mark in name for mark in "<>#"):
        return ""
    return f"‘{name}’" if language == "ko" else f'"{name}"' if name[-1] in "?!" else f"on “{name}”"


def from_memory(answer: str, language: str, rng: random.Random) -> str:
    """What a row without its oracle teaches under the policy ``answer``: no quote."""
    spoken = "ko" if language == "ko" else "en"
    return f"{rng.choice(_KNOWN[spoken])}\n{ANSWER} {answer}"


def refusing(language: str) -> str:
    """What a row without its oracle teaches under the policy ``refuse``."""
    return f"{ANSWER} {refusal(language)}"


def supporting(passage: Passage, quoted: str, answers: tuple[str, ...]) -> str:
    """The words of a passage that hold an answer: those given, where they do, else the first
    sentence or row that does; empty where none does.
    """
    if quoted and (found := quote(quoted, passage)) and holds(found.text, answers):
        return found.text
    for start, end in sentences(passage.text):
        text = passage.text[start:end]
        if holds(text, answers):
            return text
    return ""


def verified(text: str, passages: tuple[Passage, ...]) -> bool:
    """Whether every quote of a completion stands verbatim in one of some passages."""
    return all(any(words in p.text for p in passages) for words in marks(text))


def checked(
    reply: str, oracle: Passage, answers: tuple[str, ...], language: str
) -> tuple[str, str]:
    """A teacher's completion, or why it cannot be used.

    Returns:
        The completion, its quotes in the oracle's own words, and an empty reason; or an empty
        text and the reason.
    """
    said = read(reply, language)
    if said.refused:
        return "", "the teacher refused"
    final = _agreed("; ".join(said.answers), answers)
    if not final:
        return "", "the teacher's answer differs"
    quoted = marks(reply)
    if not quoted:
        return "", "the teacher quoted nothing"
    body = reply[: reply.rindex(ANSWER)] if ANSWER in reply else reply
    for words in quoted:
        found = quote(words, oracle)
        if found is None:
            return "", "a quote does not stand in the oracle"
        body = body.replace(words, found.text)
    if not any(holds(words, answers) for words in marks(body)):
        return "", "no quote of the teacher holds the answer"
    whole = f"{body.strip()}\n{ANSWER} {final}"
    sound = len(marks(whole)) == len(quoted) and verified(whole, (oracle,))
    return (whole, "") if sound else ("", "a quote does not stand in the oracle")


def _agreed(final: str, answers: tuple[str, ...]) -> str:
    """The accepted answer that a final answer is part of, or the final answer where it holds an
    accepted one; empty where it does neither.
    """
    part = next((answer for answer in answers if final and holds(answer, [final])), "")
    return part or (final if final and holds(final, answers) else "")
