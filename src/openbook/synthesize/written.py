"""Questions that a language model writes about passages, and answers again to prove them.

For each passage something is chosen that could be asked for (a date, an amount, a name), the
model writes the question that has it as its answer (prompt ``questions``), and, given the passage
and the question, must find it again (prompt ``brief``). A question whose answer does not come
back, does not stand in the passage, or that speaks of "the passage" is left out.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence

from openbook.generate.kinds import spans
from openbook.generate.quotes import whole
from openbook.generate.reading import read
from openbook.models.prompts import numbered, render
from openbook.synthesize.asked import Asked
from openbook.synthesize.checks import Dropped
from openbook.synthesize.near import holds
from openbook.synthesize.shelf import Shelf, drawing
from openbook.text.language import detect
from openbook.text.question import LONGEST
from openbook.text.sentences import sentences
from openbook.types import LM, Passage, Prompt

BATCH = 8
"""Passages asked about together: what a kill can cost at most."""

QUESTION_TOKENS, ANSWER_TOKENS = 64, 48
"""Tokens of a question and of a short answer."""

MOST = 4
"""Passages asked about for each question that is wanted, before a model is given up."""

SHORTEST = 60
"""Characters of a passage that is asked about."""

ASKABLE = ("money", "percent", "duration", "time", "clock", "measure", "person", "place", "contact")
_ABOUT = re.compile(r"\b(?:passage|the (?:text|context))\b|지문|본문|passage|위 글", re.I)


def prompts(shelf: Shelf, seed: int, n: int) -> Iterator[tuple[Passage, str, Prompt]]:
    """What a model is asked, documents by turns: the passage, the answer, the prompt."""
    order = shelf.order(seed)[: max(200, 4 * n)]
    longest = max(len(shelf.documents[name]) for name in order)
    shuffled = {name: list(shelf.documents[name]) for name in order}
    for name, own in shuffled.items():
        drawing(seed, "passages", name).shuffle(own)
    for at in range(longest):
        for name in order:
            if at < len(shuffled[name]) and len(shuffled[name][at].text) >= SHORTEST:
                passage = shuffled[name][at]
                answer = _chosen(passage, drawing(seed, "answer", passage.id))
                language = detect(passage.text)
                values = {"passages": numbered([passage]), "answer": answer}
                yield passage, answer, render("questions", language, **values)


def _chosen(passage: Passage, rng: random.Random) -> str:
    """Something of the passage that can be asked for; empty where nothing is."""
    found = [
        passage.text[start:end]
        for kind in ASKABLE
        for start, end in spans(passage.text, kind)
        if 2 <= end - start <= 40 and whole(passage.text, start, end)
    ]
    single = [text for text in dict.fromkeys(found) if passage.text.count(text) == 1]
    return rng.choice(single) if single else ""


def by_model(model: LM) -> Callable[[Shelf, int, int, Dropped], Iterator[list[Asked]]]:
    """A source of candidates that a language model writes."""

    def source(shelf: Shelf, seed: int, n: int, dropped: Dropped) -> Iterator[list[Asked]]:
        some: list[tuple[Passage, str, Prompt]] = []
        for tried, item in enumerate(prompts(shelf, seed, n)):
            if tried >= MOST * n + BATCH:
                break
            some.append(item)
            if len(some) == BATCH:
                yield _written(model, some, seed, dropped)
                some = []
        if some:
            yield _written(model, some, seed, dropped)

    return source


def _written(
    model: LM, some: Sequence[tuple[Passage, str, Prompt]], seed: int, dropped: Dropped
) -> list[Asked]:
    replies = model.complete(
        [prompt for _, _, prompt in some], max_tokens=QUESTION_TOKENS, seed=seed
    )
    texts = [_question(reply.text) for reply in replies]
    good = [
        (passage, answer, text)
        for (passage, answer, _), text in zip(some, texts, strict=True)
        if text and not _ABOUT.search(text)
    ]
    dropped.add("no question", len(some) - len(good))
    said = _answers(model, [(p, text) for p, _, text in good], seed)
    found = []
    for (passage, answer, text), final in zip(good, said, strict=True):
        quoted = _quoted(passage, answer or final)
        back = final and (not answer or holds(final, [answer]) or holds(answer, [final]))
        if back and quoted:
            found.append(Asked(text, (answer or final,), passage, quoted, source=model.name))
        else:
            dropped.add("the model does not answer it")
    return found


def _answers(model: LM, asked: Sequence[tuple[Passage, str]], seed: int) -> list[str]:
    """Short answers from one passage each; empty where the model refuses."""
    if not asked:
        return []
    given = [brief([passage], text) for passage, text in asked]
    replies = model.complete(given, max_tokens=ANSWER_TOKENS, seed=seed)
    read_ = [
        read(reply.text, detect(text)) for reply, (_, text) in zip(replies, asked, strict=True)
    ]
    return ["" if one.refused else "; ".join(one.answers) for one in read_]


def brief(passages: Sequence[Passage], text: str) -> Prompt:
    """What a model is asked to answer in a line."""
    return render("brief", detect(text), passages=numbered(passages), question=text)


def refuses(
    model: LM, asked: Sequence[Asked], found: Sequence[Sequence[Passage]], seed: int
) -> list[bool]:
    """Whether a model refuses questions over what retrieval finds for them."""
    given = [brief(passages, one.text) for one, passages in zip(asked, found, strict=True)]
    replies = model.complete(given, max_tokens=ANSWER_TOKENS, seed=seed)
    return [read(r.text, one.language).refused for r, one in zip(replies, asked, strict=True)]


def _question(reply: str) -> str:
    """The question in a reply: its first line that asks."""
    for line in reply.splitlines():
        bare = re.sub(
            r"^(?:Q|Question|질문)\s*\d*\s*[:.：]\s*", "", line.strip().strip('"“”'), flags=re.I
        )
        if 6 <= len(bare) <= min(200, LONGEST) and bare.endswith(("?", "？")):
            return bare
    return ""


def _quoted(passage: Passage, answer: str) -> str:
    """The sentence of a passage that holds an answer; empty where none does."""
    for start, end in sentences(passage.text):
        if answer and holds(passage.text[start:end], [answer]):
            return passage.text[start:end]
    return ""
