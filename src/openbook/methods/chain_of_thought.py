"""A language model alone that reasons in steps before it answers.

Adds to:  standard: the model writes down its reasoning first
Idea:     a step that has been written down can be built upon.
Source:   Wei et al., NeurIPS 2022 (arXiv:2201.11903); without examples: Kojima et al.
          (arXiv:2205.11916).
Cost:     one generation a question, several times as long as a bare answer.
Fails when a fact is missing rather than a step, or the model is too small to reason (the bundled
one is).
"""

from openbook.generate.closed import Closed
from openbook.retrieve.rewrite import Rewrite
from openbook.stage import Stage, method
from openbook.types import Answer, Query


@method(parent="standard")
def chain_of_thought(
    *, model: str = "", rewrite: str = "rules", max_tokens: int = 512
) -> Stage[Query, Answer]:
    """Build it.

    Args:
        model: name of the language model; empty for the configured generator.
        rewrite: follow-up questions by ``rules`` or by the configured ``model``.
        max_tokens: longest text the model may write, in tokens.
    """
    return Rewrite(rewrite) >> Closed("steps", model, max_tokens=max_tokens)
