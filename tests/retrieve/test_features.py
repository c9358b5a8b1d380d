"""What a ranking model knows of its candidates."""

import numpy as np
import pytest

from openbook.models.open import ENCODER, bundled
from openbook.models.static import StaticEncoder
from openbook.retrieve.features import _Remembered


def test_vectors_kept_from_earlier_questions_survive_making_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    encoder = StaticEncoder.open(bundled(ENCODER))
    kept = _Remembered()
    monkeypatch.setattr(_Remembered, "MOST", 2)
    kept.of(encoder, ["one", "two", "three"])
    found = kept.of(encoder, ["two", "four", "two"])
    assert np.allclose(found, encoder.encode_passages(["two", "four", "two"]), atol=1e-6)
    assert len(kept.held) == 1
