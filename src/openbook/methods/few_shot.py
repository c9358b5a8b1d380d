"""A language model alone, shown solved questions that are like the one asked.

Adds to:  standard: a few questions with their answers stand before the question
Idea:     examples show what is wanted, and like ones show it best.
Source:   Brown et al., NeurIPS 2020 (arXiv:2005.14165); choice by similarity: Liu et al.
          (arXiv:2101.06804).
Cost:     one short generation a question, over `shots` more questions and answers.
Fails when the answer stands only in your documents; examples teach the form, not the fact.
"""

from openbook.generate.closed import Closed
from openbook.retrieve.rewrite import Rewrite
from openbook.stage import Stage, method
from openbook.types import Answer, Query


@method(parent="standard")
def few_shot(
    *,
    shots: int = 4,
    examples: str = "",
    similarity: str = "encoder",
    model: str = "",
    rewrite: str = "rules",
    max_tokens: int = 128,
) -> Stage[Query, Answer]:
    """Build it.

    Args:
        shots: solved examples put before the question.
        examples: question file whose train questions they are; empty for `generate.examples` of
            the settings, and the shipped examples where that is empty too.
        similarity: how like an example is: by the configured ``encoder`` or by ``terms``.
        model: name of the language model; empty for the configured generator.
        rewrite: follow-up questions by ``rules`` or by the configured ``model``.
        max_tokens: longest text the model may write, in tokens.
    """
    return Rewrite(rewrite) >> Closed("closed", model, shots, examples, similarity, max_tokens)
