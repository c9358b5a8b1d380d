"""A language model alone: the question, and nothing else.

Adds to:  nothing: it is the baseline of prompting
Idea:     a model may know the answer from what it was trained on.
Source:   closed-book question answering, Roberts et al., EMNLP 2020 (arXiv:2002.08910).
Cost:     one short generation a question.
Fails when the answer stands only in your documents, or has changed since the model was trained.
"""

from openbook.generate.closed import Closed
from openbook.retrieve.rewrite import Rewrite
from openbook.stage import Stage, method
from openbook.types import Answer, Query


@method()
def standard(
    *, model: str = "", rewrite: str = "rules", max_tokens: int = 128
) -> Stage[Query, Answer]:
    """Build it.

    Args:
        model: name of the language model; empty for the configured generator.
        rewrite: follow-up questions by ``rules`` or by the configured ``model``.
        max_tokens: longest text the model may write, in tokens.
    """
    return Rewrite(rewrite) >> Closed(model=model, max_tokens=max_tokens)
