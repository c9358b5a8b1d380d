"""What each sentence is worth by how a small language model reads question and passage.

Source: LongLLMLingua, Jiang et al., 2023 (arXiv:2310.06839). A passage is worth how likely it
makes the question (its equation 2, with a restrictive statement behind the question); a sentence
how much likelier the question makes its tokens than they are without (contrastive perplexity,
its equation 3). Both are scaled over the ranking and added.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from openbook.models.likelihood import Likelihood, likelihoods
from openbook.retrieve.compress_values import Piece
from openbook.text.language import detect
from openbook.types import LM, Passage

RESTRICTION = {
    "en": "We can get the answer to this question in the given documents.",
    "ko": "이 질문의 답은 주어진 문서에서 찾을 수 있다.",
}
"""What stands behind the question while its likelihood is read (the paper's section 4.1)."""

PASSAGE, SENTENCE = 0.5, 0.5
"""How much either counts; the paper cuts by passage first and by token then."""

Rows = NDArray[np.float64]


def passages_by_question(model: LM, question: str, passages: Sequence[Passage]) -> Rows:
    """Mean log probability of a token of the question after each passage."""
    behind = RESTRICTION.get(detect(question), RESTRICTION["en"])
    asked = f"\n{question} {behind}"
    return np.array([one.mean for one in likelihoods(model, [(p.text, asked) for p in passages])])


def by_perplexity(
    model: LM, question: str, passages: Sequence[Passage], parts: Sequence[Piece]
) -> Rows:
    """One value a sentence, in [0, 1]; shape ``(len(parts),)``.

    Raises:
        ModelError: a model that cannot say how likely a text is.
    """
    whole = passages_by_question(model, question, passages)
    texts = [p.text for p in passages]
    read = likelihoods(model, [*(("", t) for t in texts), *((f"{question}\n", t) for t in texts)])
    plain, asked = read[: len(texts)], read[len(texts) :]
    contrast = np.array([_contrast(plain[p.passage], asked[p.passage], p) for p in parts])
    owner = np.array([p.passage for p in parts], np.int64)
    return np.asarray(PASSAGE * _scaled(whole)[owner] + SENTENCE * _scaled(contrast))


def _contrast(plain: Likelihood, asked: Likelihood, part: Piece) -> float:
    """Mean gain in log probability of a sentence's tokens; 0 beyond the model's window."""
    count = min(len(plain.values), len(asked.values))
    starts = plain.starts[:count]
    here = (starts >= part.start) & (starts < part.end)
    if not here.any():
        return 0.0
    return float((asked.values[:count] - plain.values[:count])[here].mean())


def _scaled(values: Rows) -> Rows:
    low, high = values.min(), values.max()
    return np.asarray((values - low) / (high - low)) if high > low else np.ones_like(values)
