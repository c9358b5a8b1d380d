"""The usual ends of a method: from a ranking to an answer with checked quotes."""

from __future__ import annotations

from openbook.errors import InputError
from openbook.generate.extract import Extract
from openbook.generate.generate import Generate
from openbook.retrieve.compress import Compress
from openbook.retrieve.reorder import How, Reorder
from openbook.stage import Stage
from openbook.types import Answer, Ranking

WRITERS = ("model", "extract")

PIECES = 4
"""Spans that a passage may be cut into when it is compressed, on average."""


def writer(
    kind: str = "model",
    *,
    k: int = 5,
    tokens: int = 0,
    order: How = "best",
    model: str = "",
    strict: bool = False,
) -> Stage[Ranking, Answer]:
    """Compress, reorder and generate; or quote the best sentences, without a language model.

    Args:
        kind: ``model`` or ``extract``; for ``extract`` the other parameters do not matter.
        k: passages read, from the top.
        tokens: tokens that the passages may have together; 0 reads them whole.
        order: how they are laid out for the model (:class:`~openbook.retrieve.reorder.Reorder`).
        model: name of the language model; empty means the configured one.
        strict: leave out sentences that no quote supports.

    Raises:
        InputError: another kind.
    """
    if kind not in WRITERS:
        raise InputError(f'there is no writer "{kind}"', fix="Give model or extract.")
    if kind == "extract":
        return Extract()
    stage: Stage[Ranking, Answer] = Generate(model=model, k=k, strict=strict)
    if not tokens:
        return stage if order == "best" else Reorder(order, k) >> stage
    most = k * PIECES
    short = Compress(tokens, model=model)
    stage = Generate(model=model, k=most, strict=strict)
    return short >> stage if order == "best" else short >> Reorder(order, most) >> stage
