"""A language model that studied the documents answers without looking anything up.

Adds to:  standard: the model was tuned on questions about the documents
Idea:     what was studied need not be searched for.
Source:   domain-specific fine-tuning (DSF) in RAFT, arXiv:2403.10131; LoRA, arXiv:2106.09685.
Cost:     one short generation a question; training first.
Fails when a fact was not among what it studied, or has changed since; nothing it says is quoted.
"""

from openbook.generate.closed import Closed
from openbook.retrieve.rewrite import Rewrite
from openbook.stage import Stage, method
from openbook.tune.registry import model_of
from openbook.types import Answer, Query


@method(parent="standard", needs=("qa",))
def finetuned(
    *, adapter: str = "", rewrite: str = "rules", max_tokens: int = 128
) -> Stage[Query, Answer]:
    """Build it.

    Args:
        adapter: name of an adapter that learnt questions and answers (objective ``qa``).
        rewrite: follow-up questions by ``rules`` or by the configured ``model``.
        max_tokens: longest text the model may write, in tokens.
    """
    model = model_of(adapter, "finetuned", "qa")
    return Rewrite(rewrite) >> Closed(model=model, max_tokens=max_tokens)
