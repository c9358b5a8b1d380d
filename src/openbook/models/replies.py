"""What servers send, checked before it is used. The clients do not check: a reply without
``choices`` is an object without them, an HTML page is a string.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openbook.models.service import Service, shortly


def text_of(reply: Any, service: Service) -> str:
    """The text of a chat reply.

    Raises:
        ServerError: no choices, no text.
    """
    choice = _first(reply, service)
    message = getattr(choice, "message", None)
    content = getattr(message, "content", None)
    if isinstance(content, str):
        return content
    reason = getattr(choice, "finish_reason", None)
    if reason == "length":
        raise service.nonsense("the model used up its tokens before it wrote a word of the answer")
    refused = getattr(message, "refusal", None)
    if isinstance(refused, str) and refused:
        return refused
    raise service.nonsense(f"the server's reply holds no text (finish_reason {reason})")


def piece_of(chunk: Any, service: Service) -> tuple[str, bool]:
    """The text of a piece of a streamed reply, and whether it is the last.

    Raises:
        ServerError: not a piece of a reply.
    """
    choices = getattr(chunk, "choices", None)
    if not isinstance(choices, list):
        raise service.nonsense(f"the server streamed nonsense ({shortly(str(chunk))})")
    if not choices:  # a piece with nothing but usage
        return "", False
    content = getattr(getattr(choices[0], "delta", None), "content", None)
    ended = getattr(choices[0], "finish_reason", None) is not None
    return (content if isinstance(content, str) else ""), ended


def tokens_of(reply: Any) -> tuple[int, int] | None:
    """Tokens read and written as the server counted them; None where it did not."""
    usage = getattr(reply, "usage", None)
    counts = (getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None))
    if isinstance(counts[0], int) and isinstance(counts[1], int):
        return counts[0], counts[1]
    return None


def vectors_of(reply: Any, wanted: int, service: Service) -> NDArray[np.float32]:
    """Unit vectors of an embeddings reply, shape ``(wanted, dimension)``, in order.

    Raises:
        ServerError: too few or too many, of different lengths, not numbers, all zero.
    """
    data = reply.get("data") if isinstance(reply, dict) else getattr(reply, "data", None)
    if not isinstance(data, list):
        raise service.nonsense(f"the server sent no vectors ({shortly(str(reply))})")
    if len(data) != wanted:
        raise service.nonsense(f"the server sent {len(data)} vectors for {wanted} texts")
    rows = [_field(one, "embedding") for one in data]
    places = [_field(one, "index") for one in data]
    if sorted(p for p in places if isinstance(p, int)) == list(range(wanted)):
        rows = [row for _, row in sorted(zip(places, rows, strict=True), key=lambda pair: pair[0])]
    lengths = {len(row) if isinstance(row, Sequence) else -1 for row in rows}
    if len(lengths) != 1 or lengths <= {-1, 0} or isinstance(rows[0], str):
        raise service.nonsense("the server sent vectors of different lengths or none")
    try:
        vectors = np.asarray(rows, np.float32)
    except (TypeError, ValueError):
        raise service.nonsense("the server sent vectors that are not numbers") from None
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(vectors).all() or not (norms > 0).all():
        raise service.nonsense("the server sent vectors that are not numbers, or all zero")
    return np.asarray(vectors / norms, np.float32)


def _first(reply: Any, service: Service) -> Any:
    choices = getattr(reply, "choices", None)
    if not isinstance(choices, list) or not choices:
        page = reply if isinstance(reply, str) else ""
        raise service.nonsense(
            f"the server sent something that is no answer ({shortly(page)})"
            if page
            else "the server's reply has no choices"
        )
    return choices[0]


def _field(one: Any, name: str) -> Any:
    return one.get(name) if isinstance(one, dict) else getattr(one, name, None)
