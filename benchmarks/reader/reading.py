"""The reader over the cases, by the ordinary path: prompt, local model, the project's own
reading of what it wrote. What was written is kept on disk, so a run goes on where it stopped.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from cases import Case

from openbook.generate.quotes import BEGIN, END, quote
from openbook.generate.reading import Reading, read
from openbook.models.prompts import ANSWER, numbered, render
from openbook.models.window import length, room
from openbook.types import LM, Passage, Prompt, digest

MOST_TOKENS = 192
"""Tokens of an answer at most: two long sentences quoted and a short answer."""

TOGETHER = 256
"""Questions handed to the model at once; it sorts them by length into batches."""


@dataclass(frozen=True, slots=True)
class Written:
    """What the model wrote for a question, of what prompt (a hash), and what it took."""

    id: str
    prompt: str
    text: str
    tokens_in: int
    tokens_out: int
    seconds: float


def write(
    model: LM, cases: Sequence[Case], file: Path, label: str, name: str = "rag"
) -> list[Written]:
    """What a model writes for each case, in order; what ``file`` holds already is kept.

    Args:
        name: the prompt's; ``rag`` asks for quotes, ``brief`` for the answer alone.
    """
    prompts = {case.example.id: prompt_of(model, case, name) for case in cases}
    marks = {key: _mark(prompt) for key, prompt in prompts.items()}
    done = {one.id: one for one in _kept(file) if marks.get(one.id) == one.prompt}
    left = [case for case in cases if case.example.id not in done]
    left.sort(key=lambda case: sum(len(p.text) for p in case.passages))
    start, fresh = time.perf_counter(), 0
    for at in range(0, len(left), TOGETHER):
        part = left[at : at + TOGETHER]
        asked = [prompts[case.example.id] for case in part]
        with file.open("a", encoding="utf-8") as out:
            replies = model.complete(asked, max_tokens=MOST_TOKENS)
            for case, reply in zip(part, replies, strict=True):
                key, used = case.example.id, reply.usage
                one = Written(
                    key, marks[key], reply.text, used.input_tokens, used.output_tokens, used.seconds
                )
                done[key] = one
                out.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
        fresh += len(part)
        spent = time.perf_counter() - start
        rest = spent / fresh * (len(left) - fresh)
        print(f"  {label}: {len(done)}/{len(cases)}, {rest:.0f} s left", flush=True)
    return [done[case.example.id] for case in cases]


def prompt_of(model: LM, case: Case, name: str) -> Prompt:
    """The prompt of a case; distractors go, last first, until it fits the window."""
    shown = list(case.passages)
    gold = shown[case.gold_at] if case.gold_at >= 0 else None
    while True:
        prompt = render(
            name, case.example.language, passages=numbered(shown), question=case.example.text
        )
        fits = room(model, MOST_TOKENS)
        spare = [i for i, passage in enumerate(shown) if passage is not gold]
        if not fits or length(model, prompt) <= fits:
            return prompt
        if not spare:
            shown = [_shorter(case, shown[0])]
            gold = shown[0]
            continue
        shown.pop(spare[-1])


def _shorter(case: Case, passage: Passage) -> Passage:
    """A gold paragraph longer than the window loses its last sixth."""
    text = passage.text[: len(passage.text) * 5 // 6]
    return Passage(passage.id, passage.document_id, 0, len(text), text, title=passage.title)


def _mark(prompt: Prompt) -> str:
    return digest(*(message.content for message in prompt))


def _kept(file: Path) -> Iterator[Written]:
    if not file.is_file():
        return
    for line in file.read_text("utf-8").splitlines():
        try:
            yield Written(**json.loads(line))
        except (ValueError, TypeError):
            continue  # a line that a kill cut short is written again


@dataclass(frozen=True, slots=True)
class Judged:
    """What was written, taken apart and checked against the passages."""

    answer: str
    refused: bool
    malformed: bool
    quotes: int
    verified: int
    held: bool


def judge(case: Case, written: Written) -> Judged:
    """Short answer, refusal, form, and the quotes that stand in a passage.

    Malformed: no ``<ANSWER>:`` line, or quote marks that do not pair; ``held`` says whether
    the short answer stands in one of its verified quotes.
    """
    found = read(written.text, case.example.language)
    verified = [q for text in found.quotes if (q := _stands(text, case))]
    text = written.text
    pairs = text.count(BEGIN) == text.count(END)
    answer = "" if found.refused else _answer(found)
    return Judged(
        answer=answer,
        refused=found.refused,
        malformed=ANSWER not in text or not pairs,
        quotes=len(found.quotes),
        verified=len(verified),
        held=bool(answer) and any(answer in q for q in verified),
    )


def _answer(found: Reading) -> str:
    return "; ".join(found.answers) if found.answers else found.text


def _stands(text: str, case: Case) -> str:
    """The words of a quote as a passage has them; empty where none has."""
    return next((q.text for p in case.passages if (q := quote(text, p))), "")
