"""From a prompt to the text that a local model continues.

A model with a chat template gets its own. Templates that refuse a system message get it in
front of the first user message. A model without a template (a base model, T5) gets the
plain layout::

    {system}

    {first user message}

    Answer:

and, where there are several turns, ``User:`` and ``Assistant:`` before each.

Control tokens of the tokeniser that stand in what users and documents wrote are broken
with an invisible character, so that no document can end its message and begin another. The
layout's own marks are broken where prompts are made (:func:`openbook.models.prompts.defuse`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openbook.errors import ModelError, need
from openbook.models.prompts import MARKS
from openbook.models.window import encodable
from openbook.types import Message, Prompt


def written(prompt: Prompt, tokenizer: Any) -> tuple[str, bool]:
    """The text to continue, and whether the tokeniser must add its own beginning and end.

    Raises:
        ModelError: the model's chat template cannot take the prompt.
    """
    safe = _safe(prompt, tokenizer)
    if not getattr(tokenizer, "chat_template", None):
        return plain(safe), True
    jinja = need("jinja2", "local")
    try:
        return _template(safe, tokenizer), False
    except jinja.TemplateError:
        pass
    try:
        return _template(_without_system(safe), tokenizer), False
    except jinja.TemplateError as error:
        raise ModelError(
            f"its chat template cannot take the prompt ({error})",
            where=str(getattr(tokenizer, "name_or_path", "")),
            fix="Mend chat_template.jinja, or remove it to use the plain layout.",
        ) from error


def prompt_tokens(prompt: Prompt, tokenizer: Any) -> list[int]:
    """Ids of a prompt as a local model reads it, in training as when it is asked.

    Raises:
        ModelError: as :func:`written`.
    """
    text, special = written(prompt, tokenizer)
    return list(tokenizer(text, add_special_tokens=special, verbose=False)["input_ids"])


def reply_tokens(reply: str, tokenizer: Any) -> list[int]:
    """Ids of what a model is to write after a prompt, control tokens broken, without an end."""
    safe = _safe((Message("assistant", reply),), tokenizer)[0].content
    return list(tokenizer(safe, add_special_tokens=False, verbose=False)["input_ids"])


def plain(prompt: Prompt) -> str:
    """The layout for models without a chat template; see the module.

    >>> plain((Message("system", "Be brief."), Message("user", "Why?")))
    'Be brief.\\n\\nWhy?\\n\\nAnswer:'
    """
    turns = [message for message in prompt if message.role != "system"]
    parts = [message.content for message in prompt if message.role == "system"]
    if len(turns) <= 1:
        return "\n\n".join([*parts, *(turn.content for turn in turns), "Answer:"])
    named = {"user": "User", "assistant": "Assistant", "system": ""}
    return "\n\n".join([*parts, *(f"{named[t.role]}: {t.content}" for t in turns), "Assistant:"])


def _template(prompt: Sequence[Message], tokenizer: Any) -> str:
    """By the model's own template. Models that can think aloud are asked not to."""
    chat = [{"role": message.role, "content": message.content} for message in prompt]
    return str(
        tokenizer.apply_chat_template(
            chat, tokenize=False, add_generation_prompt=True, enable_thinking=False
        )
    )


def _without_system(prompt: Prompt) -> Prompt:
    system = "\n\n".join(message.content for message in prompt if message.role == "system")
    turns = [message for message in prompt if message.role != "system"]
    first = Message(turns[0].role, f"{system}\n\n{turns[0].content}")
    return (first, *turns[1:])


def _safe(prompt: Prompt, tokenizer: Any) -> Prompt:
    added = {str(token) for token in tokenizer.get_added_vocab()} - {*MARKS}
    control = [t for t in {*added, *tokenizer.all_special_tokens} if len(t) > 1 and t.strip()]
    return tuple(m if m.role == "system" else _broken(m, control) for m in prompt)


def _broken(message: Message, control: Sequence[str]) -> Message:
    content = encodable(message.content)
    for token in control:
        content = content.replace(token, f"{token[0]}\u200b{token[1:]}")
    return Message(message.role, content)
