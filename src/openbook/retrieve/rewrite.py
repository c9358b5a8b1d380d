"""Follow-up questions made to stand alone, by rules or by a language model.

The rules know three kinds of dependence: a question that changes one part of the last one
("그럼 병가는?", "What about interns?"), one that points back ("그건 언제까지?", "How do I apply
for it?"), and one that names too little to be found. The first is the last question with
the part changed; the others take the names that the last question was about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from openbook.errors import InputError
from openbook.stage import Runtime, Stage
from openbook.text.language import detect
from openbook.text.topics import topics
from openbook.types import LM, Query, Turn

LONGEST = 40
"""Tokens that a language model may write for a rewritten question, per 100 characters asked."""


@dataclass(frozen=True)
class Rewrite(Stage[Query, Query]):
    """A question with what it leaves out put in from the conversation.

    Args:
        how: ``rules``, or ``model`` to ask a language model.
        model: its name; empty means the configured one.
    """

    how: str = "rules"
    model: str = ""

    def __post_init__(self) -> None:
        if self.how not in ("rules", "model"):
            raise InputError(f'rewrite = "{self.how}" is not known', fix="Give rules or model.")

    @property
    def resources(self) -> tuple[tuple[type, str], ...]:
        """The language model, where it rewrites."""
        return ((LM, self.model),) if self.how == "model" else ()

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[Query]:
        """One query a query; without history it comes back as it was."""
        later = [at for at, query in enumerate(batch) if query.history]
        if not later:
            return list(batch)
        if self.how == "rules":
            texts = [standalone(batch[at].text, batch[at].history) for at in later]
        else:
            texts = self._asked([batch[at] for at in later], runtime)
        done = list(batch)
        for at, text in zip(later, texts, strict=True):
            done[at] = replace(batch[at], text=text)
        return done

    def _asked(self, queries: Sequence[Query], runtime: Runtime) -> list[str]:
        from openbook.models.prompts import conversation, render

        lm = runtime.resolve(LM, self.model)  # type: ignore[type-abstract]
        prompts = [
            render(
                "standalone",
                detect(query.text),
                conversation=conversation(query.history),
                question=query.text,
            )
            for query in queries
        ]
        longest = max(len(q.text) + sum(len(t.question) for t in q.history) for q in queries)
        completions = lm.complete(prompts, max_tokens=LONGEST * (1 + longest // 100), temperature=0)
        written = [completion.text.strip().split("\n")[0].strip() for completion in completions]
        return [text or query.text for text, query in zip(written, queries, strict=True)]


_OPENER = re.compile(
    r"^(?:(?:그럼|그러면|그렇다면|그리고|또한|또|그런데|근데|그래서|아니|네|아|and|so|then|but|"
    r"okay|ok|also|well|alright|thanks|thank you)(?:[\s,.!]+|$))+",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"^(?:what|how)\s+about\s+(?P<en>.+?)\s*\?*$|^(?:(?:and|or)\s+)?(?:for|in|to|with|on)\s+"
    r"(?P<for>.+?)\s*\?*$|^(?P<ko>[^?]+?)(?:은|는|이|가)?\s*(?:어때요?|어떤가요|어떻습니까)?\s*\?*$",
    re.IGNORECASE,
)
_PARTICLE = re.compile(r"(은|는|이|가|의|을|를|에|에게|에서|으로|로|도|만|과|와)$")
_POINTS_KO = re.compile(
    r"(?:^|\s)(?:그건|그거|그것|그게|그걸|그거는|그것은|이건|이거|이것|이게|저건|거기|거긴|거기는|"
    r"그곳|그때|그\s?경우|그쪽|걔|그들|그분)(?:은|는|이|가|을|를|에|에서|도|의|로|에는|에도)?(?=[\s?,]|$)"
    r"|(?:^|\s)(?:그|이|해당)(?=\s[가-힣])"
)
_POINTS_EN = re.compile(
    r"\b(?:it|its|they|them|their|that|those|these|this|there|he|she|his|her|him|the same|"
    r"the former|the latter|this one|that one)\b",
    re.IGNORECASE,
)


def standalone(text: str, history: Sequence[Turn]) -> str:
    """A question by rules, made to stand alone; unchanged where it does already.

    >>> from openbook.types import Turn
    >>> standalone("What about interns?", [Turn("How many days of leave do contractors get?")])
    'How many days of leave do interns get?'
    """
    if not history:
        return text
    opened = _OPENER.match(text)
    rest = text[opened.end() :] if opened else text
    if not rest.strip():
        return text
    last = standalone(history[-1].question, history[:-1])
    if changed := _changed(rest, last, bool(opened)):
        return changed
    if _points(rest) or opened or len(topics(rest)) <= 1:
        return _carried(rest, last)
    return text


def _points(text: str) -> bool:
    return bool(_POINTS_KO.search(text) or _POINTS_EN.search(text))


def _changed(rest: str, last: str, opened: bool) -> str:
    """The last question with one part changed; empty where the question is no such thing."""
    match = _ABOUT.match(rest)
    if match is None or _points(rest):
        return ""
    part = match["en"] or match["for"] or match["ko"]
    korean = match["ko"] is not None
    if korean and (len(part.split()) > 3 or not re.search("[가-힣]", part)):
        return ""
    if korean and not re.search(r"(?:은|는|이|가|어때요?|어떤가요|어떻습니까)\s*\?*$", rest):
        return ""
    names = topics(part)
    if not names or (korean and not opened and len(names) > 2):
        return ""
    slot = _slot(names, last)
    if not slot:
        return f"{part} {last}"
    new = part if not korean else _PARTICLE.sub("", part) if part != names[-1] else part
    before, after = last.split(slot, 1)
    return f"{before}{new}{after}"


def _slot(names: Sequence[str], last: str) -> str:
    """The name in the last question that the new one stands for: one of the same kind (the
    same last word, or last syllable), else the one that Korean marks as its topic.
    """
    old = [name for name in topics(last) if name not in names]
    new = names[-1]
    korean = "가" <= new[-1] <= "힣"
    if not korean:
        return _english_slot(new, old, last)
    for name in old:
        if len(name) > 1 and name[-1] == new[-1]:
            return name
    for name in old:
        if re.search(rf"{re.escape(name)}(?:은|는)(?=\s|$)", last):
            return name
    return ""


def _english_slot(new: str, old: Sequence[str], last: str) -> str:
    """The words before the same head (``full-time staff``), or the subject after ``do``."""
    head = re.search(rf"\b([\w-]+)\s+{re.escape(new)}\b", last, re.IGNORECASE)
    if head and head[1] in old:
        return head[0]
    subject = re.search(
        r"\b(?:do|does|did|can|may|must|should|are|is)\s+((?:[\w-]+\s)?[\w-]+)\s+[\w-]+\s*\?*$",
        last,
    )
    if subject and subject[1].split()[-1] in old:
        kept = [word for word in subject[1].split() if word in old]
        return " ".join(kept) if " ".join(kept) in last else ""
    return ""


def _carried(rest: str, last: str) -> str:
    """The question with the names of the last one: in front in Korean, behind in English."""
    have = {name.lower() for name in topics(rest)}
    names = [name for name in topics(last) if name.lower() not in have]
    if not names:
        return rest
    carried = " ".join(names)
    if re.search("[가-힣]", rest):
        return f"{carried} {' '.join(_POINTS_KO.sub(' ', rest).split())}"
    if _POINTS_EN.search(rest):
        return _POINTS_EN.sub(lambda _: carried, rest, count=1)
    return f"{rest.rstrip('?. ')} {carried}{'?' if rest.rstrip().endswith('?') else ''}"
