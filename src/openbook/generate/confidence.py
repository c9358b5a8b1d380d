"""How sure an answer is: features to a probability, and the threshold below which the
documents are said not to answer.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from openbook.types import Pairs


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model over an answer's raw score, and a threshold.

    ``probability = 1 / (1 + exp(-(scale * score + shift)))``; below ``threshold`` the
    method abstains. ``made`` says what it was learnt from.
    """

    scale: float = 1.0
    shift: float = 0.0
    threshold: float = 0.0
    made: Pairs = ()

    def probability(self, score: float) -> float:
        """Probability in [0, 1] that an answer with this raw score (a logit) is right."""
        logit = max(-60.0, min(60.0, self.scale * score + self.shift))
        return 1.0 / (1.0 + math.exp(-logit))

    def save(self, path: Path) -> None:
        """Write as JSON."""
        from openbook.artifacts import write_atomic

        write_atomic(path, json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> Calibration:
        """What `openbook calibrate` saved; the shipped default where there is no file."""
        if not path.is_file():
            return cls()
        return cls.of(json.loads(path.read_text("utf-8")))

    @classmethod
    def of(cls, value: Mapping[str, object]) -> Calibration:
        """From JSON."""
        made = value.get("made") or []
        assert isinstance(made, list)
        return cls(
            scale=float(str(value["scale"])),
            shift=float(str(value["shift"])),
            threshold=float(str(value["threshold"])),
            made=tuple((str(key), str(item)) for key, item in made),
        )
