"""What prompt and prefix tuning share: learnt positions before the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from openbook.settings import setting
from openbook.tune.kinds import refuse_below
from openbook.tune.kinds._peft import PeftKind

BEGINNING = (
    "Answer the question from the passages. Quote the words that answer it, then give the "
    "answer as briefly as possible, in the language of the question."
)
"""The words whose vectors the learnt positions begin as. Random ones learn more slowly
(Lester et al., figure 3b; Li and Liang, section 7.4).
"""


@dataclass(frozen=True)
class SoftKind(PeftKind):
    """Positions that no word stands for; the model itself does not change."""

    pads: ClassVar[Literal["left", "right"]] = "right"
    tokens: int = setting(20, "Learnt positions before the text.", least=1)

    def check(self) -> None:
        """At least one position."""
        refuse_below(self, tokens=1)


def beginning(tokenizer: Any, count: int) -> list[int]:
    """Ids of so many first words, repeated as often as is needed."""
    ids = list(tokenizer(BEGINNING, add_special_tokens=False)["input_ids"])
    return (ids * (count // len(ids) + 1))[:count]
