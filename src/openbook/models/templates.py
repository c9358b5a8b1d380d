"""Whether a tuned model learnt the prompt that it is asked with.

What a model learnt holds for the words it learnt with. A prompt is refused where the model's
adapter learnt other prompts only, or this one in other words. A language in which it learnt
the prompt not at all is let through: there it is the base model that answers.
"""

from __future__ import annotations

from collections.abc import Sequence

from openbook.errors import TemplateMismatchError
from openbook.models.prompts import template
from openbook.types import LM


def check_learnt(templates: Sequence[str], prompt: str, who: str) -> None:
    """Refuse a prompt that was not learnt.

    Args:
        templates: ids of the prompts that were learnt, ``rag/en@1f2e3d4c``; none says that no
            prompt was (continued pre-training on documents), and any is let through.
        prompt: name of the prompt.
        who: the model or adapter, for the message.

    Raises:
        TemplateMismatchError: it learnt others, or other words.
        InputError: there is no such prompt.
    """
    if not templates:
        return
    learnt = {one.partition("@")[0]: one for one in templates}
    here = [found for key, found in learnt.items() if key.partition("/")[0] == prompt]
    if not here:
        names = sorted({key.partition("/")[0] for key in learnt})
        raise TemplateMismatchError(
            f'it did not learn the prompt "{prompt}", but {", ".join(names)}',
            where=who,
            fix="Use it in a method of its objective (openbook methods), or train one for this.",
        )
    for one in here:
        name, _, language = one.partition("@")[0].partition("/")
        if one != (now := template(name, language).id):
            raise TemplateMismatchError(
                f"it learnt the prompt {one}, whose words have changed since ({now})",
                where=who,
                fix="Train it again with the words that are asked now.",
            )


def learnt_by(model: LM) -> tuple[str, ...]:
    """Ids of the prompts that a model was tuned on; empty where it was not."""
    return tuple(getattr(model, "templates", ()))
