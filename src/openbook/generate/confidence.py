"""How sure an answer is, and the threshold below which the documents are said not to answer.

A generator has a raw score, a logit. :class:`Calibration` turns it into a probability by two
numbers (Platt, "Probabilistic Outputs for Support Vector Machines", 1999) and holds the
threshold that `openbook calibrate` chose on labelled questions.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from openbook.artifacts import write_atomic
from openbook.errors import DamagedError
from openbook.types import Pairs


@dataclass(frozen=True, slots=True)
class Calibration:
    """``probability = 1 / (1 + exp(-(scale * logit + shift)))``; abstain below ``threshold``.

    ``made`` says what it was learnt from and how good it is.
    """

    scale: float = 1.0
    shift: float = 0.0
    threshold: float = 0.0
    made: Pairs = ()

    def probability(self, logit: float) -> float:
        """Probability in [0, 1] that an answer with this raw score is right."""
        value = max(-60.0, min(60.0, self.scale * logit + self.shift))
        return 1.0 / (1.0 + math.exp(-value))

    def answers(self, probability: float) -> bool:
        """Whether an answer this probable is given."""
        return probability >= self.threshold

    @classmethod
    def open(cls) -> Calibration:
        """One that never abstains, for measuring and for calibrating."""
        return cls()

    @classmethod
    def default(cls) -> Calibration:
        """The shipped one, learnt from the sample's calibration questions."""
        from openbook.generate.choose import shipped

        return cls.of(shipped()["calibration"])

    @classmethod
    def load(cls, path: Path) -> Calibration:
        """What `openbook calibrate` saved; the shipped default where there is no file.

        Raises:
            DamagedError: a file that is not a calibration.
        """
        if not path.is_file():
            return cls.default()
        try:
            return cls.of(json.loads(path.read_text("utf-8")))
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedError(
                f"is not a calibration ({error})",
                where=str(path),
                fix="Delete it, or run `openbook calibrate` again.",
            ) from error

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Calibration:
        """From JSON."""
        return cls(
            scale=float(value["scale"]),
            shift=float(value["shift"]),
            threshold=float(value["threshold"]),
            made=tuple((str(key), str(item)) for key, item in value.get("made", ())),
        )

    def save(self, path: Path) -> None:
        """Write as JSON, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n")
